"""Tasks side by side in virtual time. Who goes next is decided by one seeded random number after the other."""

from collections.abc import Callable
from datetime import datetime, timedelta
from heapq import heappop, heappush, heappushpop
from itertools import count
from random import Random

from greenlet import getcurrent, greenlet

from chalicelib.core.clicks.click import Click
from tests.builders import TAKEN

BEGINS = TAKEN + timedelta(hours=3)
_STEPS = (0.01, 0.05, 0.05, 0.2, 0.2, 0.2, 0.5, 0.5, 0.5, 1.0, 1.0, 1.0, 2.0, 2.0, 4.0, 4.0, 8.0, 8.0, 25.0, 40.0)
"""The longest that a function may be held up before a call, in seconds; which one is drawn anew each time."""


class KilledError(BaseException):
    """A function is killed; no job catches it, as none can catch a SIGKILL."""


class Task:
    """One thread of what happens; a function's ends at the latest when Lambda kills it."""

    def __init__(self, act: Callable[[], object], conductor: greenlet) -> None:
        self.switch = greenlet(act, conductor).switch
        self.click: Click | None = None
        self.dies_at: float | None = None


class Schedule:
    """One random order of things."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311  no secret
        self.seconds = 0.0
        self.faults = True
        self.task = Task(lambda: None, getcurrent())
        """The one that runs."""
        self._conductor = getcurrent()
        self._waiting: list[tuple[float, int, Task]] = []
        self._count = count()

    @property
    def now(self) -> datetime:
        """The time by every clock there is."""
        return BEGINS + timedelta(seconds=self.seconds)

    def spawn(self, act: Callable[[], object], after: float = 0.0) -> None:
        """Begin something, so many seconds from now."""
        heappush(self._waiting, (self.seconds + after, next(self._count), Task(act, self._conductor)))

    def pause(self, seconds: float) -> None:
        """Let others go first, for so long; a function may not live to see the end of it."""
        task = self.task
        self.seconds, _, self.task = heappushpop(self._waiting, (self.seconds + seconds, next(self._count), task))
        if self.task is not task:
            self.task.switch()
        if task.dies_at is not None and self.seconds > task.dies_at:
            raise KilledError

    def step(self) -> None:
        """Pass the moment before a call: mostly short, sometimes long, rarely the last one."""
        self.pause(self.random.choice(_STEPS) * self.random.random())
        if self.task.dies_at is not None and self.chance(0.01):
            raise KilledError

    def chance(self, probability: float) -> bool:
        """Return whether something that happens so often happens now."""
        return self.faults and self.random.random() < probability

    def run(self) -> None:
        """Go on until nothing is left to happen."""
        while self._waiting:
            self.seconds, _, self.task = heappop(self._waiting)
            self.task.switch()
