"""Every job, killed after every single call: run again, as queues and schedules do, what people see is true."""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from itertools import count

import pytest

from chalicelib.core.alerts.page import Page
from chalicelib.core.alerts.transitions import telling
from chalicelib.core.audit.event import LockEvent
from chalicelib.core.audit.line import LineKind
from chalicelib.core.clicks.click import Click, SnoozeFor, Verb
from chalicelib.core.clicks.order import AutoRelease
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import Kind, Place
from chalicelib.core.policy import Rules
from chalicelib.jobs.watch import WatchIncompleteError, watch
from chalicelib.ports.world import World
from tests.builders import ALICE, BOB, BUCKET, KEY, TAKEN, TEAM, a_click, a_lock, sample, some_rules
from tests.fakes.world import FakeWorld
from tests.jobs.delivery import Order, deliver
from tests.jobs.killed import killed_after
from tests.jobs.recording import an_event, record, record_and_tell, settle_all, settle_and_tell
from tests.sweeps import sweep

RULES = some_rules(
    releasers=(ALICE, BOB), mentions={1: (ALICE,), 2: (BOB,)}, auto_release=timedelta(hours=6), digest_over=2
)
TWO = some_rules(releasers=(ALICE, BOB), second_person=True)
ACQUIRE = an_event(TAKEN, acquired=True)
RELEASE, BACK = a_click(a_lock()), a_click(a_lock(), click="2", verb=Verb.PUT_BACK)
Job = Callable[[FakeWorld, World], object]


def carry_out(order: Order, world: FakeWorld, ports: World, rules: Rules = RULES) -> object:
    return deliver(order, ports, rules, world.now)


def a_taken(name: str = "s3-apply-default") -> FakeWorld:
    world = FakeWorld(TAKEN)
    world.store.put(BUCKET, KEY, sample(name))
    world.book.write(telling.remember(a_lock(name)))
    world.later(hours=2)
    return world


def an_alerted(name: str = "s3-apply-default", rules: Rules = RULES) -> FakeWorld:
    world = a_taken(name)
    watch(world.ports, rules, world.now)
    world.later(minutes=20)
    return world


def a_raised() -> FakeWorld:
    world = an_alerted()
    world.later(hours=22)
    return world


def an_old_plan() -> FakeWorld:
    world = an_alerted("s3-plan-default")
    world.later(hours=5)
    return world


def a_gone() -> FakeWorld:
    world = an_alerted()
    world.store.remove(BUCKET, KEY)
    return world


def a_gone_for_a_while() -> FakeWorld:
    world = a_gone()
    record(world, ACQUIRE, gone(), rules=RULES)
    world.orders.settling.clear()
    return world


def gone() -> LockEvent:
    """The release of ``a_gone``, whenever it is told."""
    return an_event(TAKEN + timedelta(hours=2, minutes=20), acquired=False)


def an_asked() -> FakeWorld:
    world = an_alerted(rules=TWO)
    carry_out(a_click(a_lock(), BOB), world, world.ports, TWO)
    return world


def a_snoozed() -> FakeWorld:
    world = an_alerted()
    snooze = Click(lock=a_lock().ref, verb=Verb.SNOOZE, snooze_for=SnoozeFor.HOUR, user=ALICE, user_team=TEAM)
    carry_out(snooze, world, world.ports)
    world.later(hours=1.1)
    return world


def a_released() -> FakeWorld:
    world = an_alerted()
    carry_out(RELEASE, world, world.ports)
    world.later(minutes=1)
    return world


def many(known: bool = True) -> FakeWorld:
    world = FakeWorld(TAKEN)
    for index in range(4):
        world.store.put(BUCKET, f"{index}.tflock", sample("s3-apply-default"))
        if known:
            world.book.write(telling.remember(a_lock(key=f"{index}.tflock")))
    world.later(hours=2)
    return world


JOBS: dict[str, tuple[Callable[[], FakeWorld], Job, Rules]] = {
    "a watch that posts": (a_taken, lambda world, ports: watch(ports, RULES, world.now), RULES),
    "a watch that raises a level": (a_raised, lambda world, ports: watch(ports, RULES, world.now), RULES),
    "a watch that wakes": (a_snoozed, lambda world, ports: watch(ports, RULES, world.now), RULES),
    "a watch that closes": (a_gone, lambda world, ports: watch(ports, RULES, world.now), RULES),
    "a watch that orders a release": (an_old_plan, lambda world, ports: watch(ports, RULES, world.now), RULES),
    "a watch that posts a digest": (many, lambda world, ports: watch(ports, RULES, world.now), RULES),
    "a sweep that posts a digest": (
        lambda: many(known=False),
        lambda world, ports: sweep(RULES.targets[0], ports, RULES, world.now),
        RULES,
    ),
    "a release": (an_alerted, lambda world, ports: carry_out(RELEASE, world, ports), RULES),
    "the first of two": (
        lambda: an_alerted(rules=TWO),
        lambda world, ports: carry_out(RELEASE, world, ports, TWO),
        TWO,
    ),
    "the second of two": (an_asked, lambda world, ports: carry_out(RELEASE, world, ports, TWO), TWO),
    "a release by itself": (
        an_old_plan,
        lambda world, ports: carry_out(AutoRelease(lock=a_lock("s3-plan-default").ref), world, ports),
        RULES,
    ),
    "a put back": (a_released, lambda world, ports: carry_out(BACK, world, ports), RULES),
    "a release that S3 tells of": (
        a_gone,
        lambda world, ports: record_and_tell(gone(), ports, RULES, world.now),
        RULES,
    ),
    "an acquire that S3 tells of": (
        a_taken,
        lambda world, ports: record_and_tell(ACQUIRE, ports, RULES, world.now),
        RULES,
    ),
    "a release that is settled": (
        a_gone_for_a_while,
        lambda world, ports: settle_and_tell(gone(), ports, RULES, world.now),
        RULES,
    ),
}


@pytest.mark.parametrize("name", JOBS)
def test_a_job_killed_after_any_call_is_made_up_for(name: str) -> None:
    begin, job, rules = JOBS[name]
    for last in count(1):
        world = begin()
        call = killed_after(world, last, lambda ports: job(world, ports))  # noqa: B023  called at once
        go_on(world, lambda: job(world, world.ports), rules)  # noqa: B023
        assert untrue(world, rules) == [], f"killed after {call}, call {last}"
        # A line is written before it can be noted that it is: there, and only there, it comes again as what it is.
        assert max(lines(world).values(), default=0) <= (2 if call == "write" else 1), f"killed after {call}"
        assert len(lines(world)) == len(world.events.told)
        if not call:
            return


def go_on(world: FakeWorld, again: Callable[[], object], rules: Rules) -> None:
    """As queues and schedules do: the job comes again, its orders are carried out, a watch every 15 minutes."""
    world.later(minutes=3)
    with suppress(WatchIncompleteError):
        again()
    for _ in range(4):
        world.later(minutes=15)
        for order in [*world.orders.releases, *world.orders.clicks]:
            carry_out(order, world, world.ports, rules)
        settle_all(world, rules)
        watch(world.ports, rules, world.now)


def lines(world: FakeWorld) -> Counter[str]:
    """The lines about S3's events, by the event they are about."""
    kinds = {LineKind.LOCK_ACQUIRED, LineKind.LOCK_RELEASED}
    return Counter(line.event_id for line in world.journal.lines if line.event in kinds)


def untrue(world: FakeWorld, rules: Rules) -> list[str]:
    """All that people see and is not so."""
    held = {
        lock.ref: lock for bucket, key in world.store.objects if (lock := world.store.read(Place(Kind.S3, bucket, key)))
    }
    shown = world.messenger.shown.values()
    told = Counter(alert.lock.ref for alert in shown if alert.open)
    replies = Counter((reply.alert.lock.ref, reply.sending.saying[0]) for reply in world.messenger.replies.values())
    wrong = ["shown as held, and gone"] * bool(told.keys() - held)
    wrong += ["said twice"] * (max([*told.values(), *replies.values()], default=0) > 1)
    wrong += ["an undo left over"] * any(alert.ending and alert.ending.undoable(alert.now) for alert in shown)
    wrong += [
        f"silent: {ref.place.key}" for ref, lock in held.items() if is_due(lock, world, rules) and ref not in told
    ]
    wrong += [
        "a digest that miscounts"
        for digest in world.messenger.digests.values()
        if digest.held != sum(map(digest.covers, held))
    ]
    lines = Counter(alert.lock.ref for alert in shown)
    return wrong + ["two messages of one lock"] * (max(lines.values(), default=0) > 1)


def is_due(lock: HeldLock, world: FakeWorld, rules: Rules) -> bool:
    page = world.book.find(lock.ref)
    age = (page or Page(lock=lock)).age(world.now)
    reached = rules.policy_for(lock.ref.place).level(lock.risk, age) > 0
    return reached and not (page and page.snoozed(world.now))


def test_a_put_back_that_is_delivered_again_after_its_holder_let_go_puts_nothing() -> None:
    for last in count(1):
        world = a_released()
        call = killed_after(world, last, lambda ports: carry_out(BACK, world, ports))  # noqa: B023
        was_put = (BUCKET, KEY) in world.store.objects
        if was_put:
            world.store.remove(BUCKET, KEY)
        world.later(minutes=3)
        carry_out(BACK, world, world.ports)
        assert not (was_put and (BUCKET, KEY) in world.store.objects), f"put twice, killed after {call}"
        if not call:
            return
