"""Look at each subject once a week, in the night, and tell people once of what changed for the worse."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import msgspec

from chalicelib.core.audit.line import LineKind, of_run
from chalicelib.core.doctor.finding import Colour, Finding
from chalicelib.core.doctor.weekly.memory import Remembered, remembered
from chalicelib.core.doctor.weekly.news import News
from chalicelib.core.doctor.weekly.remarks import remarks
from chalicelib.jobs.doctor.examine import taken
from chalicelib.jobs.runs.run import Run
from chalicelib.ports.book import BookError
from chalicelib.ports.doctor import DoctorBook, Examination
from chalicelib.ports.people import Messenger
from chalicelib.ports.world import Journal

_A_WEEK = timedelta(days=6, hours=12)
"""Half a day less, so that the same night of the next week is not missed by minutes."""


@dataclass(frozen=True, kw_only=True)
class WeeklyLook:
    """The neighbours of the weekly look."""

    examinations: Callable[[], Sequence[Examination]]
    book: DoctorBook
    journal: Journal
    messenger: Messenger
    channel: str
    """The channel that hears of changes."""


def examine_weekly(world: WeeklyLook, now: datetime, run: Run) -> None:
    """Look at the subjects that were not looked at this week, those first that have waited longest.

    What the run has no time for is due in the next night.

    Raises:
        BookError: without the memory of the last look everything would be told anew.
        MessengerError: people could not be told; the next night tells them.
    """
    subjects = {one.subject: one for one in world.examinations()}
    known = {subject: one for subject, one in world.book.remembered().items() if subject in subjects}
    looked = _Looked(world, now, known)
    due = sorted((one for one in subjects.values() if _is_due(known.get(one.subject), now)), key=looked.waited_since)
    looked.examine(due, run)
    looked.journal(len(due))
    looked.tell()


def _is_due(known: Remembered | None, now: datetime) -> bool:
    return known is None or now - known.at >= _A_WEEK


class _Looked:
    def __init__(self, world: WeeklyLook, now: datetime, known: dict[str, Remembered]) -> None:
        self._world = world
        self._now = now
        self._known = known
        self._done = 0
        self._found: dict[str, list[Finding]] = {}
        self._trouble: list[str] = []

    def waited_since(self, one: Examination) -> float:
        known = self._known.get(one.subject)
        return known.at.timestamp() if known else 0.0

    def examine(self, due: Sequence[Examination], run: Run) -> None:
        """Have the subjects looked at side by side, and remember each as soon as it is done."""
        running = {run.workers.begin(partial(_findings, one, run)): one for one in due}
        while running and run.left() > 0:
            for future in [one for one in running if one.done()]:
                self._remember(running.pop(future).subject, future)
            run.workers.wait(running, run.left() if running else 0)
        for future in running:
            future.cancel()

    def _remember(self, subject: str, future: "Future[list[Finding] | None]") -> None:
        findings = future.result()
        if findings is None:
            return
        now = remembered(subject, findings, self._known.get(subject), self._now)
        self._found[subject] = findings
        try:
            self._world.book.note(now)
        except BookError as error:
            self._trouble.append(f"{subject} was looked at, and that could not be remembered: {error}")
            return
        self._known[subject] = now
        self._done += 1

    def journal(self, due: int) -> None:
        """Write what is known of all subjects now."""
        counts = {colour.value: self._number_of(colour) for colour in Colour}
        changes = [change for one in self._known.values() for change in one.untold]
        told = {"targets": len(self._known), "new": self._done, "not_reached": due - self._done}
        line = of_run(
            LineKind.DOCTOR_EXAMINED,
            self._now,
            detail=remarks(self._found, self._trouble),
            changes="; ".join(f"{one.key}: {one.before or 'unknown'} to {one.now}" for one in changes),
            **told,
            **counts,
        )
        self._world.journal.write(line)

    def tell(self) -> None:
        """Tell in one message of all changes that nobody was told of, and remember that."""
        untold = [one for one in self._known.values() if one.untold]
        changes = tuple(change for one in untold for change in one.untold)
        if not changes:
            return
        news = News(changes=changes, red=self._number_of(Colour.RED))
        self._world.messenger.report(self._world.channel, "the weekly look", news)
        failed = [error for one in untold if (error := self._told(one))]
        if failed:
            raise failed[0]

    def _told(self, one: Remembered) -> BookError | None:
        """Remember that people were told of a subject. Of one that cannot be noted, the others are not told again."""
        try:
            self._world.book.note(msgspec.structs.replace(one, untold=()))
        except BookError as error:
            return error
        return None

    def _number_of(self, colour: Colour) -> int:
        return sum(found is colour for one in self._known.values() for found in one.colours.values())


def _findings(one: Examination, run: Run) -> list[Finding] | None:
    """Return what all looks at a subject found; None: the run had no time for all of them."""
    found: list[Finding] = []
    for check, look in one.looks.items():
        if run.workers.clock() >= run.begins_until:
            return None
        found += taken(check, one.subject, look)
    return found
