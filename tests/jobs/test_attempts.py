"""A run that met another holder in the lock table: it took S3's lock and let it go at once, which is no hold."""

from datetime import datetime, timedelta

import pytest

from chalicelib.core.audit.event import LockEvent
from chalicelib.core.audit.line import JournalLine, LineKind
from chalicelib.core.policy import Rules
from tests.builders import BUCKET, KEY, STATE_PATH, TABLE, TAKEN, a_ref, a_table_lock, sample, some_rules, with_tables
from tests.builders import a_table as table_target
from tests.fakes.world import FakeWorld
from tests.jobs.recording import an_event, record, settle_all
from tests.jobs.test_table_stream import RULES as WITH_STREAM
from tests.jobs.test_table_stream import told

WITHOUT_STREAM = with_tables(some_rules(), table_target())
HOLDER = sample("s3-apply-default")
"""Took the table's lock in the second ``TAKEN``, by its client's clock."""
RUN = sample("s3-plan-default")
ATTEMPT = (LineKind.LOCK_ATTEMPTED,)
HOLD = (LineKind.LOCK_ACQUIRED, LineKind.LOCK_RELEASED)


def seconds(number: float) -> datetime:
    return TAKEN + timedelta(seconds=number)


def an_s3_pair(world: FakeWorld, at: datetime, until: datetime, *, versioned: bool = True) -> list[LockEvent]:
    """What S3 tells of a lock that was there for a while and is gone."""
    world.store.now = at
    version = world.store.put(BUCKET, KEY, RUN)
    world.store.remove(BUCKET, KEY)
    stamp = a_ref(body=RUN).stamp
    taken = an_event(at, version if versioned else "", acquired=True, stamp=stamp, sequencer=f"{at.timestamp():020.3f}")
    gone = an_event(until, acquired=False, sequencer=f"{until.timestamp():020.3f}")
    return [taken, gone]


def a_table_with(holder: bytes | None, now: datetime) -> FakeWorld:
    world = FakeWorld(now)
    if holder is not None:
        world.tables.put(TABLE, STATE_PATH, holder)
    return world


def journaled(world: FakeWorld, *events: LockEvent, rules: Rules = WITHOUT_STREAM) -> tuple[LineKind, ...]:
    """The kinds of the lines about S3's lock when all was told and settled."""
    record(world, *events, rules=rules)
    settle_all(world, rules)
    settle_all(world, rules)
    return tuple(line.event for line in of_s3(world))


def of_s3(world: FakeWorld) -> list[JournalLine]:
    return sorted(
        (line for line in world.journal.lines if line.address.startswith("s3:")),
        key=lambda line: (line.time, line.event),
    )


def held_by(line: JournalLine) -> tuple[str, str]:
    return line.turned_away_by[:8], line.turned_away_at


@pytest.mark.parametrize("rules", [WITH_STREAM, WITHOUT_STREAM], ids=["stream", "no stream"])
@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=str)
@pytest.mark.parametrize("again", [1, 2])
def test_a_run_that_the_table_s_holder_turned_away_is_one_line_of_an_attempt_and_no_hold(
    rules: Rules, order: tuple[int, ...], again: int
) -> None:
    world = a_table_with(HOLDER, seconds(3610))
    events = an_s3_pair(world, seconds(3600), seconds(3600.05))
    assert journaled(world, *[events[place] for place in order] * again, rules=rules) == ATTEMPT
    [line] = of_s3(world)
    assert (line.state_path, line.principal, line.operation) == (
        STATE_PATH, "AWS:AROAEXAMPLE:ci-run-7", "OperationTypePlan",
    )  # fmt: skip
    assert (line.lock_id[:8], line.time, line.acquired_at) == (RUN[7:15].decode(), seconds(3600), None)
    assert held_by(line) == ("78653438", f"dynamodb://{TABLE}/{STATE_PATH}")
    assert line.detail == "turned away by root@vm, which held the state in the lock table"
    assert world.book.open_pages() == []


def test_an_attempt_that_is_told_again_days_later_when_the_holder_is_gone_is_still_the_one_line() -> None:
    world = a_table_with(HOLDER, seconds(3610))
    events = an_s3_pair(world, seconds(3600), seconds(3600.05))
    assert journaled(world, *events) == ATTEMPT
    world.tables.remove(TABLE, STATE_PATH)
    world.later(days=3)
    assert journaled(world, *reversed(events), *events) == ATTEMPT


def test_an_attempt_told_again_before_it_is_settled_and_after_the_holder_has_gone_is_no_hold() -> None:
    world = a_table_with(HOLDER, seconds(3610))
    events = an_s3_pair(world, seconds(3600), seconds(3600.05))
    record(world, *events, rules=WITHOUT_STREAM)
    world.tables.remove(TABLE, STATE_PATH)
    assert journaled(world, *events) == ATTEMPT


def test_without_versions_the_run_s_id_is_not_known_and_it_is_an_attempt_all_the_same() -> None:
    world = a_table_with(HOLDER, seconds(3610))
    assert journaled(world, *an_s3_pair(world, seconds(3600), seconds(3600.05), versioned=False)) == ATTEMPT
    [line] = of_s3(world)
    assert (line.incomplete, line.lock_id, line.who) == (True, "", "")
    assert held_by(line)[0] == "78653438"


def test_a_run_that_tries_again_and_again_with_one_id_is_an_attempt_each_time_and_then_a_hold() -> None:
    world = a_table_with(HOLDER, seconds(3610))
    holder, run = a_table_lock(), a_table_lock("s3-plan-default")
    events = [told(seconds(0), holder, acquired=True, number=1)]
    for start in (3600, 3604, 3607.9):
        events += an_s3_pair(world, seconds(start), seconds(start + 0.05))
    # Then the holder lets go, before anybody looked, and the run has both, for a moment.
    events += [
        told(seconds(3608.5), holder, acquired=False, number=2),
        *an_s3_pair(world, seconds(3612), seconds(3613)),
    ]
    events += [told(seconds(3612), run, acquired=True, number=3), told(seconds(3613), run, acquired=False, number=4)]
    world.tables.remove(TABLE, STATE_PATH)
    world.now = seconds(3620)
    assert journaled(world, *events, rules=WITH_STREAM) == (*ATTEMPT * 3, *HOLD)


@pytest.mark.parametrize("rules", [WITH_STREAM, WITHOUT_STREAM], ids=["stream", "no stream"])
def test_a_run_that_locks_only_in_s3_beside_an_old_lock_in_the_table_holds_the_state(rules: Rules) -> None:
    world = a_table_with(HOLDER, seconds(3610))
    events = an_s3_pair(world, seconds(3600), seconds(3660))
    assert journaled(world, *events, rules=rules) == HOLD
    assert [line.held_seconds for line in of_s3(world)] == [None, 60]


def test_a_lock_in_s3_beside_another_holder_s_that_is_still_there_is_acquired_once_settled_and_watched_at_once() -> (
    None
):
    world = a_table_with(HOLDER, seconds(3601))
    world.store.now = seconds(3600)
    world.store.put(BUCKET, KEY, RUN)
    record(world, an_event(seconds(3600), acquired=True), rules=WITHOUT_STREAM)
    assert [page.lock.ref.place.key for page in world.book.open_pages()] == [KEY]
    assert world.journal.lines == []
    settle_all(world, WITHOUT_STREAM)
    assert world.journal.kinds() == [LineKind.LOCK_ACQUIRED]


def test_a_dual_lock_is_acquired_at_once() -> None:
    world = a_table_with(RUN, seconds(3601))
    world.store.now = seconds(3600)
    world.store.put(BUCKET, KEY, RUN)
    record(world, an_event(seconds(3600), acquired=True), rules=WITHOUT_STREAM)
    assert world.journal.kinds() == [LineKind.LOCK_ACQUIRED]


@pytest.mark.parametrize("versioned", [True, False], ids=["versions", "no versions"])
def test_a_short_run_with_both_halves_is_a_hold_whatever_its_client_s_clock_says(versioned: bool) -> None:
    world = FakeWorld(seconds(3610))
    run = a_table_lock("s3-plan-default")  # its Created is an hour before
    events = [
        *an_s3_pair(world, seconds(3600.3), seconds(3601.2), versioned=versioned),
        told(seconds(3600.4), run, acquired=True, number=3),
        told(seconds(3601.25), run, acquired=False, number=4),
    ]
    for order in ((0, 1, 2, 3), (2, 3, 0, 1), (3, 1, 2, 0)):
        each = FakeWorld(seconds(3610))
        each.store = world.store
        assert journaled(each, *(events[place] for place in order), rules=WITH_STREAM) == HOLD


def test_what_is_doubtful_is_a_hold() -> None:
    """The holder let go in the second of the run's acquire: before it or after it, a stream does not tell."""
    holder, run = a_table_lock(), a_table_lock("s3-plan-default")
    for own in ([], [told(seconds(3600.5), run, acquired=True, number=3)]):
        world = FakeWorld(seconds(3610))
        events = [told(seconds(0), holder, acquired=True, number=1), *own]
        events += [told(seconds(3600.4), holder, acquired=False, number=2)]
        assert (
            journaled(world, *events, *an_s3_pair(world, seconds(3600.5), seconds(3600.9)), rules=WITH_STREAM) == HOLD
        )


def test_a_holder_whose_release_is_not_told_yet_makes_no_attempt_of_a_hold() -> None:
    world = FakeWorld(seconds(3610))
    events = [told(seconds(0), a_table_lock(), acquired=True, number=1)]
    events += an_s3_pair(world, seconds(3600.5), seconds(3600.9))
    assert journaled(world, *events, rules=WITH_STREAM) == HOLD


@pytest.mark.parametrize("first", ["acquire", "release"])
def test_an_acquire_and_its_release_are_never_journaled_by_two_orders_at_once(first: str) -> None:
    world = a_table_with(HOLDER, seconds(3610))
    record(world, *an_s3_pair(world, seconds(3600), seconds(3600.05)), rules=WITHOUT_STREAM)
    world.orders.settling.sort(key=lambda event: event.acquired is (first == "release"))
    world.orders.settling, later = world.orders.settling[:1], world.orders.settling[1:]
    settle_all(world, WITHOUT_STREAM)
    assert len(world.journal.lines) == (first == "release")
    world.orders.settling = later
    settle_all(world, WITHOUT_STREAM)
    assert tuple(line.event for line in of_s3(world)) == ATTEMPT


def test_the_next_holder_of_the_table_turned_nobody_away_before_it_was_there() -> None:
    world = a_table_with(HOLDER, TAKEN)  # taken at TAKEN
    events = an_s3_pair(world, seconds(-100), seconds(-99.9))
    assert journaled(world, *events) == HOLD


def test_a_release_that_is_told_after_the_acquire_was_settled_ends_a_hold() -> None:
    world = a_table_with(HOLDER, seconds(3610))
    taken, gone = an_s3_pair(world, seconds(3600), seconds(3600.05))
    record(world, taken, rules=WITHOUT_STREAM)
    settle_all(world, WITHOUT_STREAM)
    assert journaled(world, gone) == HOLD
    assert journaled(world, taken, gone) == HOLD


def test_an_acquire_that_is_told_after_the_release_was_settled_begins_a_hold() -> None:
    world = a_table_with(HOLDER, seconds(3610))
    taken, gone = an_s3_pair(world, seconds(3600), seconds(3600.05))
    assert journaled(world, gone) == HOLD[1:]
    world.later(minutes=5)
    assert journaled(world, taken) == HOLD
    assert world.book.open_pages() == []


@pytest.mark.parametrize("trouble", ["tables_gone", "tables_failing"])
def test_a_table_that_cannot_be_read_keeps_no_line_from_the_journal(trouble: str) -> None:
    world = a_table_with(HOLDER, seconds(3610))
    getattr(world.tables, trouble).add(TABLE)
    assert journaled(world, *an_s3_pair(world, seconds(3600), seconds(3600.05))) == HOLD


def test_a_lock_in_the_table_that_cannot_be_read_turns_runs_away_too() -> None:
    world = a_table_with(b"", seconds(3610))
    assert journaled(world, *an_s3_pair(world, seconds(3600), seconds(3600.05))) == ATTEMPT
    [line] = of_s3(world)
    assert (line.turned_away_by, line.detail) == (
        "",
        "turned away by a lock that cannot be read, which held the state in the lock table",
    )


def test_without_lock_tables_an_acquire_reads_no_more_than_its_own_lock() -> None:
    world = FakeWorld(seconds(3610))
    journaled(world, *an_s3_pair(world, seconds(3600), seconds(3600.05)), rules=some_rules())
    assert (world.tables.read_keys, world.store.read_keys) == ([], [KEY])


def test_eventbridge_s_whole_seconds_are_near_enough() -> None:
    world = a_table_with(HOLDER, seconds(3610))
    taken, gone = an_s3_pair(world, seconds(3600), seconds(3601))
    assert journaled(world, taken, gone) == ATTEMPT
