"""``python -m bench.load [SCENARIO ...]``: how soon everybody is told when there is much to tell, in virtual time.

The real jobs run with calls that take as long as those of S3, DynamoDB and Slack, with Slack's limits, and Lambda's: a
watch every 15 minutes is killed after 14, a sweep is killed after 15 and comes again. ``bench.slow_world`` has the
numbers. Printed are the waits of the jobs themselves; the last column is CPU time on this machine.
"""

import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import msgspec

from bench.slow_world import BOOK_SECONDS, HangingStore, SlackLimits, Slow, SlowSlack, book_seconds
from bench.virtual_time import SimulatedWorkers, Simulation, end
from chalicelib.core.alerts.alert import alert_for
from chalicelib.core.alerts.message import Posted
from chalicelib.core.alerts.transitions import telling
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import Kind, Place
from chalicelib.core.locks.target import Target
from chalicelib.core.policy import Route, Rules
from chalicelib.jobs.runs.run import Run, run_of
from chalicelib.jobs.sweep import SweepIncompleteError
from chalicelib.jobs.watch import WatchIncompleteError, watch
from chalicelib.ports.world import World
from chalicelib.wiring_rules import SIDE_BY_SIDE
from tests.book_writes import say
from tests.builders import TAKEN, a_policy, a_sending, sample, some_rules
from tests.fakes.world import FakeWorld
from tests.sweeps import sweep

_WATCH_EVERY, _WATCH_LIVES, _SWEEP_LIVES, _SWEEP_AGAIN = 900.0, 840.0, 900.0, 960.0
_DELIVERIES = 6
_BODY = sample("s3-apply-default")


@dataclass
class Cloud:
    """One installation, with what was seen of it."""

    rules: Rules
    simulation: Simulation = field(default_factory=Simulation)
    killed: int = 0
    slack: list[SlowSlack] = field(default_factory=list)
    fake: FakeWorld = field(default_factory=lambda: FakeWorld(TAKEN))
    limits: SlackLimits = field(init=False)
    store: HangingStore = field(init=False)

    def __post_init__(self) -> None:
        self.limits = SlackLimits(self.simulation.clock)
        self.store = HangingStore(self.fake.store, self.simulation)

    def lock(self, bucket: str, name: str, *, known: bool) -> str:
        """Have a state locked, three hours before the beginning."""
        key = f"{name}/terraform.tfstate.tflock"
        self.fake.store.put(bucket, key, _BODY)
        lock = self.fake.store.read(Place(Kind.S3, bucket, key))
        if known and lock:
            self.fake.book.write(telling.remember(lock))
        return f"{bucket}/{name}/terraform.tfstate"

    def world(self) -> World:
        """Return the neighbours of one function: each process has its own way to Slack."""
        slack = SlowSlack(simulation=self.simulation, limits=self.limits)
        if self.slack:
            first = self.slack[0]
            slack.shown, slack.replies, slack.digests = first.shown, first.replies, first.digests
            slack.times, slack.closed, slack.rate_limited = first.times, first.closed, first.rate_limited
            slack.slow, slack.channels_refused, slack._traces = first.slow, first.channels_refused, first._traces  # noqa: SLF001
            slack._count = 1_000_000 * len(self.slack)  # noqa: SLF001  no two messages have one name
        self.slack.append(slack)
        slow = {
            "book": book_seconds(lambda: len(self.fake.book.pages)),
            "digests": lambda *_: BOOK_SECONDS,
            "groups": lambda *_: BOOK_SECONDS,
            "orders": lambda *_: BOOK_SECONDS,
        }
        neighbours = {
            name: Slow(getattr(self.fake.ports, name), self.simulation, seconds) for name, seconds in slow.items()
        }
        world = replace(self.fake.ports, store=self.store, messenger=slack, clock=self.now)
        return replace(world, **neighbours)  # type: ignore[arg-type]

    def now(self) -> datetime:
        """Return the time of day."""
        return TAKEN + timedelta(hours=3, seconds=self.simulation.now)

    def invoke(self, job: Callable[[Run], None], lives: float) -> None:
        """Carry out a job as a function does; called by a process."""
        workers = SimulatedWorkers(self.simulation, SIDE_BY_SIDE)
        done: list[bool] = []

        def run() -> None:
            with suppress(WatchIncompleteError):
                job(run_of(workers, lives))
            done.append(True)

        process = self.simulation.spawn(run)
        ends = self.simulation.now + lives
        while not process.dead and self.simulation.now < ends:
            self.simulation.sleep(min(1.0, ends - self.simulation.now))
        if not process.dead:
            self.killed += 1
            end(process)
            workers.kill()

    def watches(self, hours: float, first: float = 0.0) -> None:
        """Have a watch every 15 minutes, for a number of seconds."""
        world = self.world()
        for number in range(int(hours * 3600 / _WATCH_EVERY)):
            self.simulation.spawn(
                lambda: self.invoke(lambda run: watch(world, self.rules, self.now(), run), _WATCH_LIVES),
                first + number * _WATCH_EVERY,
            )

    def sweeps(self, target: Target) -> None:
        """Have a target swept, and again as the queue does where that failed."""
        world = self.world()

        def deliveries() -> None:
            for _ in range(_DELIVERIES):
                began, killed = self.simulation.now, self.killed
                failed: list[bool] = []

                def job(run: Run) -> None:
                    try:
                        sweep(target, world, self.rules, self.now(), run)
                    except SweepIncompleteError:
                        failed.append(True)  # noqa: B023  called at once

                self.invoke(job, _SWEEP_LIVES)
                if not failed and self.killed == killed:
                    return
                self.simulation.sleep(max(0.0, began + _SWEEP_AGAIN - self.simulation.now))

        self.simulation.spawn(deliveries)

    def told(self, paths: list[str]) -> str:
        """Return when all of these locks had been told of."""
        times = self.slack[0].times
        missing = sum(path not in times for path in paths)
        last = max((times[path] for path in paths if path in times), default=0.0)
        return f"{len(paths) - missing} by {_clock(last)}" if missing else _clock(last)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"


def _rules(channels: int) -> Rules:
    """Return rules with a channel for each of the first folders."""
    routes = (Route((f"*/c{number}/*",), a_policy(channel=f"C{number:03}")) for number in range(channels))
    buckets = ("tf", *(f"b{number}" for number in range(40)))
    return msgspec.structs.replace(some_rules(*routes), targets=tuple(Target(Kind.S3, bucket) for bucket in buckets))


def outage(locks: int, channels: int, hours: float) -> tuple[Cloud, str]:
    """Play the time after an outage of Slack: the book knows of all locks, nobody was told."""
    cloud = Cloud(_rules(channels))
    paths = [cloud.lock("tf", f"c{number % channels}/s{number}", known=True) for number in range(locks)]
    cloud.watches(hours)
    cloud.simulation.run(hours * 3600)
    return cloud, f"all told at {cloud.told(paths)}"


def first_night(locks: int, channels: int) -> tuple[Cloud, str]:
    """Play the first sweep of a bucket, with watches beside it: no lock is known."""
    cloud = Cloud(_rules(channels))
    paths = [cloud.lock("tf", f"c{number % channels}/s{number}", known=False) for number in range(locks)]
    cloud.sweeps(Target(Kind.S3, "tf"))
    cloud.watches(1.5, first=300)
    cloud.simulation.run(5400)
    return cloud, f"all told at {cloud.told(paths)}"


def hanging_buckets(hanging: int) -> tuple[Cloud, str]:
    """Play buckets that never answer, with ten locks in each, beside twenty that do."""
    cloud = Cloud(_rules(20))
    cloud.store.hanging = {f"b{number}" for number in range(hanging)}
    for number in range(10 * hanging):
        cloud.lock(f"b{number % hanging}", f"c0/h{number}", known=True)
    paths = [cloud.lock(f"b{20 + number % 20}", f"c{number % 20}/s{number}", known=True) for number in range(200)]
    cloud.watches(1)
    cloud.simulation.run(3600)
    return cloud, f"200 healthy told at {cloud.told(paths)}"


def unreadable(number: int) -> tuple[Cloud, str]:
    """Play the sweep of a bucket with locks on which S3 hangs."""
    cloud = Cloud(_rules(4))
    bad = [cloud.lock("tf", f"c0/a{one}", known=False) for one in range(number)]
    cloud.store.hanging = {f"{path.removeprefix('tf/')}.tflock" for path in bad}
    paths = [cloud.lock("tf", f"c{one % 4}/s{one}", known=False) for one in range(100)]
    cloud.sweeps(Target(Kind.S3, "tf"))
    cloud.watches(1, first=300)
    cloud.simulation.run(5400)
    lines = sum(line.event == "alert_posted" for line in cloud.fake.journal.lines)
    return cloud, f"100 healthy told at {cloud.told(paths)}, {lines} journaled"


def closings(gone: int, new: int) -> tuple[Cloud, str]:
    """Play many alerted locks that are gone while new ones are due."""
    cloud = Cloud(_rules(10))
    cloud.world()
    for number in range(gone):
        path = cloud.lock("tf", f"c{number % 10}/gone{number}", known=True)
        key = f"{path.removeprefix('tf/')}.tflock"
        [page] = [one for one in cloud.fake.book.pages.values() if one.lock.ref.place.key == key]
        _alerted(cloud, page.lock, f"C{number % 10:03}", number)
        cloud.fake.store.remove("tf", key)
    paths = [cloud.lock("tf", f"c{number % 10}/new{number}", known=True) for number in range(new)]
    cloud.watches(1)
    cloud.simulation.run(3600)
    closed = cloud.slack[0].closed
    return cloud, f"{new} new told at {cloud.told(paths)}, {len(closed)} closed at {_clock(max(closed.values()))}"


def _alerted(cloud: Cloud, lock: HeldLock, channel: str, number: int) -> None:
    posted = Posted(channel, f"{number}.5")
    sending = a_sending(at=cloud.now(), channel=channel, level=1)
    say(cloud.fake.book, lock, sending, posted)
    page = cloud.fake.book.pages[lock.ref]
    cloud.slack[0].shown[posted] = alert_for(page, a_policy(channel=channel), cloud.now(), None)


def slow_channel() -> tuple[Cloud, str]:
    """Play a channel in which Slack takes four seconds for each call, and one that it refuses."""
    cloud = Cloud(_rules(10))
    paths = [cloud.lock("tf", f"c{number % 10}/s{number}", known=True) for number in range(400)]
    cloud.watches(1)
    cloud.slack[0].slow.add("C000")
    cloud.slack[0].channels_refused.add("C001")
    cloud.simulation.run(3600)
    well = [path for path in paths if not path.startswith(("tf/c0/", "tf/c1/"))]
    slow = [path for path in paths if path.startswith("tf/c0/")]
    return cloud, f"{len(well)} in 8 others told at {cloud.told(well)}, in the slow one at {cloud.told(slow)}"


SCENARIOS: dict[str, Callable[[], tuple[Cloud, str]]] = {
    "2,000 locks, 40 channels, after an outage": lambda: outage(2000, 40, 2),
    "2,000 locks, 1 channel, after an outage": lambda: outage(2000, 1, 1),
    "10,000 locks, 40 channels, after an outage": lambda: outage(10_000, 40, 1),
    "900 locks, 9 channels, first sweep": lambda: first_night(900, 9),
    "12 buckets hang": lambda: hanging_buckets(12),
    "60 locks hang in a sweep": lambda: unreadable(60),
    "300 closings, 20 new alerts": lambda: closings(300, 20),
    "1 slow channel, 1 that refuses": slow_channel,
}


def main(wanted: list[str]) -> None:
    """Play the scenarios and print how each went."""
    for name, play in SCENARIOS.items():
        if wanted and not any(word in name for word in wanted):
            continue
        began = time.process_time()
        cloud, outcome = play()
        took = time.process_time() - began
        away = len(cloud.slack[0].rate_limited)
        print(f"{name:<44} killed {cloud.killed:>2}   429s {away:>5}   {outcome}   ({took:.1f} s of processor)")


if __name__ == "__main__":
    main(sys.argv[1:])
