from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.audit.window import Window
from tests.tflocks.story import a_hold, at
from tflocks.holds.hold import Hold
from tflocks.output.picture.html_file import markup
from tflocks.output.picture.timeline import COLOURS, LANES, timeline

ANY_TIME = st.datetimes(timezones=st.just(UTC))


def made_up(since: datetime, until: datetime | None, *, still_held: bool = False) -> Hold:
    return msgspec.structs.replace(a_hold(), since=since, until=until, still_held=still_held)


def test_a_picture_begins_with_the_first_hold_and_has_a_tick_or_more() -> None:
    picture = timeline("x", [a_hold(30, 40)], Window(at(-60 * 24 * 30), at(60)))
    assert at(29) < picture.start < at(30)
    assert 0 < picture.share(at(30)) < picture.share(at(40)) < picture.share(at(60)) < 1
    assert 1 <= len(picture.ticks) <= 13


@pytest.mark.parametrize("minutes", [0.1, 1, 30, 60 * 7, 60 * 24 * 3, 60 * 24 * 90, 60 * 24 * 3653])
def test_an_axis_of_any_length_has_some_ticks(minutes: float) -> None:
    picture = timeline("x", [a_hold(-minutes, 0)], Window(at(-minutes), at(0)))
    assert 1 <= len(picture.ticks) <= 14


def test_the_picture_says_what_could_not_be_drawn() -> None:
    holds = [a_hold(state_path=f"acme/{number}") for number in range(LANES + 3)]
    picture = timeline("x", [*holds, a_hold(None, 5), a_hold(0, None)], Window(at(-60), at(60)))
    assert len(picture.lanes) == LANES
    assert "3 states" in picture.notes[0]
    assert "2 holds" in picture.notes[1]


@given(ANY_TIME, st.none() | ANY_TIME, st.booleans())
def test_a_lock_of_any_time_that_somebody_made_up_can_be_drawn(
    since: datetime, until: datetime | None, still_held: bool
) -> None:
    holds = [a_hold(0, 10)] + 300 * [made_up(since, until, still_held=still_held)]
    picture = timeline("x", holds, Window(at(-60), at(60)))
    assert picture.start <= at(60) <= picture.end
    assert all(timedelta(0) <= lane.locked <= 301 * timedelta(hours=2) for lane in picture.lanes)
    assert "</html>" in markup(picture)


@pytest.mark.parametrize("year", [1, 9999])
def test_a_lock_of_the_first_or_the_last_year_there_is_can_be_drawn(year: int) -> None:
    when = datetime(year, 1, 1, tzinfo=UTC) if year == 1 else datetime.max.replace(tzinfo=UTC)
    picture = timeline("x", [made_up(when, when)], Window(at(-60), at(60)))
    assert picture.lanes[0].locked == timedelta(0)
    assert "</html>" in markup(picture)


def test_of_a_hold_only_its_part_in_the_picture_counts() -> None:
    picture = timeline("x", [a_hold(-600, 30), a_hold(40, None, still_held=True)], Window(at(-60), at(60)))
    assert picture.lanes[0].locked == timedelta(minutes=90 + 20)


@pytest.mark.parametrize(
    ("operation", "kind"),
    [
        ("OperationTypePlan", "plan"),
        ("state-rm", "workspace, state, init"),
        ("state-replace-provider", "workspace, state, init"),
        ("migration source state", "workspace, state, init"),
        ("untaint", "workspace, state, init"),
        ("OperationTypeOfTomorrow", "another"),
        ("", "not known"),
    ],
)
def test_every_operation_has_a_colour_and_an_entry_in_the_legend(operation: str, kind: str) -> None:
    picture = timeline("x", [a_hold(operation=operation)], Window(at(-60), at(60)))
    assert picture.kinds == [kind]
    assert f'background:{COLOURS[kind]}"></i>{kind}</li>' in markup(picture)
