"""A click: what was asked of a lock, by whom, and whether they may."""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from chalicelib.core.hours import WorkingHours
from chalicelib.core.lock import LockRef
from chalicelib.core.policy import EVERYONE, GROUP_LETTER, Policy, Rules
from chalicelib.core.release import Ending


class Verb(StrEnum):
    """What is asked of a lock."""

    RELEASE = "release"
    AUTO_RELEASE = "auto-release"
    """By the reaper itself; no click in Slack becomes one."""
    SNOOZE = "snooze"
    WAKE = "wake"
    WITHDRAW = "withdraw"
    PUT_BACK = "put back"
    UNDO_OVER = "undo over"
    """By the reaper itself: the time for *Put the lock back* is over."""


class SnoozeFor(StrEnum):
    """For how long an alert is to be quiet."""

    HOUR = "1h"
    FOUR_HOURS = "4h"
    MORNING = "morning"
    WEEK = "1w"

    def until(self, now: datetime, hours: WorkingHours) -> datetime:
        """When it ends; a morning is that of the team's next working day."""
        if self is SnoozeFor.MORNING:
            return hours.next_morning(now)
        return now + _SNOOZES[self]


_SNOOZES = {
    SnoozeFor.HOUR: timedelta(hours=1),
    SnoozeFor.FOUR_HOURS: timedelta(hours=4),
    SnoozeFor.WEEK: timedelta(weeks=1),
}


class Click(msgspec.Struct, frozen=True, kw_only=True):
    """One click on a lock that was shown: the lock, what was asked, who clicked, and on which message."""

    lock: LockRef
    verb: Verb = Verb.RELEASE
    snooze_for: SnoozeFor | None = None
    user: str = ""
    user_team: str = ""
    channel: str = ""
    message_ts: str = ""
    """"" when only the person who clicked sees the message, which then cannot be edited."""
    at: datetime | None = None
    """When they clicked, by Slack's clock; None for what the reaper does by itself."""
    click: str = ""
    """The same again when the same click is delivered again; another for every other."""


class Refusal(StrEnum):
    """Why a person may not."""

    OUTSIDE = "outside the targets"
    FOREIGN = "another workspace"
    NOBODY = "no releasers"
    NOT_LISTED = "not a releaser"
    UNKNOWN_MEMBERS = "unknown members"
    """They are on no list, and who is in the user groups of the list could not be found out."""
    OWN_REQUEST = "own request"
    """A release by two people needs another one."""
    NOT_ASKED = "not theirs"
    """Only who asked can withdraw."""
    TOO_LATE = "too late"
    UNDO_OFF = "undo is off"
    MAY_BE_STATE = "may be a state"
    UNSEEN = "not to be looked at"
    """The reaper is denied a look at the object."""
    NO_WAY_BACK = "cannot come back"
    """It is no lock, or nobody can tell, and a release of it would be for good."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What one person alone is told of their click."""

    verb: Verb
    ending: Ending
    releasers: tuple[str, ...] = ()
    """Who could do more."""
    state_path: str = ""
    """Whose lock was clicked: a list has many."""


class MembersUnknownError(Exception):
    """Who is in a user group could not be found out; the message says why, for a person."""


InGroup = Callable[[str, str], bool]
"""Whether a user (second) is in a user group (first). Raises MembersUnknownError."""


def refusal(click: Click, rules: Rules, in_group: InGroup, owner: str = "") -> Refusal | None:
    """Why this person may not do this to this lock; None when they may. Whatever is not allowed is refused.

    Who may release may do all else. Beside them the owner, who may be still at work, may have the alert be quiet.
    """
    lock = click.lock
    if not rules.covers(lock.bucket, lock.key):
        return Refusal.OUTSIDE
    if click.user_team != rules.team:
        return Refusal.FOREIGN
    if click.verb in {Verb.SNOOZE, Verb.WAKE} and owner and click.user == owner:
        return None
    return may_release(click.user, rules.policy_for(lock.state_path), in_group)


def may_release(user: str, policy: Policy, in_group: InGroup) -> Refusal | None:
    """Why a member of the workspace may not release a route's locks; user groups are asked only when they decide."""
    if not policy.releasers:
        return Refusal.NOBODY
    if EVERYONE in policy.releasers or user in policy.releasers:
        return None
    unknown = False
    for group in (name for name in policy.releasers if name.startswith(GROUP_LETTER)):
        try:
            if in_group(group, user):
                return None
        except MembersUnknownError:
            unknown = True
    return Refusal.UNKNOWN_MEMBERS if unknown else Refusal.NOT_LISTED
