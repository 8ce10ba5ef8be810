"""One run's look at some locks: each one's next step, what is new before what is only kept up to date."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from random import Random
from typing import TypeVar

from chalicelib.core.alerts.digest import Digest
from chalicelib.core.alerts.message import Handle
from chalicelib.core.alerts.page import LockRecord
from chalicelib.core.clicks.deletion import Presence, presence
from chalicelib.core.clicks.ending import Ending
from chalicelib.core.locks.place import Place
from chalicelib.core.locks.scan import Scanned
from chalicelib.core.policy import Rules
from chalicelib.jobs.alerts.alert import post
from chalicelib.jobs.alerts.announce import Announcement
from chalicelib.jobs.alerts.case import Case, Detours
from chalicelib.jobs.alerts.channel_trouble import attend
from chalicelib.jobs.alerts.digest import show
from chalicelib.jobs.alerts.steps import Found, Steps
from chalicelib.jobs.runs.agenda import Agenda
from chalicelib.jobs.runs.run import Run
from chalicelib.jobs.runs.tasks import Rank, Task, Wait
from chalicelib.ports.book import BookError
from chalicelib.ports.locks import StoreError
from chalicelib.ports.orders import OrderError
from chalicelib.ports.people import MessengerError
from chalicelib.ports.world import World

T = TypeVar("T")
_LOOK_IS_GOOD_FOR = 60.0
"""Seconds. A lock that had to wait longer for its alert is looked at once more before people are called."""
_GATHERED_FOR = 30.0
"""Seconds after which new alerts are told of though others may still be found: 10,000 looks take less."""

_FOR_ONE_CHANNEL = 10.0
"""Seconds that may pass until all is told of a channel that takes nothing: three messages, and Slack's pace."""


@dataclass
class Round:
    """Sweep and watch both go through their locks with one. What went wrong for one lock stops no other.

    ``steps`` and ``_post`` run side by side; all that remembers something runs here, one thing after another.
    """

    world: World
    rules: Rules
    now: datetime
    run: Run = field(default_factory=Run)
    known: list[LockRecord] = field(default_factory=list)
    """All records of the book, where they were read."""
    alerts: int = 0
    """How many new alerts were posted."""
    untold: list[str] = field(default_factory=list)
    """What Slack would not take. The book knows of it, so the next watch tells it."""
    failed: list[str] = field(default_factory=list)
    """What the store, the book or a queue would not do."""
    unexpected: Exception | None = None
    """The first failure that no port announces, for its traceback; ``failed`` has the others too."""
    detours: Detours = field(init=False)
    steps: Steps = field(init=False)
    _new: list[Case] = field(default_factory=list)
    _waiting: dict[str, float] = field(default_factory=dict)
    """The new alerts that are not told yet, and when their locks were looked at."""
    _agenda: Agenda = field(init=False)
    _announcement: Announcement = field(init=False)

    def __post_init__(self) -> None:
        self.detours = Detours(self.rules.trouble_channel)
        self.steps = Steps(self.world, self.rules, self.now, self.detours)
        self._agenda = Agenda(self.run, self.world.messenger, self._hear, self._fail, self._give_up)
        self._announcement = Announcement(self, self._agenda)

    def look_at(self, record: LockRecord) -> None:
        """Take a lock's next step, by what is there now at its place. ``finish`` does it."""
        self.look(record.lock.ref.place, partial(self.steps.look, record), new=is_new(record))

    def look(self, place: Place, act: Callable[[], Found], *, new: bool) -> None:
        """Have a look at a place, side by side with others."""
        rank = Rank.NEW if new else Rank.KNOWN
        self._agenda.add(Task(Wait.PLACE, place.container, rank, place.state_path, act))

    def scan(self, container: str, act: Callable[[], Scanned | None], then: Callable[[Scanned | None], None]) -> None:
        """Go on with a scan, beside all else."""
        self._agenda.add(Task(Wait.SCAN, container, Rank.NEW, container, act, then))

    def end(self, record: LockRecord, ending: Ending) -> None:
        """Close the alert of a lock that is no longer ours to look at."""
        ref = record.lock.ref
        act = partial(self.steps.end, record, ending)
        self._agenda.add(Task(Wait.BOOK, ref.place.container, Rank.KNOWN, ref.state_path, act))

    def show(self, digest: Digest) -> None:
        """Bring a digest up to date."""
        act = partial(show, digest, self.world)
        self._agenda.add(Task(Wait.EDIT, digest.channel, Rank.CLOSING, f"digest in {digest.channel}", act))

    def aside(self, place: str, subject: str, act: Callable[[], object]) -> None:
        """Do something beside the locks."""
        self._agenda.add(Task(Wait.BOOK, place, Rank.KNOWN, subject, act))

    def finish(self) -> None:
        """Do all that there is to do, as far as the time allows; what is left is counted."""
        self._agenda.work(self._announce)
        self.untold += attend(self.detours.refused, self.world, self.rules, self.now, self._has_time_for_one)

    @property
    def waiting(self) -> int:
        """Return how many new alerts are left to the next run."""
        return len(self._waiting)

    @property
    def not_reached(self) -> int:
        """Return how many other steps are left to the next run."""
        return len(self._left())

    @property
    def not_seen(self) -> int:
        """Return how many of these are locks that were not looked at."""
        return sum(task.kind is Wait.PLACE for task in self._left())

    def post(self, case: Case, beneath: Handle) -> Found:
        """Post an alert. One that had to wait goes by a new look at its lock."""
        now = self.run.workers.clock()
        if now - self._waiting.get(case.state_path, now) > _LOOK_IS_GOOD_FOR:
            current = self.world.store.read(case.ref.place)
            if presence(case.ref, current) is not Presence.SAME:
                return self.steps.tend(case.record, current)
        return Found(posted=int(post(case, beneath)))

    def posted(self, case: Case, answer: Found) -> None:
        """Count an alert that was posted, now or by another run."""
        self._waiting.pop(case.state_path, None)
        self._hear(answer)

    def note(self, subject: str, error: Exception) -> None:
        """Remember what went wrong, by whose fault it was."""
        if isinstance(error, MessengerError):
            self.untold.append(f"{subject}: {error}")
            self.detours.hear(error)
        elif isinstance(error, (StoreError, BookError, OrderError)):
            self.failed.append(f"{subject}: {error}")
        else:
            self.failed.append(f"{subject}: {error!r}")
            self.unexpected = self.unexpected or error

    def _announce(self) -> None:
        """Tell of the new locks once it is known how many there are; what hangs is not waited for."""
        if self._new and (self._gathered_for() > _GATHERED_FOR or not self._expects_more()):
            new, self._new = self._new, []
            self._announcement.announce(new)

    def _expects_more(self) -> bool:
        return any(self._agenda.expects(Rank.NEW, kind) for kind in (Wait.SCAN, Wait.PLACE, Wait.LOOK))

    def _has_time_for_one(self) -> bool:
        return self.run.left() > _FOR_ONE_CHANNEL

    def _gathered_for(self) -> float:
        now = self.run.workers.clock()
        return now - self._waiting.get(self._new[0].state_path, now)

    def _hear(self, answer: object) -> None:
        if isinstance(answer, Found):
            self.alerts += answer.posted
            self._new.extend(answer.new)
            self._waiting |= dict.fromkeys((case.state_path for case in answer.new), self.run.workers.clock())
            for task in answer.tasks:
                self._agenda.add(task)

    def _fail(self, task: Task, error: Exception) -> None:
        self._waits_no_longer(task)
        self.note(task.subject, error)

    def _give_up(self, task: Task, failures: int) -> None:
        self._waits_no_longer(task)
        if task.kind is Wait.PLACE:
            self.failed.append(f"{task.subject}: not looked at, because its bucket failed {failures} times")
        else:
            why = f"left to the next run, because {task.place or 'Slack'} failed {failures} times"
            self.untold.append(f"{task.subject}: {why}")

    def _waits_no_longer(self, task: Task) -> None:
        if task.rank is Rank.NEW:  # another may be about an earlier lock of the same state
            self._waiting.pop(task.subject, None)

    def _left(self) -> list[Task]:
        return [task for task in self._agenda.left if task.subject not in self._waiting]


def shuffled(things: Sequence[T], now: datetime) -> list[T]:
    """Return things in another order at each time, so that the same few that hang do not come first in each run."""
    return Random(now.timestamp()).sample(things, len(things))  # noqa: S311  nothing is to be kept secret by it


def is_new(record: LockRecord) -> bool:
    """Return whether nobody has been told of a lock that is held, as far as is known."""
    return record.posted is None and record.ending is None
