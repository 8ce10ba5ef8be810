"""A lock table without a stream: what the reaper sees there is journaled, each begin and each end of a hold once."""

from datetime import timedelta

import pytest

from chalicelib.core.audit.line import JournalLine, LineKind
from chalicelib.core.policy import Rules
from chalicelib.jobs.clicks.release import release
from chalicelib.jobs.watch import watch
from tests.builders import (
    ALICE,
    STATE_PATH,
    TABLE,
    TAKEN,
    a_click,
    a_table,
    a_table_lock,
    sample,
    some_rules,
    with_tables,
)
from tests.fakes.world import FakeWorld
from tests.jobs.test_table_stream import RULES as WITH_STREAM
from tests.sweeps import sweep

RULES = with_tables(some_rules(), a_table())
BODY = sample("s3-apply-default")
SOON = TAKEN + timedelta(minutes=1)


def lines(world: FakeWorld) -> list[JournalLine]:
    kinds = {LineKind.LOCK_ACQUIRED, LineKind.LOCK_RELEASED}
    return [line for line in world.journal.lines if line.event in kinds]


def a_watched_world(body: bytes = BODY, rules: Rules = RULES) -> FakeWorld:
    """A lock in the table, that a watch has found a minute after it was taken."""
    world = FakeWorld(SOON)
    world.tables.put(TABLE, STATE_PATH, body)
    watch(world.ports, rules, world.now)
    return world


def test_a_lock_that_a_watch_finds_is_acquired_by_its_client_s_word_once_however_often_it_is_seen() -> None:
    world = a_watched_world()
    for look in range(3):
        watch(world.ports, RULES, world.later(minutes=15))
        sweep(a_table(), world.ports, RULES, world.later(seconds=look))
    [line] = lines(world)
    assert (line.event, line.told_by, line.clock) == (LineKind.LOCK_ACQUIRED, "seen", "client")
    assert (line.time, line.acquired_at, line.address) == (TAKEN, TAKEN, f"dynamodb://{TABLE}/{STATE_PATH}")
    assert (line.lock_id[:8], line.who) == ("78653438", "root@vm")
    assert line.detail == "the reaper saw it: the table has no stream that tells of its locks"


@pytest.mark.parametrize("body", [b"", BODY.replace(b"2026-11", b"2027-11")], ids=["no time", "a time to come"])
def test_a_lock_whose_client_tells_no_time_that_can_be_is_acquired_when_it_was_first_seen(body: bytes) -> None:
    [line] = lines(a_watched_world(body))
    assert (line.time, line.acquired_at, line.clock) == (SOON, SOON, "reaper")


def test_a_lock_that_is_gone_was_released_by_nobody_knows_whom_when_that_was_seen() -> None:
    world = a_watched_world()
    world.tables.remove(TABLE, STATE_PATH)
    for _ in range(2):
        watch(world.ports, RULES, world.later(minutes=15))
    _, line = lines(world)
    assert (line.event, line.released_by, line.time) == (
        LineKind.LOCK_RELEASED,
        "unknown",
        SOON + timedelta(minutes=15),
    )
    assert (line.acquired_at, line.clock, line.held_seconds) == (TAKEN, "client", 16 * 60)
    assert (line.lock_id[:8], line.told_by) == ("78653438", "seen")


def test_another_lock_at_the_place_ends_the_first_hold_and_begins_the_next() -> None:
    world = a_watched_world()
    world.tables.put(TABLE, STATE_PATH, sample("s3-plan-default"))
    watch(world.ports, RULES, world.later(minutes=15))
    assert [(line.event, line.operation) for line in lines(world)] == [
        (LineKind.LOCK_ACQUIRED, "OperationTypeApply"),
        (LineKind.LOCK_ACQUIRED, "OperationTypePlan"),
        (LineKind.LOCK_RELEASED, "OperationTypeApply"),
    ]


def test_the_same_item_put_again_after_it_was_gone_is_another_hold() -> None:
    world = a_watched_world()
    watch(world.ports, RULES, world.later(hours=3))  # alerted, so that its page is looked at again
    for _ in range(2):
        world.tables.remove(TABLE, STATE_PATH)
        watch(world.ports, RULES, world.later(minutes=15))
        world.tables.put(TABLE, STATE_PATH, BODY)
        watch(world.ports, RULES, world.later(minutes=15))
    assert [line.event for line in lines(world)] == [LineKind.LOCK_ACQUIRED, LineKind.LOCK_RELEASED] * 2 + [
        LineKind.LOCK_ACQUIRED
    ]
    assert len({line.event_id for line in lines(world)}) == 5


def test_a_release_from_slack_names_its_person() -> None:
    world = a_watched_world()
    watch(world.ports, RULES, world.later(hours=3))
    release(a_click(a_table_lock()), world.ports, RULES, world.later(minutes=1))
    watch(world.ports, RULES, world.later(minutes=15))
    _, line = lines(world)
    assert (line.event, line.released_by, line.slack_user) == (LineKind.LOCK_RELEASED, "slack", ALICE)
    assert line.held_seconds == (line.time - TAKEN).total_seconds()


def test_a_target_that_is_taken_out_of_the_configuration_ends_no_hold() -> None:
    world = a_watched_world()
    watch(world.ports, some_rules(), world.later(minutes=15))
    assert [line.event for line in lines(world)] == [LineKind.LOCK_ACQUIRED]


def test_a_table_with_a_stream_and_a_bucket_are_told_of_by_aws() -> None:
    world = a_watched_world(rules=WITH_STREAM)
    world.tables.remove(TABLE, STATE_PATH)
    watch(world.ports, WITH_STREAM, world.later(minutes=15))
    assert lines(world) == []


def test_a_book_that_is_down_keeps_no_watch_from_its_alerts() -> None:
    world = FakeWorld(TAKEN + timedelta(hours=3))
    world.tables.put(TABLE, STATE_PATH, BODY)
    world.events.down = True
    watch(world.ports, RULES, world.now)
    assert LineKind.ALERT_POSTED in world.journal.kinds()
