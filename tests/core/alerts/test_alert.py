from datetime import timedelta

import pytest

from chalicelib.core.alerts.alert import alert_for
from chalicelib.core.alerts.message import Posted, Topic
from chalicelib.core.alerts.page import Page
from tests.builders import ALICE, BOB, CHANNEL, KEY, TAKEN, a_lock, a_policy, a_sending

POSTED = Posted(CHANNEL, "1.1")
OLD = timedelta(hours=3)
CALLS = a_policy(mentions={1: (ALICE,), 2: (BOB, ALICE)})


def test_a_level_that_the_policy_has_lost_since_is_the_highest_it_has() -> None:
    page = Page(lock=a_lock("s3-plan-default"), posted=POSTED, level=2)
    assert alert_for(page, a_policy(), TAKEN + OLD, None).level == 1


def test_an_alert_never_falls_back_to_a_lower_level() -> None:
    page = Page(lock=a_lock(), posted=POSTED, level=2)
    assert alert_for(page, a_policy(), TAKEN + OLD, None).level == 2


@pytest.mark.parametrize(
    ("told", "age", "called"),
    [(0, timedelta(hours=2), (ALICE,)), (0, timedelta(days=1), (ALICE, BOB)), (1, timedelta(days=1), (ALICE,))],
    ids=["posted at its first level", "posted late, at its second", "its second level has a reply of its own"],
)
def test_a_message_calls_the_people_of_the_levels_it_was_posted_for(
    told: int, age: timedelta, called: tuple[str, ...]
) -> None:
    page = Page(lock=a_lock(), level=told)
    assert alert_for(page, CALLS, TAKEN + age, None).called == called


def test_each_thing_said_of_each_lock_has_a_trace_of_its_own() -> None:
    refs = [a_lock().ref, a_lock("s3-plan-default").ref, a_lock(taken=TAKEN + OLD).ref, a_lock(key=f"x/{KEY}").ref]
    said = [(Topic.ALERT, ""), (Topic.ALERT, "after 1.1"), (Topic.LEVEL, "1"), (Topic.LEVEL, "2")]
    traces = {a_sending(*one, about=ref.name).trace for one in said for ref in refs}
    assert len(traces) == 16
    assert a_sending().trace == a_sending(at=TAKEN + OLD).trace
