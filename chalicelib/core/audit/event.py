"""What S3 tells of a lock object, one event a event: which lock it is about, and which hold it began or ended."""

import hashlib
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import LockRef, Place

CLAIMED_FOR = timedelta(minutes=2)
"""How long a line of the journal may be under way: ``record_lock_event`` runs no longer."""
REMEMBERED = timedelta(days=21)
"""How long an event is known again: longer than a queue and, once, its dead letters keep it (4 + 14 days)."""

NULL_VERSION = "null"
"""What S3 calls the one version that is not kept apart: the next put without versioning overwrites it.

A lock that is this version is remembered without one, because it cannot be read by it.
"""
NEARBY = timedelta(seconds=2)
"""So near are an acquire's time and the whole second that S3 gives its object."""


class ToldBy(StrEnum):
    """Whose word an event is: their formats tell different things."""

    S3 = "s3"
    """The direct notification: with the identity that did it."""
    EVENTBRIDGE = "eventbridge"
    """Only the account, and whole seconds."""


class LockEvent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One S3 event about a lock: a hint that something happened, not the truth about what is there now."""

    acquired: bool
    place: Place
    at: datetime
    principal: str = ""
    account: str = ""
    source_address: str = ""
    told_by: ToldBy = ToldBy.S3
    version: str = ""
    """Of the lock that was put, or that was deleted by its version's ID; that of a delete marker is left out."""
    stamp: str = ""
    """Of the lock that was acquired, as its place gives it; "" where the event has none."""
    sequencer: str = ""
    """Equal only for one and the same event of a key. AWS's pages contradict each other on its order."""
    by_lifecycle: bool = False
    permanent: bool = False
    """A version was deleted by its ID or by a lifecycle rule.

    It was history that was cleared away, the lock itself, or a delete marker: then what it hid is current again.
    """
    reappeared: bool = False
    """Made of such an event: the lock that is current again is held from then on."""

    @property
    def ref(self) -> LockRef:
        """Return its place and time, with no stamp: it names no lock that could be deleted."""
        return LockRef(self.place, "", self.at)

    @property
    def identity(self) -> str:
        """What tells this event from every other one of its key, sortable by the second it happened in.

        Not by its milliseconds, which EventBridge does not tell, so that the same event from both is one.
        """
        kind = "reappeared" if self.reappeared else "acquired" if self.acquired else "released"
        which = self.sequencer or f"{self.at.isoformat()} {self.version}"
        return f"{self.second} {kind} {which}"

    @property
    def second(self) -> str:
        """The second it happened in, as sortable text."""
        return f"{self.at:%Y-%m-%dT%H:%M:%SZ}"

    @property
    def event_id(self) -> str:
        """The same for the same event however often it is told, and for no other."""
        return event_id(*self.known_by)

    @property
    def known_by(self) -> tuple[str, str]:
        """Return what its ``event_id`` is made from."""
        return self.place.name, self.identity

    def is_about(self, lock: HeldLock) -> bool:
        """Whether this acquire is that lock's; without versions, or the right to read one, it may be a younger lock."""
        return self.stamp in ("", lock.ref.stamp)

    def by(self, role: str) -> bool:
        """Whether S3 says that a session of this role did it, by the role's unique ID."""
        return bool(role) and self.principal.removeprefix("AWS:").startswith(f"{role}:")

    def before(self, other: "LockEvent") -> bool:
        """Whether it happened before another event of its key.

        In the same instant sequencers of equal length decide, whose padding is beyond doubt. Else a release comes
        first: a hold takes longer than an instant, a handover does not.
        """
        if self.at != other.at:
            return self.at < other.at
        if self.sequencer != other.sequencer and len(self.sequencer) == len(other.sequencer):
            return self.sequencer < other.sequencer
        return not self.acquired and other.acquired


def event_id(*said: str) -> str:
    """What a line of the journal is known again by, from what makes it that line."""
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:16]
