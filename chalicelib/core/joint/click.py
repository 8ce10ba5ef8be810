"""A click on a joint alert, its answer, and the order to show how far it has come."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

import msgspec

from chalicelib.core.alerts.message import Handle
from chalicelib.core.clicks.click import Click, Person, SnoozeFor, Verb
from chalicelib.core.clicks.ending import Refusal
from chalicelib.core.clicks.part import Part
from chalicelib.core.joint.joint import Joint, Member
from chalicelib.core.joint.verb import JointVerb
from chalicelib.core.locks.place import LockRef


class JointClick(msgspec.Struct, frozen=True, kw_only=True):
    """One click on a joint alert: what was asked, of which locks, and who clicked."""

    joint: str
    """The ID of the joint alert."""
    shown: str = ""
    """Commits to the locks that were shown (``Joint.shown``, ``Joint.released``)."""
    verb: JointVerb
    snooze_for: SnoozeFor | None = None
    page: int = 1
    """The listing page to show."""
    begin: int = 0
    """How many orders an earlier function has left already, before its time was over."""
    user: str = ""
    user_team: str = ""
    channel: str = ""
    message: Handle = ""
    at: datetime | None = None
    click: str = ""
    """Identifies the click: the same on every redelivery."""
    reply_to: str = ""
    """Slack's address for an answer to this click. Never log it: it lets anybody answer."""
    by_reaper: ClassVar[bool] = False

    @property
    def person(self) -> Person:
        """Return the person to answer."""
        return Person(user=self.user, channel=self.channel, reply_to=self.reply_to)


class ShowJoint(msgspec.Struct, frozen=True, kw_only=True):
    """An order to edit the message of a joint alert to what is true now."""

    joint: str
    click: str = ""
    """The click whose progress is shown until it is over; "": the message is edited once."""
    locks: tuple[LockRef, ...] = ()
    """Locks that may have ended; only these are looked up in the lock book."""


class JointOutcome(StrEnum):
    """What came of a click on a joint alert, as its person is told."""

    UNKNOWN = "unknown"
    """The joint alert is no longer remembered."""
    CHANGED = "changed"
    """The locks are not those that were shown any more."""
    BUSY = "busy"
    """Another click is being carried out."""
    REFUSED = "refused"
    ASKED = "asked"
    WITHDRAWN = "withdrawn"
    SNOOZED = "snoozed"
    WOKEN = "woken"
    FAILED = "failed"
    BEGUN = "begun"
    """Each lock has its own order; the message shows the progress."""
    LISTED = "listed"


class JointAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A message to the person who clicked on a joint alert, unseen by others."""

    verb: JointVerb
    outcome: JointOutcome
    count: int = 0
    """Number of locks that the click is about."""
    refusal: Refusal | None = None
    state_path: str = ""
    """The state path for whose lock the person was refused."""
    releasers: tuple[str, ...] = ()
    detail: str = ""


def click_on(member: Member, click: JointClick, verb: Verb = Verb.RELEASE) -> Click:
    """Return what a click on a joint alert asks of one of its locks. It has no message: nobody is answered singly."""
    return Click(
        lock=member.ref,
        halves=member.halves,
        verb=verb,
        user=click.user,
        user_team=click.user_team,
        channel=click.channel,
        at=click.at,
        click=click.click,
    )


def parts_of(joint: Joint, click: JointClick) -> list[Click]:
    """Return the orders that the running act leaves: one for each lock, with the same click and a number."""
    act = joint.act
    if act is None:
        return []
    verb = Verb.RELEASE if act.verb is JointVerb.RELEASE else Verb.PUT_BACK
    return [
        msgspec.structs.replace(
            click_on(joint.locks[number], click, verb),
            click=f"{act.click} #{number + 1}",
            part=Part(joint.id, act.click, number, act.approved),
        )
        for number in act.numbers
    ]
