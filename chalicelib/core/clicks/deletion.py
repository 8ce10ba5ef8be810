"""Deletes and puts of a lock: how a place answers them, and what follows from the answer."""

from enum import StrEnum
from typing import NamedTuple

import msgspec

from chalicelib.core.clicks.ending import Outcome
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import LockRef


class Presence(StrEnum):
    """The state, now, of the lock that was shown."""

    SAME = "same"
    GONE = "gone"
    REPLACED = "replaced"


class Deletion(StrEnum):
    """The answers to a conditional delete. The comments have S3's status of each.

    docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-deletes.html
    """

    DELETED = "deleted"
    NOT_FOUND = "not found"  # 404
    CHANGED = "changed"  # 412
    CONFLICT = "conflict"  # 409: another write won while this delete was under way
    UNKNOWN = "unknown"  # the answer was lost, so the delete may have been done


class LockObject(msgspec.Struct, frozen=True, omit_defaults=True):
    """A lock as its place kept it, so that it can be put back: its bytes and all else of the object or item."""

    body: bytes
    """Of an item: all its attributes, in DynamoDB's JSON."""
    headers: dict[str, str] = {}
    """Encryption, storage class, content type and so on, by the names of boto3's arguments."""
    metadata: dict[str, str] = {}
    tags: dict[str, str] = {}


class KeptHalf(msgspec.Struct, frozen=True):
    """One half of a released lock, so that it can be put back."""

    ref: LockRef
    kept: LockObject


class Look(NamedTuple):
    """The result of one look at a place: the lock there or None, and that lock's object, to put it back later."""

    lock: HeldLock | None
    kept: LockObject | None = None
    """None: it is not the lock that was asked for, may be a state, or could not be read whole."""


class PutBack(StrEnum):
    """The answers to a conditional put. The comments have S3's status of each.

    docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
    """

    DONE = "done"
    OCCUPIED = "occupied"  # 412
    CONFLICT = "conflict"  # 409: a delete was under way; only a look tells what is there now
    UNKNOWN = "unknown"  # the answer was lost, so the put may have been done


def presence(shown: LockRef, current: HeldLock | None) -> Presence:
    """Return whether the lock there now is the one that was shown. This rule keeps wrong locks from being deleted."""
    if current is None:
        return Presence.GONE
    return Presence.SAME if current.ref == shown else Presence.REPLACED


def conclude(deletion: Deletion, there_now: Presence) -> Outcome | None:
    """Return the outcome of a delete, after a look; None: the lock is still there, so the delete may be sent again.

    No place tells who deleted a lock. So when the answer is lost and the lock is gone, nobody knows who did it.
    """
    if deletion is Deletion.DELETED:
        return Outcome.RELEASED
    if there_now is Presence.SAME:
        return None
    if deletion is Deletion.UNKNOWN:
        return Outcome.UNCONFIRMED
    return Outcome.GONE if there_now is Presence.GONE else Outcome.REPLACED
