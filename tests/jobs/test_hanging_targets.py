"""A night of 100 buckets of which 10 never answer, in virtual time, with SQS and Lambda as they deliver orders."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

import msgspec

from bench.virtual_time import SimulatedWorkers, Simulation
from chalicelib.core.audit.line import LineKind
from chalicelib.core.locks.place import Kind
from chalicelib.core.locks.scan import Scanned
from chalicelib.core.locks.target import Target
from chalicelib.core.nights.summary import NightSummary
from chalicelib.core.nights.sweep_order import SweepOrder
from chalicelib.jobs.nights.begin import order_sweeps
from chalicelib.jobs.runs.run import Run, run_of
from chalicelib.jobs.runs.tasks import SIDE_BY_SIDE
from chalicelib.jobs.sweep import SweepIncompleteError, sweep
from chalicelib.jobs.watch import watch
from chalicelib.ports.locks import StoreError
from tests.builders import KEY, TAKEN, sample, some_rules
from tests.fakes.store import FakeStore
from tests.fakes.world import FakeWorld

TARGETS = tuple(Target(Kind.S3, f"bucket-{number:02}") for number in range(100))
HANGING = {target.container for target in TARGETS[::10]}
RULES = msgspec.structs.replace(some_rules(), targets=TARGETS)
LISTING, NO_ANSWER = 2.0, 480.0
"""Seconds of a listing, and of four attempts of 120 seconds each."""
LIVES, COMES_AGAIN, DELIVERIES = 900.0, 960.0, 6


@dataclass
class Slow(FakeStore):
    """S3 that takes its time."""

    simulation: Simulation = field(default_factory=Simulation)

    def scan(self, target: Target, after: str = "") -> Iterator[Scanned]:
        hangs = target.container in HANGING
        self.simulation.sleep(NO_ANSWER if hangs else LISTING)
        if hangs:
            raise StoreError("S3 did not answer in time")
        yield from super().scan(target, after)


@dataclass
class Installation:
    """The queue of sweeps, the functions that take its messages, and the watch."""

    at_once: int
    simulation: Simulation = field(default_factory=Simulation)
    world: FakeWorld = field(default_factory=lambda: FakeWorld(TAKEN))
    dead: list[str] = field(default_factory=list)
    told_at: dict[str, float] = field(default_factory=dict)
    """When each target's sweep ended well, in seconds."""

    def __post_init__(self) -> None:
        self.world.store = Slow(TAKEN, simulation=self.simulation)
        for target in TARGETS:
            self.world.store.put(target.container, KEY, sample("s3-apply-default"))
        self.began = self.world.later(hours=3)
        order_sweeps(self.world.ports, RULES, self.began)
        self.queue = [(order, 1) for order in self.world.orders.sweeps]

    def play(self, hours: float) -> None:
        """Play a part of the night."""
        for _ in range(self.at_once):
            self.simulation.spawn(self._function)
        for number in range(1, int(hours * 4) + 1):
            self.simulation.spawn(self._watch, number * 900.0)
        self.simulation.run(hours * 3600)

    def _function(self) -> None:
        while True:
            if not self.queue:
                self.simulation.sleep(10)
                continue
            order, delivery = self.queue.pop(0)
            try:
                sweep(order, self.world.ports, RULES, self.began, self._run())
                self.told_at[order.target.container] = self.simulation.now
            except SweepIncompleteError:
                self.simulation.spawn(partial(self._again, order, delivery), COMES_AGAIN)

    def _again(self, order: SweepOrder, delivery: int) -> None:
        if delivery < DELIVERIES:
            self.queue.append((order, delivery + 1))
        else:
            self.dead.append(order.target.container)

    def _watch(self) -> None:
        now = self.began + timedelta(seconds=self.simulation.now)
        watch(self.world.ports, RULES, now, self._run())

    def _run(self) -> Run:
        return run_of(SimulatedWorkers(self.simulation, sum(SIDE_BY_SIDE.values())), LIVES)


def test_ten_of_a_hundred_buckets_that_hang_keep_none_of_the_others_from_being_swept() -> None:
    night = Installation(at_once=20)
    night.play(hours=1)
    assert night.told_at.keys() == {target.container for target in TARGETS} - HANGING
    assert max(night.told_at.values()) < 60


def test_even_where_fewer_are_swept_at_once_than_hang_the_others_are_swept_within_the_hour() -> None:
    night = Installation(at_once=5)
    night.play(hours=1)
    assert night.told_at.keys() == {target.container for target in TARGETS} - HANGING


def test_the_night_is_summed_up_after_two_hours_and_names_the_ten_as_not_swept() -> None:
    night = Installation(at_once=20)
    night.play(hours=2.5)
    [(_, _, summary)] = night.world.messenger.reports
    assert isinstance(summary, NightSummary)
    assert {one.target for one in summary.accounts[0].not_swept} == {f"bucket {name}" for name in HANGING}
    assert {one.why for one in summary.accounts[0].not_swept} == {"S3 did not answer in time"}
    [line] = [line for line in night.world.journal.lines if line.event is LineKind.NIGHT_FINISHED]
    assert (line.targets, line.failed, line.locks) == (100, 10, 90)
    assert line.time - night.began == timedelta(hours=2)
