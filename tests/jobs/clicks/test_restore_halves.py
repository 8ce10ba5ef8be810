"""Undo of a dual lock puts both halves back, S3's first, each only where nothing is, and tells which are back."""

from collections.abc import Callable
from itertools import count

import pytest

from chalicelib.core.audit.line import LineKind
from chalicelib.core.clicks.click import Click, Verb
from chalicelib.core.clicks.deletion import PutBack
from chalicelib.core.clicks.ending import Ending, Outcome
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.mark import mark_of
from chalicelib.core.locks.place import LockRef
from chalicelib.jobs.clicks.answer import answer
from chalicelib.jobs.clicks.release import release
from chalicelib.jobs.watch import watch
from chalicelib.ports.locks import StoreError
from tests.builders import ALICE, BOB, BUCKET, KEY, STATE_PATH, TABLE, a_click, sample
from tests.fakes.world import FakeWorld
from tests.jobs.clicks.dual import BOTH, ITEM, RULES, S3, a_dual, both, held, page_of, told
from tests.jobs.killed import killed_after

UNDO = a_click(S3, click="2", verb=Verb.PUT_BACK)
MARK = mark_of(UNDO.click)


def a_released() -> FakeWorld:
    world = a_dual()
    release(both(), world.ports, RULES, world.now)
    world.orders.forget()
    world.later(minutes=1)
    return world


def now_at(world: FakeWorld, ref: LockRef) -> HeldLock:
    lock = world.ports.store.read(ref.place)
    assert lock is not None
    return lock


def put_back(world: FakeWorld, click: Click = UNDO) -> Ending:
    ending = answer(click, world.ports, RULES, world.now)
    assert ending is not None
    return ending


def test_both_halves_are_put_back_s3_first_and_one_message_goes_on() -> None:
    world = a_released()
    ending = put_back(world)
    assert told(ending) == [(BUCKET, Outcome.RESTORED), (TABLE, Outcome.RESTORED)]
    s3, item = now_at(world, S3), now_at(world, ITEM)
    assert (s3.mark, item.mark) == (MARK, MARK)
    [alert] = world.messenger.shown.values()
    assert (alert.open, alert.lock, alert.page.present) == (True, s3, (item.ref, s3.ref))
    assert page_of(world, item.ref).half_of == s3.ref
    assert [page_of(world, ref).back_as for ref in BOTH] == [item.ref, s3.ref]


def test_a_lock_put_back_is_released_again_as_one() -> None:
    world = a_released()
    put_back(world)
    s3, item = now_at(world, S3).ref, now_at(world, ITEM).ref
    release(a_click(s3, BOB, halves=(item, s3)), world.ports, RULES, world.later(minutes=1))
    assert held(world) == set()
    [alert] = world.messenger.shown.values()
    assert alert.ending
    assert (alert.ending.outcome, alert.ending.user) == (Outcome.RELEASED, BOB)


def test_the_next_watch_posts_nothing_more() -> None:
    world = a_released()
    put_back(world)
    watch(world.ports, RULES, world.later(minutes=15))
    [alert] = world.messenger.shown.values()
    assert alert.open
    assert alert.page.present == (now_at(world, ITEM).ref, now_at(world, S3).ref)


def test_a_state_that_another_run_holds_in_s3_gets_neither_half_back() -> None:
    world = a_released()
    world.store.put(BUCKET, KEY, sample("s3-plan-default"))
    ending = put_back(world)
    assert (ending.outcome, held(world), world.tables.restored) == (Outcome.OCCUPIED, {BUCKET}, [])
    assert all(page_of(world, ref).restoring is None for ref in BOTH)


def test_when_s3_fails_nothing_else_is_put() -> None:
    world = a_released()
    world.store.put_answers.append(StoreError("no network"))
    ending = put_back(world)
    assert (ending.outcome, ending.detail, held(world)) == (Outcome.FAILED, "no network", set())
    assert put_back(world, a_click(S3, BOB, click="3", verb=Verb.PUT_BACK)).outcome is Outcome.RESTORED
    assert held(world) == {TABLE, BUCKET}


@pytest.mark.parametrize("occupied", [True, False])
def test_a_table_that_does_not_take_its_half_is_told_and_s3_s_half_is_back(occupied: bool) -> None:
    world = a_released()
    if occupied:
        world.tables.put(TABLE, STATE_PATH, sample("s3-plan-default"))
    else:
        world.tables.put_answers.append(StoreError("no network"))
    ending = put_back(world)
    assert ending.outcome is Outcome.RESTORED
    [s3, item] = ending.halves
    assert s3.outcome is Outcome.RESTORED
    assert (item.outcome, item.detail) == ((Outcome.OCCUPIED, "") if occupied else (Outcome.FAILED, "no network"))
    assert bool(item.held_now) is occupied
    [alert] = world.messenger.shown.values()
    assert (alert.open, alert.page.present) == (True, (now_at(world, S3).ref,))


def test_a_lost_answer_of_s3_is_looked_after_before_the_table_gets_its_half() -> None:
    world = a_released()
    world.store.lost_put_replies = 1
    assert told(put_back(world)) == [(BUCKET, Outcome.RESTORED), (TABLE, Outcome.RESTORED)]
    world = a_released()
    world.store.put_answers.append(PutBack.UNKNOWN)
    assert answer(UNDO, world.ports, RULES, world.now) is None
    assert held(world) == set()


def test_only_what_the_reaper_deleted_is_put_back() -> None:
    world = a_dual()
    world.tables.remove(TABLE, STATE_PATH)
    release(both(), world.ports, RULES, world.now)
    put_back(world)
    assert held(world) == {BUCKET}


def test_halves_that_two_clicks_released_come_back_together() -> None:
    world = a_dual()
    world.store.answers.append(StoreError("no network"))
    release(both(), world.ports, RULES, world.now)
    release(a_click(S3, BOB, halves=(S3,)), world.ports, RULES, world.later(minutes=1))
    put_back(world)
    assert held(world) == {TABLE, BUCKET}


def test_a_lock_that_led_with_its_table_s_half_comes_back_so() -> None:
    world = a_dual()
    release(a_click(S3), world.ports, RULES, world.now)  # only S3's half was shown
    release(a_click(S3, BOB, halves=(ITEM,)), world.ports, RULES, world.later(minutes=1))
    put_back(world)
    assert held(world) == {TABLE, BUCKET}
    [alert] = world.messenger.shown.values()
    assert alert.lock == now_at(world, S3)


def test_a_run_that_let_both_go_meanwhile_is_not_locked_again() -> None:
    world = a_released()
    put_back(world)
    world.store.remove(BUCKET, KEY)
    world.tables.remove(TABLE, STATE_PATH)
    answer(UNDO, world.ports, RULES, world.later(minutes=3))
    assert held(world) == set()


@pytest.mark.parametrize("second", [UNDO, a_click(S3, BOB, click="3", verb=Verb.PUT_BACK)], ids=["again", "another"])
def test_an_undo_that_was_killed_after_any_call_leaves_one_true_message(second: Click) -> None:
    for last in count(1):
        world = a_released()
        call = killed_after(world, last, lambda ports: answer(UNDO, ports, RULES, world.now))  # noqa: B023
        answer(second, world.ports, RULES, world.later(minutes=3))
        watch(world.ports, RULES, world.later(minutes=12))
        if BUCKET in held(world):
            [alert] = world.messenger.shown.values()
            s3 = now_at(world, S3)
            assert (alert.open, alert.lock) == (True, s3), f"killed after {call}"
            by = ALICE if s3.mark == MARK else BOB
            assert page_of(world, s3.ref).restored_by == by
            present = {ref.place.container for ref in alert.page.present}
            assert present == held(world), f"killed after {call}"
        lines = {line.slack_user for line in world.journal.lines if line.event is LineKind.LOCK_RESTORED}
        assert len(lines) <= 1
        if not call:
            assert held(world) == {BUCKET, TABLE}
            return


def table_gone(world: FakeWorld) -> None:
    world.tables.tables_gone.add(TABLE)


def table_denied(world: FakeWorld) -> None:
    world.tables.tables_refused[TABLE] = "access denied"


@pytest.mark.parametrize("trouble", [table_gone, table_denied])
def test_a_half_that_can_neither_be_put_nor_looked_at_is_told_and_the_other_is_back(
    trouble: Callable[[FakeWorld], None],
) -> None:
    world = a_released()
    trouble(world)
    ending = put_back(world)
    assert told(ending) == [(BUCKET, Outcome.RESTORED), (TABLE, Outcome.FAILED)]
    assert ending.halves[1].detail
    [alert] = world.messenger.shown.values()
    assert (alert.open, alert.lock) == (True, now_at(world, S3))


def test_a_put_back_delivered_again_is_answered_also_if_the_table_is_gone_since() -> None:
    world = a_released()
    put_back(world)
    table_gone(world)
    assert put_back(world).outcome is Outcome.RESTORED


def test_an_undo_that_was_killed_after_any_call_and_whose_half_in_s3_went_has_one_true_message() -> None:
    for last in count(1):
        world = a_released()
        call = killed_after(world, last, lambda ports: answer(UNDO, ports, RULES, world.now))  # noqa: B023
        if held(world) == {BUCKET, TABLE}:
            watch(world.ports, RULES, world.later(seconds=5))
            world.store.remove(BUCKET, KEY)
            answer(UNDO, world.ports, RULES, world.later(minutes=3))
            for _ in range(5):
                watch(world.ports, RULES, world.later(minutes=15))
            [alert] = world.messenger.shown.values()
            item = now_at(world, ITEM)
            assert (alert.open, alert.page.present) == (True, (item.ref,)), f"killed after {call}"
        if not call:
            return
