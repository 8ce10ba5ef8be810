"""A delete marker that is deleted makes an ended lock current again: S3 tells only that a version is gone."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from chalicelib.core.alerts.page import Page
from chalicelib.core.alerts.transitions import endings
from chalicelib.core.audit.event import ToldBy
from chalicelib.core.audit.line import JournalLine, LineKind
from chalicelib.core.clicks.click import Click, Verb
from chalicelib.core.clicks.ending import Ending, Outcome, Refusal
from chalicelib.core.locks.place import Kind, LockRef, Place
from chalicelib.jobs.clicks.answer import answer
from chalicelib.jobs.clicks.release import release
from chalicelib.jobs.record import record_event
from chalicelib.jobs.settle import settle
from chalicelib.jobs.watch import watch
from tests.builders import ALICE, BUCKET, KEY, TAKEN, a_click
from tests.fakes.book import FakeBook
from tests.fakes.world import FakeWorld
from tests.jobs.clicks.versioned import HOLDER, OPERATOR, VersionedKey
from tests.jobs.killed import killed_after
from tests.jobs.recording import an_event, case_of_event, record, settle_all
from tests.jobs.test_record import RULES, TARGET
from tests.sweeps import sweep

pytestmark = pytest.mark.thorough

AGAIN = LineKind.LOCK_REAPPEARED


def a_key() -> VersionedKey:
    return VersionedKey(FakeWorld(TAKEN))


def lines(key: VersionedKey, kind: LineKind = AGAIN) -> list[JournalLine]:
    return [line for line in key.world.journal.lines if line.event is kind]


def held(key: VersionedKey) -> list[str]:
    return [page.lock.ref.place.key for page in key.world.book.open_pages() if not page.ending]


def a_lock_that_is_there_again() -> VersionedKey:
    key = a_key()
    record(key.world, key.take())
    key.world.later(minutes=10)
    record(key.world, key.let_go())
    settle_all(key.world)
    key.world.later(hours=1)
    key.delete_version()
    return key


def test_a_lock_whose_delete_marker_is_deleted_is_held_again_and_the_journal_says_so_at_once() -> None:
    key = a_lock_that_is_there_again()
    assert held(key) == []
    record(key.world, key.told[-1])
    [line] = lines(key)
    assert held(key) == [KEY]
    assert (line.state_path, line.time, line.acquired_at) == (
        "acme-tfstate/prod/network/terraform.tfstate",
        key.world.now,
        key.world.now,
    )
    assert (line.who, line.lock_id[:8], line.principal, line.taken_by) == ("root@vm", "78653438", OPERATOR, HOLDER)
    assert line.detail == ""


@pytest.mark.parametrize("times", [2, 5])
def test_a_deleted_marker_is_one_line_however_often_it_is_told(times: int) -> None:
    key = a_lock_that_is_there_again()
    for _ in range(times):
        record(key.world, key.told[-1])
        settle_all(key.world)
    assert len(lines(key)) == 1
    assert held(key) == [KEY]


def test_a_lock_held_again_is_alerted_by_the_next_watch() -> None:
    key = a_lock_that_is_there_again()
    record(key.world, key.told[-1])
    watch(key.world.ports, RULES, key.world.later(hours=3))
    assert [alert.lock.ref.place.key for alert in key.world.messenger.shown.values() if alert.open] == [KEY]


def test_the_release_of_a_lock_held_again_is_of_its_second_hold_by_the_one_who_took_it() -> None:
    key = a_lock_that_is_there_again()
    record(key.world, key.told[-1])
    key.world.later(minutes=7)
    record(key.world, key.let_go())
    settle_all(key.world)
    first, second = lines(key, LineKind.LOCK_RELEASED)
    assert (first.held_seconds, second.held_seconds) == (600, 420)
    assert (second.taken_by, second.released_by, second.who) == (HOLDER, "holder", "root@vm")
    assert held(key) == []


def test_a_lock_can_be_hidden_and_uncovered_again_and_again() -> None:
    key = a_lock_that_is_there_again()
    record(key.world, key.told[-1])
    for _ in range(3):
        key.world.later(minutes=5)
        record(key.world, key.let_go())
        settle_all(key.world)
        key.world.later(minutes=5)
        record(key.world, key.delete_version())
        settle_all(key.world)
    assert len(lines(key)) == len({line.event_id for line in lines(key)}) == 4
    assert held(key) == [KEY]


def test_deleted_by_its_own_version_after_that_it_is_released() -> None:
    key = a_lock_that_is_there_again()
    record(key.world, key.told[-1])
    key.world.later(minutes=7)
    record(key.world, key.delete_version())
    settle_all(key.world)
    released = lines(key, LineKind.LOCK_RELEASED)[-1]
    assert (released.held_seconds, released.principal) == (420, OPERATOR)
    assert held(key) == []


def test_a_lock_beneath_a_deleted_lock_is_held_again() -> None:
    """As after a put that was not Terraform's: the younger version is released, the older one is current."""
    key = a_key()
    record(key.world, key.take())
    key.world.later(minutes=1)
    record(key.world, key.let_go())
    settle_all(key.world)
    key.versions.pop()  # a lifecycle rule of somebody's that S3 told nobody of
    key.world.later(minutes=1)
    record(key.world, key.take())
    key.world.later(minutes=1)
    record(key.world, key.delete_version())
    settle_all(key.world)
    told = Counter(line.event for line in key.world.journal.lines)
    assert told == {LineKind.LOCK_ACQUIRED: 2, LineKind.LOCK_RELEASED: 2, AGAIN: 1}
    assert [line.held_seconds for line in lines(key, LineKind.LOCK_RELEASED)] == [60, 60]
    assert len(held(key)) == 1


@pytest.mark.parametrize("by_lifecycle", [False, True])
def test_history_that_is_cleared_away_beneath_a_held_lock_changes_nothing(by_lifecycle: bool) -> None:
    key = a_key()
    for _ in range(2):
        record(key.world, key.take())
        key.world.later(minutes=1)
        record(key.world, key.let_go())
        settle_all(key.world)
        key.world.later(minutes=1)
    record(key.world, key.take())
    before = list(key.world.journal.lines)
    for _ in range(4):
        key.world.later(minutes=1)
        record(key.world, key.delete_version(0, by_lifecycle=by_lifecycle))
        settle_all(key.world)
    assert key.world.journal.lines == before
    assert held(key) == [KEY]


def test_a_rule_that_clears_old_versions_and_markers_where_nothing_is_costs_one_look() -> None:
    key = a_key()
    record(key.world, key.take())
    record(key.world, key.let_go())
    settle_all(key.world)
    looks = len(key.world.store.read_keys)
    key.world.later(hours=1)
    record(key.world, key.delete_version(0, by_lifecycle=True))
    record(key.world, key.delete_version(0, by_lifecycle=True))  # ExpiredObjectDeleteMarker
    assert key.world.orders.settling == []
    assert len(key.world.store.read_keys) == looks + 2
    assert lines(key) == []


@dataclass
class MeanwhileBook(FakeBook):
    """A lock book in which something happens right before a page is found."""

    meanwhile: list[Callable[[], object]] = field(default_factory=list)

    def find(self, ref: LockRef) -> Page | None:
        if self.meanwhile:
            self.meanwhile.pop()()
        return super().find(ref)


def test_a_lock_that_is_let_go_between_two_looks_is_not_there_again() -> None:
    book = MeanwhileBook()
    key = VersionedKey(FakeWorld(TAKEN, book=book))
    record(key.world, key.take())
    lock = key.world.store.read(Place(Kind.S3, BUCKET, KEY))
    assert lock
    key.world.later(minutes=1)
    key.versions.insert(0, ("old", True))
    gone = key.delete_version(0)

    def let_go() -> None:
        key.let_go()
        book.write(endings.end(lock, Ending(outcome=Outcome.GONE, at=key.world.now)))

    book.meanwhile = [let_go]
    record(key.world, gone)
    assert (lines(key), held(key)) == ([], [])


@pytest.mark.parametrize("by_lifecycle", [False, True])
def test_a_lock_that_nobody_knows_is_held_once_it_is_sure_that_no_acquire_is_on_its_way(by_lifecycle: bool) -> None:
    key = a_key()
    key.take()
    key.let_go()
    key.world.later(days=40)  # older than the reaper, or than its memory
    record(key.world, key.delete_version(by_lifecycle=by_lifecycle))
    assert (held(key), lines(key)) == ([], [])
    settle_all(key.world)
    [line] = lines(key)
    assert line.detail == "the reaper did not know this lock: it may have been held all along"
    assert held(key) == [KEY]


def test_a_new_lock_is_not_taken_for_one_that_is_there_again() -> None:
    key = a_key()
    record(key.world, key.take())
    record(key.world, key.let_go())
    settle_all(key.world)
    key.world.later(minutes=1)
    gone = key.delete_version(0)
    key.world.later(seconds=1)
    new = key.take()
    record(key.world, gone)
    settle_all(key.world)
    record(key.world, new)
    assert lines(key) == []
    assert len(lines(key, LineKind.LOCK_ACQUIRED)) == 2


def test_a_lock_put_in_the_second_of_the_event_waits_for_its_own() -> None:
    key = a_key()
    gone = an_event(TAKEN, "v9", acquired=False, permanent=True)
    new = msgspec.structs.replace(key.take(), at=TAKEN + timedelta(milliseconds=400))
    record(key.world, gone)
    record(key.world, new)
    settle_all(key.world)
    assert lines(key) == []


def test_a_deleted_marker_told_by_eventbridge_is_a_line_too() -> None:
    key = a_lock_that_is_there_again()
    whole = {"at": key.world.now.replace(microsecond=0), "principal": "", "told_by": ToldBy.EVENTBRIDGE}
    record(key.world, msgspec.structs.replace(key.told[-1], **whole, account="111122223333"))
    assert (lines(key)[0].account, lines(key)[0].told_by) == ("111122223333", "eventbridge")


def test_a_marker_that_is_no_version_of_its_own_counts_too() -> None:
    """Where versioning is suspended the marker's version is "null", and the event names none that could be kept."""
    key = a_lock_that_is_there_again()
    record(key.world, msgspec.structs.replace(key.told[-1], version="null"))
    assert len(lines(key)) == 1


def test_a_lock_that_is_no_version_of_its_own_is_released_when_that_is_deleted_by_its_id() -> None:
    key = a_key()
    record(key.world, msgspec.structs.replace(key.take(), version=""))
    key.world.later(minutes=1)
    gone = msgspec.structs.replace(key.delete_version(), version="null")
    record(key.world, gone)
    settle_all(key.world)
    assert [line.held_seconds for line in lines(key, LineKind.LOCK_RELEASED)] == [60]
    assert (held(key), lines(key)) == ([], [])


def test_an_old_version_that_is_copied_over_the_marker_is_a_new_acquire() -> None:
    key = a_lock_that_is_there_again()
    key.versions.clear()
    key.world.store.put(BUCKET, KEY, b"{}")
    key.world.later(seconds=2)
    record(key.world, key.take())
    settle_all(key.world)
    assert (len(lines(key, LineKind.LOCK_ACQUIRED)), lines(key)) == (2, [])


def test_an_alert_that_said_how_the_lock_ended_keeps_saying_so_and_a_new_one_is_posted() -> None:
    key = a_key()
    record(key.world, key.take())
    watch(key.world.ports, RULES, key.world.later(hours=5))
    [posted] = key.world.messenger.shown
    key.world.later(minutes=1)
    gone = key.let_go()
    key.world.messenger.refusing = "Slack answered internal_error"  # so that the ending is noted and not told
    record(key.world, gone)
    key.world.later(minutes=1)
    uncovered = key.delete_version()
    record(key.world, uncovered)
    settle_all(key.world)
    assert len(lines(key)) == 1
    key.world.messenger.refusing = ""
    watch(key.world.ports, RULES, key.world.later(hours=1))
    assert not key.world.messenger.shown[posted].open
    assert [alert.open for alert in key.world.messenger.shown.values()].count(True) == 1


def test_a_release_in_slack_that_somebody_undoes_by_its_marker_is_held_again() -> None:
    key = a_key()
    record(key.world, key.take())
    sweep(TARGET, key.world.ports, RULES, key.world.later(hours=5))
    lock = key.world.store.read(Place(Kind.S3, BUCKET, KEY))
    assert lock
    release(a_click(lock, user=ALICE), key.world.ports, RULES, key.world.later(minutes=1))
    assert not key.world.store.objects
    gone = key.let_go()
    record(key.world, gone)
    settle_all(key.world)
    key.world.later(minutes=1)
    record(key.world, key.delete_version())
    assert len(lines(key)) == 1
    assert held(key) == [KEY]


def a_release_that_was_undone_by_its_marker(click: Click, key: VersionedKey) -> None:
    release(click, key.world.ports, RULES, key.world.now)
    assert not key.world.store.objects
    record(key.world, key.let_go())
    settle_all(key.world)
    key.world.later(minutes=1)
    record(key.world, key.delete_version())


def a_click_on(key: VersionedKey, name: str = "1", **others: Any) -> Click:
    lock = key.world.store.read(Place(Kind.S3, BUCKET, KEY))
    assert lock
    return a_click(lock, user=ALICE, click=name, at=key.world.now, **others)


@pytest.mark.parametrize("same", [True, False], ids=["the click that released it", "another click of that time"])
def test_a_click_from_before_does_not_release_a_lock_that_is_held_again(*, same: bool) -> None:
    key = a_key()
    record(key.world, key.take())
    sweep(TARGET, key.world.ports, RULES, key.world.later(hours=5))
    first, second = a_click_on(key), a_click_on(key, "2")
    key.world.later(seconds=2)
    a_release_that_was_undone_by_its_marker(first, key)
    again = release(first if same else second, key.world.ports, RULES, key.world.later(minutes=3))
    assert again
    assert (again.outcome, again.refusal) == (Outcome.REFUSED, Refusal.HELD_AGAIN)
    assert key.world.messenger.whispers[-1][1].ending == again
    assert key.held
    assert key.world.store.objects
    watch(key.world.ports, RULES, key.world.later(hours=5))
    now = release(a_click_on(key, "3"), key.world.ports, RULES, key.world.later(minutes=1))
    assert now
    assert now.outcome is Outcome.RELEASED
    assert not key.world.store.objects


def test_an_old_click_does_not_snooze_a_lock_that_is_held_again() -> None:
    key = a_key()
    record(key.world, key.take())
    sweep(TARGET, key.world.ports, RULES, key.world.later(hours=5))
    snooze = a_click_on(key, "2", verb=Verb.SNOOZE)
    a_release_that_was_undone_by_its_marker(a_click_on(key), key)
    told = answer(snooze, key.world.ports, RULES, key.world.later(minutes=3))
    assert told
    assert told.refusal is Refusal.HELD_AGAIN
    assert [page.snooze for page in key.world.book.open_pages()] == [None]


def test_a_look_that_is_killed_after_any_call_comes_to_the_same_when_it_is_told_again() -> None:
    for last in range(1, 30):
        key = a_lock_that_is_there_again()
        gone = key.told[-1]
        case = case_of_event(gone, key.world, RULES)
        killed = killed_after(key.world, last, lambda ports: record_event(replace(case, world=ports)))  # noqa: B023
        key.world.later(minutes=3)
        for _ in range(2):
            record(key.world, gone)
            settle_all(key.world)
        assert held(key) == [KEY]
        assert len({line.event_id for line in lines(key)}) == 1
        assert len(lines(key)) <= (2 if killed == "write" else 1)
        if not killed:
            return
    raise AssertionError("never ended")


def a_day(seed: int, each: Callable[[VersionedKey], object]) -> VersionedKey:
    """Runs, releases, and somebody who deletes markers, locks and history by their IDs, with ``each`` after each."""
    key, dice = a_key(), random.Random(seed)  # noqa: S311  a reproducible day
    for _ in range(dice.randint(3, 14)):
        key.world.later(seconds=dice.choice([1, 2, 30, 600]))
        acts: list[Callable[[], object]] = [key.let_go, key.delete_version] if key.held else [key.take]
        acts += [key.delete_version] if key.versions else []
        if len(key.versions) > 2:
            acts += [lambda: key.delete_version(0), lambda: key.delete_version(0, by_lifecycle=True)]
        dice.choice(acts)()
        each(key)
    key.world.later(seconds=5)
    return key


def tell_last(key: VersionedKey) -> None:
    for _ in range(2):
        record(key.world, key.told[-1])
        settle_all(key.world)


@pytest.mark.parametrize("seed", range(50))
def test_told_and_settled_as_it_happens_each_uncovering_is_one_line_with_its_time(seed: int) -> None:
    key = a_day(seed, tell_last)
    assert [line.time for line in lines(key)] == [event.at for event in key.uncovered]
    assert len(held(key)) == key.held
    assert len({line.event_id for line in key.world.journal.lines}) == len(key.world.journal.lines)


@pytest.mark.parametrize("seed", range(120))
def test_told_in_any_order_and_as_often_as_s3_likes_what_is_there_is_held_and_said_once(seed: int) -> None:
    key, dice = a_day(seed, id), random.Random(seed)  # noqa: S311
    key.world.later(minutes=3)  # so late that some of it may have been settled before it is told
    told = [*key.told, *dice.choices(key.told, k=4)]
    dice.shuffle(told)
    for event in told:
        record(key.world, event)
        settling = key.world.orders.settling
        if settling and dice.random() < 0.4:
            settle(case_of_event(settling.pop(dice.randrange(len(settling))), key.world, RULES))
    dice.shuffle(key.world.orders.settling)
    settle_all(key.world)
    assert len(held(key)) == key.held
    ids = Counter(line.event_id for line in key.world.journal.lines)
    assert set(ids.values()) <= {1}
    last = key.told[-1] if key.held and key.uncovered and key.told[-1] == key.uncovered[-1] else None
    assert last is None or lines(key)
    acquired = {line.time for line in lines(key, LineKind.LOCK_ACQUIRED)}
    assert acquired == {event.at for event in key.told if event.acquired}
