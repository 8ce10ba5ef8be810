"""A click: what a person asked of a lock, and whether they may."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar, assert_never

import msgspec

from chalicelib.core.alerts.message import Handle
from chalicelib.core.clicks.ending import Ending, Refusal
from chalicelib.core.clicks.part import Part
from chalicelib.core.hours import WorkingHours
from chalicelib.core.locks.place import LockRef
from chalicelib.core.policy import EVERYONE, GROUP_LETTER, Policy, Rules


class Verb(StrEnum):
    """The things that a click can ask of a lock."""

    RELEASE = "release"
    SNOOZE = "snooze"
    WAKE = "wake"
    WITHDRAW = "withdraw"
    PUT_BACK = "put back"

    @property
    def releases(self) -> bool:
        """Return whether ``release_lock``, the only function that may delete, carries it out, or ``answer_click``."""
        match self:
            case Verb.RELEASE:
                return True
            case Verb.SNOOZE | Verb.WAKE | Verb.WITHDRAW | Verb.PUT_BACK:
                return False
            case _:
                assert_never(self)

    @property
    def quietens(self) -> bool:
        """Return whether it only changes who is called and when, so that the lock's owner may do it too."""
        match self:
            case Verb.SNOOZE | Verb.WAKE:
                return True
            case Verb.RELEASE | Verb.WITHDRAW | Verb.PUT_BACK:
                return False
            case _:
                assert_never(self)


class SnoozeFor(StrEnum):
    """The lengths of a snooze, in which an alert is quiet."""

    HOUR = "1h"
    FOUR_HOURS = "4h"
    MORNING = "morning"
    WEEK = "1w"

    def until(self, now: datetime, hours: WorkingHours) -> datetime:
        """Return when the snooze ends. MORNING is the morning of the team's next working day."""
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
    halves: tuple[LockRef, ...] = ()
    """All halves of the lock that the message showed as held, in the order of their release; (): the lock alone."""
    verb: Verb = Verb.RELEASE
    snooze_for: SnoozeFor | None = None
    user: str = ""
    user_team: str = ""
    channel: str = ""
    message: Handle = ""
    """The message that was clicked; "" when only the person who clicked sees it, so that it cannot be edited."""
    at: datetime | None = None
    """The time of the click, by Slack's clock."""
    click: str = ""
    """Identifies the click: the same on every redelivery."""
    reply_to: str = ""
    """Slack's address for an answer to this click. Only Slack's room reads it. Never log it: it lets anybody answer."""
    part: Part | None = None
    """The click on a joint alert that this is a part of; None: somebody clicked on this lock."""
    by_reaper: ClassVar[bool] = False

    @property
    def person(self) -> "Person":
        """Return the person to answer."""
        return Person(user=self.user, channel=self.channel, reply_to=self.reply_to)


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """A person who waits for an answer, where they clicked, and Slack's address for it ("": Slack gave none)."""

    user: str = ""
    channel: str = ""
    reply_to: str = ""


class Unusable(StrEnum):
    """The reasons why a click cannot be carried out."""

    MISDIRECTED = "for another workspace or app"
    UNREADABLE = "not readable"
    UNKNOWN = "unknown"
    """Another version of the reaper made the button, or the message in the queue."""


class Unheard(msgspec.Struct, frozen=True, kw_only=True):
    """A click that cannot be carried out: as much of it as is needed to tell its person so."""

    why: Unusable = Unusable.UNKNOWN
    detail: str = ""
    user: str = ""
    channel: str = ""
    reply_to: str = ""

    @property
    def person(self) -> Person:
        """Return the person to answer."""
        return Person(user=self.user, channel=self.channel, reply_to=self.reply_to)

    @property
    def answerable(self) -> bool:
        """Return whether the click says whom to answer."""
        return bool(self.user or self.reply_to)


class Whisper(msgspec.Struct, frozen=True, kw_only=True):
    """A message about a click to the person who clicked, unseen by others."""

    verb: Verb
    ending: Ending
    releasers: tuple[str, ...] = ()
    """The people who may do what this person may not."""
    state_path: str = ""
    """The state path of the lock that was clicked: a list has many locks."""
    account: str = ""
    """The lock's account as people call it; "" while all targets are in one account."""
    container: str = "bucket or table"
    """The word for the thing that it is kept in."""


class MembersUnknownError(Exception):
    """Slack did not tell who is in a user group; the message says why, for a person."""


InGroup = Callable[[str, str], bool]
"""Returns whether a user (second argument) is in a user group (first argument). Raises MembersUnknownError."""

Colleague = Callable[[str], bool]
"""Returns whether a user is a member of our Enterprise Grid organisation, as Slack says. Raises MembersUnknownError."""


def refusal(click: Click, rules: Rules, in_group: InGroup, colleague: Colleague, owner: str = "") -> Refusal | None:
    """Return why this person may not do this to this lock; None when they may. What is not allowed is refused.

    Whoever may release a lock may do everything. The lock's owner, who may still be at work, may snooze its alert too.
    """
    policy = rules.policy_for(click.lock.place)
    if why := _outside((click.lock, *click.halves), rules):
        return why
    if why := _foreign(click, rules, colleague):
        return why
    if click.verb.quietens and owner and click.user == owner:
        return None
    return may_release(click.user, policy, in_group)


def _outside(locks: Sequence[LockRef], rules: Rules) -> Refusal | None:
    if any(ref.state_path != locks[0].state_path for ref in locks):
        return Refusal.OUTSIDE
    if all(rules.covers(ref.place) for ref in locks):
        return None
    return Refusal.OUTSIDE if rules.all_known else Refusal.TARGETS_UNKNOWN


def _foreign(click: Click, rules: Rules, colleague: Colleague) -> Refusal | None:
    """Return the refusal of a stranger, whatever the list of releasers says; None for a member.

    In an Enterprise Grid, the team that Slack sends with a click is the user's home workspace, in whatever workspace
    they click (slackapi/bolt-js issue 1875). A click by a stranger from Slack Connect looks the same
    (slackapi/java-slack-sdk issue 1041). So the reaper asks Slack about users with another home workspace.
    """
    if click.user_team == rules.team:
        return None
    if not rules.enterprise:
        return Refusal.FOREIGN
    try:
        return None if colleague(click.user) else Refusal.FOREIGN
    except MembersUnknownError:
        return Refusal.UNKNOWN_HOME


def may_release(user: str, policy: Policy, in_group: InGroup) -> Refusal | None:
    """Return why a member may not release; None when they may. User groups are asked only when they decide."""
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
