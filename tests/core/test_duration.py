from datetime import timedelta

import pytest

from chalicelib.core.duration import in_words, parse


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("45m", timedelta(minutes=45)),
        ("2h", timedelta(hours=2)),
        ("1d", timedelta(days=1)),
        ("1w", timedelta(weeks=1)),
        ("1h30m", timedelta(minutes=90)),
        ("1h 30m", timedelta(minutes=90)),
        ("20s", timedelta(seconds=20)),
    ],
)
def test_a_duration_is_read_as_people_write_it(text: str, duration: timedelta) -> None:
    assert parse(text) == duration


@pytest.mark.parametrize("text", ["", "0m", "45", "m", "1.5h", "-1h", "30m1h", "1 hour", "99999d", "\u0661h"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a duration"):
        parse(text)


@pytest.mark.parametrize(
    ("duration", "words"),
    [
        (timedelta(0), "0 s"),
        (timedelta(seconds=40), "40 s"),
        (timedelta(minutes=5, seconds=10), "5 min"),
        (timedelta(hours=2, minutes=5), "2 h 5 min"),
        (timedelta(hours=2), "2 h"),
        (timedelta(days=3, hours=4, minutes=9), "3 d 4 h"),
        (timedelta(days=12), "12 d"),
    ],
)
def test_a_duration_is_said_in_its_two_largest_units(duration: timedelta, words: str) -> None:
    assert in_words(duration) == words
