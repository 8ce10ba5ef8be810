"""Take the next step of a lock (``core.alerts.life``). What needs a call to Slack is returned as tasks."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from chalicelib.core.alerts.life import Step, next_step
from chalicelib.core.alerts.page import Page
from chalicelib.core.alerts.transitions import endings, joints, telling
from chalicelib.core.clicks.deletion import Presence, presence
from chalicelib.core.clicks.ending import Ending, Outcome
from chalicelib.core.clicks.order import AutoRelease
from chalicelib.core.locks.lock import Body, HeldLock
from chalicelib.core.locks.state_lock import StateLock
from chalicelib.core.policy import Rules
from chalicelib.jobs.alerts.alert import edit, has_changed, raise_level, wake
from chalicelib.jobs.alerts.case import Case, Detours, case_of
from chalicelib.jobs.alerts.endings import close, end, say_ending, tell
from chalicelib.jobs.alerts.found import Found, in_channel, task, together
from chalicelib.jobs.alerts.halves import Halves
from chalicelib.jobs.alerts.say import look_for_lost
from chalicelib.jobs.joint.standing import Standing
from chalicelib.jobs.runs.tasks import Rank, Wait
from chalicelib.jobs.seen import seen_held
from chalicelib.ports.book import BookError, LockBook
from chalicelib.ports.locks import ContainerGoneError
from chalicelib.ports.world import World

_SPEAKING = {Step.POST, Step.RAISE, Step.WAKE}


@dataclass(frozen=True)
class Steps:
    """The next steps of the locks of one run. It has no state, so that threads may share it."""

    world: World
    rules: Rules
    now: datetime
    standing: Standing
    """The joint alerts that tell of locks."""
    detours: Detours = field(default_factory=Detours)

    def look(self, page: Page) -> Found:
        """Read a lock's place, then take the lock's next step."""
        try:
            current = self.world.store.read(page.lock.ref.place)
        except ContainerGoneError:
            return self.end_with_container(page)
        return self.tend(page, current)

    def tend(self, page: Page, current: HeldLock | None) -> Found:
        """Take a lock's next step, given the lock that is at its place now. Its other places are read."""
        if page.ending:
            return self._step(page, current, StateLock(()))
        state = self.halves.state_lock(page.lock.ref.place, current)
        seen = self.halves.leads(page, state)
        if seen.half_of and not seen.spoken_of:
            return self._tend_follower(page, seen, current, state)
        found = self._step(seen, current, state)
        changed = (seen.halves, seen.rivals) != (page.halves, page.rivals)
        return found if found != Found() or not changed else _refresh(self.case(seen))

    def _step(self, page: Page, current: HeldLock | None, state: StateLock) -> Found:
        """Take the next step of a page that has the alert for its lock."""
        there = _there(page, current)
        if presence(page.lock.ref, current) is Presence.SAME:
            _drop_old_claim(page, self.world, self.now)
        case = self.case(_spoken_for(_as_seen(page, current, self.world.book), self.standing, self.world.book))
        step = next_step(case.page, case.policy, self.now, held=there is Presence.SAME)
        if step in _SPEAKING and case.page.sending:
            if case.page.in_flight(self.now):
                return Found()
            return task(Wait.LOOK, "", Rank.NEW, case, partial(self._find_lost, case, there, current))
        if step is Step.AUTO_RELEASE and state.unseen:  # another holder may be there
            step = Step.REFRESH
        return self._take(step, case, there, current)

    def end_with_container(self, page: Page) -> Found:
        """End a lock whose bucket or table does not exist any more, unless another half of it is held."""
        seen = self.halves.leads(page, self.halves.state_lock(page.lock.ref.place, None))
        if _there(seen, None) is Presence.SAME:
            return self.tend(page, None)
        return end(self.case(seen), Ending(outcome=Outcome.CONTAINER_GONE, at=self.now))

    def _tend_follower(self, known: Page, page: Page, current: HeldLock | None, state: StateLock) -> Found:
        """Tend a half whose alert another page has: close its page when it is gone. Tend a lead without a page."""
        if (there := presence(page.lock.ref, current)) is not Presence.SAME:
            return close(self.case(page), there, current)
        _drop_old_claim(page, self.world, self.now)
        lead = next((lock for lock in state.locks if lock.ref == page.half_of), None)
        if lead is None or (known.half_of and self.halves.is_open(lead.ref)):
            return Found()
        with suppress(BookError):  # without the book, the sweep of the lead's own place alerts it
            if remembered := self.world.book.write(telling.remember(lead, self.now)).page:
                return self.tend(remembered, lead)
        return Found()

    def _find_lost(self, case: Case, there: Presence, current: HeldLock | None) -> Found:
        case = look_for_lost(case)
        step = next_step(case.page, case.policy, self.now, held=there is Presence.SAME)
        return self._take(step, case, there, current)

    def _take(self, step: Step, case: Case, there: Presence, current: HeldLock | None) -> Found:
        steps: dict[Step, Callable[[], Found]] = {
            Step.POST: lambda: Found(new=(case,)),
            Step.RAISE: lambda: in_channel(Wait.POST, Rank.LOUDER, case, partial(_louder, case, raise_level)),
            Step.WAKE: lambda: in_channel(Wait.POST, Rank.LOUDER, case, partial(_louder, case, wake)),
            Step.REFRESH: lambda: _refresh(case),
            Step.AUTO_RELEASE: lambda: _order_release(case),
            Step.CLOSE: lambda: close(case, there, current),
            Step.TELL: lambda: self._tell(case, there),
            Step.REOPEN: lambda: self._reopen(case),
            Step.NOTHING: Found,
        }
        return steps[step]()

    def _tell(self, case: Case, there: Presence) -> Found:
        if there is not Presence.SAME:
            return say_ending(case)
        return in_channel(Wait.EDIT, Rank.CLOSING, case, partial(self._tell_and_reopen, case))

    def _tell_and_reopen(self, case: Case) -> Found:
        tell(case)
        return self._reopen(case)

    def _reopen(self, case: Case) -> Found:
        """Begin a new page for a lock that had ended and is held again, as when somebody deletes a delete marker.

        The lock is read again first, because it may have been let go between the first read and the look at its page.
        """
        current = self.world.store.read(case.ref.place)
        if current and current.ref == case.ref:
            reopened = self.world.book.write(endings.reopen(current, self.now)).page or Page(lock=current)
            seen_held(reopened, self.world, self.rules, self.now)
            return self.tend(reopened, current)
        return Found()

    @property
    def halves(self) -> Halves:
        """Return the halves of the locks of this run."""
        return Halves(self.world, self.rules, self.now)

    def case(self, page: Page) -> Case:
        """Return the case of a page in this run."""
        return case_of(page, self.world, self.rules, self.now, self.detours)


def _there(page: Page, current: HeldLock | None) -> Presence:
    """Return whether a lock is still held: at its own place, or at that of another half."""
    elsewhere = not page.ending and any(half.held for half in page.halves)
    return Presence.SAME if elsewhere else presence(page.lock.ref, current)


def _as_seen(page: Page, current: HeldLock | None, book: LockBook) -> Page:
    """Update a page whose lock has become readable; never overwrite readable with unreadable."""
    if current is None or current.ref != page.lock.ref or current == page.lock:
        return page
    if _is_unread(current) and not _is_unread(page.lock):
        return page
    return book.write(telling.remember(current)).page or page


def _spoken_for(page: Page, standing: Standing, book: LockBook) -> Page:
    """Return the page; if the joint alert that told of its lock is lost, it speaks for its lock again."""
    if not page.joint or page.ending or standing.tells_of(page.joint):
        return page
    return book.write(joints.leave(page.lock.ref)).page or page


def _drop_old_claim(page: Page, world: World, now: datetime) -> None:
    """Drop the claim to a delete that never arrived: the lock is still there, and the claim is over."""
    claim = page.releasing
    if claim and not page.ending and not page.being_released(now):
        world.book.write(endings.abandon_release(page.lock.ref, claim))


def _order_release(case: Case) -> Found:
    order = AutoRelease(
        lock=case.ref, halves=case.page.present if case.page.halves else (), channel=case.policy.channel
    )
    leave = partial(case.world.orders.release_by_itself, order)
    if case.page.joint:
        case.world.book.write(telling.shown(case.ref, case.now, ""))  # at most once an hour
    return together([task(Wait.BOOK, "orders", Rank.LOUDER, case, leave), _refresh(case)])


def _is_unread(lock: HeldLock) -> bool:
    return lock.body in {Body.SEALED, Body.DENIED}


def _refresh(case: Case) -> Found:
    """Edit a message if it would read differently. Finding that out needs no call to Slack, which allows few edits."""
    return _to_edit(case) if case.page.posted and has_changed(case) else Found()


def _to_edit(case: Case) -> Found:
    return in_channel(Wait.EDIT, Rank.FRESH, case, partial(_edit, case))


def _edit(case: Case) -> None:
    """Edit a message, unless its lock has ended while the edit waited."""
    latest = case.world.book.find(case.ref) or case.page
    if not latest.ending:
        edit(case.known_as(latest))


def _louder(case: Case, say: Callable[[Case], Case | None]) -> Found:
    """Reply to an alert; return the edit that follows as a task, because Slack counts edits apart."""
    said = say(case)
    return _to_edit(said) if said else Found()
