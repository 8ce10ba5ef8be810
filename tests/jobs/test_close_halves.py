"""The release of one half of a dual lock does not close the alert; the release of the last one does."""

from datetime import timedelta

import pytest

from chalicelib.core.audit.event import LockEvent, ToldBy
from chalicelib.core.clicks.ending import Outcome
from chalicelib.jobs.watch import watch
from tests.builders import BUCKET, KEY, STATE_PATH, TABLE, TAKEN, a_lock, a_table_lock, sample, some_rules, with_tables
from tests.fakes.lock_list import FakeLockList
from tests.fakes.world import FakeWorld
from tests.jobs.recording import an_event, record, settle_all

RULES = with_tables(some_rules())
S3, ITEM = a_lock(), a_table_lock()


def an_item_event(world: FakeWorld, *, acquired: bool) -> LockEvent:
    at = world.now.replace(microsecond=0)
    told = {"place": ITEM.ref.place, "lock": ITEM, "stamp": ITEM.ref.stamp, "told_by": ToldBy.STREAM}
    return LockEvent(acquired=acquired, at=at, sequencer=f"{at.timestamp():040.0f}{acquired:d}", **told)  # type: ignore[arg-type]


def a_held_world() -> FakeWorld:
    world = FakeWorld(TAKEN)
    world.store.put(BUCKET, KEY, sample("s3-apply-default"))
    record(world, an_event(TAKEN, acquired=True), rules=RULES)
    world.tables.put(TABLE, STATE_PATH, sample("s3-apply-default"))
    record(world, an_item_event(world, acquired=True), rules=RULES)
    return world


def release_s3(world: FakeWorld) -> None:
    world.store.remove(BUCKET, KEY)
    record(world, an_event(world.now, acquired=False), rules=RULES)


def release_item(world: FakeWorld) -> None:
    world.tables.remove(TABLE, STATE_PATH)
    record(world, an_item_event(world, acquired=False), rules=RULES)


def test_a_dual_lock_is_one_in_the_list_as_soon_as_both_events_have_come() -> None:
    world = a_held_world()
    assert [entry.identity for entry in FakeLockList(world.book).held(holders=False)] == [S3.ref.identity]


@pytest.mark.parametrize("s3_first", [True, False])
def test_the_alert_of_a_dual_lock_closes_with_the_last_half(s3_first: bool) -> None:
    world = a_held_world()
    world.later(hours=3)
    watch(world.ports, RULES, world.now)
    first, last = (release_s3, release_item) if s3_first else (release_item, release_s3)
    first(world)
    [alert] = world.messenger.shown.values()
    assert alert.ending is None
    world.later(minutes=1)
    last(world)
    [alert] = world.messenger.shown.values()
    assert alert.ending is not None
    assert (alert.ending.outcome, alert.ending.at) == (Outcome.GONE, world.now)
    world.later(minutes=5)
    settle_all(world, RULES)
    assert world.book.open_pages() == []


def test_a_dual_lock_that_nobody_was_told_of_ends_without_a_word() -> None:
    world = a_held_world()
    world.later(seconds=9)
    release_s3(world)
    release_item(world)
    world.later(minutes=5)
    settle_all(world, RULES)
    assert (world.messenger.shown, world.book.open_pages()) == ({}, [])
    assert world.now - TAKEN == timedelta(minutes=5, seconds=9)


def test_a_table_s_lock_by_a_client_whose_clock_is_ahead_closes_its_alert_too() -> None:
    world = FakeWorld(TAKEN - timedelta(hours=9))
    world.tables.put(TABLE, STATE_PATH, sample("s3-apply-default"))
    record(world, an_item_event(world, acquired=True), rules=RULES)
    world.later(hours=3)
    watch(world.ports, RULES, world.now)
    assert len(world.messenger.shown) == 1
    release_item(world)
    [alert] = world.messenger.shown.values()
    assert alert.ending is not None
