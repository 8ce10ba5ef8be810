"""Test that no form of a place loses its account or region: the next function would act on another table."""

from datetime import UTC
from itertools import combinations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.aws.orders.clicks import (
    read_for_answer_click,
    read_for_release_lock,
    write_auto_release,
    write_click,
    write_end_undo,
)
from chalicelib.aws.orders.events import read_recording, read_settling, write_recording, write_settling
from chalicelib.core.audit.event import LockEvent
from chalicelib.core.clicks.click import Verb
from chalicelib.core.clicks.order import AutoRelease, EndUndo
from chalicelib.core.locks.account import Account
from chalicelib.core.locks.place import Kind, LockRef, Place, place_of
from chalicelib.core.locks.target import Target
from chalicelib.slack.words.parts import lock_value
from tests.builders import a_click

KEYS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60)
ACCOUNTS = st.sampled_from(["", "111122223333", "444455556666"])
REGIONS = st.sampled_from([None, "eu-west-1", "ap-southeast-2"])
NAMES = st.text("abcdefghijklmnopqrstuvwxyz0123456789-.", min_size=3, max_size=63)
TARGETS = st.builds(
    lambda kind, name, account, region: Target(kind, name, region=region, account=Account(account)),
    st.sampled_from(Kind),
    NAMES,
    ACCOUNTS,
    REGIONS,
)
TIMES = st.datetimes(timezones=st.just(UTC)).map(lambda time: time.replace(microsecond=0))


def a_place(target: Target, key: str) -> Place:
    return target.place(f"b/{key}" if target.kind is Kind.DYNAMODB else f"{key}.tflock")


PLACES = st.builds(a_place, TARGETS, KEYS)
REFS = st.builds(LockRef, PLACES, st.text("0123456789abcdef", min_size=1, max_size=40), TIMES)


@given(REFS)
def test_every_form_of_a_lock_brings_it_back_with_its_account_and_region(ref: LockRef) -> None:
    assert place_of(ref.state_path, ref.identity) == ref.place
    assert lock_value.decode(lock_value.encode(ref)).lock == ref
    assert msgspec.json.decode(msgspec.json.encode(ref), type=LockRef) == ref
    for verb in Verb:
        click = a_click(ref, verb=verb, halves=(ref,))
        read = read_for_release_lock if verb is Verb.RELEASE else read_for_answer_click
        assert read(write_click(click).decode()) == click
    auto, undo = AutoRelease(lock=ref), EndUndo(ref)
    assert read_for_release_lock(write_auto_release(auto).decode()) == auto
    assert read_for_answer_click(write_end_undo(undo).decode()) == undo


@given(PLACES, TIMES)
def test_an_event_keeps_the_account_and_region_of_its_place(place: Place, at: object) -> None:
    event = LockEvent(acquired=True, place=place, at=at)  # type: ignore[arg-type]
    assert read_recording(write_recording(event).decode()) == event
    assert read_settling(write_settling(event).decode()) == event


@given(TARGETS, TARGETS, KEYS)
def test_two_places_share_no_name_no_home_and_no_event_unless_they_are_one(
    one: Target, other: Target, key: str
) -> None:
    places = a_place(one, key), a_place(other, key)
    same = places[0] == places[1]
    assert (places[0].name == places[1].name) is same
    assert (one.home == other.home) is (one.place("") == other.place(""))


def test_tables_of_one_name_in_every_account_and_region_differ_by_all_that_tells_places_apart() -> None:
    tables = [
        Target(Kind.DYNAMODB, "locks", region=region, account=Account(account))
        for account in ("", "111122223333", "444455556666")
        for region in (None, "eu-west-1", "us-east-1")
    ]
    for one, other in combinations((table.place("b/x") for table in tables), 2):
        assert one != other
        assert one.name != other.name
        assert one.home != other.home
