"""Carry out a run's tasks side by side, new locks first. No task waits for another place that fails or hangs.

The tasks of one lane use the same thing: a bucket or table, the posts to a channel, the edits in it. Lanes do not wait
for each other.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from heapq import heappop, heappush
from itertools import count
from math import inf
from typing import Any

from chalicelib.jobs.runs.run import Run
from chalicelib.jobs.runs.tasks import SIDE_BY_SIDE, Rank, Task, Wait
from chalicelib.ports.people import Messenger, Way

_WAYS = {Wait.POST: Way.POST, Wait.EDIT: Way.EDIT, Wait.LOOK: Way.LOOK}
_PATIENCE = 3.0
"""Most seconds that new alerts wait for a running task. A bucket or table that takes longer probably hangs."""
_SHORTEST_WAIT, _LONGEST_WAIT = 0.01, 1.0
_SUSPECTS = 4
"""One in this many of the threads for one kind of task, but at least one, may work for lanes that have failed."""
GIVEN_UP_AFTER = 5
"""After this many failures in a row a lane is left to the next run."""
_GIVEN_UP_THOUGH_IT_ANSWERED = 50
"""The same for one that has answered in this run, because then only some of its locks hang."""

LaneName = tuple[Wait, str]


@dataclass
class Lane:
    """The tasks for one place, the most urgent first."""

    name: LaneName
    waiting: list[tuple[Rank, int, Task]] = field(default_factory=list)
    running: int = 0
    proven: bool = False
    """Whether one of its tasks succeeded in this run."""
    failures: int = 0
    """Number of failures in a row. Of tasks that began side by side, only the first failure counts."""
    served: int = 0

    @property
    def width(self) -> int:
        """Return how many of its tasks may run at once: many only for a place that has answered in this run."""
        return SIDE_BY_SIDE[Wait.PLACE] if self._is_good_place else 1

    @property
    def given_up(self) -> bool:
        """Return whether it has failed too often."""
        return self.failures >= (_GIVEN_UP_THOUGH_IT_ANSWERED if self._is_good_place else GIVEN_UP_AFTER)

    @property
    def order(self) -> tuple[bool, Rank, int]:
        """Return a key to sort lanes by; the lowest comes first."""
        return bool(self.failures), self.waiting[0][0], self.served

    @property
    def _is_good_place(self) -> bool:
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
        lane = self._lanes.setdefault(lane_of(task), Lane(lane_of(task)))
        heappush(lane.waiting, (task.rank, next(self._numbers), task))
        self.waiting += 1

    def next(self) -> Task | None:
        """Take the next task to begin; None: there is none, or all have to wait."""
        for lane in sorted(self._able(), key=lambda lane: lane.order):
            if self._busy_for(lane.name) <= 0:
                return self._taken(lane)
        return None

    def soonest(self) -> float:
        """Return the seconds until Slack's pace allows the next task of a lane that waits only for that."""
        waits = (self._busy_for(lane.name) for lane in self._able())
        return min((seconds for seconds in waits if seconds > 0), default=inf)

    def ended(self, task: Task, *, well: bool, suspect: bool) -> list[Task]:
        """Note that a task has ended; return the tasks to give up, because their lane failed too often."""
        lane = self._lanes[lane_of(task)]
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
        """Return how many tasks of a lane have failed in a row."""
        return self._lanes[name].failures

    @property
    def left(self) -> list[Task]:
        """Return the tasks that were not begun."""
        return [task for lane in self._lanes.values() for _, _, task in lane.waiting]

    def promise(self, rank: Rank, kind: Wait) -> bool:
        """Return whether a task of that rank and kind is about to begin, in a lane that neither failed nor hangs."""
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
        most = SIDE_BY_SIDE[lane.name[0]]
        full = self._suspects[lane.name[0]] >= max(1, most // _SUSPECTS)
        return 0 if lane.failures and full else most

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


@dataclass(frozen=True)
class _Begun:
    task: Task
    at: float
    suspect: bool


@dataclass
class Agenda:
    """The tasks of one run. ``failed`` is called with each task that raised; the other tasks go on."""

    run: Run
    messenger: Messenger
    hear: Callable[[Any], None]
    """Called with the result of each task that has no ``then``."""
    failed: Callable[[Task, Exception], None]
    given_up: Callable[[Task, int], None]
    """Called with each task that was not begun and the number of failures of its lane."""
    _lanes: Lanes = field(init=False)
    _clock: Callable[[], float] = field(init=False)
    _running: dict["Future[Any]", _Begun] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._lanes = Lanes(self._busy_for)
        self._clock = self.run.workers.clock

    def add(self, task: Task) -> None:
        """Put a task on the agenda; allowed also while the agenda is carried out."""
        self._lanes.add(task)

    def work(self, turn: Callable[[], None] = lambda: None) -> None:
        """Carry out all tasks and the tasks that they add. ``turn`` is called each time before tasks are begun.

        A task that still runs when the run ends counts as left: no task should take that long.
        """
        turn()
        while self._begin_all() or self._running:
            self._wait()
            self._look_at_running()
            if self._clock() >= self.run.ends:
                break
            turn()

    @property
    def left(self) -> list[Task]:
        """Return the tasks that were not begun or not finished."""
        return [*self._lanes.left, *(begun.task for begun in self._running.values())]

    def expects(self, rank: Rank, kind: Wait) -> bool:
        """Return whether a task of that rank and kind will probably end soon."""
        return self._lanes.promise(rank, kind) or any(
            begun.task.rank is rank
            and begun.task.kind is kind
            and self._clock() - begun.at < _PATIENCE
            and not begun.suspect
            for begun in self._running.values()
        )

    def _begin_all(self) -> bool:
        """Begin all tasks that can begin now; return whether more can begin later."""
        while self._lanes.waiting and self._clock() < self.run.begins_until:
            if len(self._running) >= self.run.workers.size or (task := self._lanes.next()) is None:
                return True
            begun = _Begun(task, self._clock(), self._lanes.failures(lane_of(task)) > 0)
            self._running[self.run.workers.begin(partial(self._act, task))] = begun
        return False

    def _act(self, task: Task) -> Any:
        """Carry out a task, unless the run ended while it waited for a thread."""
        return task.act() if self._clock() < self.run.ends else None

    def _wait(self) -> None:
        seconds = min(max(self._lanes.soonest(), _SHORTEST_WAIT), _LONGEST_WAIT)
        self.run.workers.wait(self._running.keys(), max(0.0, min(seconds, self.run.ends - self._clock())))

    def _look_at_running(self) -> None:
        for future in [future for future in self._running if future.done()]:
            begun = self._running.pop(future)
            error = future.exception()
            lost = self._lanes.ended(begun.task, well=error is None, suspect=begun.suspect)
            if isinstance(error, Exception):
                self.failed(begun.task, error)
            else:
                (begun.task.then or self.hear)(future.result())
            for task in lost:
                self.given_up(task, self._lanes.failures(lane_of(task)))

    def _busy_for(self, lane: LaneName) -> float:
        kind, place = lane
        return self.messenger.busy_for(_WAYS[kind], place) if kind in _WAYS else 0.0


def lane_of(task: Task) -> LaneName:
    """Return the name of a task's lane."""
    return task.kind, task.place
