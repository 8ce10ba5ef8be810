"""What the reaper releases by itself: only what a route asks for, and every condition looked at again at the end."""

from datetime import timedelta

import msgspec
import pytest

from chalicelib.core.alerts.message import Topic
from chalicelib.core.alerts.transitions import telling
from chalicelib.core.audit.line import LineKind
from chalicelib.core.clicks.click import SnoozeFor, Verb
from chalicelib.core.clicks.ending import Outcome
from chalicelib.core.clicks.order import AutoRelease
from chalicelib.core.locks.terraform.lock_info import Risk
from chalicelib.core.policy import Policy, Route, Rules
from chalicelib.jobs.clicks.answer import answer
from chalicelib.jobs.clicks.release import release
from chalicelib.jobs.watch import watch
from chalicelib.ports.locks import StoreError
from chalicelib.ports.people import MessengerError
from tests.builders import ALICE, BUCKET, CHANNEL, KEY, TAKEN, a_click, a_lock, sample, some_rules
from tests.fakes.world import FakeWorld

RULES = some_rules(auto_release=timedelta(hours=6))
PLAN = a_lock("s3-plan-default")


def a_world(name: str = "s3-plan-default") -> FakeWorld:
    world = FakeWorld(TAKEN)
    world.store.put(BUCKET, KEY, sample(name))
    world.book.write(telling.remember(a_lock(name)))
    watch(world.ports, RULES, world.later(hours=2))
    return world


def carried_out(world: FakeWorld, rules: Rules = RULES) -> None:
    """The orders that the watch left, each delivered twice."""
    for order in world.orders.releases * 2:
        release(order, world.ports, rules, world.now)


def test_an_old_plan_is_released_by_an_order_to_the_function_that_may() -> None:
    world = a_world()
    watch(world.ports, RULES, world.later(hours=4))
    assert world.orders.releases == [AutoRelease(lock=PLAN.ref, channel=CHANNEL)]
    carried_out(world)
    assert world.store.deleted == [PLAN.ref]


def test_an_automatic_release_is_told_in_the_message_and_announced_once_in_the_thread() -> None:
    world = a_world()
    watch(world.ports, RULES, world.later(hours=4))
    carried_out(world)
    [(posted, alert)] = world.messenger.shown.items()
    assert alert.ending
    assert (alert.ending.outcome, alert.ending.by_reaper, alert.ending.user) == (Outcome.RELEASED, True, "")
    [(reply, told)] = world.messenger.replies.items()
    assert (reply.beneath, told.sending.first.topic) == (posted.handle, Topic.AUTO_RELEASED)
    assert world.messenger.whispers == []
    lines = [line for line in world.journal.lines if line.by_reaper]
    assert [line.event for line in lines] == [LineKind.RELEASE_REQUESTED, LineKind.RELEASE_ANSWERED]


def test_a_lock_that_the_reaper_released_by_itself_can_be_put_back() -> None:
    world = a_world()
    watch(world.ports, RULES, world.later(hours=4))
    carried_out(world)
    answer(a_click(PLAN, verb=Verb.PUT_BACK), world.ports, RULES, world.later(minutes=5))
    assert (BUCKET, KEY) in world.store.objects
    [alert] = world.messenger.shown.values()
    assert alert.open


def test_an_apply_is_never_released_by_itself() -> None:
    world = a_world("s3-apply-default")
    watch(world.ports, RULES, world.later(days=9))
    assert world.orders.releases == []


def test_an_order_for_what_is_no_longer_due_is_not_carried_out() -> None:
    world = a_world()
    watch(world.ports, RULES, world.later(hours=4))
    snooze = msgspec.structs.replace(a_click(PLAN, verb=Verb.SNOOZE), snooze_for=SnoozeFor.HOUR)
    answer(snooze, world.ports, RULES, world.now)
    carried_out(world)
    carried_out(world, some_rules())
    assert world.store.deleted == []


def test_an_order_that_names_another_lock_is_not_carried_out() -> None:
    world = a_world()
    world.later(hours=4)
    for lock in (a_lock(), a_lock("s3-plan-default", taken=world.now)):
        release(AutoRelease(lock=lock.ref), world.ports, RULES, world.now)
    assert world.store.deleted == []


def test_a_lock_replaced_before_the_order_came_is_left_alone() -> None:
    world = a_world()
    watch(world.ports, RULES, world.later(hours=4))
    world.store.put(BUCKET, KEY, sample("s3-apply-default"))
    carried_out(world)
    assert world.store.deleted == []
    [alert] = world.messenger.shown.values()
    assert alert.ending
    assert (alert.ending.outcome, alert.ending.by_reaper) == (Outcome.REPLACED, False)


def test_when_slack_is_down_it_is_told_and_announced_afterwards_once() -> None:
    world = a_world()
    watch(world.ports, RULES, world.later(hours=4))
    world.messenger.refusing = "Slack answered internal_error"
    with pytest.raises(MessengerError):
        carried_out(world)
    world.messenger.refusing = ""
    for _ in range(2):
        watch(world.ports, RULES, world.later(minutes=15))
    [alert] = world.messenger.shown.values()
    assert alert.ending
    assert len(world.messenger.replies) == 1
    assert world.book.open_pages() == []


def test_nobody_is_named_for_what_the_reaper_did_by_itself() -> None:
    world = a_world()
    watch(world.ports, RULES, world.later(hours=4))
    carried_out(world)
    release(a_click(PLAN, ALICE), world.ports, RULES, world.now)
    [(_, told)] = world.messenger.whispers
    assert (told.ending.user, told.ending.by_reaper) == ("", True)


def test_a_release_that_keeps_failing_is_in_nobody_s_way_and_tried_once_an_hour() -> None:
    rules = some_rules(auto_release=timedelta(hours=6), mentions={2: (ALICE,)})
    rules = msgspec.structs.replace(rules, routes=(Route(("*",), levels(rules.routes[-1].policy)),))
    world = a_world()
    for _ in range(4 * 24):
        world.store.answers = [StoreError("deleting: access denied")] * 3
        watch(world.ports, rules, world.later(minutes=15))
        orders, world.orders.releases = world.orders.releases, []
        for order in orders:
            release(order, world.ports, rules, world.now)
        assert len(orders) <= 1
    assert [reply.called for reply in world.messenger.replies.values()] == [(ALICE,)]
    failed = [line for line in world.journal.lines if line.outcome == "failed"]
    assert 15 <= len(failed) <= 25


def test_an_order_for_what_is_no_longer_within_the_targets_is_not_carried_out() -> None:
    world = a_world()
    watch(world.ports, RULES, world.later(hours=4))
    carried_out(world, some_rules(auto_release=timedelta(hours=6), prefixes=("staging/",)))
    assert world.store.deleted == []


def test_what_somebody_snoozed_or_put_back_is_never_released_by_itself() -> None:
    world = a_world()
    snooze = a_click(PLAN, verb=Verb.SNOOZE, snooze_for=SnoozeFor.HOUR)
    answer(snooze, world.ports, RULES, world.now)
    for _ in range(9):
        watch(world.ports, RULES, world.later(hours=1))
    assert world.orders.releases == []
    world = a_world()
    watch(world.ports, RULES, world.later(hours=4))
    carried_out(world)
    answer(a_click(PLAN, verb=Verb.PUT_BACK), world.ports, RULES, world.later(minutes=5))
    world.orders.forget()
    for _ in range(9):
        watch(world.ports, RULES, world.later(hours=1))
    assert world.orders.releases == []


def levels(policy: Policy) -> Policy:
    """With a second level for plans, after eight hours."""
    plan = (timedelta(minutes=45), timedelta(hours=8))
    return msgspec.structs.replace(policy, thresholds=policy.thresholds | {Risk.PLAN: plan})


def test_an_order_that_names_a_lock_of_another_state_beside_its_own_releases_nothing() -> None:
    world = a_world()
    world.store.put(BUCKET, f"other/{KEY}", sample("s3-plan-default"))
    other = world.store.read(msgspec.structs.replace(PLAN.ref.place, key=f"other/{KEY}"))
    assert other
    watch(world.ports, RULES, world.later(hours=4))
    [order] = world.orders.releases
    assert isinstance(order, AutoRelease)
    world.orders.releases = [msgspec.structs.replace(order, halves=(PLAN.ref, other.ref))]
    carried_out(world)
    assert world.store.deleted == []
