"""A cursor says what is left, in any order of the prefixes; a damaged one is an error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.aws.locks.listing import cursor
from chalicelib.aws.locks.listing.bucket_scan import separate
from chalicelib.aws.locks.listing.pages import ListingError
from chalicelib.aws.locks.listing.ranges import MOST, KeyRange

KEY = st.text(st.characters(codec="utf-8"), max_size=20)


@given(KEY, st.lists(st.tuples(KEY, KEY), min_size=1, max_size=MOST), st.sets(KEY, max_size=5))
def test_what_is_left_is_read_as_it_was_written(prefix: str, left: list[tuple[str, str]], later: set[str]) -> None:
    later.discard(prefix)
    text = cursor.written(prefix, [KeyRange(*one) for one in left], sorted(later))
    again, ranges, others = cursor.read(text, [*sorted(later, reverse=True), prefix])
    assert (again, [(one.after, one.until) for one in ranges], set(others)) == (prefix, left, later)


def test_nothing_left_is_no_cursor_and_no_cursor_is_all() -> None:
    assert cursor.written("", [], []) == ""
    prefix, (whole,), later = cursor.read("", ["a/", "b/"])
    assert (prefix, whole.after, whole.until, later) == ("a/", "", "", ["b/"])


def test_a_prefix_that_was_taken_out_of_the_rules_is_not_gone_on_with() -> None:
    text = cursor.written("a/", [KeyRange("a/x")], ["b/", "c/"])
    assert cursor.read(text, ["c/", "d/"]) == ("a/", [], ["c/"])


@pytest.mark.parametrize("key", ["x" * 1_024, "\1" * 1_024, '"\\' * 512, "\U0010ffff" * 256])
def test_no_cursor_is_larger_than_an_order_may_be(key: str) -> None:
    left = [KeyRange(key, key)] * MOST
    assert len(cursor.written(key, left, [f"{number}/" for number in range(2_000)])) < 100_000


@given(st.data())
def test_a_damaged_cursor_is_an_error_and_never_another_place(data: st.DataObject) -> None:
    text = cursor.written("a/", [KeyRange("a/x", "a/y"), KeyRange("a/z")], ["b/"])
    at = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters(codec="utf-8").filter(lambda one: one != text[at]))
    with pytest.raises(ListingError, match="damaged"):
        cursor.read(text[:at] + other + text[at + 1 :], ["a/", "b/"])


@pytest.mark.parametrize("text", ["0:a/x", "1", "2", "2.", "2.0.", "3.1.x", "\ud800", "2.1.\ud800", "é"])
def test_what_is_no_cursor_is_an_error(text: str) -> None:
    with pytest.raises(ListingError, match="damaged"):
        cursor.read(text, [""])


def test_prefixes_that_begin_with_another_are_listed_with_it() -> None:
    assert separate(("b/x", "c/", "b/", "b/", "a/")) == ["c/", "b/", "a/"]
    assert separate(("a", "")) == [""]
    assert separate(()) == [""]
