"""An event: what AWS tells of one acquire or one release of a lock."""

import hashlib
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from chalicelib.core.alerts.owner import session_name
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import LockRef, Place

CLAIMED_FOR = timedelta(minutes=2)
"""How long one run may take to journal an event: ``record_lock_event`` runs no longer."""
REMEMBERED = timedelta(days=21)
"""How long an event is remembered, so that it is not journaled twice when it is delivered again. That is longer than
the queue and then its dead letters keep it (4 + 14 days)."""

NULL_VERSION = "null"
"""S3's ID for the one version of an object in a bucket without versioning: the next such put overwrites it.

A lock of this version is remembered without a version, because it cannot be read by one.
"""
NEARBY = timedelta(seconds=2)
"""Largest difference between the time of an acquire's event and the whole second of the object's Last-Modified."""

RELEASING, RESTORING = "release-", "restore-"
"""How the names of the reaper's sessions in other accounts begin, where nothing tells it the IDs of the member roles.

Anybody may give a session such a name, so it proves something only together with what the lock book says.
"""


class ToldBy(StrEnum):
    """The services that send events. Their formats tell different things."""

    S3 = "s3"
    """S3's direct notification. It names the identity that did it."""
    EVENTBRIDGE = "eventbridge"
    """EventBridge. It names only the account, and its times are whole seconds."""
    STREAM = "stream"
    """The stream of a lock table. It has the whole item and names no identity; its times are whole seconds."""
    SEEN = "seen"
    """Nobody told: the reaper looked at a table that has no stream. The times are those of its looks."""


class LockEvent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One event about a lock: a hint that something happened, not the truth about what is there now."""

    acquired: bool
    place: Place
    at: datetime
    principal: str = ""
    account: str = ""
    source_address: str = ""
    told_by: ToldBy = ToldBy.S3
    version: str = ""
    """The version that was put, or that was deleted by its ID. The version of a new delete marker is left out."""
    stamp: str = ""
    """The stamp of the lock that was acquired; "" when the event does not tell it."""
    sequencer: str = ""
    """Two events of a key have the same one only if they are the same event. AWS's pages contradict each other on its
    order."""
    by_lifecycle: bool = False
    permanent: bool = False
    """Whether a version was deleted, by its ID or by a lifecycle rule.

    That version was an old one, the lock itself, or a delete marker. When a delete marker goes, what it hid is current
    again.
    """
    lock: HeldLock | None = None
    """The lock that was acquired or released, when the event itself has it."""
    reappeared: bool = False
    """Whether the reaper made this event, out of one with ``permanent``: the lock that is current again is held from
    then on."""

    @property
    def ref(self) -> LockRef:
        """Return the event's place and time as a reference. It has no stamp, so it names no lock to delete."""
        return LockRef(self.place, "", self.at)

    @property
    def identity(self) -> str:
        """Return a text that only this event of its key has, sortable by the second of the event.

        EventBridge tells no milliseconds, so the text has none: the same event from S3 and EventBridge has one
        identity. What the reaper saw is told apart by its hold: another look sees the same end at another time.
        """
        kind = "reappeared" if self.reappeared else "acquired" if self.acquired else "released"
        if self.told_by is ToldBy.SEEN:
            return f"{kind} {self.sequencer}"
        which = self.sequencer or f"{self.at.isoformat()} {self.version}"
        return f"{self.second} {kind} {which}"

    @property
    def second(self) -> str:
        """Return the second in which it happened, as sortable text."""
        return f"{self.at:%Y-%m-%dT%H:%M:%SZ}"

    @property
    def event_id(self) -> str:
        """Return an ID that only this event has, however often it is delivered."""
        return event_id(*self.known_by)

    @property
    def known_by(self) -> tuple[str, str]:
        """Return the texts of which its ``event_id`` is made."""
        return self.place.name, self.identity

    def is_about(self, lock: HeldLock) -> bool:
        """Return whether this acquire took that lock. A read without a version may find a younger lock."""
        return self.stamp in ("", lock.ref.stamp)

    def by(self, role: str) -> bool:
        """Return whether S3 says that a session of this role did it; ``role`` is the role's unique ID."""
        return bool(role) and self.principal.removeprefix("AWS:").startswith(f"{role}:")

    def in_session(self, prefix: str) -> bool:
        """Return whether S3 says that a session did it whose name begins so; see RELEASING and RESTORING."""
        return session_name(self.principal).startswith(prefix)

    def before(self, other: "LockEvent") -> bool:
        """Return whether it happened before another event of its key.

        At equal times, sequencers of equal length decide; how shorter ones are padded is not documented. If those
        cannot decide, the release comes first: one run can release in the instant in which another acquires, but no
        hold is that short.
        """
        if self.at != other.at:
            return self.at < other.at
        if self.sequencer != other.sequencer and len(self.sequencer) == len(other.sequencer):
            return self.sequencer < other.sequencer
        return not self.acquired and other.acquired


def event_id(*said: str) -> str:
    """Return the ID of a journal line, from all that tells it from other lines."""
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:16]
