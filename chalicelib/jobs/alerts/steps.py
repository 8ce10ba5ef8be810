"""Take the next step of a lock (``core.alerts.life``). What needs a call to Slack is returned as tasks."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

import msgspec

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
from chalicelib.ports.locks import ContainerGoneError
from chalicelib.ports.world import World

_SPEAKING = {Step.POST, Step.RAISE, Step.WAKE}


class Found(msgspec.Struct, frozen=True):
    """The result of a look at a lock: new alerts, or other tasks."""

    new: tuple[Case, ...] = ()
    tasks: tuple[Task, ...] = ()
    posted: int = 0
    """Number of alerts that were just posted."""


def together(found: Iterable[Found]) -> Found:
    """Return the results of several looks as one."""
    several = list(found)
    new = tuple(case for one in several for case in one.new)
    return Found(new, tuple(task for one in several for task in one.tasks))


@dataclass(frozen=True)
class Steps:
    """The next steps of the locks of one run. It has no state, so that threads may share it."""

    world: World
    rules: Rules
    now: datetime
    detours: Detours = field(default_factory=Detours)

    def look(self, page: Page) -> Found:
        """Read a lock's place, then take the lock's next step."""
        try:
            current = self.world.store.read(page.lock.ref.place)
        except ContainerGoneError:
            return self.end(page, Ending(outcome=Outcome.CONTAINER_GONE, at=self.now))
        return self.tend(page, current)

    def tend(self, page: Page, current: HeldLock | None) -> Found:
        """Take a lock's next step, given the lock that is at its place now."""
        there = presence(page.lock.ref, current)
        if there is Presence.SAME:
            _drop_old_claim(page, self.world, self.now)
        case = self._case(_as_seen(page, current, self.world.book))
        step = next_step(case.page, case.policy, self.now, held=there is Presence.SAME)
        if step in _SPEAKING and case.page.sending:
            if case.page.in_flight(self.now):
                return Found()
            return _task(Wait.LOOK, "", Rank.NEW, case, partial(self._find_lost, case, there, current))
        return self._take(step, case, there, current)

    def end(self, page: Page, ending: Ending) -> Found:
        """Note how a lock ended, and have its message say so."""
        noted = note_ending(self._case(page), ending)
        return self._say_ending(noted) if noted else Found()

    def _find_lost(self, case: Case, there: Presence, current: HeldLock | None) -> Found:
        case = look_for_lost(case)
        step = next_step(case.page, case.policy, self.now, held=there is Presence.SAME)
        return self._take(step, case, there, current)

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
        """Close an alert, unless the book has an ending already. The open pages that a run lists may be out of date."""
        latest = case.known_as(self.world.book.find(case.ref) or case.page)
        if latest.page.being_released(self.now):
            return Found()  # release_lock is deleting it and will tell how it ended; if it dies, the next run does
        if not latest.page.ending:
            return self.end(latest.page, _ending(latest.page, there, current, self.now))
        return Found() if latest.page.told else self._say_ending(latest)

    def _say_ending(self, case: Case) -> Found:
        """Have a message say that its lock is gone. If nobody was told of the lock, no task is needed."""
        if case.page.spoken_of:
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
        """Begin a new page for a lock that had ended and is held again, as when somebody deletes a delete marker.

        The lock is read again first, because it may have been let go between the first read and the look at its page.
        """
        current = self.world.store.read(case.ref.place)
        if current and current.ref == case.ref:
            reopened = self.world.book.write(endings.reopen(current, self.now)).page
            return self.tend(reopened or Page(lock=current), current)
        return Found()

    def _case(self, page: Page) -> Case:
        return case_of(page, self.world, self.rules, self.now, self.detours)


def _as_seen(page: Page, current: HeldLock | None, book: LockBook) -> Page:
    """Update a page whose lock has become readable; never overwrite readable with unreadable."""
    if current is None or current.ref != page.lock.ref or current == page.lock:
        return page
    if _is_unread(current) and not _is_unread(page.lock):
        return page
    return book.write(telling.remember(current)).page or page


def _drop_old_claim(page: Page, world: World, now: datetime) -> None:
    """Drop the claim to a delete that never arrived: the lock is still there, and the claim is over."""
    claim = page.releasing
    if claim and not page.ending and not page.being_released(now):
        world.book.write(endings.abandon_release(page.lock.ref, claim))


def _order_release(case: Case) -> Found:
    order = AutoRelease(lock=case.ref, channel=case.policy.channel)
    leave = partial(case.world.orders.release_by_itself, order)
    return together([_task(Wait.BOOK, "orders", Rank.LOUDER, case, leave), _refresh(case)])


def _is_unread(lock: HeldLock) -> bool:
    return lock.body in {Body.SEALED, Body.DENIED}


def _task(kind: Wait, place: str, rank: Rank, case: Case, act: Callable[[], object]) -> Found:
    return Found(tasks=(Task(kind, place, rank, case.state_path, act),))


def _in_channel(kind: Wait, rank: Rank, case: Case, act: Callable[[], object]) -> Found:
    channel = case.page.posted.channel if case.page.posted else case.policy.channel
    return _task(kind, channel, rank, case, act)


def _refresh(case: Case) -> Found:
    """Edit a message if it would read differently. Finding that out needs no call to Slack, which allows few edits."""
    return _to_edit(case) if has_changed(case) else Found()


def _to_edit(case: Case) -> Found:
    return _in_channel(Wait.EDIT, Rank.FRESH, case, partial(_edit, case))


def _edit(case: Case) -> None:
    """Edit a message, unless its lock has ended while the edit waited."""
    latest = case.world.book.find(case.ref) or case.page
    if not latest.ending:
        edit(case.known_as(latest))


def _louder(case: Case, say: Callable[[Case], Case | None]) -> Found:
    """Reply to an alert; return the edit that follows as a task, because Slack counts edits apart."""
    said = say(case)
    return _to_edit(said) if said else Found()


def _ending(page: Page, there: Presence, current: HeldLock | None, now: datetime) -> Ending:
    if page.releasing:
        return page.releasing.ending(Outcome.UNCONFIRMED, now, current)
    outcome = Outcome.REPLACED if there is Presence.REPLACED else Outcome.GONE
    return Ending(outcome=outcome, at=now, held_now=current)
