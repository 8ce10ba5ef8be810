"""A lock table's stream in the journal and the book: each hold once, in any order, with the lock that the event has."""

from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from chalicelib.core.alerts.transitions import endings, restores, telling
from chalicelib.core.audit.event import LockEvent, ToldBy
from chalicelib.core.audit.line import JournalLine, LineKind
from chalicelib.core.clicks.claim import Releasing, Restorer
from chalicelib.core.clicks.ending import Ending, Outcome
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.mark import mark_of
from chalicelib.core.locks.place import NO_TIME
from chalicelib.core.locks.terraform.item import MARK, lock_of_item
from tests.builders import (
    ALICE,
    STATE_PATH,
    TABLE,
    TAKEN,
    a_table,
    a_table_lock,
    an_item,
    sample,
    some_rules,
    with_tables,
)
from tests.fakes.world import FakeWorld
from tests.jobs.recording import record, settle_all

STREAM = f"arn:aws:dynamodb:eu-central-1:123456789012:table/{TABLE}/stream/2026-11-21T03:18:57.000"
RULES = with_tables(some_rules(), a_table(stream=STREAM))
BODY = sample("s3-apply-default")
"""Its holder says that it took the lock in the second ``TAKEN``."""


def told(at: datetime, lock: HeldLock | None = None, *, acquired: bool, number: int = 0, **others: Any) -> LockEvent:
    lock = lock or a_table_lock()
    return LockEvent(
        acquired=acquired,
        place=lock.ref.place,
        at=at.replace(microsecond=0),
        told_by=ToldBy.STREAM,
        stamp=lock.ref.stamp if acquired else "",
        sequencer=f"{number or int(at.timestamp()):040}",
        lock=lock,
        **others,
    )


def seconds(number: float) -> datetime:
    return TAKEN + timedelta(seconds=number)


def of_kind(world: FakeWorld, kind: LineKind) -> list[JournalLine]:
    return [line for line in world.journal.lines if line.event is kind]


def test_a_hold_in_a_table_is_two_lines_and_the_place_is_not_read_for_them() -> None:
    world = FakeWorld(TAKEN)
    record(world, told(TAKEN, acquired=True), told(seconds(90), acquired=False), rules=RULES)
    settle_all(world, RULES)
    acquired, released = world.journal.lines
    assert world.tables.read_keys == world.store.read_keys == []
    for line in (acquired, released):
        assert (line.state_path, line.address) == (STATE_PATH, f"dynamodb://{TABLE}/{STATE_PATH}")
        assert (line.lock_id[:8], line.who, line.told_by) == ("78653438", "root@vm", "stream")
        assert line.detail == "the stream of a lock table does not tell who did it"
        assert (line.acquired_at, line.clock, line.principal) == (TAKEN, "", "")
    assert (released.held_seconds, released.released_by) == (90, "unknown")
    assert world.book.open_pages() == []


@pytest.mark.parametrize("skew", [timedelta(hours=-7), timedelta(), timedelta(days=400)])
@pytest.mark.parametrize("again", [1, 3])
def test_whatever_a_client_s_clock_says_each_event_is_one_line_in_any_order_and_the_page_goes_by_aws_s(
    skew: timedelta, again: int
) -> None:
    created = (TAKEN + skew).strftime("%Y-%m-%dT%H:%M:%S.5Z")
    first, second = (
        a_table_lock(body=BODY.replace(b"2026-11-21T03:18:57.357503377Z", created.encode()).replace(b"7865", number))
        for number in (b"1111", b"2222")
    )
    events = [
        told(TAKEN, first, acquired=True, number=1),
        told(seconds(40), first, acquired=False, number=2),
        told(seconds(40), second, acquired=True, number=3),
        told(seconds(70), second, acquired=False, number=4),
    ]
    for order in permutations(events):
        world = FakeWorld(seconds(75))
        record(world, *(order * again), rules=RULES)
        settle_all(world, RULES)
        assert len({line.event_id for line in world.journal.lines}) == len(world.journal.lines) == 4
        releases = sorted(of_kind(world, LineKind.LOCK_RELEASED), key=lambda line: line.time)
        assert [(line.lock_id[:4], line.acquired_at, line.held_seconds) for line in releases] == [
            ("1111", TAKEN, 40),
            ("2222", seconds(40), 30),
        ]
        assert world.book.open_pages() == []
        page = world.book.find(second.ref)
        assert page
        assert (page.acquired_at, page.ending and page.ending.outcome) == (seconds(40), Outcome.GONE)


def test_a_release_whose_acquire_was_never_told_has_its_lock_and_says_whose_clock_its_time_is_by() -> None:
    world = FakeWorld(seconds(90))
    record(world, told(seconds(90), acquired=False), rules=RULES)
    settle_all(world, RULES)
    [line] = world.journal.lines
    assert (line.lock_id[:8], line.acquired_at, line.clock, line.held_seconds) == ("78653438", TAKEN, "client", 90)


@pytest.mark.parametrize("body", [b"", BODY.replace(b"2026-11", b"2027-11"), b"{"], ids=["empty", "ahead", "broken"])
def test_a_release_of_a_lock_whose_time_nobody_knows_has_no_length(body: bytes) -> None:
    world = FakeWorld(seconds(90))
    record(world, told(seconds(90), a_table_lock(body=body), acquired=False), rules=RULES)
    settle_all(world, RULES)
    [line] = world.journal.lines
    assert (line.acquired_at, line.clock, line.held_seconds, line.incomplete) == (None, "", None, False)


def test_locks_without_a_time_are_told_apart_however_many_there_were() -> None:
    world = FakeWorld(TAKEN)
    locks = [a_table_lock(body=b"x" * number) for number in range(1, 15)]
    assert {lock.ref.since for lock in locks} == {NO_TIME}
    for number, lock in enumerate(locks):
        world.tables.put(TABLE, STATE_PATH, b"x" * (number + 1))
        record(world, told(seconds(2 * number), lock, acquired=True), rules=RULES)
        world.tables.remove(TABLE, STATE_PATH)
        record(world, told(seconds(2 * number + 1), lock, acquired=False), rules=RULES)
    settle_all(world, RULES)
    assert [line.held_seconds for line in of_kind(world, LineKind.LOCK_RELEASED)] == [1] * 14
    assert world.book.open_pages() == []


def test_the_book_s_own_confirmed_delete_tells_who_let_a_table_s_lock_go() -> None:
    world = FakeWorld(TAKEN)
    record(world, told(TAKEN, acquired=True), rules=RULES)
    world.book.write(endings.end(a_table_lock(), Ending(outcome=Outcome.RELEASED, at=seconds(3600), user=ALICE)))
    record(world, told(seconds(3601), acquired=False), rules=RULES)
    settle_all(world, RULES)
    line = world.journal.lines[-1]
    assert (line.released_by, line.slack_user, line.held_seconds) == ("slack", ALICE, 3601)


def test_a_delete_that_was_only_begun_names_nobody() -> None:
    world = FakeWorld(TAKEN)
    record(world, told(TAKEN, acquired=True), rules=RULES)
    world.book.write(endings.begin_release(a_table_lock(), Releasing(ALICE, "1", seconds(60)), None, None))
    record(world, told(seconds(1), acquired=False), rules=RULES)
    settle_all(world, RULES)
    assert (world.journal.lines[-1].released_by, world.journal.lines[-1].slack_user) == ("unknown", "")


def test_an_item_whose_time_to_live_was_over_was_released_by_a_rule() -> None:
    world = FakeWorld(TAKEN)
    record(world, told(TAKEN, acquired=False, by_lifecycle=True), rules=RULES)
    settle_all(world, RULES)
    assert world.journal.lines[-1].released_by == "lifecycle"


def test_a_lock_that_was_put_back_is_acquired_again_for_the_person_who_clicked() -> None:
    world = FakeWorld(TAKEN)
    lock, click = a_table_lock(), "1"
    back = lock_of_item(lock.ref.place, {**an_item(), MARK: {"S": mark_of(click)}})
    assert back
    world.book.write(telling.remember(lock))
    page = world.book.write(endings.end(lock, Ending(outcome=Outcome.RELEASED, at=TAKEN, user=ALICE))).page
    assert page
    for transition in restores.restored(page, back, Restorer(ALICE, click)):
        world.book.write(transition)
    record(world, told(seconds(60), back, acquired=True), rules=RULES)
    assert (world.journal.lines[-1].slack_user, world.journal.lines[-1].event) == (ALICE, LineKind.LOCK_ACQUIRED)


def test_a_table_that_is_no_target_is_not_recorded() -> None:
    world = FakeWorld(TAKEN)
    record(world, told(TAKEN, acquired=True), told(TAKEN, acquired=False), rules=some_rules())
    settle_all(world, some_rules())
    assert world.journal.lines == []
