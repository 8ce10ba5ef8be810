"""A watch of a thousand lock tables in as many accounts, in virtual time: none waits for one that hangs."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import msgspec
import pytest

from bench.virtual_time import SimulatedWorkers, Simulation
from chalicelib.core.audit.line import LineKind
from chalicelib.core.locks.account import Account
from chalicelib.core.locks.place import Kind
from chalicelib.core.locks.scan import Scanned
from chalicelib.core.locks.target import Target
from chalicelib.core.policy import Rules
from chalicelib.jobs.runs.run import run_of
from chalicelib.jobs.runs.tasks import SIDE_BY_SIDE
from chalicelib.jobs.watch import WatchIncompleteError, watch
from chalicelib.ports.locks import StoreError
from tests.builders import STATE_PATH, TABLE, TAKEN, an_item, some_rules
from tests.fakes.tables import FakeTables
from tests.fakes.world import FakeWorld

pytestmark = pytest.mark.thorough

TABLES = [Target(Kind.DYNAMODB, TABLE, account=Account(f"{number:012}")) for number in range(1000)]
RULES = msgspec.structs.replace(some_rules(), targets=tuple(TABLES))
SCAN_SECONDS, HANGS_SECONDS, LIVES = 0.5, 16.5, 840


@dataclass
class SlowTables(FakeTables):
    """Lock tables whose scans take time; some hang."""

    sleep: Callable[[float], None] = lambda _: None
    hanging: set[str] = field(default_factory=set)
    seconds: float = SCAN_SECONDS

    def scan(self, target: Target, after: str = "") -> Iterator[Scanned]:
        if target.account.id in self.hanging:
            self.sleep(HANGS_SECONDS)
            raise StoreError("read timeout on endpoint")
        self.sleep(self.seconds)
        yield from super().scan(target, after)


def a_fleet(simulation: Simulation, **tables: object) -> FakeWorld:
    world = FakeWorld(TAKEN)
    world.tables = SlowTables(sleep=simulation.sleep, **tables)  # type: ignore[arg-type]
    for target in TABLES[::100]:
        world.tables.items[target.place(STATE_PATH)] = an_item()
    world.later(hours=3)
    return world


def watched(world: FakeWorld, simulation: Simulation, rules: Rules = RULES) -> str:
    """Watch as a function does; return what failed."""
    failed: list[str] = []

    def job() -> None:
        workers = SimulatedWorkers(simulation, sum(SIDE_BY_SIDE.values()))
        try:
            watch(world.ports, rules, world.now, run_of(workers, LIVES))
        except WatchIncompleteError as error:
            failed.append(str(error))

    began = simulation.now
    simulation.spawn(job)
    simulation.run(began + 2 * LIVES)
    return "".join(failed)


def test_a_thousand_tables_are_listed_in_little_more_than_a_minute_side_by_side() -> None:
    simulation = Simulation()
    world = a_fleet(simulation)
    assert watched(world, simulation) == ""
    assert len(world.tables.listed) == 1000
    assert len(world.book.open_pages()) == 10
    assert simulation.now < 120


def test_tables_that_hang_keep_no_other_from_being_listed_and_are_told() -> None:
    simulation = Simulation()
    world = a_fleet(simulation, hanging={target.account.id for target in TABLES[:100]})
    failed = watched(world, simulation)
    assert failed.count("read timeout on endpoint") == 20
    assert failed.endswith("and 80 more")
    assert len(world.tables.listed) == 900
    assert simulation.now < LIVES / 2 + 60


def test_tables_that_time_leaves_out_are_counted_and_each_comes_soon() -> None:
    simulation = Simulation()
    world = a_fleet(simulation, seconds=100)
    few = msgspec.structs.replace(RULES, targets=tuple(TABLES[:101]))
    assert watched(world, simulation, few) == "77 of 101 tables were not listed to their end in time"
    assert len(world.tables.listed) == 32
    for _ in range(11):
        world.later(minutes=15)
        watched(world, simulation, few)
    finished = [line for line in world.journal.lines if line.event is LineKind.WATCH_FINISHED]
    assert len(finished) == 12
    assert len(world.book.open_pages()) == 2  # both locks were found within three hours


@pytest.mark.parametrize("refused", ["AccessDenied: the role may not be assumed", "no such table"])
def test_a_table_that_is_refused_harms_no_other(refused: str) -> None:
    simulation = Simulation()
    world = a_fleet(simulation)
    world.tables.tables_refused[TABLE] = refused
    assert refused in watched(world, simulation)
