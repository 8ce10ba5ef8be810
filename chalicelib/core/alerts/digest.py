"""A digest: many new alerts of one channel, told in one message with a line each in its thread."""

from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec

from chalicelib.core.alerts.message import Posted, Saying, Sending, Topic, hash_of
from chalicelib.core.alerts.page import Page
from chalicelib.core.locks.place import LockRef

LINES = 2000
"""Locks that one digest is about. Their short names take 30 KB of a DynamoDB item, which may have 400 KB."""
OLDEST = 5
"""Locks that the digest itself names."""
_SHORT = 12
"""Hexadecimal digits of a short name: two of 10,000 locks have the same one in 1 of 5 million cases."""


class Named(msgspec.Struct, frozen=True):
    """One of the locks that a digest names."""

    state_path: str
    held_since: datetime
    copy: bool = False
    """Whether it is a copy of another place's lock."""


class Digest(msgspec.Struct, frozen=True, kw_only=True):
    """What a channel is told in one message about many locks. Its numbers are those of ``counted_at``."""

    channel: str
    locks: tuple[str, ...]
    """The short name of each lock that it is about."""
    oldest: tuple[Named, ...]
    at: datetime
    held: int
    """How many of its locks are still held."""
    coming: int = 0
    """How many of its locks have no message of their own in the thread yet."""
    waiting: int = 0
    """How many more new alerts the channel has, for which this digest has no room."""
    counted_at: datetime | None = None
    """When it was counted; None: when it was made."""
    instead_of: str = ""
    """The channel that it was meant for, when that did not take it."""
    posted: Posted | None = None
    claimed_until: datetime | None = None

    @property
    def total(self) -> int:
        """Return how many locks it is about."""
        return len(self.locks)

    @property
    def as_of(self) -> datetime:
        """Return when its numbers were true."""
        return self.counted_at or self.at

    @property
    def sending(self) -> Sending:
        """Return its message as one that is being sent."""
        name = f"{self.channel} {self.at.isoformat()}"
        saying = (Saying(Topic.DIGEST),)
        return Sending(about=name, saying=saying, at=self.at, channel=self.channel, instead_of=self.instead_of)

    def unsure(self, now: datetime) -> bool:
        """Return whether nobody knows if it was sent."""
        return self.posted is None and (self.claimed_until is None or self.claimed_until <= now)

    def covers(self, ref: LockRef) -> bool:
        """Return whether it is about this lock."""
        return short_name(ref) in self.locks


def short_name(ref: LockRef) -> str:
    """Return what a digest knows a lock by: short, because it knows up to LINES of them."""
    return hash_of(ref.name)[:_SHORT]


def held_by_short_name(pages: Iterable[Page]) -> dict[str, Page]:
    """Return the pages of the locks that are held, each by its short name."""
    return {short_name(page.lock.ref): page for page in pages if not page.ending}


def counted(digest: Digest, held: Mapping[str, Page], waiting: int, now: datetime) -> Digest:
    """Count a digest's locks anew, from the pages of all locks that are held."""
    known = [held[name] for name in digest.locks if name in held]
    coming = sum(page.posted is None for page in known)
    return msgspec.structs.replace(digest, held=len(known), coming=coming, waiting=waiting, counted_at=now)


def differ(one: Digest, other: Digest) -> bool:
    """Return whether two counts of a digest would read differently."""
    return (one.held, one.coming, one.waiting) != (other.held, other.coming, other.waiting)
