"""New alerts: a few of a channel are posted singly, many beneath a digest that says how many of them are there."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

import msgspec

from chalicelib.core.alerts.digest import LINES, Digest, counted, held_by_short_name, short_name
from chalicelib.core.alerts.message import Handle
from chalicelib.core.alerts.page import Page
from chalicelib.core.policy import Rules
from chalicelib.jobs.alerts.case import Case
from chalicelib.jobs.alerts.digest import show, stand
from chalicelib.jobs.alerts.progress import Progress
from chalicelib.jobs.alerts.steps import Found
from chalicelib.jobs.runs.tasks import Rank, Task, Wait
from chalicelib.ports.book import BookError
from chalicelib.ports.world import World

_COUNTED_EVERY = 120.0
"""Seconds after which a digest says again how many lines it has. Slack takes 50 edits a minute in all."""


class Telling(Protocol):
    """What an announcement needs of a round."""

    world: World
    rules: Rules
    now: datetime
    known: list[Page]
    progress: Progress

    def post(self, case: Case, beneath: Handle) -> Found:
        """Post one alert, beneath a message or by itself."""


@dataclass
class Lines:
    """The lines beneath one digest that a run posts."""

    digest: Digest
    """As its message reads, or will in a moment."""
    coming: int
    """Locks without a message of their own, as far as this run knows."""
    counted: float
    """When, by the clock of the workers."""
    unanswered: int = 0
    """Lines that this run has yet to post, or to hear of."""


@dataclass
class Announcement:
    """Groups the new alerts of a round and puts them on its agenda."""

    round: Telling
    _began: float = field(init=False)

    def __post_init__(self) -> None:
        self._began = self._clock()

    def announce(self, cases: list[Case]) -> None:
        """Look which digests stand, then put the alerts on the agenda, oldest first."""
        oldest_first = sorted(cases, key=lambda case: (case.record.taken, case.state_path))
        then = partial(self._group, oldest_first)
        self.round.progress.agenda.add(Task(Wait.BOOK, "digests", Rank.NEW, "digests", self._standing, then))

    def _standing(self) -> list[Digest] | BookError:
        """Return the digests that stand, each counted anew where all records are known."""
        try:
            digests = [digest for digest in self.round.world.digests.open() if digest.posted]
        except BookError as error:
            return error
        held = held_by_short_name(self.round.known) if digests else {}
        return [counted(one, held, one.waiting, self.round.now) if held else one for one in digests]

    def _group(self, cases: list[Case], standing: list[Digest] | BookError) -> None:
        """Put each alert beneath the digest that has told of it already, or among the new ones of its channel."""
        if isinstance(standing, BookError):
            self.round.progress.note("digests", standing)
            standing = []
        lines = [Lines(digest, digest.coming, self._clock()) for digest in standing]
        of_lock = {(one.digest.channel, name): one for one in lines for name in one.digest.locks}
        channels: defaultdict[str, list[Case]] = defaultdict(list)
        for case in cases:
            channel = case.policy.channel
            if beneath := of_lock.get((channel, short_name(case.ref))):
                self._add(case, beneath)
            else:
                channels[channel].append(case)
        for channel, new in channels.items():
            self._tell(channel, new)

    def _tell(self, channel: str, cases: list[Case]) -> None:
        if len(cases) <= self.round.rules.digest_over:
            for case in cases:
                self._add(case, None)
            return
        act = partial(stand, channel, cases, self.round.world, self.round.now)
        self.round.progress.agenda.add(
            Task(Wait.POST, channel, Rank.NEW, channel, act, partial(self._list, cases[:LINES]))
        )

    def _list(self, cases: list[Case], digest: Digest | None) -> None:
        """Post the lines of a digest that stands now; without one, another run is at it."""
        if digest:
            lines = Lines(digest, len(cases), self._clock())
            for case in cases:
                self._add(case, lines)

    def _add(self, case: Case, lines: Lines | None) -> None:
        beneath = ""
        if lines:
            lines.unanswered += 1
            beneath = lines.digest.posted.root if lines.digest.posted else ""
        act = partial(self.round.post, case, beneath)
        then = partial(self._posted, case, lines)
        self.round.progress.agenda.add(Task(Wait.POST, case.channel, Rank.NEW, case.state_path, act, then))

    def _posted(self, case: Case, lines: Lines | None, answer: Found) -> None:
        self.round.progress.told(case, answer)
        if lines is None:
            return
        lines.unanswered -= 1
        # What another run is at may come to nothing, and what was let go meanwhile has no message.
        lines.coming = max(0, lines.coming - answer.posted)
        if lines.unanswered == 0 or self._clock() - lines.counted >= _COUNTED_EVERY:
            lines.counted = self._clock()
            at = self.round.now + timedelta(seconds=lines.counted - self._began)
            lines.digest = msgspec.structs.replace(lines.digest, coming=lines.coming, counted_at=at)
            act = partial(show, lines.digest, self.round.world)
            channel = lines.digest.channel
            self.round.progress.agenda.add(Task(Wait.EDIT, channel, Rank.CLOSING, f"digest in {channel}", act))

    def _clock(self) -> float:
        return self.round.progress.agenda.run.workers.clock()
