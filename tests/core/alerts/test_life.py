"""The table of an alert's life, row by row; each situation is made from a page, a policy and a time."""

from datetime import datetime, time, timedelta
from itertools import product
from typing import Any

import pytest

from chalicelib.core.alerts.life import (
    TABLE,
    Auto,
    Held,
    Level,
    Mood,
    Shown,
    Situation,
    Step,
    Story,
    may_auto_release,
    next_step,
    situation_of,
    step_in,
)
from chalicelib.core.alerts.message import Posted
from chalicelib.core.alerts.page import Page, Snooze
from chalicelib.core.clicks.ending import Ending, Outcome
from chalicelib.core.hours import WorkingHours
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.policy import Policy
from tests.builders import ALICE, BOB, CHANNEL, TAKEN, a_lock, a_policy, a_ref

GONE = Ending(outcome=Outcome.GONE, at=TAKEN)
POSTED = Posted(CHANNEL, "1.1")
AFTER_HOURS = a_policy(working_hours=WorkingHours("UTC", (0,), time(9), time(10)))  # Mondays; TAKEN is a Saturday
BY_ITSELF = a_policy(auto_release=timedelta(hours=6))


def hours(number: float) -> datetime:
    return TAKEN + timedelta(hours=number)


def told(level: int = 1, shown: float = 2, **others: Any) -> Page:
    """The apply's alert: posted two hours after the lock was taken, at its first level of two."""
    fields: dict[str, Any] = {
        "lock": a_lock(),
        "posted": POSTED,
        "level": level,
        "alerted_at": hours(2),
        "shown_at": hours(shown),
    }
    return Page(**fields | others)


def plan(lock: HeldLock | None = None, **others: Any) -> Page:
    """A plan's alert, posted an hour after the lock was taken."""
    fields: dict[str, Any] = {"posted": POSTED, "level": 1, "alerted_at": hours(1), "shown_at": hours(1)}
    return Page(lock=lock or a_lock("s3-plan-default"), **fields | others)


def in_joint(**others: Any) -> Page:
    """The apply as one of the locks of a joint alert, which tells of it two hours after it was taken."""
    return told(posted=None, joint="a joint alert", **others)


def a_joint_plan() -> Page:
    return plan(posted=None, joint="a joint alert")


def snoozed(until: float) -> Snooze:
    return Snooze(BOB, hours(until))


UNKNOWN = Page(lock=a_lock())
ENDED, CLOSED = told(ending=GONE), told(ending=GONE, told=True)
EXAMPLES = [
    ("an ending that nobody was told", ENDED, a_policy(), 3, False),
    ("a lock that is there after its end was told", CLOSED, a_policy(), 3, True),
    ("a lock that ended, and people know", CLOSED, a_policy(), 3, False),
    ("a lock that is no longer there", told(), a_policy(), 3, False),
    ("a lock younger than its threshold", UNKNOWN, a_policy(), 1.9, True),
    ("a new alert at night", UNKNOWN, AFTER_HOURS, 2, True),
    ("a lock that reaches its first threshold", UNKNOWN, a_policy(), 2, True),
    ("a lock of a joint alert, snoozed by itself", in_joint(snooze=snoozed(30)), a_policy(), 25, True),
    ("a plan of a joint alert that its route has released by itself", a_joint_plan(), BY_ITSELF, 6, True),
    ("a lock of a joint alert", in_joint(), a_policy(), 25, True),
    ("a snoozed lock, shown long ago", told(snooze=snoozed(30)), a_policy(), 25, True),
    ("a snoozed lock, shown lately", told(snooze=snoozed(30), shown=24.5), a_policy(), 25, True),
    ("a lock that reaches its second threshold", told(), a_policy(), 24, True),
    ("a level reached during a snooze that is over", told(snooze=snoozed(23)), a_policy(), 24, True),
    ("a snooze that is over", told(snooze=snoozed(3)), a_policy(), 3, True),
    ("a plan that its route has released by itself", plan(), BY_ITSELF, 6, True),
    ("a higher level at night, shown long ago", told(), AFTER_HOURS, 25, True),
    ("an open alert, shown lately", told(), a_policy(), 2.9, True),
]


@pytest.mark.parametrize(("row", "example"), list(enumerate(EXAMPLES)), ids=[example[0] for example in EXAMPLES])
def test_each_row_of_the_table_is_taken_by_its_situation(
    row: int, example: tuple[str, Page, Policy, float, bool]
) -> None:
    _, page, policy, age, held = example
    situation = situation_of(page, policy, hours(age), held=held)
    assert [index for index, line in enumerate(TABLE) if line.fits(situation)][0] == row  # noqa: RUF015  the first is what counts
    assert next_step(page, policy, hours(age), held=held) is TABLE[row].step


def test_every_row_has_an_example() -> None:
    assert len(EXAMPLES) == len(TABLE)


def test_the_table_has_a_step_for_every_situation() -> None:
    for facts in product(Held, Story, Level, Mood, Shown, Auto):
        assert step_in(Situation(*facts)) in Step


def test_nobody_is_called_during_a_snooze_or_after_hours() -> None:
    for held, story, level, mood, shown, auto in product(
        Held, Story, Level, (Mood.SNOOZED, Mood.AFTER_HOURS), Shown, Auto
    ):
        step = step_in(Situation(held, story, level, mood, shown, auto))
        assert step not in {Step.RAISE, Step.WAKE}
        assert step is not Step.POST or mood is Mood.SNOOZED  # nobody can snooze what was never posted


def test_a_lock_that_is_gone_is_never_spoken_of_as_held() -> None:
    for facts in product([Held.NO], Story, Level, Mood, Shown, Auto):
        assert step_in(Situation(*facts)) in {Step.TELL, Step.CLOSE, Step.NOTHING}


def test_a_snooze_that_is_over_is_said_once() -> None:
    over = snoozed(3)
    assert (
        next_step(told(snooze=over, said=frozenset({over.over.name}), shown=3), a_policy(), hours(3), held=True)
        is Step.NOTHING
    )


def test_a_level_that_was_missed_is_raised_after_the_snooze() -> None:
    page = told(snooze=snoozed(30))
    assert next_step(page, a_policy(), hours(29), held=True) is Step.REFRESH
    assert next_step(page, a_policy(), hours(30), held=True) is Step.RAISE


def test_a_level_that_the_policy_lost_does_not_rise_again() -> None:
    assert next_step(told(level=5, shown=30), a_policy(), hours(30), held=True) is Step.NOTHING


@pytest.mark.parametrize(
    ("what", "page", "policy"),
    [
        ("its route does not ask for it", plan(), a_policy()),
        ("it writes the state", told(), BY_ITSELF),
        (
            "nobody can say what it does",
            Page(lock=a_lock("s3-import-default"), posted=POSTED, alerted_at=TAKEN),
            BY_ITSELF,
        ),
        ("it cannot be read", plan(HeldLock(a_ref(), flaw="is empty")), BY_ITSELF),
        ("nobody was told", plan(posted=None), BY_ITSELF),
        ("people were told only now", plan(alerted_at=hours(6)), BY_ITSELF),
        ("somebody wants quiet", plan(snooze=Snooze(ALICE, hours(7))), BY_ITSELF),
        ("somebody wanted quiet", plan(snooze=Snooze(ALICE, hours(5))), BY_ITSELF),
        ("somebody put it back", plan(restored_by=ALICE), BY_ITSELF),
        ("it says that it locks another state", plan(a_lock("s3-plan-default", key="other.tflock")), BY_ITSELF),
        ("it is too young", plan(), a_policy(auto_release=timedelta(hours=7))),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_reaper_releases_nothing_by_itself_when(what: str, page: Page, policy: Policy) -> None:
    assert not may_auto_release(page, policy, hours(6))


def test_a_plan_that_people_had_time_to_see_is_released_by_the_reaper_itself() -> None:
    assert may_auto_release(plan(), BY_ITSELF, hours(6))
    assert not may_auto_release(plan(), BY_ITSELF, hours(5.9))


INSTANT = timedelta(microseconds=1)


def test_people_have_an_alert_for_a_watch_period_before_the_reaper_releases_its_lock_by_itself() -> None:
    late = plan(alerted_at=hours(6))
    assert not may_auto_release(late, BY_ITSELF, hours(6) + timedelta(minutes=15) - INSTANT)
    assert may_auto_release(late, BY_ITSELF, hours(6) + timedelta(minutes=15))


def test_of_an_alert_that_nobody_knows_the_time_of_nobody_has_had_notice() -> None:
    assert not may_auto_release(plan(alerted_at=None), BY_ITSELF, hours(24))
    assert not may_auto_release(plan(posted=None), BY_ITSELF, hours(24))


def test_an_open_message_is_looked_at_again_an_hour_after_it_was_written() -> None:
    def shown(at: datetime) -> Shown:
        return situation_of(told(shown=2), a_policy(), at, held=True).shown

    assert shown(hours(3) - INSTANT) is Shown.LATELY
    assert shown(hours(3)) is Shown.LONG_AGO
