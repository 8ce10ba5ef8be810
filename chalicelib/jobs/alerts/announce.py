"""Post the new alerts of a run: a few of a channel one by one, many as lines in the thread of a digest."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

import msgspec

from chalicelib.core.alerts.digest import LINES, Digest, counted, held_by_short_name, short_name
from chalicelib.core.alerts.message import Handle
from chalicelib.core.alerts.page import Page
from chalicelib.core.canary import is_canary
from chalicelib.core.policy import Rules
from chalicelib.jobs.alerts.case import Case
from chalicelib.jobs.alerts.digest import stand
from chalicelib.jobs.alerts.found import Found
from chalicelib.jobs.alerts.progress import Progress
from chalicelib.jobs.joint.announce import JointTelling
from chalicelib.jobs.runs.tasks import Rank, Task, Wait
from chalicelib.ports.book import BookError
from chalicelib.ports.world import World

_COUNTED_EVERY = 120.0
"""Seconds between two edits of a digest while its lines are posted. Slack takes 50 edits a minute in all."""

_MANY = 2
_CANARIES = 3
"""Most canaries of a round that are told singly in a channel. One puts one at a time; who puts many wants a flood."""
"""Fewest locks of a digest, however many joint alerts there are beside them."""


class Telling(Protocol):
    """The part of a round that an announcement needs."""

    world: World
    rules: Rules
    now: datetime
    known: list[Page]
    progress: Progress

    def post(self, case: Case, beneath: Handle) -> Found:
        """Post one alert, in the thread of a message or by itself."""

    def show(self, digest: Digest) -> None:
        """Put the edit of a digest on the agenda."""


@dataclass
class Lines:
    """The lines that a run posts in the thread of one digest."""

    digest: Digest
    """The digest as its message reads now, or after the edit that is on the agenda."""
    coming: int
    """Number of locks that have no line yet, as far as this run knows."""
    counted: float
    """The time of the last count, by the clock of the workers."""
    unanswered: int = 0
    """Number of lines that this run has not posted yet."""


@dataclass
class Announcement:
    """The new alerts of a round, on their way to its agenda."""

    round: Telling
    _began: float = field(init=False)
    _joint: JointTelling = field(init=False)

    def __post_init__(self) -> None:
        self._began = self._clock()
        self._joint = JointTelling(self.round.progress, self._tell_alone)

    def announce(self, cases: list[Case]) -> None:
        """Look up the digests that stand in Slack, then put the alerts on the agenda, oldest first."""
        oldest_first = sorted(cases, key=lambda case: (case.page.taken, case.state_path))
        then = partial(self._group, oldest_first)
        self.round.progress.agenda.add(Task(Wait.BOOK, "digests", Rank.NEW, "digests", self._standing, then))

    def _standing(self) -> list[Digest] | BookError:
        """Return the digests that stand in Slack, with their locks counted again if all pages are known."""
        try:
            self._joint.standing = self.round.world.joints.open()
            digests = [digest for digest in self.round.world.digests.open() if digest.posted]
        except BookError as error:
            return error
        held = held_by_short_name(self.round.known) if digests else {}
        return [counted(one, held, self.round.rules, one.waiting, self.round.now) if held else one for one in digests]

    def _group(self, cases: list[Case], standing: list[Digest] | BookError) -> None:
        """Put each alert in the thread of the digest that has told of it, or among the new alerts of its channel."""
        if isinstance(standing, BookError):
            self.round.progress.note("digests", standing)
            standing = []
        lines = [Lines(digest, digest.coming, self._clock()) for digest in standing]
        of_lock = {(one.digest.channel, name): one for one in lines for name in one.digest.locks}
        channels: defaultdict[str, list[Case]] = defaultdict(list)
        canaries: Counter[str] = Counter()
        for case in cases:
            channel = case.policy.channel
            if beneath := of_lock.get((channel, short_name(case.ref))):
                self._add(case, beneath)
            elif canaries[channel] < _CANARIES and is_canary(case.page.lock):
                canaries[channel] += 1
                self._add(case, None)  # whoever put it waits for this very alert
            else:
                channels[channel].append(case)
        for channel, new in channels.items():
            self._tell(channel, new)

    def _tell(self, channel: str, cases: list[Case]) -> None:
        """Tell of a channel's new locks: those of one run in a joint alert, which counts as one."""
        alone, joint_alerts = self._joint.tell(channel, cases)
        self._tell_alone(channel, alone, joint_alerts)

    def _tell_alone(self, channel: str, cases: list[Case], joint_alerts: int = 0) -> None:
        if len(cases) < _MANY or len(cases) + joint_alerts <= self.round.rules.digest_over:
            for case in cases:
                self._add(case, None)
            return
        act = partial(stand, channel, cases, self.round.world, self.round.now)
        self.round.progress.agenda.add(
            Task(Wait.POST, channel, Rank.NEW, channel, act, partial(self._list, cases[:LINES]))
        )

    def _list(self, cases: list[Case], digest: Digest | None) -> None:
        """Post the lines of a digest that stands in Slack now; None: another run is posting it."""
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

    def _posted(self, case: Case, lines: Lines | None, result: Found) -> None:
        self.round.progress.told(case, result)
        if lines is None:
            return
        lines.unanswered -= 1
        # Count only what this run posted: another run's post may fail, and a lock that was let go gets no line.
        lines.coming = max(0, lines.coming - result.posted)
        if lines.unanswered == 0 or self._clock() - lines.counted >= _COUNTED_EVERY:
            lines.counted = self._clock()
            at = self.round.now + timedelta(seconds=lines.counted - self._began)
            lines.digest = msgspec.structs.replace(lines.digest, coming=lines.coming, counted_at=at)
            self.round.show(lines.digest)

    def _clock(self) -> float:
        return self.round.progress.agenda.run.workers.clock()
