"""Carry out the table of ``core.alerts.life`` for one lock, up to what takes a word in Slack: that becomes tasks."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from chalicelib.core.alerts.life import Step, next_step
from chalicelib.core.alerts.page import Page
from chalicelib.core.alerts.transitions import endings, telling
from chalicelib.core.clicks.deletion import Presence, presence
from chalicelib.core.clicks.ending import Ending, Outcome
from chalicelib.core.clicks.order import AutoRelease
from chalicelib.core.locks.lock import Body, HeldLock
from chalicelib.core.policy import Rules
from chalicelib.jobs.alerts.alert import edit, has_changed, raise_level, wake
from chalicelib.jobs.alerts.case import Case, Detours, case_of
from chalicelib.jobs.alerts.endings import note_ending, tell
from chalicelib.jobs.alerts.say import look_for_lost
from chalicelib.jobs.runs.tasks import Rank, Task, Wait
from chalicelib.ports.book import LockBook
from chalicelib.ports.locks import BucketGoneError
from chalicelib.ports.world import World

_SPEAKING = {Step.POST, Step.RAISE, Step.WAKE}


@dataclass(frozen=True)
class Found:
    """What a look at a lock led to: new alerts, or other things to do."""

    new: tuple[Case, ...] = ()
    tasks: tuple[Task, ...] = ()
    posted: int = 0
    """Alerts that were posted just now."""


def together(found: Iterable[Found]) -> Found:
    """Return what several looks led to."""
    several = list(found)
    new = tuple(case for one in several for case in one.new)
    return Found(new, tuple(task for one in several for task in one.tasks))


@dataclass(frozen=True)
class Steps:
    """The next steps of locks. Remembers nothing, so that threads may share it."""

    world: World
    rules: Rules
    now: datetime
    detours: Detours = field(default_factory=Detours)

    def look(self, record: Page) -> Found:
        """Look at a lock's place, and take its next step."""
        try:
            current = self.world.store.read(record.lock.ref.place)
        except BucketGoneError:
            return self.end(record, Ending(outcome=Outcome.BUCKET_GONE, at=self.now))
        return self.tend(record, current)

    def tend(self, record: Page, current: HeldLock | None) -> Found:
        """Find out a lock's next step from what is there now, and take it."""
        there = presence(record.lock.ref, current)
        if there is Presence.SAME:
            _drop_old_claim(record, self.world, self.now)
        case = self._case(_as_seen(record, current, self.world.book))
        step = _step(case, there)
        if step in _SPEAKING and case.record.sending:
            if case.record.in_flight(self.now):
                return Found()
            return _task(Wait.LOOK, "", Rank.NEW, case, partial(self._find_lost, case, there, current))
        return self._take(step, case, there, current)

    def end(self, record: Page, ending: Ending) -> Found:
        """Note how a lock ended, and have its message say so."""
        noted = note_ending(self._case(record), ending)
        return self._say_ending(noted) if noted else Found()

    def _find_lost(self, case: Case, there: Presence, current: HeldLock | None) -> Found:
        case = case.known_as(look_for_lost(case))
        return self._take(_step(case, there), case, there, current)

    def _take(self, step: Step, case: Case, there: Presence, current: HeldLock | None) -> Found:
        steps: dict[Step, Callable[[], Found]] = {
            Step.POST: lambda: Found(new=(case,)),
            Step.RAISE: lambda: _in_channel(Wait.POST, Rank.LOUDER, case, partial(_louder, case, raise_level)),
            Step.WAKE: lambda: _in_channel(Wait.POST, Rank.LOUDER, case, partial(_louder, case, wake)),
            Step.REFRESH: lambda: _refresh(case),
            Step.AUTO_RELEASE: lambda: _order_release(case),
            Step.CLOSE: lambda: self._close_unless_ended(case, there, current),
            Step.TELL: lambda: self._tell(case, there),
            Step.REOPEN: lambda: self._reopen(case),
            Step.NOTHING: Found,
        }
        return steps[step]()

    def _close_unless_ended(self, case: Case, there: Presence, current: HeldLock | None) -> Found:
        """Close an alert. A listing of the book can be older than an ending that somebody noted since."""
        latest = case.known_as(self.world.book.find(case.ref) or case.record)
        if latest.record.being_released(self.now):
            return Found()  # release_lock is at it, and will say how it ended; if it dies, the next round does
        if not latest.record.ending:
            return self.end(latest.record, _ending(latest.record, there, current, self.now))
        return Found() if latest.record.told else self._say_ending(latest)

    def _say_ending(self, case: Case) -> Found:
        """Have a message say that its lock is gone; where nobody was told there is nothing to wait for."""
        if case.record.spoken_of:
            return _in_channel(Wait.EDIT, Rank.CLOSING, case, partial(tell, case))
        tell(case)
        return Found()

    def _tell(self, case: Case, there: Presence) -> Found:
        if there is not Presence.SAME:
            return self._say_ending(case)
        return _in_channel(Wait.EDIT, Rank.CLOSING, case, partial(self._tell_and_reopen, case))

    def _tell_and_reopen(self, case: Case) -> Found:
        tell(case)
        return self._reopen(case)

    def _reopen(self, case: Case) -> Found:
        """Begin anew for a lock that had ended and is there again, as when a delete marker is taken away.

        Looked at once more, because it may have been let go since the look that came before the book's.
        """
        current = self.world.store.read(case.ref.place)
        if current and current.ref == case.ref:
            reopened = self.world.book.write(endings.reopen(current, self.now)).page
            return self.tend(reopened or Page(lock=current), current)
        return Found()

    def _case(self, record: Page) -> Case:
        return case_of(record, self.world, self.rules, self.now, self.detours)


def _as_seen(record: Page, current: HeldLock | None, book: LockBook) -> Page:
    """Update a page whose lock has become readable; never overwrite readable with unreadable."""
    if current is None or current.ref != record.lock.ref or current == record.lock:
        return record
    if _is_unread(current) and not _is_unread(record.lock):
        return record
    return book.write(telling.remember(current)).page or record


def _drop_old_claim(record: Page, world: World, now: datetime) -> None:
    """Forget a delete that was begun and never came: the lock is there after the last moment it could arrive."""
    claim = None if record.ending or record.being_released(now) else record.releasing
    if claim:
        world.book.write(endings.abandon_release(record.lock.ref, claim))


def _step(case: Case, there: Presence) -> Step:
    return next_step(case.record, case.policy, case.now, held=there is Presence.SAME)


def _order_release(case: Case) -> Found:
    order = AutoRelease(lock=case.ref, channel=case.policy.channel)
    leave = partial(case.world.orders.release_by_itself, order)
    return together([_task(Wait.BOOK, "orders", Rank.LOUDER, case, leave), _refresh(case)])


def _is_unread(lock: HeldLock) -> bool:
    return lock.body in {Body.SEALED, Body.DENIED}


def _task(kind: Wait, place: str, rank: Rank, case: Case, act: Callable[[], object]) -> Found:
    return Found(tasks=(Task(kind, place, rank, case.state_path, act),))


def _in_channel(kind: Wait, rank: Rank, case: Case, act: Callable[[], object]) -> Found:
    channel = case.record.posted.channel if case.record.posted else case.policy.channel
    return _task(kind, channel, rank, case, act)


def _refresh(case: Case) -> Found:
    """Edit a message that has changed; to find that out takes no call of Slack, which has few edits to give."""
    return _to_edit(case) if has_changed(case) else Found()


def _to_edit(case: Case) -> Found:
    return _in_channel(Wait.EDIT, Rank.FRESH, case, partial(_edit, case))


def _edit(case: Case) -> None:
    """Bring a message up to date, unless its lock has ended while this had to wait."""
    latest = case.world.book.find(case.ref) or case.record
    if not latest.ending:
        edit(case.known_as(latest))


def _louder(case: Case, say: Callable[[Case], Case | None]) -> Found:
    """Reply beneath an alert; the edit that follows has a pace of its own."""
    said = say(case)
    return _to_edit(said) if said else Found()


def _ending(record: Page, there: Presence, current: HeldLock | None, now: datetime) -> Ending:
    if record.releasing:
        return record.releasing.ending(Outcome.UNCONFIRMED, now, current)
    outcome = Outcome.REPLACED if there is Presence.REPLACED else Outcome.GONE
    return Ending(outcome=outcome, at=now, held_now=current)
