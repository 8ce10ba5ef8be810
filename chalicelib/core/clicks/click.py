"""A click: what was asked of a lock, by whom, and whether they may."""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar, assert_never

import msgspec

from chalicelib.core.alerts.message import Handle
from chalicelib.core.clicks.ending import Ending, Refusal
from chalicelib.core.hours import WorkingHours
from chalicelib.core.locks.place import LockRef
from chalicelib.core.policy import EVERYONE, GROUP_LETTER, Policy, Rules


class Verb(StrEnum):
    """What is asked of a lock."""

    RELEASE = "release"
    SNOOZE = "snooze"
    WAKE = "wake"
    WITHDRAW = "withdraw"
    PUT_BACK = "put back"

    @property
    def releases(self) -> bool:
        """Return whether it is for ``release_lock``, the only function that may delete; else for ``answer_click``."""
        match self:
            case Verb.RELEASE:
                return True
            case Verb.SNOOZE | Verb.WAKE | Verb.WITHDRAW | Verb.PUT_BACK:
                return False
            case _:
                assert_never(self)


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
    message: Handle = ""
    """"" when only the person who clicked sees the message, which then cannot be edited."""
    at: datetime | None = None
    """When they clicked, by Slack's clock."""
    click: str = ""
    """The same again when the same click is delivered again; another for every other."""
    reply_to: str = ""
    """Slack's address for an answer to this click, opaque to core and jobs. Whoever has it can answer: never log it."""
    by_reaper: ClassVar[bool] = False

    @property
    def person(self) -> "Person":
        """Who is answered."""
        return Person(user=self.user, channel=self.channel, reply_to=self.reply_to)


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Who waits for an answer, where they clicked, and Slack's own address for the answer ("" where it gave none)."""

    user: str = ""
    channel: str = ""
    reply_to: str = ""


class Unusable(StrEnum):
    """Why Slack sent a click that nothing can be done with."""

    MISDIRECTED = "for another workspace or app"
    UNREADABLE = "not readable"
    UNKNOWN = "unknown"
    """Another version of the reaper made the button, or the message in the queue."""


class Unheard(msgspec.Struct, frozen=True, kw_only=True):
    """A click that is not carried out, and as much of it as is needed to say so."""

    why: Unusable = Unusable.UNKNOWN
    detail: str = ""
    user: str = ""
    channel: str = ""
    reply_to: str = ""

    @property
    def person(self) -> Person:
        """Who is answered."""
        return Person(user=self.user, channel=self.channel, reply_to=self.reply_to)

    @property
    def answerable(self) -> bool:
        """Return whether there is anybody to answer."""
        return bool(self.user or self.reply_to)


class Whisper(msgspec.Struct, frozen=True, kw_only=True):
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

Colleague = Callable[[str], bool]
"""Whether a user is a member of our Enterprise Grid organisation, by Slack's word. Raises MembersUnknownError."""


def refusal(click: Click, rules: Rules, in_group: InGroup, colleague: Colleague, owner: str = "") -> Refusal | None:
    """Why this person may not do this to this lock; None when they may. Whatever is not allowed is refused.

    Who may release may do all else. Beside them the owner, who may be still at work, may have the alert be quiet.
    """
    policy = rules.policy_for(click.lock.state_path)
    if not rules.covers(click.lock.place):
        return Refusal.OUTSIDE
    if why := _foreign(click, rules, colleague):
        return why
    if click.verb in {Verb.SNOOZE, Verb.WAKE} and owner and click.user == owner:
        return None
    return may_release(click.user, policy, in_group)


def _foreign(click: Click, rules: Rules, colleague: Colleague) -> Refusal | None:
    """Refuse strangers, whatever a list says of them.

    In an Enterprise Grid the team that Slack sends with a click is the user's home, whichever workspace they click in
    (slackapi/bolt-js issue 1875), and a stranger from Slack Connect looks the same (slackapi/java-slack-sdk issue
    1041). So whose home is another workspace is looked up.
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
    """Why a member (of workspace or organisation) may not release; user groups are asked only when they decide."""
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
