"""One run's look at some locks: each one's next step, what is new before what is only kept up to date."""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from chalicelib.book_ports import BookError
from chalicelib.core.alert import LockRecord
from chalicelib.core.click import Click, Verb
from chalicelib.core.digest import LINES, Digest
from chalicelib.core.life import Step, next_step
from chalicelib.core.lock import Body, StateLock
from chalicelib.core.policy import Rules
from chalicelib.core.release import Ending, Outcome, Presence, presence
from chalicelib.jobs.alert import close, post, raise_level, refresh, tell, wake
from chalicelib.jobs.case import Case, case_of
from chalicelib.jobs.channel_trouble import attend
from chalicelib.jobs.detours import Detours
from chalicelib.jobs.digest import stand
from chalicelib.jobs.say import look_for_lost
from chalicelib.ports import BucketGoneError, MessengerError, QueueError, StoreError, World

_SPEAKING = {Step.POST, Step.RAISE, Step.WAKE}
_FAILURES_A_BUCKET = 5
"""A bucket that fails so often in one run is slow for all others; what is left of it is looked at by the next run."""


@dataclass
class Round:
    """Sweep and watch both go through their locks with one. What went wrong for one lock stops no other."""

    world: World
    rules: Rules
    now: datetime
    alerts: int = 0
    """How many new alerts were posted."""
    untold: list[str] = field(default_factory=list)
    """What Slack would not take. The book knows of it, so the next watch tells it."""
    failed: list[str] = field(default_factory=list)
    """What the store, the book or a queue would not do."""
    detours: Detours = field(init=False)
    _new: list[Case] = field(default_factory=list)
    _stale: list[Case] = field(default_factory=list)
    _failures: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.detours = Detours(self.rules.trouble_channel)

    def look_at(self, record: LockRecord, look: Callable[[], StateLock | None]) -> None:
        """Take a lock's next step; ``look`` says what is there now at its place.

        A new alert, and one that is only brought up to date, wait for ``finish``.
        """
        ref = record.lock.ref
        if self._failures[ref.bucket] >= _FAILURES_A_BUCKET:
            self.failed.append(f"{ref.state_path}: not looked at, because its bucket failed {_FAILURES_A_BUCKET} times")
            return
        failed_before = len(self.failed)
        self._guard(ref.state_path, lambda: self._look(record, look))
        self._failures[ref.bucket] += len(self.failed) - failed_before

    def end(self, record: LockRecord, ending: Ending) -> None:
        """A lock that is no longer ours to look at."""
        self._guard(record.lock.ref.state_path, lambda: close(self._case(record), ending))

    def finish(self) -> None:
        """Post the new alerts, oldest first, and where a channel has many, under one digest; then the edits."""
        self._guard("digests", self._post_beneath_old_digests)
        channels: defaultdict[str, list[Case]] = defaultdict(list)
        for case in sorted(self._new, key=lambda case: case.record.taken):
            channels[case.policy.channel].append(case)
        for channel, cases in channels.items():
            if len(cases) > self.rules.digest_over:
                self._guard(channel, lambda: self._post_digest(channel, cases))  # noqa: B023  called at once
            else:
                self._post_each(cases, "")
        for case in self._stale:
            self._guard(case.ref.state_path, lambda: refresh(case))  # noqa: B023  called at once
        self.untold += attend(self.detours.refused, self.world, self.rules, self.now)

    def _post_beneath_old_digests(self) -> None:
        """What a digest has told of, and an earlier run could not, still belongs beneath it."""
        if not self._new:
            return
        standing = self.world.digests.open()
        left = []
        for case in self._new:
            root = _root_of(case, standing)
            if root:
                self._post_each([case], root)
            else:
                left.append(case)
        self._new = left

    def _post_digest(self, channel: str, cases: list[Case]) -> None:
        root = stand(channel, cases, self.world, self.now)
        if root:  # else: another run is at it
            self._post_each(cases[:LINES], root.ts)

    def _post_each(self, cases: list[Case], thread_ts: str) -> None:
        for case in cases:
            self._guard(case.ref.state_path, lambda: self._post(case, thread_ts))  # noqa: B023  called at once

    def _post(self, case: Case, thread_ts: str) -> None:
        if post(case, thread_ts):
            self.alerts += 1

    def _look(self, record: LockRecord, look: Callable[[], StateLock | None]) -> None:
        try:
            current = look()
        except BucketGoneError:
            close(self._case(record), Ending(outcome=Outcome.BUCKET_GONE, at=self.now))
            return
        self._tend(record, current)

    def _tend(self, record: LockRecord, current: StateLock | None) -> None:
        there = presence(record.lock.ref, current)
        case = self._case(self._as_seen(record, current))
        step = self._step(case, there)
        if step in _SPEAKING and case.record.attempt:
            if case.record.in_flight(self.now):
                return
            case = case.known_as(look_for_lost(case))
            step = self._step(case, there)
        self._take(step, case, there, current)

    def _take(self, step: Step, case: Case, there: Presence, current: StateLock | None) -> None:
        steps: dict[Step, Callable[[], None]] = {
            Step.POST: lambda: self._new.append(case),
            Step.RAISE: lambda: raise_level(case),
            Step.WAKE: lambda: wake(case),
            Step.REFRESH: lambda: self._stale.append(case),
            Step.AUTO_RELEASE: lambda: self._order_release(case),
            Step.CLOSE: lambda: self._close_unless_ended(case, there, current),
            Step.TELL: lambda: self._tell(case, current),
            Step.REOPEN: lambda: self._reopen(case),
            Step.NOTHING: lambda: None,
        }
        steps[step]()

    def _step(self, case: Case, there: Presence) -> Step:
        return next_step(case.record, case.policy, self.now, held=there is Presence.SAME)

    def _as_seen(self, record: LockRecord, current: StateLock | None) -> LockRecord:
        """A lock that could not be read when it was remembered may be readable by now; what was read is not unread."""
        if current is None or current.ref != record.lock.ref or current == record.lock:
            return record
        if _is_unread(current) and not _is_unread(record.lock):
            return record
        return self.world.book.remember(current)

    def _order_release(self, case: Case) -> None:
        self._stale.append(case)
        click = Click(lock=case.ref, verb=Verb.AUTO_RELEASE, channel=case.policy.channel)
        self.world.releases.send(msgspec.json.encode(click))

    def _close_unless_ended(self, case: Case, there: Presence, current: StateLock | None) -> None:
        """A listing of the book can be older than an ending that somebody noted since."""
        latest = case.known_as(self.world.book.find(case.ref) or case.record)
        if not latest.record.ending:
            close(latest, _ending(latest.record, there, current, self.now))
        elif not latest.record.told:
            tell(latest)

    def _tell(self, case: Case, current: StateLock | None) -> None:
        tell(case)
        if presence(case.ref, current) is Presence.SAME:
            self._reopen(case)

    def _reopen(self, case: Case) -> None:
        """A lock that had ended and is there again, as when a delete marker is taken away, is held.

        Looked at once more, because it may have been let go since the look that came before the book's.
        """
        current = self.world.store.read(case.ref.bucket, case.ref.key)
        if current and current.ref == case.ref:
            self._tend(self.world.book.reopen(current), current)

    def _case(self, record: LockRecord) -> Case:
        return case_of(record, self.world, self.rules, self.now, self.detours)

    def _guard(self, subject: str, act: Callable[[], object]) -> None:
        try:
            act()
        except MessengerError as error:
            self.untold.append(f"{subject}: {error}")
            self.detours.hear(error)
        except (StoreError, BookError, QueueError) as error:
            self.failed.append(f"{subject}: {error}")


def _is_unread(lock: StateLock) -> bool:
    return lock.body in {Body.SEALED, Body.DENIED}


def _root_of(case: Case, standing: list[Digest]) -> str:
    ours = (digest for digest in standing if digest.channel == case.policy.channel and case.ref.name in digest.locks)
    return next((digest.posted.ts for digest in ours if digest.posted), "")


def _ending(record: LockRecord, there: Presence, current: StateLock | None, now: datetime) -> Ending:
    outcome = Outcome.REPLACED if there is Presence.REPLACED else Outcome.GONE
    if record.requested_by:
        outcome = Outcome.UNCONFIRMED
    return Ending(outcome=outcome, at=now, user=record.requested_in_slack, by_reaper=record.by_reaper, held_now=current)
