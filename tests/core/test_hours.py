from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from chalicelib.core.hours import WorkingHours, always

BERLIN = WorkingHours("Europe/Berlin", days=(0, 1, 2, 3, 4), opens=time(9), closes=time(18))


def local(text: str, time_zone: str = "Europe/Berlin") -> datetime:
    """The moment that a clock in the zone shows, as everybody else's clock has it: in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(time_zone)).astimezone(UTC)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-11-20T08:59:59.999999", False),
        ("2026-11-20T09:00", True),
        ("2026-11-20T17:59:59.999999", True),
        ("2026-11-20T18:00", False),
        ("2026-11-21T12:00", False),
        ("2026-11-22T12:00", False),
        ("2026-11-23T12:00", True),
    ],
    ids=["Friday before nine", "at nine", "before six", "at six", "Saturday", "Sunday", "Monday"],
)
def test_a_team_is_told_from_the_moment_it_opens_until_the_moment_it_closes(moment: str, is_open: bool) -> None:
    assert BERLIN.open_at(local(moment)) is is_open


@pytest.mark.parametrize("moment", ["2026-11-20T00:00", "2026-11-21T23:59:59.999999", "2026-11-22T12:00"])
def test_without_working_hours_a_team_is_told_at_any_moment(moment: str) -> None:
    assert always("Europe/Berlin").open_at(local(moment))


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-03-27T08:00Z", True),  # the Friday before the clocks go forward: 09:00
        ("2026-03-27T07:59Z", False),
        ("2026-03-30T07:00Z", True),  # the Monday after: 09:00
        ("2026-03-30T06:59Z", False),
        ("2026-10-23T07:00Z", True),  # the Friday before they go back: 09:00
        ("2026-10-23T06:59Z", False),
        ("2026-10-26T08:00Z", True),  # the Monday after: 09:00
        ("2026-10-26T07:59Z", False),
    ],
)
def test_the_hours_are_those_of_the_clock_on_the_wall_in_summer_and_in_winter(moment: str, is_open: bool) -> None:
    assert BERLIN.open_at(datetime.fromisoformat(moment)) is is_open


def test_the_hour_that_comes_twice_is_open_both_times() -> None:
    night = WorkingHours("Europe/Berlin", opens=time(2), closes=time(3))
    begins = datetime(2026, 10, 25, 0, tzinfo=UTC)
    assert [night.open_at(begins + timedelta(minutes=30 * half)) for half in range(-1, 5)] == [
        False,
        *[True] * 4,
        False,
    ]


def test_the_day_of_the_week_is_that_of_the_time_zone() -> None:
    sunday_in_utc = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    tokyo = WorkingHours("Asia/Tokyo", days=(0,), opens=time(8), closes=time(18))
    assert tokyo.open_at(sunday_in_utc)
    assert not WorkingHours("America/New_York", days=(0,)).open_at(sunday_in_utc)


@pytest.mark.parametrize(
    ("moment", "morning"),
    [
        ("2026-11-19T03:00", "2026-11-20T09:00"),
        ("2026-11-20T08:00", "2026-11-23T09:00"),
        ("2026-11-20T23:00", "2026-11-23T09:00"),
        ("2026-11-22T12:00", "2026-11-23T09:00"),
        ("2026-03-28T12:00", "2026-03-30T09:00"),
        ("2026-10-24T12:00", "2026-10-26T09:00"),
    ],
    ids=["Thursday night", "Friday morning", "Friday night", "Sunday", "clocks go forward", "clocks go back"],
)
def test_the_next_morning_is_that_of_the_next_working_day(moment: str, morning: str) -> None:
    assert BERLIN.next_morning(local(moment)) == local(morning)


def test_a_team_of_one_day_a_week_has_its_next_morning_in_a_week() -> None:
    mondays = WorkingHours("UTC", days=(0,), opens=time(10), closes=time(12))
    monday = datetime(2026, 11, 23, 10, tzinfo=UTC)
    assert mondays.next_morning(monday) == monday + timedelta(weeks=1)


@pytest.mark.parametrize(
    ("time_zone", "morning"),
    [
        ("UTC", datetime(2026, 11, 22, 9, tzinfo=UTC)),
        ("Asia/Kolkata", datetime(2026, 11, 22, 3, 30, tzinfo=UTC)),
        ("America/Los_Angeles", datetime(2026, 11, 21, 17, tzinfo=UTC)),
        ("Pacific/Kiritimati", datetime(2026, 11, 21, 19, tzinfo=UTC)),
    ],
)
def test_without_working_hours_the_next_morning_is_nine_in_the_time_zone(time_zone: str, morning: datetime) -> None:
    assert always(time_zone).next_morning(datetime(2026, 11, 21, 3, tzinfo=UTC)) == morning


@pytest.mark.parametrize(
    "hours", [BERLIN, always("Europe/Berlin"), *(WorkingHours("Europe/Berlin", closes=time(hour)) for hour in (6, 9))]
)
def test_a_morning_is_within_the_hours(hours: WorkingHours) -> None:
    assert hours.open_at(hours.next_morning(local("2026-11-20T12:00")))
