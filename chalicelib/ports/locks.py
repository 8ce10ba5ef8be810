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
    """S3 would not do it (access denied, no such bucket, ...); the message says what and why, for a person to read."""


class StoreRefusedError(StoreError):
    """S3 would not, and will not until somebody changes something."""


class BucketGoneError(StoreRefusedError):
    """There is no such bucket, so nothing in it is locked."""


class LockStore(Protocol):
    """The places where locks are kept, of one kind or of all."""

    def scan(self, target: Target, after: str = "") -> Iterator[Scanned]:
        """Give the places of a target's locks as they are found, each once; from the beginning, or after a cursor.

        Raises StoreError, also in the middle.
        """

    def read(self, place: Place, version: str = "") -> HeldLock | None:
        """Return the lock there now (or that version of it); None: there is none. An unreadable one is a lock too.

        Raises StoreError when the place does not even say whether there is one.
        """

    def look(self, ref: LockRef) -> Look:
        """Return the lock there now and, if it is the one that ``ref`` names, all of its object to put it back.

        Raises StoreError as ``read`` does; an object whose bytes or tags cannot be read is only not kept.
        """

    def state_written(self, ref: LockRef) -> StateWritten:
        """Return when the lock's state was last written, from the listing. Raises StoreError."""

    def delete(self, ref: LockRef) -> Deletion:
        """Delete the lock only if it is still the one that ``ref`` names. Sent once. Raises StoreError."""

    def put_back(self, ref: LockRef, kept: LockObject) -> PutBack:
        """Put a lock where ``ref`` was, only if nothing is there. Sent once. Raises StoreError."""
