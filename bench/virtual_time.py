"""Simulate time: processes run side by side, each until it sleeps. It is deterministic, and hours take seconds."""

from collections.abc import Callable, Collection
from concurrent.futures import Future
from contextlib import suppress
from heapq import heappop, heappush
from itertools import count
from typing import Any

from greenlet import GreenletExit, getcurrent, greenlet


class Simulation:
    """The clock, and whose turn it is."""

    def __init__(self) -> None:
        self.now = 0.0
        self._turns: list[tuple[float, int, greenlet]] = []
        self._number = count()

    def clock(self) -> float:
        """Return the seconds since the beginning."""
        return self.now

    def spawn(self, act: Callable[[], object], after: float = 0) -> greenlet:
        """Begin a process."""
        process = greenlet(act)
        self.wake(process, after)
        return process

    def wake(self, process: greenlet, after: float = 0) -> None:
        """Give a process its turn."""
        heappush(self._turns, (self.now + max(0.0, after), next(self._number), process))

    def pause(self) -> None:
        """Give the turn away; somebody has to wake this process."""
        getcurrent().parent.switch()

    def sleep(self, seconds: float) -> None:
        """Come back after a number of seconds; a wake-up that was meant for an earlier pause is ignored."""
        ends = self.now + max(0.0, seconds)
        self.wake(getcurrent(), seconds)
        self.pause()
        while self.now < ends:
            self.pause()

    def run(self, until: float) -> None:
        """Give turns until there are none before that time."""
        while self._turns and self._turns[0][0] <= until:
            self.now, _, process = heappop(self._turns)
            if not process.dead:
                process.parent = getcurrent()
                process.switch()


class SimulatedWorkers:
    """The workers of ``jobs.runs`` in a simulation: a number of processes side by side."""

    def __init__(self, simulation: Simulation, size: int) -> None:
        self.size = size
        self._simulation = simulation
        self._waiting: greenlet | None = None
        self._running: set[greenlet] = set()

    def clock(self) -> float:
        """Return the seconds since the beginning."""
        return self._simulation.now

    def begin(self, act: Callable[[], object]) -> "Future[Any]":
        """Begin a task as a process of its own."""
        future: Future[Any] = Future()

        def run() -> None:
            try:
                future.set_result(act())
            except Exception as error:  # noqa: BLE001  whoever asks the future gets it raised
                future.set_exception(error)
            self._running.discard(getcurrent())
            if self._waiting:
                self._simulation.wake(self._waiting)

        self._running.add(self._simulation.spawn(run))
        return future

    def wait(self, running: "Collection[Future[Any]]", seconds: float) -> None:
        """Come back when a task has ended, or after a number of seconds."""
        if any(future.done() for future in running):
            return
        ends = self._simulation.now + seconds
        self._waiting = getcurrent()
        self._simulation.wake(self._waiting, seconds)
        while self._simulation.now < ends and not any(future.done() for future in running):
            self._simulation.pause()
        self._waiting = None

    def kill(self) -> None:
        """End all processes that still run."""
        for process in list(self._running):
            end(process)


def end(process: greenlet) -> None:
    """Kill a process, as Lambda kills one whose time is over."""
    with suppress(GreenletExit):
        process.parent = getcurrent()
        process.throw(GreenletExit)
