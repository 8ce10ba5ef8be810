"""Take the next step of each of a run's locks: new alerts first, edits of known alerts last."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from random import Random
from typing import TypeVar

from chalicelib.core.alerts.digest import Digest
from chalicelib.core.alerts.message import Handle
from chalicelib.core.alerts.page import Page
from chalicelib.core.clicks.deletion import Presence, presence
from chalicelib.core.clicks.ending import Ending
from chalicelib.core.joint.joint import Joint
from chalicelib.core.locks.place import Place
from chalicelib.core.locks.scan import Scanned
from chalicelib.core.locks.target import Target
from chalicelib.core.policy import Rules
from chalicelib.jobs.alerts.alert import post
from chalicelib.jobs.alerts.announce import Announcement
from chalicelib.jobs.alerts.case import Case, Detours
from chalicelib.jobs.alerts.channel_trouble import attend
from chalicelib.jobs.alerts.digest import show
from chalicelib.jobs.alerts.endings import end
from chalicelib.jobs.alerts.found import Found
from chalicelib.jobs.alerts.progress import Progress
from chalicelib.jobs.alerts.steps import Steps
from chalicelib.jobs.joint.attend import Attendance
from chalicelib.jobs.joint.standing import Standing
from chalicelib.jobs.runs.run import Run
from chalicelib.jobs.runs.tasks import Rank, Task, Wait
from chalicelib.ports.world import World

T = TypeVar("T")
_LOOK_IS_GOOD_FOR = 60.0
"""In seconds. If an alert had to wait longer than this, its lock is read again before people are called."""
_FOR_ONE_CHANNEL = 10.0
"""Seconds that telling of one channel that takes nothing may need: three messages, at Slack's pace."""


@dataclass
class Round:
    """The locks of one sweep or one watch, and what the run does about them. A failure at one lock stops no other.

    ``steps`` and ``post`` run in threads side by side; ``progress`` gets their results one after another.
    """

    world: World
    rules: Rules
    now: datetime
    run: Run = field(default_factory=Run)
    known: list[Page] = field(default_factory=list)
    """All pages of the book, if the run has read them."""
    detours: Detours = field(init=False)
    steps: Steps = field(init=False)
    progress: Progress = field(init=False)
    _announcement: Announcement = field(init=False)

    def __post_init__(self) -> None:
        self.detours = Detours(self.rules.trouble_channel)
        self.steps = Steps(self.world, self.rules, self.now, Standing(self.world.joints), self.detours)
        self.progress = Progress(self.run, self.world.messenger, self.detours)
        self._announcement = Announcement(self)

    def look_at(self, page: Page) -> None:
        """Put a look at a lock on the agenda; the look takes the lock's next step."""
        self.look(page.lock.ref.place, partial(self.steps.look, page), new=is_new(page))

    def look(self, place: Place, act: Callable[[], Found], *, new: bool) -> None:
        """Put a look at a place on the agenda."""
        rank = Rank.NEW if new else Rank.KNOWN
        self.progress.agenda.add(Task(Wait.PLACE, place.home, rank, place.state_path, act))

    def scan(self, target: Target, act: Callable[[], Scanned | None], then: Callable[[Scanned | None], None]) -> None:
        """Put the next part of a scan on the agenda."""
        self.progress.agenda.add(Task(Wait.SCAN, target.home, Rank.NEW, target.called, act, then))

    def end(self, page: Page, ending: Ending) -> None:
        """Close the alert of a lock that the reaper may no longer look at."""
        ref = page.lock.ref
        act = partial(end, self.steps.case(page), ending)
        self.progress.agenda.add(Task(Wait.BOOK, ref.place.container, Rank.KNOWN, ref.state_path, act))

    def show(self, digest: Digest) -> None:
        """Put the edit of a digest on the agenda."""
        act = partial(show, digest, self.world)
        self.progress.agenda.add(Task(Wait.EDIT, digest.channel, Rank.CLOSING, f"digest in {digest.channel}", act))

    def attend(self, joint: Joint) -> None:
        """Put a look at a joint alert on the agenda. All pages must be ``known``."""
        held = {page.lock.ref: page for page in self.known if not page.ending}
        attendance = Attendance(self.world, self.rules, self.now, self.detours, held)
        self.progress.agenda.add(attendance.task(joint))

    def aside(self, place: str, subject: str, act: Callable[[], object]) -> None:
        """Put a task on the agenda that is not about a lock."""
        self.progress.agenda.add(Task(Wait.BOOK, place, Rank.KNOWN, subject, act))

    def finish(self) -> None:
        """Carry out the agenda as far as the time allows; ``progress`` counts what is left."""
        self.progress.agenda.work(partial(self.progress.hand_on, self._announcement.announce))
        refused = self.detours.refused
        self.progress.untold += attend(refused, self.world, self.rules, self.now, self._has_time_for_one)

    def post(self, case: Case, beneath: Handle) -> Found:
        """Post an alert. If it had to wait for long, read its lock again first."""
        if self.progress.waited(case) > _LOOK_IS_GOOD_FOR:
            current = self.world.store.read(case.ref.place)
            if presence(case.ref, current) is not Presence.SAME:
                return self.steps.tend(case.page, current)
        return Found(posted=int(post(case, beneath)))

    def _has_time_for_one(self) -> bool:
        return self.run.left() > _FOR_ONE_CHANNEL


def shuffled(things: Sequence[T], now: datetime) -> list[T]:
    """Return things in another order in each run, so that the same few that hang do not always come first."""
    return Random(now.timestamp()).sample(things, len(things))  # noqa: S311  no secret depends on it


def is_new(page: Page) -> bool:
    """Return whether a lock has no alert yet and has not ended, as far as its page tells."""
    return page.posted is None and page.ending is None and page.half_of is None and not page.joint
