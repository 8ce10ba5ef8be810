"""Items of lock tables, read as DynamoDB's JSON. ``contracts/test_lock_tables.py`` has what each odd item is."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.locks.lock import Body
from chalicelib.core.locks.place import NO_TIME, Kind, Place
from chalicelib.core.locks.terraform.item import MARK, is_lock, lock_of_item, stamp_of
from tests.builders import STATE_PATH, TABLE, a_lock, a_table_lock

PLACE = Place(Kind.DYNAMODB, TABLE, STATE_PATH)

texts = st.text(max_size=20)
values: st.SearchStrategy[Any] = st.recursive(
    st.one_of(
        st.builds(lambda text: {"S": text}, texts),
        st.builds(lambda number: {"N": str(number)}, st.integers()),
        st.builds(lambda raw: {"B": raw}, st.sampled_from(["", "AA==", "AP8="])),
        st.just({"NULL": True}),
        st.builds(lambda flag: {"BOOL": flag}, st.booleans()),
        st.builds(lambda some: {"SS": some}, st.lists(texts, min_size=1, unique=True)),
    ),
    lambda inner: st.one_of(
        st.builds(lambda some: {"L": some}, st.lists(inner, max_size=3)),
        st.builds(lambda some: {"M": some}, st.dictionaries(texts, inner, max_size=3)),
    ),
    max_leaves=6,
)
items = st.dictionaries(st.sampled_from(["Info", "Digest", MARK, "Other"]), values)


@given(items)
def test_whatever_an_item_has_it_is_a_digest_or_a_lock_that_says_what_is_wrong_with_it(item: dict[str, Any]) -> None:
    lock = lock_of_item(PLACE, {"LockID": {"S": STATE_PATH}, **item})
    assert (lock is None) == (not is_lock(item)) == ("Digest" in item and "Info" not in item)
    if lock:
        assert bool(lock.flaw) == (lock.info is None or lock.body is not Body.LOCK)
        assert lock.ref.stamp
        assert ("Digest" in item) == (lock.body is Body.DIGEST)


def normal(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: sorted(part) if name == "SS" and isinstance(part, list) else normal(part)
            for name, part in value.items()
        }
    return [normal(part) for part in value] if isinstance(value, list) else value


@given(values, values)
def test_two_values_have_one_stamp_exactly_when_they_are_equal_whatever_the_order_of_their_members(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    assert (stamp_of({"Info": one}) == stamp_of({"Info": other})) == (normal(one) == normal(other))
    turned = json.loads(json.dumps({"Info": one}))
    assert stamp_of(turned) == stamp_of({"Info": one})


def test_the_halves_of_one_lock_have_one_id_and_their_own_stamps() -> None:
    half, other = a_lock("dual-s3"), a_table_lock("dual-s3")
    assert half.info == other.info
    assert half.ref.stamp != other.ref.stamp


@pytest.mark.parametrize(
    ("created", "since"),
    [
        ("2026-11-21T03:18:57.999999999Z", "2026-11-21T03:18:57+00:00"),
        ("2026-11-21T03:18:57+02:00", "2026-11-21T01:18:57+00:00"),
        ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59+00:00"),
        ("9999-12-31T23:59:59-23:59", NO_TIME.isoformat()),
        ("0001-01-01T00:00:00Z", NO_TIME.isoformat()),
        ("yesterday", NO_TIME.isoformat()),
    ],
)
def test_a_table_s_lock_is_held_since_its_client_said_so_in_utc_and_whole_seconds(created: str, since: str) -> None:
    lock = a_table_lock(body=json.dumps({"ID": "x", "Created": created}).encode())
    assert lock.ref.since.isoformat() == since
