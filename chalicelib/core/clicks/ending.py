"""How a lock, or what somebody asked of it, ended: by whom, why not, and how it comes back."""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from chalicelib.core.locks.lock import HeldLock

KEPT_FOR = timedelta(days=30)
"""How long the lock book keeps the page of a released lock, with the bytes that it had."""
REAPER = "reaper"
"""Stands in the place of a Slack user for what the reaper does by itself; no Slack ID looks like it."""


class Outcome(StrEnum):
    """How a lock, or what somebody asked of it, ended. The first six are how a lock ended: they close its alert."""

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


class Refusal(StrEnum):
    """Why a person may not."""

    OUTSIDE = "outside the targets"
    FOREIGN = "another workspace"
    UNKNOWN_HOME = "unknown workspace"
    """Their home is another workspace, and whether it is one of our organisation could not be found out."""
    NOBODY = "no releasers"
    NOT_LISTED = "not a releaser"
    UNKNOWN_MEMBERS = "unknown members"
    """They are on no list, and who is in the user groups of the list could not be found out."""
    OWN_REQUEST = "own request"
    """A release by two people needs another one."""
    NOT_ASKED = "not theirs"
    """Only who asked can withdraw."""
    TOO_LATE = "too late"
    HELD_AGAIN = "held again since"
    """The click is of before the lock, which had ended, was found held again (a delete marker was taken away)."""
    UNDO_OFF = "undo is off"
    MAY_BE_STATE = "may be a state"
    UNSEEN = "not to be looked at"
    """The reaper is denied a look at the object."""
    NO_WAY_BACK = "cannot come back"
    """It is no lock, or nobody can tell, and a release of it would be for good."""


class LetGoBy(StrEnum):
    """Who let a lock go, as far as AWS tells: not by which command, and CI runs may share an identity."""

    SLACK = "slack"
    """The reaper, for a person in Slack."""
    REAPER = "reaper"
    """The reaper by itself, as the route asks."""
    HOLDER = "holder"
    """The identity that took it. CI runs may share one, so this is strong, not certain."""
    OTHER = "other"
    LIFECYCLE = "lifecycle"
    """A lifecycle rule of the bucket, which took it for an old file."""
    UNKNOWN = "unknown"


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
    refusal: Refusal | None = None
    """Why the person may not."""
    detail: str = ""
    """Why it failed, in words for a person."""
    lasting: bool = False
    """It failed, and would fail again until somebody changes what ``detail`` names."""
    principal: str = ""
    """Who deleted the lock by S3's account, where an S3 notification told."""
    let_go_by: LetGoBy = LetGoBy.UNKNOWN
    """Who released a lock that was not released from Slack."""
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
    """How the object comes back, where what was released was no lock."""

    @property
    def why(self) -> str:
        """Return why it was refused or failed, as the journal has it."""
        return self.refusal.value if self.refusal else self.detail

    @property
    def closes(self) -> bool:
        """Return whether the lock shown is no longer held, so that its alert has nothing left to offer."""
        return self.outcome in _CLOSING

    @property
    def deleter(self) -> str:
        """Return for whom the reaper deleted the lock, or may have: a Slack user or REAPER; "" when it did not."""
        if self.outcome not in {Outcome.RELEASED, Outcome.UNCONFIRMED}:
            return ""
        return REAPER if self.by_reaper else self.user

    def undoable(self, now: datetime) -> bool:
        """Return whether *Put the lock back* is on offer."""
        return self.undo_until is not None and now < self.undo_until and not self.restored_by


def by_identity(taken_by: str, principal: str) -> LetGoBy:
    """Return whether the identity that deleted a lock is the one that took it; either may be unknown ("")."""
    if not taken_by or not principal:
        return LetGoBy.UNKNOWN
    return LetGoBy.HOLDER if taken_by == principal else LetGoBy.OTHER
