"""Which task of a run is next: what is new before all else, lanes in turn, what fails or hangs last and by itself.

A lane is what the tasks in it wait for: one bucket, the posts to one channel, the edits in it. Lanes are independent,
so that a channel that may take no message yet, or a bucket that hangs, keeps nothing else waiting.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from heapq import heappop, heappush
from itertools import count
from math import inf
from typing import Any


class Wait(StrEnum):
    """What the tasks of a lane wait for. Those that Slack counts are ``ports.Way``'s by name."""

    SCAN = "scan"
    PLACE = "bucket"
    BOOK = "book"
    POST = "post"
    EDIT = "edit"
    LOOK = "look"


class Rank(IntEnum):
    """Whose turn it is among tasks that could all be begun now: the lowest comes first."""

    NEW = 0
    """Whatever leads to a new alert, and the alert."""
    LOUDER = 1
    """A reply to an alert."""
    KNOWN = 2
    """To look at a lock that people know of."""
    CLOSING = 3
    """To say that a lock is gone, and how many of a digest are left."""
    FRESH = 4
    """To bring a message up to date."""


SIDE_BY_SIDE = {Wait.SCAN: 1, Wait.PLACE: 14, Wait.BOOK: 2, Wait.POST: 6, Wait.EDIT: 2, Wait.LOOK: 2}
"""How many tasks of a kind run at once. Slack's paces need no more; what hangs in one kind leaves the others theirs."""
_SUSPECTS = 4
"""What has failed may have one place in so many of its kind, beside at least one."""
GIVEN_UP_AFTER = 5
"""Failures one after another, after which a lane is left to the next run."""
_GIVEN_UP_THOUGH_IT_ANSWERED = 50
"""The same for a bucket that has answered in this run: then it is some of its locks that hang, not all."""

LaneName = tuple[Wait, str]


@dataclass(frozen=True)
class Task:
    """Something to do. ``act`` may run beside others; ``then`` hears its answer and never does."""

    kind: Wait
    place: str
    rank: Rank
    subject: str
    act: Callable[[], Any]
    then: Callable[[Any], None] | None = None
    """None: whoever has the agenda hears it."""

    @property
    def lane(self) -> LaneName:
        """Return the name of its lane."""
        return self.kind, self.place


@dataclass
class Lane:
    """The tasks for one place, the most urgent first."""

    name: LaneName
    waiting: list[tuple[Rank, int, Task]] = field(default_factory=list)
    running: int = 0
    proven: bool = False
    """Whether a task of it ended well in this run."""
    failures: int = 0
    """One after another; of those that were begun side by side, the first counts."""
    served: int = 0

    @property
    def width(self) -> int:
        """How many of its tasks may run at once: a bucket that has not answered yet gets one."""
        return SIDE_BY_SIDE[Wait.PLACE] if self._is_good_bucket else 1

    @property
    def given_up(self) -> bool:
        """Whether it has failed too often."""
        return self.failures >= (_GIVEN_UP_THOUGH_IT_ANSWERED if self._is_good_bucket else GIVEN_UP_AFTER)

    @property
    def order(self) -> tuple[bool, Rank, int]:
        """What a lower one of comes first."""
        return bool(self.failures), self.waiting[0][0], self.served

    @property
    def _is_good_bucket(self) -> bool:
        return self.proven and self.name[0] is Wait.PLACE


class Lanes:
    """All lanes of a run. ``busy_for`` says for how many seconds a lane can take no task."""

    def __init__(self, busy_for: Callable[[LaneName], float]) -> None:
        self._busy_for = busy_for
        self._lanes: dict[LaneName, Lane] = {}
        self._running: Counter[Wait] = Counter()
        self._suspects: Counter[Wait] = Counter()
        self._numbers = count(1)
        self.waiting = 0

    def add(self, task: Task) -> None:
        """Put a task behind the others of its rank in its lane."""
        lane = self._lanes.setdefault(task.lane, Lane(task.lane))
        heappush(lane.waiting, (task.rank, next(self._numbers), task))
        self.waiting += 1

    def next(self) -> Task | None:
        """Take the task that is to be begun now; None: there is none, or its time has not come."""
        for lane in sorted(self._able(), key=lambda lane: lane.order):
            if self._busy_for(lane.name) <= 0:
                return self._taken(lane)
        return None

    def soonest(self) -> float:
        """Return the seconds after which a lane that waits for its pace alone can take its next task."""
        waits = (self._busy_for(lane.name) for lane in self._able())
        return min((seconds for seconds in waits if seconds > 0), default=inf)

    def ended(self, task: Task, *, well: bool, suspect: bool) -> list[Task]:
        """Note that a task has ended; return those that are given up because their lane failed too often."""
        lane = self._lanes[task.lane]
        lane.running -= 1
        self._running[task.kind] -= 1
        self._suspects[task.kind] -= suspect
        lane.proven = lane.proven or well
        if well:
            lane.failures = 0
        elif suspect or not lane.failures:
            lane.failures += 1
        return self._emptied(lane) if lane.given_up else []

    def failures(self, name: LaneName) -> int:
        """Return how many tasks of a lane failed one after another, up to now."""
        return self._lanes[name].failures

    def left(self) -> list[Task]:
        """Return the tasks that were not begun."""
        return [task for lane in self._lanes.values() for _, _, task in lane.waiting]

    def promise(self, rank: Rank, kind: Wait) -> bool:
        """Return whether a task of that rank and kind is about to begin: in no lane that failed, or hangs."""
        return any(
            lane.name[0] is kind and lane.waiting and lane.waiting[0][0] is rank and lane.running < lane.width
            for lane in self._lanes.values()
            if not lane.failures
        )

    def _able(self) -> Iterator[Lane]:
        for lane in self._lanes.values():
            kind = lane.name[0]
            if lane.waiting and lane.running < lane.width and self._running[kind] < self._room(lane):
                yield lane

    def _room(self, lane: Lane) -> int:
        kind = lane.name[0]
        most = SIDE_BY_SIDE[kind]
        if lane.failures and self._suspects[kind] >= max(1, most // _SUSPECTS):
            return 0
        return most

    def _taken(self, lane: Lane) -> Task:
        _, _, task = heappop(lane.waiting)
        self.waiting -= 1
        lane.running += 1
        lane.served = next(self._numbers)
        self._running[task.kind] += 1
        self._suspects[task.kind] += bool(lane.failures)
        return task

    def _emptied(self, lane: Lane) -> list[Task]:
        tasks = [task for _, _, task in lane.waiting]
        self.waiting -= len(tasks)
        lane.waiting.clear()
        return tasks
