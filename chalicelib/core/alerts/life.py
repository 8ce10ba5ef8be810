"""Decide the next step of an alert by one table, from what is known about its lock."""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from chalicelib.core.alerts.alert import level_of
from chalicelib.core.alerts.page import Page
from chalicelib.core.locks.copies import speaks_for_itself
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.terraform.lock_info import Risk
from chalicelib.core.policy import Policy

SHOWN_ANEW_AFTER = timedelta(hours=1)
"""An open message is checked again when this time has passed since it was last written or checked."""
NOTICE = timedelta(minutes=15)
"""How long people must have had the alert before the reaper may release the lock by itself: one watch's interval."""


class Held(StrEnum):
    """The answers to: is the lock there?"""

    YES = "held"
    NO = "not held"


class Story(StrEnum):
    """The answers to: what have people been told?"""

    NONE = "no alert"
    OPEN = "alert"
    JOINT = "joint alert"
    ENDED = "ended, not told"
    CLOSED = "ended, told"


class Level(StrEnum):
    """The answers to: has the lock's age reached a level that was not told yet?"""

    NEW = "new level"
    SAME = "no new level"


class Mood(StrEnum):
    """The answers to: may people be called now?"""

    SNOOZED = "snoozed"
    AFTER_HOURS = "after hours"
    SNOOZE_OVER = "snooze is over"
    FREE = "free"


class Shown(StrEnum):
    """The answers to: when was the message last written or checked?"""

    LATELY = "lately"
    LONG_AGO = "over an hour ago"


class Auto(StrEnum):
    """The answers to: is an automatic release due?"""

    DUE = "due"
    NO = "no"


class Step(StrEnum):
    """The next thing to do about a lock."""

    NOTHING = "nothing"
    POST = "post"
    RAISE = "raise"
    """Post one reply that calls the people of the new level; then edit."""
    WAKE = "wake"
    """Post one reply that calls the person who snoozed it; then edit."""
    REFRESH = "refresh"
    """Read the evidence again; edit the message if anything in it has changed."""
    AUTO_RELEASE = "auto-release"
    CLOSE = "close"
    TELL = "tell"
    """Edit the message to say how it ended."""
    REOPEN = "reopen"


ANY = None


class Situation(msgspec.Struct, frozen=True):
    """Everything that the next step depends on."""

    held: Held
    story: Story
    level: Level
    mood: Mood
    shown: Shown
    auto: Auto


class Row(msgspec.Struct, frozen=True):
    """One row of the table; None fits any value."""

    held: Held | None
    story: Story | None
    level: Level | None
    mood: Mood | None
    shown: Shown | None
    auto: Auto | None
    step: Step

    def fits(self, situation: Situation) -> bool:
        """Return whether the row fits the situation."""
        return all(getattr(self, name) in (ANY, getattr(situation, name)) for name in situation.__struct_fields__)


# fmt: off
TABLE = (
    #   lock      people know   age           may call           shown           auto-release  next step
    # Tell an ending before all else, whatever is there now. Then a lock that is held after all gets a new page.
    Row(ANY,      Story.ENDED,  ANY,          ANY,               ANY,            ANY,          Step.TELL),
    Row(Held.YES, Story.CLOSED, ANY,          ANY,               ANY,            ANY,          Step.REOPEN),
    Row(Held.NO,  Story.CLOSED, ANY,          ANY,               ANY,            ANY,          Step.NOTHING),
    Row(Held.NO,  ANY,          ANY,          ANY,               ANY,            ANY,          Step.CLOSE),
    # Nobody knows of the lock: tell when it is due and people may be called.
    Row(Held.YES, Story.NONE,   Level.SAME,   ANY,               ANY,            ANY,          Step.NOTHING),
    Row(Held.YES, Story.NONE,   Level.NEW,    Mood.AFTER_HOURS,  ANY,            ANY,          Step.NOTHING),
    Row(Held.YES, Story.NONE,   Level.NEW,    ANY,               ANY,            ANY,          Step.POST),
    # A joint alert tells of the lock, of its levels, and when its snooze is over.
    Row(Held.YES, Story.JOINT,  ANY,          Mood.SNOOZED,      ANY,            ANY,          Step.NOTHING),
    Row(Held.YES, Story.JOINT,  ANY,          ANY,               Shown.LONG_AGO, Auto.DUE,     Step.AUTO_RELEASE),
    Row(Held.YES, Story.JOINT,  ANY,          ANY,               ANY,            ANY,          Step.NOTHING),
    # People know of the lock. A snooze holds back everything except the closing. What is new comes first.
    Row(Held.YES, Story.OPEN,   ANY,          Mood.SNOOZED,      Shown.LONG_AGO, ANY,          Step.REFRESH),
    Row(Held.YES, Story.OPEN,   ANY,          Mood.SNOOZED,      Shown.LATELY,   ANY,          Step.NOTHING),
    Row(Held.YES, Story.OPEN,   Level.NEW,    Mood.FREE,         ANY,            ANY,          Step.RAISE),
    Row(Held.YES, Story.OPEN,   Level.NEW,    Mood.SNOOZE_OVER,  ANY,            ANY,          Step.RAISE),
    Row(Held.YES, Story.OPEN,   Level.SAME,   Mood.SNOOZE_OVER,  ANY,            ANY,          Step.WAKE),
    # At most once an hour: each release that is refused is told, and must not crowd out all other steps.
    Row(Held.YES, Story.OPEN,   ANY,          ANY,               Shown.LONG_AGO, Auto.DUE,     Step.AUTO_RELEASE),
    Row(Held.YES, Story.OPEN,   ANY,          ANY,               Shown.LONG_AGO, Auto.NO,      Step.REFRESH),
    Row(Held.YES, Story.OPEN,   ANY,          ANY,               Shown.LATELY,   ANY,          Step.NOTHING),
)
# fmt: on
"""The whole life of an alert. The first row that fits counts, from top to bottom."""


def next_step(page: Page, policy: Policy, now: datetime, *, held: bool) -> Step:
    """Return the step that the table names for a lock."""
    return step_in(situation_of(page, policy, now, held=held))


def step_in(situation: Situation) -> Step:
    """Return the step of the first row that fits; the table has a row for every situation."""
    return next(row.step for row in TABLE if row.fits(situation))


def situation_of(page: Page, policy: Policy, now: datetime, *, held: bool) -> Situation:
    """Return the situation of a lock, from its page, its policy and the time."""
    return Situation(
        held=Held.YES if held else Held.NO,
        story=_story(page),
        shown=_shown(page, now),
        auto=Auto.DUE if may_auto_release(page, policy, now) else Auto.NO,
        mood=_mood(page, policy, now),
        level=Level.NEW if level_of(page, policy, now) > page.level else Level.SAME,
    )


def may_auto_release(page: Page, policy: Policy, now: datetime) -> bool:
    """Return whether the reaper may release a lock by itself.

    It may when the route asks for it, the run cannot write the state, the lock can be read and names this state,
    nobody else holds the state too, people have had the alert for ``NOTICE``, and nobody snoozed the alert or put the
    lock back.
    """
    lock = page.lock
    return (
        policy.auto_release is not None
        and can_auto_release(lock)
        and not page.rivals
        and page.age(now) >= policy.auto_release
        and _noticed(page, now)
        and page.snooze is None
        and not page.restored_by
    )


def can_auto_release(lock: HeldLock) -> bool:
    """Return whether the reaper may ever release this lock by itself: it is no copy, and its time is plausible."""
    return not lock.flaw and lock.risk is Risk.PLAN and speaks_for_itself(lock)


def _noticed(page: Page, now: datetime) -> bool:
    told = bool(page.posted or page.joint)
    return told and page.alerted_at is not None and now - page.alerted_at >= NOTICE


def _story(page: Page) -> Story:
    if page.ending:
        return Story.CLOSED if page.told else Story.ENDED
    if page.joint and not page.posted:
        return Story.JOINT
    return Story.OPEN if page.posted else Story.NONE


def _shown(page: Page, now: datetime) -> Shown:
    lately = page.shown_at is not None and now - page.shown_at < SHOWN_ANEW_AFTER
    return Shown.LATELY if lately else Shown.LONG_AGO


def _mood(page: Page, policy: Policy, now: datetime) -> Mood:
    if page.snoozed(now):
        return Mood.SNOOZED
    if not policy.working_hours.open_at(now):
        return Mood.AFTER_HOURS
    if page.snooze and page.snooze.over.name not in page.said:
        return Mood.SNOOZE_OVER
    return Mood.FREE
