"""Limit the time of a run, and carry out its tasks one by one or side by side."""

import time
from collections.abc import Callable, Collection
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from math import inf
from typing import Any, Protocol

_LONGEST_TASK = 45.0
"""Most seconds of one task: a few calls, one of them tried three times, 5 s each."""
_LAST_WORDS = 5.0
"""Seconds that are left for the last line of the journal and for the end of the invocation."""


class Workers(Protocol):
    """Whoever carries out the tasks of a run. The end of the run is a time of their ``clock``, in seconds."""

    @property
    def size(self) -> int:
        """Return how many tasks can run at once."""

    def clock(self) -> float:
        """Return the time in seconds; only differences have a meaning."""

    def begin(self, act: Callable[[], object]) -> "Future[Any]":
        """Begin a task; return a future of its result or of the exception that it raised."""

    def wait(self, running: "Collection[Future[Any]]", seconds: float) -> None:
        """Wait until one of the tasks has ended, at most this many seconds."""


@dataclass(frozen=True)
class OneByOne:
    """``Workers`` that finish each task before they return; for few tasks and for tests."""

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    size: int = 1

    def begin(self, act: Callable[[], object]) -> "Future[Any]":
        """Carry out a task."""
        future: Future[Any] = Future()
        try:
            future.set_result(act())
        except Exception as error:  # noqa: BLE001  the future raises it to whoever asks for the result
            future.set_exception(error)
        return future

    def wait(self, running: "Collection[Future[Any]]", seconds: float) -> None:
        """Sleep, unless a task has ended."""
        if not running:
            self.sleep(seconds)


class Threads:
    """``Workers`` that are threads. They stay alive for the next run of the process and keep their connections."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.clock = time.monotonic
        self._pool = ThreadPoolExecutor(size)

    def begin(self, act: Callable[[], object]) -> "Future[Any]":
        """Give a task to an idle thread."""
        return self._pool.submit(act)

    def wait(self, running: "Collection[Future[Any]]", seconds: float) -> None:
        """Wait for the first task to end."""
        if running:
            wait(running, max(0.0, seconds), FIRST_COMPLETED)
        else:
            time.sleep(max(0.0, seconds))


@dataclass(frozen=True)
class Run:
    """The time of a run: it is over at ``ends``, and no task begins after ``begins_until``."""

    workers: Workers = field(default_factory=OneByOne)
    begins_until: float = inf
    ends: float = inf

    def half(self) -> float:
        """Return when half of the time will be over, by the workers' clock."""
        return (self.workers.clock() + self.begins_until) / 2

    def left(self) -> float:
        """Return the seconds until the end of the run."""
        return self.ends - self.workers.clock()


def run_of(workers: Workers, seconds: float) -> Run:
    """Return a run for ``seconds``, the time that Lambda leaves the function.

    A run begins no task in its last 45 s; a short run, in its last quarter.
    """
    ends = workers.clock() + seconds - min(_LAST_WORDS, seconds / 10)
    return Run(workers, begins_until=ends - min(_LONGEST_TASK, seconds / 4), ends=ends)
