"""A digest: one message for many new alerts of a channel, with one line for each of them in its thread."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec

from chalicelib.core.alerts.message import Posted, Saying, Sending, Topic, hash_of
from chalicelib.core.alerts.page import Page
from chalicelib.core.locks.place import Clock, LockRef, Place
from chalicelib.core.policy import Rules

LINES = 2000
"""Most locks of one digest. Their short names take 30 KB of a DynamoDB item, which may have 400 KB."""
OLDEST = 5
"""Number of locks that the digest's own message names: the oldest ones."""
_SHORT = 12
"""Hexadecimal digits of a short name. The chance that two of 10,000 locks share one is 1 in 5 million."""


class Named(msgspec.Struct, frozen=True):
    """One of the locks that a digest names."""

    state_path: str
    held_since: datetime
    copy: bool = False
    """Whether it is a copy of another place's lock."""
    place: Place | None = None
    clock: Clock = Clock.AWS
    """The clock that ``held_since`` is by."""
    account: str = ""
    """Its account as people call it; "" while all targets are in one account."""


class Digest(msgspec.Struct, frozen=True, kw_only=True):
    """One message that tells a channel of many locks. Its numbers were counted at ``counted_at``."""

    channel: str
    locks: tuple[str, ...]
    """The short names of the digest's locks."""
    oldest: tuple[Named, ...]
    at: datetime
    held: int
    """Number of its locks that are still held."""
    coming: int = 0
    """Number of its locks that have no line in the thread yet."""
    waiting: int = 0
    """Number of further new alerts of the channel, for which this digest has no room."""
    accounts: tuple[tuple[str, int], ...] = ()
    """The accounts of the locks that are still held, as people call them, each with the number of its locks, the
    largest first; (): all targets are in one account."""
    counted_at: datetime | None = None
    """When the numbers were counted; None: when the digest was made."""
    instead_of: str = ""
    """The channel that the digest was meant for, when that channel did not take it."""
    posted: Posted | None = None
    claimed_until: datetime | None = None

    @property
    def total(self) -> int:
        """Return how many locks the digest is about."""
        return len(self.locks)

    @property
    def as_of(self) -> datetime:
        """Return the time at which the numbers were true."""
        return self.counted_at or self.at

    @property
    def sending(self) -> Sending:
        """Return the digest as a message to send."""
        name = f"{self.channel} {self.at.isoformat()}"
        saying = (Saying(Topic.DIGEST),)
        return Sending(about=name, saying=saying, at=self.at, channel=self.channel, instead_of=self.instead_of)

    def unsure(self, now: datetime) -> bool:
        """Return whether the digest may or may not have been sent: its claim is over, and no message is known."""
        return self.posted is None and (self.claimed_until is None or self.claimed_until <= now)

    def covers(self, ref: LockRef) -> bool:
        """Return whether the digest is about this lock."""
        return short_name(ref) in self.locks


def short_name(ref: LockRef) -> str:
    """Return the short name of a lock, by which a digest remembers up to LINES locks."""
    return hash_of(ref.name)[:_SHORT]


def held_by_short_name(pages: Iterable[Page]) -> dict[str, Page]:
    """Return the pages of the held locks, by short name."""
    return {short_name(page.lock.ref): page for page in pages if not page.ending}


def counted(digest: Digest, held: Mapping[str, Page], rules: Rules, waiting: int, now: datetime) -> Digest:
    """Return a digest with its locks counted again, from the pages of all held locks."""
    known = [held[name] for name in digest.locks if name in held]
    coming = sum(page.posted is None for page in known)
    accounts = by_account((page.lock.ref.place for page in known), rules)
    return msgspec.structs.replace(
        digest, held=len(known), coming=coming, waiting=waiting, accounts=accounts, counted_at=now
    )


def by_account(places: Iterable[Place], rules: Rules) -> tuple[tuple[str, int], ...]:
    """Count locks by their accounts, as people call these; (): all targets are in one account."""
    counts = Counter(filter(None, map(rules.locations.shown_account, places)))
    return tuple(sorted(counts.items(), key=lambda one: (-one[1], one[0])))


def is_untold(page: Page) -> bool:
    """Return whether no message tells of a lock: neither its own, nor another half's, nor a joint alert."""
    return page.posted is None and page.half_of is None and not page.joint


def differ(one: Digest, other: Digest) -> bool:
    """Return whether two versions of a digest would read differently."""
    shown = ((digest.held, digest.coming, digest.waiting, digest.accounts) for digest in (one, other))
    return len(set(shown)) > 1
