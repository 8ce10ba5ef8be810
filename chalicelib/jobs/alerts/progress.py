"""Keep count of a run: what was told, what waits, what went wrong."""

from collections.abc import Callable
from dataclasses import dataclass, field

from chalicelib.core.locks.place import called
from chalicelib.jobs.alerts.case import Case, Detours
from chalicelib.jobs.alerts.found import Found
from chalicelib.jobs.runs.agenda import Agenda
from chalicelib.jobs.runs.run import Run
from chalicelib.jobs.runs.tasks import Rank, Task, Wait
from chalicelib.ports.book import BookError
from chalicelib.ports.locks import StoreError
from chalicelib.ports.orders import OrderError
from chalicelib.ports.people import Messenger, MessengerError

_GATHERED_FOR = 30.0
"""Most seconds to wait for further new alerts before posting the first; 10,000 looks take less."""


@dataclass
class Progress:
    """The results of a run's tasks so far. Its methods run one after another, in the run's own thread."""

    run: Run
    messenger: Messenger
    detours: Detours
    alerts: int = 0
    """Number of new alerts that were posted."""
    untold: list[str] = field(default_factory=list)
    """What Slack did not take. The book has it, so the next watch tells it."""
    failed: list[str] = field(default_factory=list)
    """What the store, the book or a queue did not do."""
    unexpected: Exception | None = None
    """The first exception that no port documents, for its traceback; ``failed`` has all of them in words."""
    agenda: Agenda = field(init=False)
    _new: list[Case] = field(default_factory=list)
    _since: dict[str, float] = field(default_factory=dict)
    """For each new alert that is not told yet: when its lock was looked at."""

    def __post_init__(self) -> None:
        self.agenda = Agenda(self.run, self.messenger, self.hear, self.fail, self.give_up)

    @property
    def waiting(self) -> int:
        """Return the number of new alerts that are left to the next run."""
        return len(self._since)

    @property
    def left(self) -> list[Task]:
        """Return the other steps that are left to the next run."""
        return [task for task in self.agenda.left if task.subject not in self._since]

    @property
    def not_seen(self) -> int:
        """Return the number of locks that were not looked at."""
        return sum(task.kind is Wait.PLACE for task in self.left)

    def hear(self, result: object) -> None:
        """Count what a task has posted, and put the tasks that it led to on the agenda."""
        if isinstance(result, Found):
            self.alerts += result.posted
            # Both halves of a dual lock may lead to its alert.
            self._new.extend(case for case in result.new if all(case.ref != other.ref for other in self._new))
            self._since |= dict.fromkeys((case.state_path for case in result.new), self.run.workers.clock())
            for task in result.tasks:
                self.agenda.add(task)

    def told(self, case: Case, result: Found) -> None:
        """Count an alert that was posted, now or by another run."""
        self._since.pop(case.state_path, None)
        self.hear(result)

    def waited(self, case: Case) -> float:
        """Return how many seconds a new alert has waited."""
        now = self.run.workers.clock()
        return now - self._since.get(case.state_path, now)

    def hand_on(self, announce: Callable[[list[Case]], None]) -> None:
        """Have the new alerts announced when no more are expected, or the first has waited long enough."""
        if self._new and (self.waited(self._new[0]) > _GATHERED_FOR or not self._expects_more()):
            new, self._new = self._new, []
            announce(new)

    def note(self, subject: str, error: Exception) -> None:
        """Note a failure: of Slack as untold, of all else as failed."""
        if isinstance(error, MessengerError):
            self.untold.append(f"{subject}: {error}")
            self.detours.hear(error)
        elif isinstance(error, (StoreError, BookError, OrderError)):
            self.failed.append(f"{subject}: {error}")
        else:
            self.failed.append(f"{subject}: {error!r}")
            self.unexpected = self.unexpected or error

    def fail(self, task: Task, error: Exception) -> None:
        """Note that a task failed."""
        _forget(self._since, task)
        self.note(task.subject, error)

    def give_up(self, task: Task, failures: int) -> None:
        """Note that a task was not begun, because its lane had failed so many times."""
        _forget(self._since, task)
        if task.kind is Wait.PLACE:
            self.failed.append(f"{task.subject}: not looked at, because {called(task.place)} failed {failures} times")
        else:
            place = called(task.place) if task.kind is Wait.SCAN else task.place or "Slack"
            why = f"left to the next run, because {place} failed {failures} times"
            self.untold.append(f"{task.subject}: {why}")

    def _expects_more(self) -> bool:
        return any(self.agenda.expects(Rank.NEW, kind) for kind in (Wait.SCAN, Wait.PLACE, Wait.LOOK))


def _forget(since: dict[str, float], task: Task) -> None:
    if task.rank is Rank.NEW:  # a task of another rank may be about an earlier lock of the same state
        since.pop(task.subject, None)
