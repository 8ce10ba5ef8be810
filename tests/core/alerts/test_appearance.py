"""An alert's message reads otherwise exactly when ``appearance`` says so."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.alerts.alert import Alert, alert_for
from chalicelib.core.alerts.appearance import UNSEEN, appearance
from chalicelib.core.alerts.evidence import StateWritten
from chalicelib.core.alerts.page import Asked, Page, Snooze
from chalicelib.core.clicks.ending import Ending, Outcome
from chalicelib.core.locks.state_lock import Half
from chalicelib.slack.words.messages import message
from tests.builders import ALICE, BOB, TAKEN, a_claim, a_lock, a_policy, a_table_lock

NOW = TAKEN + timedelta(hours=3)


def an_alert(now: datetime = NOW, written: datetime | None = None, ending: Ending | None = None, **known: Any) -> Alert:
    fields: dict[str, Any] = {"lock": a_lock(), "level": 1}
    page = Page(**fields | known)
    return alert_for(page, a_policy(), now, StateWritten(written), ending)


SHOWN: dict[str, Any] = {
    "level": 2,
    "principal": "AWS:AROA:ci",
    "owner": BOB,
    "snooze": Snooze(ALICE, NOW + timedelta(hours=1)),
    "asked": Asked(BOB, NOW, "1"),
    "refused": frozenset({BOB}),
    "restored_by": BOB,
    "lock": a_lock(body=b""),
    "halves": (Half(a_table_lock().ref), Half(a_lock().ref)),
    "rivals": (a_table_lock("s3-plan-default"),),
}
"""Of each field of a page that a message shows, another value."""


@pytest.mark.parametrize(
    "other",
    [
        *(an_alert(**{name: value}) for name, value in SHOWN.items()),
        an_alert(written=TAKEN),
        an_alert(ending=Ending(outcome=Outcome.FAILED, at=NOW, detail="x")),
        msgspec.structs.replace(an_alert(), policy=a_policy(second_person=True)),
    ],
)
def test_what_changes_the_message_changes_the_appearance(other: Alert) -> None:
    assert message(other) != message(an_alert())
    assert appearance(other) != appearance(an_alert())


@pytest.mark.parametrize(
    "known", [{"acquired_at": TAKEN + timedelta(seconds=9)}, {"seen_at": TAKEN - timedelta(days=1)}]
)
def test_whose_clock_an_age_is_by_changes_the_message_and_the_appearance(known: dict[str, Any]) -> None:
    plain, other = an_alert(lock=a_table_lock()), an_alert(lock=a_table_lock(), **known)
    assert message(other) != message(plain)
    assert appearance(other) != appearance(plain)


def test_of_every_field_of_a_page_it_is_known_whether_a_message_shows_it() -> None:
    assert set(Page.__struct_fields__) == (UNSEEN - {"snooze"}) | SHOWN.keys()


HOURS = st.integers(min_value=3, max_value=23).map(lambda hours: TAKEN + timedelta(hours=hours))


@given(HOURS, HOURS, st.none() | st.integers(-50, 22).map(lambda hours: TAKEN + timedelta(hours=hours)))
def test_while_the_appearance_is_the_same_the_message_is(
    then: datetime, now: datetime, written: datetime | None
) -> None:
    one, other = an_alert(then, written), an_alert(now, written)
    assert (appearance(one) == appearance(other)) == (message(one) == message(other))


def test_what_nobody_sees_does_not_change_the_appearance() -> None:
    unseen = an_alert(said=frozenset({"alert"}), shown_at=NOW, quiet_at=NOW, releasing=a_claim())
    assert appearance(unseen) == appearance(an_alert())
    assert appearance(an_alert(snooze=Snooze(ALICE, NOW))) == appearance(an_alert())


def test_a_day_later_it_is_another_so_that_a_message_that_was_deleted_is_missed() -> None:
    assert appearance(an_alert(NOW + timedelta(days=1))) != appearance(an_alert())
