"""Endings: how a lock ended, or how a thing ended that somebody asked of it."""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import Place

KEPT_FOR = timedelta(days=30)
"""How long the lock book keeps the page of a released lock, with the lock's bytes."""
REAPER = "reaper"
"""Written in the place of a Slack user when the reaper acts by itself. No Slack ID looks like it."""
_ARN = "arn:"


class Outcome(StrEnum):
    """The ways in which a lock, or a thing asked of it, ends. The first six end a lock, so that its alert closes."""

    RELEASED = "released"
    UNCONFIRMED = "unconfirmed"
    """Gone after the reaper's delete was begun and its answer was lost: the reaper or the holder released it."""
    GONE = "gone"
    REPLACED = "replaced"
    UNWATCHED = "unwatched"
    """Its target was taken out of the configuration."""
    CONTAINER_GONE = "container_gone"
    """Its bucket or table does not exist any more."""
    ASKED = "asked"
    """Asked for by the first of the two people that a release takes."""
    WITHDRAWN = "withdrawn"
    SNOOZED = "snoozed"
    WOKEN = "woken"
    """Somebody ended the snooze."""
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
    Outcome.CONTAINER_GONE,
}


class Refusal(StrEnum):
    """The reasons why a person may not do a thing."""

    OUTSIDE = "outside the targets"
    TARGETS_UNKNOWN = "targets not known"
    """It is within no known target, but the lock book did not tell what the target rules found."""
    FOREIGN = "another workspace"
    UNKNOWN_HOME = "unknown workspace"
    """Their home is another workspace, and Slack did not tell whether that belongs to our organisation."""
    NOBODY = "no releasers"
    NOT_LISTED = "not a releaser"
    UNKNOWN_MEMBERS = "unknown members"
    """They are not on the list, and Slack did not tell who is in the user groups on the list."""
    OWN_REQUEST = "own request"
    """They asked first; a release by two people needs another person to approve it."""
    NOT_ASKED = "not theirs"
    """Only the person who asked can withdraw."""
    TOO_LATE = "too late"
    HELD_AGAIN = "held again since"
    """The click is older than the hold: the lock had ended and was found held again (a delete marker was removed)."""
    UNDO_OFF = "undo is off"
    MAY_BE_STATE = "may be a state"
    UNSEEN = "not to be looked at"
    """AWS denies the reaper a look at it."""
    HAS_DIGEST = "has a digest"
    """It is an item with a state's digest beside its ``Info``; no digest is ever deleted."""
    NO_WAY_BACK = "cannot come back"
    """It is not, or may not be, a lock, and could not be brought back after a release."""


class LetGoBy(StrEnum):
    """The kinds of agents that can let a lock go. AWS tells the identity, but not by which command."""

    SLACK = "slack"
    """The reaper, for a person in Slack."""
    REAPER = "reaper"
    """The reaper by itself, as the route asks."""
    OPERATOR = "operator"
    """Somebody with ``tflocks release`` and AWS rights of their own."""
    HOLDER = "holder"
    """The AWS identity that took it. CI runs may share an identity, so it may have been another run."""
    OTHER = "other"
    LIFECYCLE = "lifecycle"
    """A lifecycle rule of the bucket, which deletes old objects."""
    UNKNOWN = "unknown"


class WayBack(StrEnum):
    """The ways to bring back a released object that was no lock (``release_terms``)."""

    KEPT = "kept"
    """The lock book keeps its bytes: first by *Put the lock back*, later by hand."""
    VERSION = "version"
    """The bucket keeps it as a version."""


class HalfEnding(msgspec.Struct, frozen=True, omit_defaults=True):
    """The end of one half of a lock, or of what was asked of it."""

    place: Place
    outcome: Outcome
    detail: str = ""
    """Why it failed, in words for a person."""
    held_now: HeldLock | None = None
    by: str = ""
    """For whom the reaper deleted it or may have: a Slack user or REAPER; "" when it did not."""


class Ending(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The end of a lock, or of a thing that somebody asked of it."""

    outcome: Outcome
    at: datetime
    user: str = ""
    """The Slack user who clicked, or the ARN of an operator (``is_operator``); "" when nobody asked for it."""
    click: str = ""
    refusal: Refusal | None = None
    """Why the person was refused."""
    detail: str = ""
    """Why it failed, in words for a person."""
    lasting: bool = False
    """Whether it would fail again until somebody changes what ``detail`` names."""
    principal: str = ""
    """Who deleted the lock, if an S3 notification told."""
    let_go_by: LetGoBy = LetGoBy.UNKNOWN
    """Who let the lock go, when it was not released from Slack."""
    by_reaper: bool = False
    """Whether the reaper released the lock by itself, as the route asks."""
    approved: str = ""
    """The Slack user who asked for the release that ``user`` then approved."""
    undo_until: datetime | None = None
    """Until then the lock can be put back; None: it cannot."""
    restored_by: str = ""
    """The Slack user who put the lock back."""
    restored_click: str = ""
    """The click by which the lock was put back."""
    held_now: HeldLock | None = None
    copy_of: str = ""
    """The state path that the released lock named, if the lock was a copy from another place."""
    way_back: WayBack | None = None
    """How to bring back the object, if what was released was no lock."""
    halves: tuple[HalfEnding, ...] = ()
    """How each half of a lock that has several ended, in the order in which they were dealt with."""

    @property
    def why(self) -> str:
        """Return why it was refused or failed, in the journal's words."""
        return self.refusal.value if self.refusal else self.detail

    @property
    def closes(self) -> bool:
        """Return whether the lock is no longer held, so that its alert is closed."""
        return self.outcome in _CLOSING

    @property
    def deleter(self) -> str:
        """Return for whom the reaper deleted the lock or may have: a Slack user or REAPER; "" when it did not."""
        if self.outcome not in {Outcome.RELEASED, Outcome.UNCONFIRMED}:
            return ""
        return REAPER if self.by_reaper else self.user

    def undoable(self, now: datetime) -> bool:
        """Return whether *Put the lock back* is on offer."""
        return self.undo_until is not None and now < self.undo_until and not self.restored_by


def is_operator(user: str) -> bool:
    """Return whether the ARN of an operator's AWS identity is written in the place of a Slack user."""
    return user.startswith(_ARN)


def by_identity(taken_by: str, principal: str) -> LetGoBy:
    """Return whether the holder or another identity let a lock go; either argument may be unknown ("")."""
    if not taken_by or not principal:
        return LetGoBy.UNKNOWN
    return LetGoBy.HOLDER if taken_by == principal else LetGoBy.OTHER
