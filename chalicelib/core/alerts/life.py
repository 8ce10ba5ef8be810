"""Decide the next step of an alert from what is known about its lock, by one table."""

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
"""How long an open message may stand before the reaper checks that it still reads as it should."""
NOTICE = timedelta(minutes=15)
"""How long people must have had the alert before the reaper may release the lock by itself: until the next watch."""


class Held(StrEnum):
    """Is the lock there?"""

    YES = "held"
    NO = "not held"


class Story(StrEnum):
    """What have people been told?"""

    NONE = "no alert"
    OPEN = "alert"
    ENDED = "ended, not told"
    CLOSED = "ended, told"


class Level(StrEnum):
    """How does its age compare with what has been told?"""

    NEW = "new level"
    SAME = "no new level"


class Mood(StrEnum):
    """May people be called?"""

    SNOOZED = "snoozed"
    AFTER_HOURS = "after hours"
    SNOOZE_OVER = "snooze is over"
    FREE = "free"


class Shown(StrEnum):
    """When was its message last written, or found to read as it should?"""

    LATELY = "lately"
    LONG_AGO = "over an hour ago"


class Auto(StrEnum):
    """Is an automatic release due?"""

    DUE = "due"
    NO = "no"


class Step(StrEnum):
    """What to do next about a lock."""

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
    # An ending is told before all else, whatever is there now. A lock that is there after all begins anew.
    Row(ANY,      Story.ENDED,  ANY,          ANY,               ANY,            ANY,          Step.TELL),
    Row(Held.YES, Story.CLOSED, ANY,          ANY,               ANY,            ANY,          Step.REOPEN),
    Row(Held.NO,  Story.CLOSED, ANY,          ANY,               ANY,            ANY,          Step.NOTHING),
    Row(Held.NO,  ANY,          ANY,          ANY,               ANY,            ANY,          Step.CLOSE),
    # Nobody knows of the lock: tell when it is due and people may be called.
    Row(Held.YES, Story.NONE,   Level.SAME,   ANY,               ANY,            ANY,          Step.NOTHING),
    Row(Held.YES, Story.NONE,   Level.NEW,    Mood.AFTER_HOURS,  ANY,            ANY,          Step.NOTHING),
    Row(Held.YES, Story.NONE,   Level.NEW,    ANY,               ANY,            ANY,          Step.POST),
    # People know of the lock. A snooze holds back everything except the closing. News come before all else.
    Row(Held.YES, Story.OPEN,   ANY,          Mood.SNOOZED,      Shown.LONG_AGO, ANY,          Step.REFRESH),
    Row(Held.YES, Story.OPEN,   ANY,          Mood.SNOOZED,      Shown.LATELY,   ANY,          Step.NOTHING),
    Row(Held.YES, Story.OPEN,   Level.NEW,    Mood.FREE,         ANY,            ANY,          Step.RAISE),
    Row(Held.YES, Story.OPEN,   Level.NEW,    Mood.SNOOZE_OVER,  ANY,            ANY,          Step.RAISE),
    Row(Held.YES, Story.OPEN,   Level.SAME,   Mood.SNOOZE_OVER,  ANY,            ANY,          Step.WAKE),
    # At most once an hour: a release that S3 refuses is told each time, and must not crowd out all other steps.
    Row(Held.YES, Story.OPEN,   ANY,          ANY,               Shown.LONG_AGO, Auto.DUE,     Step.AUTO_RELEASE),
    Row(Held.YES, Story.OPEN,   ANY,          ANY,               Shown.LONG_AGO, Auto.NO,      Step.REFRESH),
    Row(Held.YES, Story.OPEN,   ANY,          ANY,               Shown.LATELY,   ANY,          Step.NOTHING),
)
# fmt: on
"""The whole life. The first row that fits counts, from top to bottom."""


def next_step(page: Page, policy: Policy, now: datetime, *, held: bool) -> Step:
    """Return the step that the table names for a lock."""
    return step_in(situation_of(page, policy, now, held=held))


def step_in(situation: Situation) -> Step:
    """Return the step of the first row that fits; the table has one for every situation."""
    return next(row.step for row in TABLE if row.fits(situation))


def situation_of(page: Page, policy: Policy, now: datetime, *, held: bool) -> Situation:
    """Return the situation that follows from a lock's page, its policy and the time."""
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

    It may when the route asks for it, the run cannot write the state, the lock is whole and says that it locks this
    state, people have had the alert for a while, and nobody snoozed it or put it back.
    """
    lock = page.lock
    return (
        policy.auto_release is not None
        and can_auto_release(lock)
        and lock.age(now) >= policy.auto_release
        and _noticed(page, now)
        and page.snooze is None
        and not page.restored_by
    )


def can_auto_release(lock: HeldLock) -> bool:
    """Return whether a lock is of the kind that the reaper may ever release by itself: no copy, no odd time."""
    return not lock.flaw and lock.risk is Risk.PLAN and speaks_for_itself(lock)


def _noticed(page: Page, now: datetime) -> bool:
    return page.posted is not None and page.alerted_at is not None and now - page.alerted_at >= NOTICE


def _story(page: Page) -> Story:
    if page.ending:
        return Story.CLOSED if page.told else Story.ENDED
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
