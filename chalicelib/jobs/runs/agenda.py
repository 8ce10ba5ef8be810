"""Carry out a run's tasks: side by side, in the order of ``lanes``, until all is done or the run's time is over."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from chalicelib.jobs.runs.lanes import LaneName, Lanes, Rank, Task, Wait
from chalicelib.jobs.runs.run import Run
from chalicelib.ports.people import Messenger, Way

_WAYS = {Wait.POST: Way.POST, Wait.EDIT: Way.EDIT, Wait.LOOK: Way.LOOK}
_PATIENCE = 3.0
"""Seconds for which others wait for a task's answer. A bucket that takes longer most likely hangs."""
_SHORTEST_WAIT, _LONGEST_WAIT = 0.01, 1.0


@dataclass(frozen=True)
class _Begun:
    task: Task
    at: float
    suspect: bool


@dataclass
class Agenda:
    """The tasks of one run. ``failed`` hears of each that ended with an exception; none stops another."""

    run: Run
    messenger: Messenger
    hear: Callable[[Any], None]
    """Hears the answers that no task has a ``then`` for."""
    failed: Callable[[Task, Exception], None]
    given_up: Callable[[Task, int], None]
    """Hears of each that was not begun because its lane had failed so many times."""
    _lanes: Lanes = field(init=False)
    _running: dict["Future[Any]", _Begun] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._lanes = Lanes(self._busy_for)

    def add(self, task: Task) -> None:
        """Put a task on the agenda; also while it is being worked off."""
        self._lanes.add(task)

    def work(self, turn: Callable[[], None] = lambda: None) -> None:
        """Carry out all tasks, and what they lead to. ``turn`` is called before each round of beginnings.

        What still runs when the run ends is left to itself, and said: nothing was begun that should take so long.
        """
        turn()
        while self._begin_all() or self._running:
            self._wait()
            self._look_at_running()
            if self.run.left() <= 0:
                break
            turn()

    @property
    def left(self) -> list[Task]:
        """The tasks that were not begun, or not done."""
        return [*self._lanes.left(), *(begun.task for begun in self._running.values())]

    def expects(self, rank: Rank, kind: Wait) -> bool:
        """Return whether a task of that rank and kind is about to answer, as far as one can tell."""
        return self._lanes.promise(rank, kind) or any(
            begun.task.rank is rank and begun.task.kind is kind and self._age(begun) < _PATIENCE and not begun.suspect
            for begun in self._running.values()
        )

    def _begin_all(self) -> bool:
        """Begin what can be begun now; whether anything is left that can be later."""
        while self.run.may_begin and self._lanes.waiting:
            if len(self._running) >= self.run.workers.size or (task := self._lanes.next()) is None:
                return True
            begun = _Begun(task, self.run.workers.clock(), self._lanes.failures(task.lane) > 0)
            self._running[self.run.workers.begin(partial(self._act, task))] = begun
        return False

    def _act(self, task: Task) -> Any:
        """Carry out a task, unless it had to wait for a thread until nobody is there to hear of it."""
        return task.act() if self.run.left() > 0 else None

    def _wait(self) -> None:
        seconds = min(max(self._lanes.soonest(), _SHORTEST_WAIT), _LONGEST_WAIT)
        self.run.workers.wait(self._running.keys(), max(0.0, min(seconds, self.run.left())))

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
                self.given_up(task, self._lanes.failures(task.lane))

    def _busy_for(self, lane: LaneName) -> float:
        kind, place = lane
        return self.messenger.busy_for(_WAYS[kind], place) if kind in _WAYS else 0.0

    def _age(self, begun: _Begun) -> float:
        return self.run.workers.clock() - begun.at
