"""A target that is too large for one order: each leaves the rest to the next, and nothing found is lost on the way."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from chalicelib.core.audit.line import LineKind
from chalicelib.core.locks.place import Kind
from chalicelib.core.locks.scan import Scanned
from chalicelib.core.locks.target import Target
from chalicelib.core.nights.night import Result
from chalicelib.core.nights.sweep_order import MOST_AGAIN, MOST_PARTS, SweepOrder
from chalicelib.jobs.runs.run import OneByOne, run_of
from chalicelib.jobs.sweep import SweepIncompleteError, sweep
from chalicelib.ports.locks import StoreError
from tests.builders import BUCKET, TAKEN, sample, some_rules
from tests.fakes.store import FakeStore
from tests.fakes.world import FakeWorld

RULES = some_rules()
TARGET = Target(Kind.S3, BUCKET)
HOME = TARGET.home
LOCKS = [f"{number:04}.tflock" for number in range(40)]


@dataclass
class SlowStore(FakeStore):
    """S3 that takes a minute for each key that it lists. The cursor is the last key."""

    seconds: float = 0
    failing_after: str = ""
    refused_after: str = ""
    begun_after: list[str] = field(default_factory=list)

    def scan(self, target: Target, after: str = "") -> Iterator[Scanned]:
        self._check(target.container)
        self.begun_after.append(after)
        keys = sorted(key for bucket, key in self.objects if bucket == target.container and key > after)
        for key in keys:
            self.seconds += 60
            yield Scanned((target.place(key),), 1, key if key != keys[-1] else "")
            if key == self.failing_after:
                self.failing_after = ""
                raise StoreError("S3 answered SlowDown (503) again and again")


def a_world(locks: list[str] = LOCKS) -> FakeWorld:
    world = FakeWorld(TAKEN)
    world.store = SlowStore(TAKEN)
    for key in locks:
        world.store.put(BUCKET, key, sample("s3-apply-default"))
    world.later(hours=3)
    order = SweepOrder(TARGET, TAKEN)
    world.orders.sweeps.append(order)
    return world


def carry_out_next(world: FakeWorld) -> SweepOrder:
    order = world.orders.sweeps.pop(0)
    deliver(order, world)
    return order


def deliver(order: SweepOrder, world: FakeWorld) -> None:
    store = world.store
    assert isinstance(store, SlowStore)
    clock = OneByOne(clock=lambda: store.seconds, sleep=lambda _: None)
    sweep(order, world.ports, RULES, world.now, run_of(clock, 900))


def told_of(world: FakeWorld) -> list[str]:
    digests = [lock for digest in world.messenger.digests.values() for lock in digest.locks]
    alone = [alert.lock.ref.name for alert in world.messenger.shown.values()]
    return sorted({*digests, *alone})


def test_the_rest_of_a_large_target_is_left_to_further_orders_and_each_lock_is_told_once() -> None:
    world = a_world()
    while world.orders.sweeps:
        carry_out_next(world)
    assert len(told_of(world)) == len(LOCKS)
    assert len(world.book.open_pages()) == len(LOCKS)
    *handed_on, finished = [line for line in world.journal.lines if line.event.value.startswith("sweep")]
    assert [(line.event, line.part) for line in handed_on][:2] == [
        (LineKind.SWEEP_HANDED_ON, 2),
        (LineKind.SWEEP_HANDED_ON, 3),
    ]
    assert (finished.event, finished.locks, finished.objects, finished.detail) == (
        LineKind.SWEEP_FINISHED,
        len(LOCKS),
        len(LOCKS),
        "",
    )
    assert world.nights.results[TAKEN, HOME].finished


def test_the_next_order_goes_on_where_the_last_one_stopped() -> None:
    world = a_world()
    carry_out_next(world)
    [rest] = world.orders.sweeps
    assert (rest.part, rest.night, rest.target) == (2, TAKEN, TARGET)
    assert rest.after == LOCKS[rest.so_far.objects - 1]
    assert world.nights.results[TAKEN, HOME] == Result(home=HOME, part=2, found=rest.so_far)


def test_an_order_that_is_delivered_again_after_it_handed_on_the_rest_does_nothing() -> None:
    world = a_world()
    first = carry_out_next(world)
    read = len(world.store.read_keys)
    deliver(first, world)
    assert len(world.orders.sweeps) == 1
    assert len(world.store.read_keys) == read


def test_two_deliveries_at_once_of_one_order_do_not_multiply_the_orders_after_them() -> None:
    world = a_world()
    first = carry_out_next(world)
    world.nights.results.clear()  # the second delivery began before the first one had told
    deliver(first, world)
    assert len(world.orders.sweeps) == 2
    while world.orders.sweeps:
        carry_out_next(world)
        assert len(world.orders.sweeps) <= 2
    assert len(told_of(world)) == len(LOCKS)


def test_a_lock_that_could_not_be_read_goes_with_the_rest_and_is_told_once_it_can() -> None:
    world = a_world()
    world.store.keys_failing.add(LOCKS[1])
    carry_out_next(world)
    assert world.orders.sweeps[0].again == (LOCKS[1],)
    world.store.keys_failing.clear()
    while world.orders.sweeps:
        carry_out_next(world)
    assert len(told_of(world)) == len(LOCKS)


def test_more_unread_locks_than_an_order_can_carry_make_it_come_again_and_none_is_lost() -> None:
    hidden = [f"0/{number:04}.tflock" for number in range(MOST_AGAIN + 1)]
    world = a_world([*hidden, *LOCKS])
    store = world.store
    assert isinstance(store, SlowStore)
    store.seconds = -60 * len(hidden)  # so that they are listed before half of the time is over
    store.keys_failing |= {*hidden}
    order = world.orders.sweeps[0]
    run = run_of(OneByOne(clock=lambda: store.seconds / 9, sleep=lambda _: None), 900)
    with pytest.raises(SweepIncompleteError):
        sweep(order, world.ports, RULES, world.now, run)
    assert world.orders.sweeps == [order]
    assert not world.nights.results[TAKEN, HOME].finished


def test_a_storm_in_the_middle_of_a_listing_costs_nothing_that_was_listed_before_it() -> None:
    world = a_world()
    assert isinstance(world.store, SlowStore)
    world.store.failing_after = LOCKS[2]
    carry_out_next(world)
    [rest] = world.orders.sweeps
    assert (rest.after, rest.so_far.locks, world.orders.delays[-1].total_seconds()) == (LOCKS[2], 3, 120)
    while world.orders.sweeps:
        carry_out_next(world)
    assert len(told_of(world)) == len(LOCKS)


def test_a_target_that_never_ends_is_given_up_and_the_night_is_told_how_far_it_was_listed() -> None:
    world = a_world()
    order = SweepOrder(TARGET, TAKEN, LOCKS[0], MOST_PARTS)
    deliver(order, world)
    result = world.nights.results[TAKEN, HOME]
    assert world.orders.sweeps == [SweepOrder(TARGET, TAKEN)]
    assert result.finished
    assert "objects of bucket acme-tfstate were listed: divide the target by prefixes" in result.failure


def test_a_rest_that_cannot_be_ordered_makes_the_order_come_again() -> None:
    world = a_world()
    world.orders.refusing = "SQS is down"
    with pytest.raises(SweepIncompleteError, match="the rest of the listing could not be ordered: SQS is down"):
        carry_out_next(world)
    assert "SQS is down" in world.nights.results[TAKEN, HOME].failure
