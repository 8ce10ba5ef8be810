"""A dual lock is released as one: the table's half first, S3's last, each on its own condition."""

import dataclasses
from collections.abc import Callable
from datetime import timedelta
from itertools import count

import msgspec
import pytest

from chalicelib.aws.locks.places import Places
from chalicelib.core.alerts.transitions import endings
from chalicelib.core.audit.line import LineKind
from chalicelib.core.clicks.claim import CLAIM_LASTS
from chalicelib.core.clicks.click import Click
from chalicelib.core.clicks.deletion import Deletion, Look
from chalicelib.core.clicks.ending import REAPER, Outcome, Refusal
from chalicelib.core.clicks.order import AutoRelease
from chalicelib.core.locks.place import Kind, LockRef, Place
from chalicelib.core.policy import Route
from chalicelib.jobs.clicks.delete import OutcomeUnknownError
from chalicelib.jobs.clicks.release import release
from chalicelib.jobs.watch import watch
from chalicelib.ports.locks import LockStore, StoreError, StoreRefusedError
from chalicelib.ports.world import World
from tests.builders import ALICE, BOB, BUCKET, KEY, STATE_PATH, TABLE, a_claim, a_click, a_lock, a_table_lock, sample
from tests.fakes.store import FakeStore
from tests.fakes.tables import FakeTables
from tests.fakes.world import FakeWorld
from tests.jobs.clicks.dual import BOTH, ITEM, RULES, S3, a_dual, both, ending_shown, held, page_of, told
from tests.jobs.killed import killed_after

DIGEST = Place(Kind.DYNAMODB, TABLE, f"{STATE_PATH}-md5")


def test_one_alert_has_both_halves() -> None:
    world = a_dual()
    [alert] = world.messenger.shown.values()
    assert (alert.lock.ref, alert.page.present) == (S3, BOTH)
    assert page_of(world, ITEM).half_of == S3


def test_a_click_releases_both_halves_the_tables_first_and_no_digest() -> None:
    world = a_dual()
    digest = world.tables.items[DIGEST]

    class Watched(FakeStore):
        """Looks into the table when S3's half is deleted."""

        def delete(self, ref: LockRef, by: str) -> Deletion:
            assert held(world) == {BUCKET}
            return super().delete(ref, by)

    world.store.__class__ = Watched
    release(both(), world.ports, RULES, world.now)
    assert held(world) == set()
    assert world.tables.items[DIGEST] == digest
    ending = ending_shown(world)
    assert (ending.outcome, ending.user) == (Outcome.RELEASED, ALICE)
    assert told(ending) == [(TABLE, Outcome.RELEASED), (BUCKET, Outcome.RELEASED)]
    assert {half.by for half in ending.halves} == {ALICE}


def test_the_page_of_each_half_says_who_deleted_it() -> None:
    world = a_dual()
    release(both(), world.ports, RULES, world.now)
    for ref in BOTH:
        page = page_of(world, ref)
        assert page.own_ending is not None
        assert (page.own_ending.outcome, page.deleter, page.told) == (Outcome.RELEASED, ALICE, True)
    assert not any(half.held for half in page_of(world, S3).halves)


def test_the_same_click_delivered_again_changes_nothing() -> None:
    world = a_dual()
    release(both(), world.ports, RULES, world.now)
    before = (world.book.pages, world.messenger.shown, len(world.journal.lines))
    release(both(), world.ports, RULES, world.later(minutes=3))
    assert (world.book.pages, world.messenger.shown, len(world.journal.lines)) == before
    assert world.messenger.whispers == []


@pytest.mark.parametrize("gone", [TABLE, BUCKET])
def test_a_half_that_is_gone_is_told_and_does_not_stop_the_other(gone: str) -> None:
    world = a_dual()
    let_go(world, gone)
    release(both(), world.ports, RULES, world.now)
    assert (held(world), ending_shown(world).outcome) == (set(), Outcome.RELEASED)
    assert dict(told(ending_shown(world))) == {TABLE: Outcome.RELEASED, BUCKET: Outcome.RELEASED} | {gone: Outcome.GONE}
    other = {TABLE: ITEM, BUCKET: S3}[gone]
    assert page_of(world, other).deleter == ""


def let_go(world: FakeWorld, container: str) -> None:
    if container == TABLE:
        world.tables.remove(TABLE, STATE_PATH)
    else:
        world.store.remove(BUCKET, KEY)


@pytest.mark.parametrize("replaced", [TABLE, BUCKET])
def test_a_half_that_another_run_holds_now_stays_and_is_told(replaced: str) -> None:
    world = a_dual()
    if replaced == TABLE:
        world.tables.put(TABLE, STATE_PATH, sample("s3-plan-default"))
    else:
        world.store.put(BUCKET, KEY, sample("s3-plan-default"))
    release(both(), world.ports, RULES, world.now)
    assert held(world) == {replaced}
    half = next(half for half in ending_shown(world).halves if half.place.container == replaced)
    assert half.outcome is Outcome.REPLACED
    assert half.held_now
    assert half.held_now.operation == "plan"


def test_when_both_are_gone_it_is_told_as_gone() -> None:
    world = a_dual()
    let_go(world, TABLE)
    let_go(world, BUCKET)
    release(both(), world.ports, RULES, world.now)
    assert ending_shown(world).outcome is Outcome.GONE
    assert world.journal.kinds()[-1] is LineKind.RELEASE_ANSWERED


def test_a_table_that_does_not_exist_any_more_holds_no_half() -> None:
    world = a_dual()
    world.tables.tables_gone.add(TABLE)
    release(both(), world.ports, RULES, world.now)
    assert (BUCKET, KEY) not in world.store.objects
    assert told(ending_shown(world)) == [(TABLE, Outcome.CONTAINER_GONE), (BUCKET, Outcome.RELEASED)]


def test_a_half_that_cannot_be_looked_at_stops_the_release_before_anything_is_deleted() -> None:
    world = a_dual()
    world.store.buckets_refused[BUCKET] = "AccessDenied"
    ending = release(both(), world.ports, RULES, world.now)
    assert ending
    assert (ending.outcome, ending.lasting, ending.detail) == (Outcome.FAILED, True, "AccessDenied")
    assert (world.tables.deleted, world.store.deleted) == ([], [])
    assert page_of(world, S3).releasing is None


def test_an_item_with_a_digest_refuses_the_release_of_the_whole_lock() -> None:
    world = a_dual()
    world.tables.put_item(TABLE, STATE_PATH, {**world.tables.items[ITEM.place], "Digest": {"S": "0" * 32}})
    ending = release(both(), world.ports, RULES, world.now)
    assert ending
    assert (ending.outcome, ending.refusal) == (Outcome.REFUSED, Refusal.HAS_DIGEST)
    assert held(world) == {TABLE, BUCKET}


def failing_at_s3(world: FakeWorld) -> None:
    world.store.answers.append(StoreRefusedError("AccessDenied"))


def test_a_half_that_fails_is_told_exactly_and_the_message_stays_open() -> None:
    world = a_dual()
    failing_at_s3(world)
    release(both(), world.ports, RULES, world.now)
    assert held(world) == {BUCKET}
    [alert] = world.messenger.shown.values()
    assert alert.open
    assert alert.page.present == (S3,)
    [(user, whisper)] = world.messenger.whispers
    assert (user, whisper.ending.outcome, whisper.ending.lasting) == (ALICE, Outcome.FAILED, True)
    assert whisper.ending.detail == f"bucket {BUCKET}: AccessDenied"
    assert told(whisper.ending) == [(TABLE, Outcome.RELEASED), (BUCKET, Outcome.FAILED)]
    assert page_of(world, ITEM).deleter == ALICE
    assert page_of(world, S3).deleter == ""


def test_a_first_half_that_fails_leaves_the_second_alone() -> None:
    world = a_dual()
    world.tables.answers.append(StoreError("no network"))
    ending = release(both(), world.ports, RULES, world.now)
    assert ending
    assert held(world) == {TABLE, BUCKET}
    assert [half.detail for half in ending.halves] == [
        "no network",
        "not tried, because another half could not be released",
    ]
    assert [page_of(world, ref).releasing for ref in BOTH] == [None, None]
    release(both(click="2"), world.ports, RULES, world.later(minutes=1))
    assert (held(world), ending_shown(world).outcome) == (set(), Outcome.RELEASED)


def test_another_person_s_click_finishes_what_a_half_done_release_left() -> None:
    world = a_dual()
    failing_at_s3(world)
    release(both(), world.ports, RULES, world.now)
    left = a_click(S3, BOB, halves=(S3,))
    release(left, world.ports, RULES, world.later(minutes=1))
    ending = ending_shown(world)
    assert (ending.outcome, ending.user) == (Outcome.RELEASED, BOB)
    assert [(half.place.container, half.outcome, half.by) for half in ending.halves] == [
        (TABLE, Outcome.RELEASED, ALICE),
        (BUCKET, Outcome.RELEASED, BOB),
    ]
    assert (page_of(world, ITEM).deleter, page_of(world, S3).deleter) == (ALICE, BOB)
    assert {one.ref for one in page_of(world, S3).kept_halves} == {ITEM}


def test_what_a_half_done_release_left_and_its_holder_let_go_is_told_in_the_name_of_who_deleted() -> None:
    world = a_dual()
    failing_at_s3(world)
    release(both(), world.ports, RULES, world.now)
    let_go(world, BUCKET)
    release(a_click(S3, BOB, halves=(S3,)), world.ports, RULES, world.later(minutes=1))
    ending = ending_shown(world)
    assert (ending.outcome, ending.user, ending.undo_until) == (Outcome.RELEASED, ALICE, None)
    assert told(ending) == [(TABLE, Outcome.RELEASED), (BUCKET, Outcome.GONE)]
    assert page_of(world, S3).deleter == ""
    assert [(user, told_.ending.user) for user, told_ in world.messenger.whispers[1:]] == [(BOB, ALICE)]


def test_a_lost_answer_is_looked_after_before_the_next_half_is_deleted() -> None:
    world = a_dual()
    world.tables.lost_replies = 1
    release(both(), world.ports, RULES, world.now)
    assert told(ending_shown(world)) == [(TABLE, Outcome.UNCONFIRMED), (BUCKET, Outcome.RELEASED)]
    assert (held(world), ending_shown(world).outcome) == (set(), Outcome.RELEASED)


def test_a_delete_that_may_have_been_done_stops_the_rest_until_a_look_tells() -> None:
    world = a_dual()
    world.tables.lost_replies = 1

    class Unlucky(FakeTables):
        """Is out of reach after a delete."""

        def delete(self, ref: LockRef, by: str) -> Deletion:
            answer = super().delete(ref, by)
            self.tables_failing.add(TABLE)
            return answer

    world.tables.__class__ = Unlucky
    with pytest.raises(OutcomeUnknownError):
        release(both(), world.ports, RULES, world.now)
    assert held(world) == {BUCKET}
    world.tables.tables_failing.clear()
    release(both(), world.ports, RULES, world.later(minutes=3))
    ending = ending_shown(world)
    assert (held(world), ending.outcome, ending.user) == (set(), Outcome.RELEASED, ALICE)


def test_a_click_that_showed_one_half_deletes_only_that_and_says_what_is_left() -> None:
    world = a_dual()
    ending = release(a_click(S3), world.ports, RULES, world.now)
    assert ending
    assert held(world) == {TABLE}
    assert (ending.outcome, told(ending)) == (
        Outcome.FAILED,
        [(TABLE, Outcome.FAILED), (BUCKET, Outcome.RELEASED)],
    )
    assert ending.detail == f"table {TABLE}: it was not shown where Release was clicked"
    page = page_of(world, S3)
    assert (page.ending, page.present, page.deleter) == (None, (ITEM,), ALICE)
    [alert] = world.messenger.shown.values()
    assert alert.open


def test_what_is_left_of_a_lock_whose_own_half_is_gone_is_released_by_the_next_click() -> None:
    world = a_dual()
    release(a_click(S3), world.ports, RULES, world.now)
    release(a_click(S3, BOB, halves=(ITEM,)), world.ports, RULES, world.later(minutes=1))
    ending = ending_shown(world)
    assert (held(world), ending.outcome, ending.user) == (set(), Outcome.RELEASED, BOB)
    assert (page_of(world, S3).deleter, page_of(world, ITEM).deleter) == (ALICE, BOB)


def test_an_older_click_on_the_other_half_is_carried_out_with_the_claim_of_the_lock() -> None:
    world = a_dual()
    world.book.write(endings.begin_release(a_lock(), a_claim(BOB, world.now + CLAIM_LASTS), None, None))
    assert release(a_click(ITEM), world.ports, RULES, world.now) is None
    assert held(world) == {TABLE, BUCKET}
    release(a_click(ITEM), world.ports, RULES, world.later(minutes=2))
    assert held(world) == {BUCKET}
    [alert] = world.messenger.shown.values()
    assert alert.page.present == (S3,)


def test_a_delete_of_one_half_from_before_the_halves_were_one_lock_is_waited_for() -> None:
    world = a_dual()
    world.book.write(endings.begin_release(a_table_lock(), a_claim(BOB, world.now + CLAIM_LASTS), None, None))
    assert release(both(), world.ports, RULES, world.now) is None
    assert held(world) == {TABLE, BUCKET}
    let_go(world, TABLE)
    release(both(), world.ports, RULES, world.later(minutes=2))
    [item, s3] = ending_shown(world).halves
    assert (item.outcome, item.by, s3.outcome, s3.by) == (Outcome.UNCONFIRMED, BOB, Outcome.RELEASED, ALICE)


def test_halves_of_another_state_or_outside_the_targets_are_refused() -> None:
    elsewhere = msgspec.structs.replace(ITEM, place=Place(Kind.DYNAMODB, "others", STATE_PATH))
    other_state = a_lock(key="other.tflock").ref
    for stranger in (elsewhere, other_state):
        world = a_dual()
        ending = release(both(halves=(stranger, S3)), world.ports, RULES, world.now)
        assert ending
        assert ending.refusal is Refusal.OUTSIDE
        assert held(world) == {TABLE, BUCKET}


def test_an_item_that_was_deleted_and_is_there_again_is_another_hold() -> None:
    world = a_dual()
    item = world.tables.items[ITEM.place]
    failing_at_s3(world)
    release(both(), world.ports, RULES, world.now)
    world.tables.items[ITEM.place] = item
    ending = release(both(click="2"), world.ports, RULES, world.later(minutes=1))
    assert ending
    assert (ending.refusal, held(world)) == (Refusal.HELD_AGAIN, {TABLE, BUCKET})
    release(both(click="3"), world.ports, RULES, world.later(minutes=1))
    assert (held(world), ending_shown(world).outcome) == (set(), Outcome.RELEASED)


def test_the_reaper_itself_releases_all_halves_of_its_order() -> None:
    rules = msgspec.structs.replace(RULES, routes=tuple(_auto(route) for route in RULES.routes))
    world = a_dual(rules, "s3-plan-default")
    s3, item = a_lock("s3-plan-default").ref, a_table_lock("s3-plan-default").ref
    world.later(hours=1)
    watch(world.ports, rules, world.now)
    [order] = world.orders.releases
    assert order == AutoRelease(lock=s3, halves=(item, s3), channel=RULES.routes[0].policy.channel)
    release(order, world.ports, rules, world.now)
    assert (held(world), page_of(world, item).deleter, page_of(world, s3).deleter) == (set(), REAPER, REAPER)


def _auto(route: Route) -> Route:
    policy = msgspec.structs.replace(route.policy, auto_release=timedelta(hours=1))
    return msgspec.structs.replace(route, policy=policy)


@pytest.mark.parametrize("next_click", [both(), both(BOB)], ids=["the same click", "another person's"])
def test_a_release_that_was_killed_after_any_call_is_finished_by_the_next_click(next_click: Click) -> None:
    for last in count(1):
        world = a_dual()
        call = killed_after(world, last, lambda ports: release(both(), ports, RULES, world.now))  # noqa: B023
        release(next_click, world.ports, RULES, world.later(minutes=3))
        ending = ending_shown(world)
        assert held(world) == set(), f"killed after {call}"
        assert ending.closes, f"killed after {call}"
        assert ending.user in {ALICE, next_click.user}
        deleted_by = {half.by for half in ending.halves}
        assert deleted_by <= {ALICE, next_click.user}
        assert "" not in deleted_by
        for ref in BOTH:
            assert page_of(world, ref).deleter in deleted_by
        if not call:
            return


def test_the_watch_keeps_the_claim_of_a_half_that_is_gone_and_drops_that_of_one_that_is_there() -> None:
    for gone, kept in ((BUCKET, [False, True]), (TABLE, [True, False])):
        world = a_dual()
        for lock in (a_table_lock(), a_lock()):
            world.book.write(endings.begin_release(lock, a_claim(ALICE, world.now), None, None))
        let_go(world, gone)
        watch(world.ports, RULES, world.later(minutes=5))
        assert [page_of(world, ref).releasing is not None for ref in BOTH] == kept


def test_an_alert_that_the_watch_ends_says_which_half_was_released_before() -> None:
    world = a_dual()
    failing_at_s3(world)
    release(both(), world.ports, RULES, world.now)
    let_go(world, BUCKET)
    watch(world.ports, RULES, world.later(minutes=15))
    ending = ending_shown(world)
    assert (ending.outcome, ending.user) == (Outcome.RELEASED, ALICE)
    assert told(ending) == [(TABLE, Outcome.RELEASED), (BUCKET, Outcome.GONE)]
    assert (page_of(world, ITEM).deleter, page_of(world, S3).deleter) == (ALICE, "")


def looking_late(world: FakeWorld, then: Callable[[], object]) -> World:
    """The world of a function that is held up after its look at the bucket, which it takes last."""

    class Late(Places):
        def look(self, ref: LockRef) -> Look:
            found = super().look(ref)
            if ref == S3:
                then()
            return found

    stores: dict[Kind, LockStore] = {Kind.S3: world.store, Kind.DYNAMODB: world.tables}
    return dataclasses.replace(world.ports, store=Late(stores, covers=lambda _place: True))


def test_a_click_that_looked_before_another_one_deleted_a_half_looks_again() -> None:
    world = a_dual()
    ports = looking_late(world, lambda: release(a_click(S3), world.ports, RULES, world.now))
    assert release(both(BOB), ports, RULES, world.now) is None
    assert held(world) == {TABLE}
    release(both(BOB), world.ports, RULES, world.later(seconds=5))
    by = {half.place.container: half.by for half in ending_shown(world).halves}
    assert (held(world), by) == (set(), {TABLE: BOB, BUCKET: ALICE})


def test_a_half_that_another_click_deleted_after_the_look_at_its_page_is_told_in_that_clicks_name() -> None:
    world = a_dual()
    world.tables.remove(TABLE, STATE_PATH)
    mine = msgspec.structs.replace(a_claim(ALICE).ending(Outcome.RELEASED, world.now))

    def note() -> None:
        world.book.write(endings.end_half(a_table_lock(), mine, None))

    release(both(BOB), looking_late(world, note), RULES, world.now)
    assert {half.place.container: half.by for half in ending_shown(world).halves} == {TABLE: ALICE, BUCKET: BOB}
