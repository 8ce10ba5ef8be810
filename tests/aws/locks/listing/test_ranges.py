"""However a bucket's keys are split among those who list them, each key is listed once."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.list_server.keys import Keys, Listed, after, flat, tree
from chalicelib.aws.locks.listing import cursor
from chalicelib.aws.locks.listing.middle import Alphabet
from chalicelib.aws.locks.listing.pages import ListingError, Page
from chalicelib.aws.locks.listing.ranges import GIANT, MOST, KeyRange, Ranges

pytestmark = pytest.mark.thorough

KEY = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8) | st.text(
    "ab/9\U0010ffff\ue000", min_size=1, max_size=12
)


def page_of(keys: Keys, one: KeyRange, size: int, prefix: str = "") -> Page:
    """The page that S3 gives for a range; each key is a lock."""
    end = after(keys, prefix + "\U0010ffff" * 12) if prefix else len(keys)
    begin = int(one.token) if one.token else max(after(keys, one.after), after(keys, prefix) if prefix else 0)
    stop = max(begin, min(end, begin + size))
    listed = tuple(keys[position] for position in range(begin, stop))
    first, last = (listed[0], listed[-1]) if listed else ("", "")
    return Page(listed, len(listed), first, last, str(stop) if stop < end else "", listed)


def list_all(keys: Keys, ranges: Ranges, size: int, choose: Callable[[int], int]) -> list[str]:
    """List what is left; ``choose`` says whose page comes next, of those that were asked for."""
    asked, found = dict[KeyRange, Page](), list[str]()
    while ranges.left:
        while ranges.split():
            pass
        for one in ranges.left:
            asked.setdefault(one, page_of(keys, one, size))  # asked now, as it is now; another may be split meanwhile
        one = list(asked)[choose(len(asked))]
        found += ranges.take(one, asked.pop(one))
    return found


@settings(max_examples=150)
@given(st.sets(KEY, min_size=1, max_size=120), st.integers(1, 4), st.randoms(use_true_random=False))
def test_no_key_is_lost_or_found_twice_whatever_the_keys_the_pages_and_who_is_first(
    keys: set[str], size: int, chance: Any
) -> None:
    found = list_all(Listed(sorted(keys)), Ranges("", [KeyRange()]), size, chance.randrange)
    assert sorted(found) == sorted(keys)


@settings(max_examples=100)
@given(
    st.sets(KEY, min_size=30, max_size=120), st.integers(1, 3), st.randoms(use_true_random=False), st.integers(0, 60)
)
def test_a_scan_that_stops_anywhere_and_goes_on_from_its_cursor_finds_each_key_once(
    keys: set[str], size: int, chance: Any, stop: int
) -> None:
    listed, ranges, found = Listed(sorted(keys)), Ranges("", [KeyRange()]), list[str]()
    for _ in range(stop):
        ranges.split()
        if ranges.left:
            one = chance.choice(ranges.left)
            found += ranges.take(one, page_of(listed, one, size))
    stopped = cursor.written("", ranges.left, [])
    if stopped:
        _, left, _ = cursor.read(stopped, [""])
        found += list_all(listed, Ranges("", left), size, chance.randrange)
    assert sorted(found) == sorted(keys)


@given(KEY, KEY, KEY, st.sets(KEY, max_size=5))
def test_a_middle_is_between_its_ends(one: str, other: str, first: str, known: set[str]) -> None:
    low, high = sorted((one, other))
    alphabet = Alphabet()
    alphabet.learn(known)
    for until in (high, ""):
        middle = alphabet.middle(min(first, low), low, until, "")
        assert not middle or (low < middle and (not until or middle < until))
        middle.encode()  # no lone surrogates
        assert alphabet.left(min(first, low), low, until, "") >= 0


@pytest.mark.parametrize("key", ["x" * 1_023, "é" * 511, "\U0010ffff" * 255, "a/" + "z" * 1_020])
def test_a_middle_is_never_longer_than_a_key_may_be(key: str) -> None:
    assert len(Alphabet().middle(key[:-1], key, key + "~", "").encode()) <= 1_024
    assert len(Alphabet().middle(key[:-1], key, "", "").encode()) <= 1_024


@pytest.mark.parametrize(("keys", "most"), [(flat(400), 60), (tree(400), 135)], ids=["numbered", "teams"])
def test_a_giant_bucket_takes_a_part_of_the_rounds_and_at_most_thirty_percent_more_requests(
    keys: Keys, most: int
) -> None:
    ranges, rounds, requests = Ranges("", [KeyRange()]), 0, 0
    while ranges.left:
        while ranges.split():
            pass
        for one in list(ranges.left):
            ranges.take(one, page_of(keys, one, 1_000))
            requests += 1
        rounds += 1
    assert rounds <= most
    assert requests <= 400 * 1.3


def test_a_bucket_that_is_not_giant_is_not_split() -> None:
    ranges, keys = Ranges("", [KeyRange()]), flat(GIANT)
    for number in range(GIANT):
        assert ranges.split() is None
        ranges.take(ranges.left[0], page_of(keys, ranges.left[0], 1_000))
        assert bool(ranges.left) == (number + 1 < GIANT)


def test_no_more_ranges_are_listed_at_once_than_are_worth_it() -> None:
    ranges, keys = Ranges("", [KeyRange()]), flat(400)
    for _ in range(200):
        ranges.split()
        ranges.take(ranges.left[0], page_of(keys, ranges.left[0], 1_000))
        assert len(ranges.left) <= MOST


def a_page(keys: Sequence[str], token: str = "") -> Page:
    first, last = (keys[0], keys[-1]) if keys else ("", "")
    return Page((), len(keys), first, last, token, tuple(keys), in_order=list(keys) == sorted(keys))


def test_empty_pages_that_lead_on_are_followed() -> None:
    ranges = Ranges("", [KeyRange()])
    for number in range(50):
        ranges.take(ranges.left[0], a_page([], f"t{number}"))
    ranges.take(ranges.left[0], a_page(["a"]))
    assert ranges.left == []


@pytest.mark.parametrize("tokens", [["a", "a"], ["a", "b", "a"]])
@pytest.mark.parametrize("keys", [[], ["a"]])
def test_a_page_that_leads_back_is_an_error_and_no_endless_listing(tokens: list[str], keys: list[str]) -> None:
    ranges = Ranges("", [KeyRange()])

    def list_on() -> None:
        for token in tokens * 2:
            ranges.take(ranges.left[0], a_page(keys, token))

    with pytest.raises(ListingError, match="the same page again"):
        list_on()


def test_keys_in_another_order_are_listed_and_never_split_and_a_cursor_begins_again() -> None:
    ranges = Ranges("", [KeyRange()])
    for number in range(GIANT * 2):
        ranges.take(ranges.left[0], a_page(["b", "a"], f"t{number}"))
        assert (ranges.giant, ranges.split()) == (False, None)
    assert cursor.read(cursor.written("", ranges.left, []), [""])[1][0].after == ""
    ranges.take(ranges.left[0], a_page(["c"]))
    assert ranges.left == []


@pytest.mark.parametrize("left", [[KeyRange("m")], [KeyRange("", "m")], [KeyRange("", "b"), KeyRange("b")]])
def test_a_part_of_keys_that_come_in_another_order_is_an_error(left: list[KeyRange]) -> None:
    ranges = Ranges("", left)
    with pytest.raises(ListingError, match="order"):
        ranges.take(ranges.left[0], a_page(["b", "a"], "t"))


def test_the_order_is_that_of_utf_8_and_not_of_utf_16() -> None:
    ranges = Ranges("", [KeyRange("m")])
    ranges.take(ranges.left[0], a_page(["\ue000", "\U0001f600"], "t"))
    assert ranges.left[0].after == "\U0001f600"
