from hypothesis import given
from hypothesis.strategies import lists, text

from chalicelib.core.brief import LONGEST, MOST, told_briefly


def test_a_few_troubles_are_told_as_they_are() -> None:
    assert told_briefly([]) == ""
    assert told_briefly(["a: refused", "b: refused"]) == "a: refused; b: refused"
    assert told_briefly(["x"] * MOST) == "; ".join(["x"] * MOST)


def test_of_many_the_first_are_told_and_how_many_more_there_are() -> None:
    told = told_briefly([f"lock {number}" for number in range(10_000)])
    assert told.startswith("lock 0; lock 1; ")
    assert told.endswith(f"lock {MOST - 1}; and {10_000 - MOST} more")


@given(lists(text(max_size=3000), max_size=60))
def test_however_many_and_long_they_are_the_whole_is_short(troubles: list[str]) -> None:
    assert len(told_briefly(troubles)) <= MOST * (LONGEST + 2) + len("and 10000 more")
