"""The places where locks are kept, as the jobs see them."""

from collections.abc import Iterator
from typing import Protocol

from chalicelib.core.alerts.evidence import StateWritten
from chalicelib.core.clicks.deletion import Deletion, LockObject, Look, PutBack
from chalicelib.core.locks.lock import StateLock
from chalicelib.core.locks.place import LockRef
from chalicelib.core.locks.scan import ListedPage


class StoreError(Exception):
    """S3 would not do it (access denied, no such bucket, ...); the message says what and why, for a person to read."""


class StoreRefusedError(StoreError):
    """S3 would not, and will not until somebody changes something."""


class BucketGoneError(StoreRefusedError):
    """There is no such bucket, so nothing in it is locked."""


class LockStore(Protocol):
    """Where the locks are kept."""

    def list_locks(self, bucket: str, prefixes: tuple[str, ...]) -> Iterator[ListedPage]:
        """All locks below the prefixes (none: the whole bucket), each once, page by page. Raises StoreError."""

    def read(self, bucket: str, key: str, version: str = "") -> StateLock | None:
        """The lock there now (or that version of it); None: there is none. One that cannot be read is a lock too.

        Raises StoreError when S3 does not even say whether there is one.
        """

    def look(self, ref: LockRef) -> Look:
        """Return the lock there now and, if it is the one that ``ref`` names, all of its object to put it back.

        Raises StoreError as ``read`` does; an object whose bytes or tags cannot be read is only not kept.
        """

    def state_written(self, ref: LockRef) -> StateWritten:
        """When the lock's state was last written, from the listing. Raises StoreError."""

    def delete(self, ref: LockRef) -> Deletion:
        """Delete the object only if it is still the one that ``ref`` names. Sent once. Raises StoreError."""

    def put_back(self, ref: LockRef, kept: LockObject) -> PutBack:
        """Put an object where ``ref`` was, only if nothing is there. Sent once. Raises StoreError."""
