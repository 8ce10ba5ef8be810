"""A dual lock is one alert, two holders are two, and a half that comes or goes changes the message."""

import json
from collections.abc import Callable
from datetime import timedelta
from itertools import count

import pytest

from chalicelib.core.alerts.alert import Alert
from chalicelib.core.alerts.evidence import StateWritten
from chalicelib.core.alerts.listing import standing
from chalicelib.core.alerts.transitions import telling
from chalicelib.core.clicks.ending import Outcome
from chalicelib.core.clicks.order import AutoRelease
from chalicelib.core.locks.place import NO_TIME, Clock
from chalicelib.core.locks.state_lock import Half
from chalicelib.core.policy import Rules
from chalicelib.jobs.alerts.halves import Halves
from chalicelib.jobs.clicks.release import release
from chalicelib.jobs.watch import watch
from tests.builders import (
    BUCKET,
    KEY,
    STATE_KEY,
    STATE_PATH,
    TABLE,
    a_lock,
    a_table,
    a_table_lock,
    sample,
    some_rules,
    with_tables,
)
from tests.builders import TAKEN as NOW
from tests.fakes.lock_list import FakeLockList
from tests.fakes.world import FakeWorld
from tests.jobs.killed import killed_after
from tests.sweeps import sweep

RULES = with_tables(some_rules())
S3, ITEM = a_lock(), a_table_lock()
BUCKETS_FIRST = RULES.targets
TABLES_FIRST = RULES.targets[::-1]
BODY = sample("s3-apply-default")


def a_world(*, s3: bytes | None = BODY, item: bytes | None = BODY) -> FakeWorld:
    world = FakeWorld(NOW)
    if s3 is not None:
        world.store.put(BUCKET, KEY, s3)
    if item is not None:
        world.tables.put(TABLE, STATE_PATH, item)
    world.tables.put_digest(TABLE, STATE_PATH)
    return world


def sweeps(world: FakeWorld, rules: Rules = RULES, targets: tuple[object, ...] = ()) -> list[Alert]:
    for target in targets or rules.targets:
        sweep(target, world.ports, rules, world.now)  # type: ignore[arg-type]
    return list(world.messenger.shown.values())


def watches(world: FakeWorld, rules: Rules = RULES) -> list[Alert]:
    watch(world.ports, rules, world.now)
    return list(world.messenger.shown.values())


def auto_releases(world: FakeWorld) -> list[AutoRelease]:
    return [order for order in world.orders.releases if isinstance(order, AutoRelease)]


@pytest.mark.parametrize("targets", [BUCKETS_FIRST, TABLES_FIRST])
def test_a_dual_lock_is_one_alert_with_both_halves(targets: tuple[object, ...]) -> None:
    world = a_world()
    world.later(hours=3)
    [alert] = sweeps(world, targets=targets)
    assert alert.lock.ref == S3.ref
    assert alert.page.halves == (Half(ITEM.ref), Half(S3.ref))
    world.later(minutes=15)
    [alert] = watches(world)
    assert alert.page.halves == (Half(ITEM.ref), Half(S3.ref))
    assert (world.messenger.edits, len(world.messenger.replies)) == (0, 0)


def test_the_evidence_of_a_dual_lock_has_the_state_s_last_write_and_the_table_s_digest() -> None:
    world = a_world()
    written = world.later(minutes=20)
    world.store.put(BUCKET, STATE_KEY, b"state")
    world.later(hours=3)
    [alert] = watches(world)
    assert alert.state_written == StateWritten(written, digest=True)


def test_a_dual_lock_that_only_the_watch_finds_is_alerted_once_too() -> None:
    world = a_world()
    world.later(hours=3)
    [alert] = watches(world)
    assert (alert.lock.ref, len(alert.page.halves)) == (S3.ref, 2)
    world.later(minutes=15)
    assert len(watches(world)) == 1


def test_the_other_half_s_page_is_silent_and_in_no_list() -> None:
    world = a_world()
    world.later(hours=3)
    sweeps(world)
    page = world.book.find(ITEM.ref)
    assert page is not None
    assert (page.half_of, page.posted) == (S3.ref, None)
    assert [entry.identity for entry in FakeLockList(world.book).held(holders=False)] == [S3.ref.identity]
    assert standing(world.book.open_pages(), RULES, world.now).locks == 1


def test_a_lock_of_a_table_alone_is_alerted_by_the_client_s_clock_as_promptly_as_one_of_s3() -> None:
    world = a_world(s3=None)
    world.later(hours=3)
    [alert] = watches(world)
    assert (alert.lock.ref, alert.page.halves, alert.page.clock) == (ITEM.ref, (), Clock.CLIENT)
    assert alert.page.held_since == ITEM.ref.since


def test_a_lock_whose_client_s_clock_is_ahead_is_as_old_as_the_first_look_at_it() -> None:
    world = a_world(s3=None)
    world.now -= timedelta(days=1)
    watches(world)
    world.later(hours=2)
    [alert] = watches(world)
    assert (alert.page.clock, alert.page.age(world.now)) == (Clock.REAPER, timedelta(hours=2))


@pytest.mark.parametrize("item", [b"", b"not json", b"{}", b'{"ID":"x","Created":"yesterday"}'])
def test_a_lock_that_does_not_say_when_it_was_taken_is_alerted_after_the_first_look_at_it(item: bytes) -> None:
    world = a_world(s3=None, item=item)
    assert watches(world) == []
    world.later(minutes=59)
    assert watches(world) == []
    world.later(minutes=1)
    [alert] = watches(world)
    assert (alert.lock.ref.since, alert.page.clock) == (NO_TIME, Clock.REAPER)
    assert alert.page.held_since == NOW


def test_two_holders_are_two_alerts_that_name_each_other() -> None:
    world = a_world(item=sample("s3-plan-default"))
    world.later(hours=3)
    first, second = sorted(sweeps(world), key=lambda alert: alert.lock.ref.place.kind)
    other = a_table_lock("s3-plan-default")
    assert (first.lock.ref, second.lock.ref) == (other.ref, S3.ref)
    assert ([lock.ref for lock in first.page.rivals], [lock.ref for lock in second.page.rivals]) == (
        [S3.ref],
        [other.ref],
    )
    assert first.page.halves == second.page.halves == ()


def test_neither_of_two_holders_is_released_by_the_reaper_itself() -> None:
    rules = with_tables(some_rules(auto_release=timedelta(hours=1)))
    world = a_world(s3=sample("s3-plan-default"), item=BODY)
    world.later(hours=3)
    sweeps(world, rules)
    for _ in range(8):
        world.later(minutes=15)
        watches(world, rules)
    assert auto_releases(world) == []


def test_while_the_other_place_cannot_be_looked_at_nothing_is_released_by_the_reaper_itself() -> None:
    rules = with_tables(some_rules(auto_release=timedelta(hours=1)))
    world = a_world(s3=sample("s3-plan-default"), item=None)
    world.tables.keys_failing.add(STATE_PATH)
    world.later(hours=3)
    sweeps(world, rules, targets=rules.targets[:1])
    for _ in range(8):
        world.later(minutes=15)
        watches(world, rules)
    assert auto_releases(world) == []
    world.tables.keys_failing.clear()
    for _ in range(5):
        world.later(minutes=15)
        watches(world, rules)
    assert [order.lock for order in auto_releases(world)] == [a_lock("s3-plan-default").ref]


def test_a_dual_lock_of_a_plan_is_released_by_the_reaper_itself_with_both_halves() -> None:
    rules = with_tables(some_rules(auto_release=timedelta(hours=1)))
    world = a_world(s3=sample("s3-plan-default"), item=sample("s3-plan-default"))
    world.later(hours=3)
    sweeps(world, rules)
    for _ in range(5):
        world.later(minutes=15)
        watches(world, rules)
    [order] = auto_releases(world)[:1]
    assert order.halves == (a_table_lock("s3-plan-default").ref, order.lock)


def take_item(world: FakeWorld) -> None:
    world.tables.remove(TABLE, STATE_PATH)


def take_object(world: FakeWorld) -> None:
    world.store.remove(BUCKET, KEY)


@pytest.mark.parametrize(("take", "left"), [(take_item, S3), (take_object, ITEM)])
def test_a_half_that_goes_changes_the_message_and_the_last_one_closes_it(
    take: Callable[[FakeWorld], None], left: object
) -> None:
    world = a_world()
    world.later(hours=3)
    sweeps(world)
    take(world)
    world.later(minutes=15)
    [alert] = watches(world)
    assert alert.ending is None
    assert [half.ref for half in alert.page.halves if half.held] == [left.ref]  # type: ignore[attr-defined]
    (take_object if take is take_item else take_item)(world)
    world.later(minutes=15)
    [alert] = watches(world)
    assert alert.ending is not None
    assert alert.ending.outcome is Outcome.GONE
    assert world.book.open_pages() == []
    assert len(world.messenger.replies) == 0


def test_a_half_that_comes_after_the_alert_changes_the_message_wherever_the_alert_is() -> None:
    world = a_world(s3=None)
    world.later(hours=3)
    watches(world)
    world.store.put(BUCKET, KEY, BODY)
    world.later(minutes=15)
    [alert] = watches(world)
    later = world.store.read(S3.ref.place)
    assert later is not None
    assert (alert.lock.ref, alert.page.halves) == (ITEM.ref, (Half(ITEM.ref), Half(later.ref)))
    [alert] = sweeps(world)
    page = world.book.find(later.ref)
    assert page is not None
    assert page.half_of == ITEM.ref


def test_another_holder_that_comes_after_the_alert_changes_the_message_and_is_forgotten_when_it_goes() -> None:
    world = a_world(s3=None)
    world.later(hours=3)
    watches(world)
    world.store.put(BUCKET, KEY, sample("s3-plan-default"))
    world.later(minutes=15)
    [alert] = watches(world)
    assert [lock.info.Operation for lock in alert.page.rivals if lock.info] == ["OperationTypePlan"]
    take_object(world)
    world.later(minutes=15)
    [alert] = watches(world)
    assert alert.page.rivals == ()


def test_a_run_whose_release_is_not_told_yet_is_no_other_holder_of_a_lock_that_was_put_back_after_it() -> None:
    """An item that is put back has its old ``Created``, so by the clients' clocks the plan's lock is the newer one."""
    world = a_world()
    between = a_table_lock(body=sample("s3-plan-default").replace(b"03:18:57", b"03:19:30"))
    for lock in (between, ITEM, S3):
        told = world.book.write(telling.acquire_recorded(lock, NOW, "")).page
        assert told
        Halves(world.ports, RULES, NOW + timedelta(minutes=1)).join(told)
    page = world.book.find(S3.ref)
    assert page
    assert (page.halves, page.rivals) == ((Half(ITEM.ref), Half(S3.ref)), ())


def test_a_half_in_a_bucket_that_does_not_answer_keeps_its_alert_and_is_joined_later() -> None:
    world = a_world()
    world.store.buckets_failing.add(BUCKET)
    world.later(hours=3)
    [alert] = watches(world)
    assert (alert.lock.ref, alert.page.halves) == (ITEM.ref, ())
    world.store.buckets_failing.clear()
    [alert] = sweeps(world)
    assert (alert.lock.ref, len(alert.page.halves)) == (ITEM.ref, 2)


def assert_that_its_alert_ends_with_the_table(world: FakeWorld) -> None:
    world.tables.tables_gone.add(TABLE)
    world.later(minutes=15)
    with pytest.raises(Exception, match="no such table"):
        watches(world)
    [alert] = world.messenger.shown.values()
    assert alert.ending is not None
    assert alert.ending.outcome is Outcome.CONTAINER_GONE


def test_a_bucket_that_is_deleted_leaves_the_table_s_half_alerted() -> None:
    world = a_world()
    world.later(hours=3)
    sweeps(world)
    world.store.buckets_gone.add(BUCKET)
    world.later(minutes=15)
    [alert] = watches(world)
    assert alert.ending is None
    assert [half.held for half in alert.page.halves] == [True, False]
    assert_that_its_alert_ends_with_the_table(world)


def test_a_table_that_is_deleted_ends_the_alert_of_its_lock() -> None:
    world = a_world(s3=None)
    world.later(hours=3)
    sweeps(world)
    assert_that_its_alert_ends_with_the_table(world)


def test_a_half_whose_target_was_taken_out_is_not_told_to_be_gone() -> None:
    world = a_world()
    world.later(hours=3)
    sweeps(world)
    world.later(minutes=15)
    [alert] = watches(world, some_rules())
    assert (alert.ending, alert.page.halves, alert.page.present) == (None, (), (S3.ref,))


def test_wherever_a_watch_is_killed_the_next_ones_alert_a_dual_lock_of_which_no_event_told() -> None:
    for last in count(1):
        world = a_world()
        world.later(hours=3)
        killed = killed_after(world, last, lambda ports: watch(ports, RULES, world.now))  # noqa: B023  called at once
        world.later(minutes=15)
        watches(world)
        world.later(minutes=15)
        assert [alert.lock.ref for alert in watches(world)] == [S3.ref], last
        if not killed:
            break


def test_a_half_that_was_shown_before_its_table_was_listed_is_alerted_once_when_the_other_half_goes() -> None:
    world = a_world()
    world.later(hours=3)
    sweeps(world, targets=RULES.targets[:1])
    world.store.remove(BUCKET, KEY)
    world.later(minutes=15)
    assert [alert.page.present for alert in watches(world)] == [(ITEM.ref,)]


def test_an_item_with_the_id_of_a_plan_in_s3_and_all_else_of_an_apply_is_another_holder_s_and_not_auto_released() -> (
    None
):
    plan, apply = (json.loads(sample(name)) for name in ("s3-plan-default", "s3-apply-default"))
    world = a_world(s3=sample("s3-plan-default"), item=json.dumps(apply | {"ID": plan["ID"]}).encode())
    rules = with_tables(some_rules(auto_release=timedelta(hours=1)))
    world.later(hours=3)
    for _ in range(4):
        watches(world, rules)
        sweeps(world, rules)
        world.later(minutes=61)
    assert [len(alert.page.rivals) for alert in world.messenger.shown.values()] == [1, 1]
    assert auto_releases(world) == []


def test_a_lock_in_two_tables_is_one_alert() -> None:
    rules = with_tables(some_rules(), a_table(), a_table(region="eu-west-1"))
    world = a_world(s3=None)
    world.tables.put(TABLE, STATE_PATH, BODY, "eu-west-1")
    world.later(hours=3)
    [alert] = watches(world, rules)
    assert len(alert.page.present) == 2


def test_a_half_whose_alert_is_no_longer_watched_is_alerted_by_itself() -> None:
    world = a_world()
    world.later(hours=3)
    sweeps(world)
    only_the_table = with_tables(some_rules(prefixes=("elsewhere/",)))
    world.later(minutes=15)
    watches(world, only_the_table)
    world.later(minutes=15)
    alerts = watches(world, only_the_table)
    assert [alert.lock.ref for alert in alerts if alert.ending is None] == [ITEM.ref]
    assert [(alert.ending.outcome, alert.ending.halves) for alert in alerts if alert.ending] == [
        (Outcome.UNWATCHED, ())
    ]


def test_without_the_book_a_dual_lock_is_alerted_once() -> None:
    world = a_world()
    world.book.down = True
    world.later(hours=3)
    for target in RULES.targets:
        sweep(target, world.ports, RULES, world.now)
    assert [alert.lock.ref for alert in world.messenger.shown.values()] == [S3.ref]


def test_the_watch_tells_of_a_table_that_cannot_be_listed_and_looks_after_all_else() -> None:
    world = a_world()
    world.tables.tables_refused[TABLE] = "access denied"
    world.later(hours=3)
    sweeps(world, targets=RULES.targets[:1])
    world.later(minutes=15)
    with pytest.raises(Exception, match="table terraform-locks: access denied"):
        watches(world)
    assert len(world.messenger.shown) == 1


def test_a_lock_that_ended_and_is_there_again_has_its_halves_looked_up_anew() -> None:
    world = a_world()
    world.later(hours=3)
    sweeps(world)
    take_item(world)
    take_object(world)
    world.later(minutes=15)
    watches(world)
    world.tables.put(TABLE, STATE_PATH, BODY)
    world.later(minutes=15)
    alerts = watches(world)
    assert [(alert.lock.ref, alert.page.halves) for alert in alerts if alert.ending is None] == [(ITEM.ref, ())]


def test_a_digest_of_many_locks_counts_a_dual_lock_once() -> None:
    world = a_world()
    for number in range(8):
        body = BODY.replace(b"78653438", f"7865343{number}".encode())
        world.store.put(BUCKET, f"state-{number}.tfstate.tflock", body)
        world.tables.put(TABLE, f"{BUCKET}/state-{number}.tfstate", body)
    world.later(hours=3)
    watches(world)
    sweeps(world)
    [digest] = world.messenger.digests.values()
    assert digest.total == 9
    assert len(world.messenger.shown) == 9


@pytest.mark.parametrize("failing", [False, True])
def test_an_order_that_waited_while_another_holder_came_releases_nothing(failing: bool) -> None:
    rules = with_tables(some_rules(auto_release=timedelta(hours=1)))
    world = a_world(s3=sample("s3-plan-default"), item=None)
    world.later(hours=3)
    sweeps(world, rules)
    for _ in range(5):
        world.later(minutes=15)
        watches(world, rules)
    order = auto_releases(world)[0]
    if failing:
        world.tables.keys_failing.add(STATE_PATH)
    else:
        world.tables.put(TABLE, STATE_PATH, BODY)
    release(order, world.ports, rules, world.now)
    assert (world.store.deleted, world.tables.deleted) == ([], [])
    world.tables.keys_failing.clear()
    world.tables.items.pop(ITEM.ref.place, None)
    release(order, world.ports, rules, world.now)
    assert [ref.place for ref in world.store.deleted] == [S3.ref.place]
