"""The places where locks are kept, as the jobs see them."""

from collections.abc import Iterator
from typing import Protocol

from chalicelib.core.alerts.evidence import StateWritten
from chalicelib.core.clicks.deletion import Deletion, LockObject, Look, PutBack
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import LockRef, Place
from chalicelib.core.locks.scan import Scanned
from chalicelib.core.locks.target import Target


class StoreError(Exception):
    """The place did not do what was asked (access denied, a time-out, ...); the message says why, for a person."""


class StoreRefusedError(StoreError):
    """The place refused, and will refuse again until somebody changes something."""


class ContainerGoneError(StoreRefusedError):
    """The bucket or the table does not exist, so nothing in it is locked."""


class LockStore(Protocol):
    """The places of one kind, or of all kinds."""

    def scan(self, target: Target, after: str = "") -> Iterator[Scanned]:
        """Yield the places of a target's locks as they are found, each once, from the beginning or after a cursor.

        May raise StoreError at any step.
        """

    def read(self, place: Place, version: str = "") -> HeldLock | None:
        """Return the lock at a place (with ``version``: that version of it); None: there is none.

        A lock that cannot be read is returned with a flaw. Raises StoreError if there is no way to tell.
        """

    def look(self, ref: LockRef) -> Look:
        """Return the lock there now and, if it is the one that ``ref`` names, its whole object, to put it back later.

        Raises StoreError as ``read`` does. If bytes or tags cannot be read, the object is left out.
        """

    def state_written(self, ref: LockRef) -> StateWritten:
        """Return when the state of a lock was last written, from the listing. Raises StoreError."""

    def delete(self, ref: LockRef, by: str) -> Deletion:
        """Delete the lock only if it is still the one that ``ref`` names. One request is sent. Raises StoreError.

        ``by`` is for whom: a Slack user, ``core.clicks.claim.REAPER`` or an operator. AWS is told it where it can be.
        """

    def put_back(self, ref: LockRef, kept: LockObject, mark: str, by: str) -> PutBack:
        """Put a lock at the place of ``ref``, only if nothing is there. One request is sent. Raises StoreError.

        The lock then has the mark (``core.locks.mark``) and so another stamp than the lock that was kept. ``by`` is as
        for ``delete``.
        """
