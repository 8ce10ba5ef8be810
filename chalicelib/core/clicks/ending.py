"""A release: whether this lock is the one that was shown, what a delete amounts to, how a lock ended."""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from chalicelib.core.locks.lock import HeldLock

KEPT_FOR = timedelta(days=30)
"""How long the lock book keeps the page of a released lock, with the bytes that it had."""
REAPER = "reaper"
"""Stands where a Slack user would, for what the reaper does by itself; no Slack ID is like it."""


CLAIM_LASTS = timedelta(minutes=1)
"""How long one click's delete, or put, may be under way; twice the life of the functions that send them (30 s)."""
ON_ITS_WAY = timedelta(seconds=30)
"""How long a request may still arrive after it was sent: the client waits 8 s for an answer, and S3 may be slower."""


class Outcome(StrEnum):
    """How a lock, or what somebody asked of it, ended. The first six close its alert."""

    RELEASED = "released"
    UNCONFIRMED = "unconfirmed"
    """Gone after our delete was begun, and nobody saw S3's answer: by us, or by its holder."""
    GONE = "gone"
    REPLACED = "replaced"
    UNWATCHED = "unwatched"
    """Its target was taken out of the configuration."""
    BUCKET_GONE = "bucket_gone"
    """Its bucket does not exist any more."""
    ASKED = "asked"
    """The first of the two people that a release takes has asked for it."""
    WITHDRAWN = "withdrawn"
    SNOOZED = "snoozed"
    WOKEN = "woken"
    """The snooze was ended by somebody."""
    RESTORED = "restored"
    """Put back after it was released."""
    OCCUPIED = "occupied"
    """Not put back: somebody holds the state now."""
    REFUSED = "refused"
    FAILED = "failed"


_CLOSING = {
    Outcome.RELEASED,
    Outcome.UNCONFIRMED,
    Outcome.GONE,
    Outcome.REPLACED,
    Outcome.UNWATCHED,
    Outcome.BUCKET_GONE,
}


class ReleasedBy(StrEnum):
    """What S3's account of the identities says of a lock that was not released from Slack."""

    UNKNOWN = ""
    HOLDER = "holder"
    """The same identity took it and let it go. CI runs may share one, so this is strong, not certain."""
    OTHER = "other"


class WayBack(StrEnum):
    """How an object that was released, though it is no lock, comes back (``release_terms``)."""

    KEPT = "kept"
    """The lock book keeps its bytes: *Put the lock back* for a while, by hand afterwards."""
    VERSION = "version"
    """The bucket keeps it as a version."""


class Ending(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a lock, or what somebody asked of it, came to its end."""

    outcome: Outcome
    at: datetime
    user: str = ""
    """The Slack user who clicked; "" when nobody did."""
    click: str = ""
    detail: str = ""
    """Why it was refused (a ``Refusal``) or failed (words for a person)."""
    lasting: bool = False
    """It failed, and would fail again until somebody changes what ``detail`` names."""
    principal: str = ""
    """Who deleted the lock by S3's account, where an S3 notification told."""
    released_by: ReleasedBy = ReleasedBy.UNKNOWN
    by_reaper: bool = False
    """Released by itself, as its route asks."""
    approved: str = ""
    """The Slack user who had asked for what ``user`` then approved."""
    undo_until: datetime | None = None
    """Until when it can be put back; None: it cannot."""
    restored_by: str = ""
    """The Slack user who put it back."""
    restored_click: str = ""
    """By which click."""
    held_now: HeldLock | None = None
    copy_of: str = ""
    """The state path that the released lock spoke of, where it was a copy from elsewhere."""
    way_back: WayBack | None = None
    """How it comes back, where what was released was no lock."""

    @property
    def closes(self) -> bool:
        """Whether the lock shown is no longer held, so that its alert has nothing left to offer."""
        return self.outcome in _CLOSING

    @property
    def deleter(self) -> str:
        """For whom the reaper deleted the lock, or may have: a Slack user or REAPER; "" when it did not."""
        if self.outcome not in {Outcome.RELEASED, Outcome.UNCONFIRMED}:
            return ""
        return REAPER if self.by_reaper else self.user

    def undoable(self, now: datetime) -> bool:
        """Whether *Put the lock back* is on offer."""
        return self.undo_until is not None and now < self.undo_until and not self.restored_by


def released_by(taken_by: str, principal: str) -> ReleasedBy:
    """Whether the identity that deleted a lock is the one that took it; either may be unknown."""
    if not taken_by or not principal:
        return ReleasedBy.UNKNOWN
    return ReleasedBy.HOLDER if taken_by == principal else ReleasedBy.OTHER
