"""Delete and put back: what was asked of a place, and what it answered."""

from enum import StrEnum
from typing import NamedTuple

import msgspec

from chalicelib.core.clicks.ending import Outcome
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.mark import mark_of, marked
from chalicelib.core.locks.place import LockRef


class Presence(StrEnum):
    """What is there now of the lock that was shown."""

    SAME = "same"
    GONE = "gone"
    REPLACED = "replaced"


class Deletion(StrEnum):
    """What S3 answered to one conditional delete.

    docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-deletes.html
    """

    DELETED = "deleted"
    NOT_FOUND = "not found"  # 404
    CHANGED = "changed"  # 412
    CONFLICT = "conflict"  # 409: another write won while ours was under way
    UNKNOWN = "unknown"  # the answer was lost; it may have been done


class LockObject(msgspec.Struct, frozen=True, omit_defaults=True):
    """A lock as S3 kept it, so that it can be put back: its bytes, and what else there was of the object."""

    body: bytes
    headers: dict[str, str] = {}
    """How it was encrypted, its storage class, its content type, ...: by the names that boto3 has for them."""
    metadata: dict[str, str] = {}
    tags: dict[str, str] = {}

    def put_by(self, click: str) -> "LockObject":
        """Return the object as this click puts it back: with a mark of its own, so that its ETag is its own too."""
        return msgspec.structs.replace(self, body=marked(self.body, mark_of(click)))


class Look(NamedTuple):
    """What one look at a place found: the lock there, or None, and that object so that it could be put back."""

    lock: HeldLock | None
    kept: LockObject | None = None
    """None: it is not the lock that was looked for, may be a state, or could not be read with all that it has."""


class PutBack(StrEnum):
    """What S3 answered to one conditional put.

    docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
    """

    DONE = "done"
    OCCUPIED = "occupied"  # 412
    CONFLICT = "conflict"  # 409: a delete was under way; what is there now has to be looked at
    UNKNOWN = "unknown"  # the answer was lost; it may have been done


def presence(shown: LockRef, current: HeldLock | None) -> Presence:
    """Return whether the lock there now is the one that was shown. By this rule no wrong lock is deleted."""
    if current is None:
        return Presence.GONE
    return Presence.SAME if current.ref == shown else Presence.REPLACED


def conclude(deletion: Deletion, there_now: Presence) -> Outcome | None:
    """Return how a delete and a look after it ended; None: the lock is still there, and may be deleted again.

    After a lost answer nobody can say who deleted a lock that is gone: S3 does not tell.
    """
    if deletion is Deletion.DELETED:
        return Outcome.RELEASED
    if there_now is Presence.SAME:
        return None
    if deletion is Deletion.UNKNOWN:
        return Outcome.UNCONFIRMED
    return Outcome.GONE if there_now is Presence.GONE else Outcome.REPLACED
