"""Record events: write each into the journal once, and into the book; close the alert of a lock that was released.

Events come at least once and in any order. An acquire is journaled at once. Which hold a release ended is certain only
when all earlier events have arrived, so the line of a release waits until then (``settle``).
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from chalicelib.core.alerts.page import Page
from chalicelib.core.alerts.transitions import endings, telling
from chalicelib.core.audit.event import NEARBY, NULL_VERSION, LockEvent
from chalicelib.core.audit.hold import NotedEvent, hold_ended_by, page_of, who_let_go
from chalicelib.core.audit.line import of_acquire, of_release
from chalicelib.core.clicks.deletion import Presence, presence
from chalicelib.core.clicks.ending import Ending, Outcome, by_identity
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import Place
from chalicelib.core.policy import Rules
from chalicelib.jobs.alerts.case import Case, case_of
from chalicelib.jobs.alerts.endings import note_ending
from chalicelib.jobs.journal_once import journal_once
from chalicelib.jobs.reappear import look_again
from chalicelib.ports.locks import StoreError
from chalicelib.ports.world import World


class RecordingError(Exception):
    """One or more events of a message could not be recorded; the others of the message were."""


class Recording(msgspec.Struct, frozen=True, kw_only=True):
    """Settings for recording events."""

    settled_after: timedelta
    """The time after a release by which all earlier events have arrived, so that it can be settled."""
    release_role: str = ""
    """The unique ID (``AROA...``) of the only role that deletes for the reaper."""
    restore_role: str = ""
    """The unique ID of the only role that puts locks back."""


def record_events(
    events: Iterable[LockEvent], world: World, rules: Rules, recording: Recording, now: datetime, ended: list[Case]
) -> None:
    """Record the events of one message, each even if others fail.

    The cases that ``record_event`` returns are added to ``ended``.

    Raises:
        RecordingError: has the failures in words; the queue delivers the message again.
    """
    failed: list[tuple[LockEvent, Exception]] = []
    for event in events:
        try:
            ended.extend(record_event(event, world, rules, recording, now))
        except Exception as error:  # noqa: BLE001  it is raised below, after the other events were recorded
            failed.append((event, error))
    if failed:
        words = "; ".join(f"{event.ref.state_path}: {error!r}" for event, error in failed)
        raise RecordingError(words) from failed[0][1]


def record_event(event: LockEvent, world: World, rules: Rules, recording: Recording, now: datetime) -> tuple[Case, ...]:
    """Record one event. An event is only a hint, so the lock's place is read before anything is written.

    Return the cases of locks that ended and whose messages still have to say so (``jobs.alerts.endings``), so that the
    journal does not wait for Slack.

    Raises:
        StoreError, BookError, OrderError: the queue delivers the event again.
    """
    if not rules.covers(event.place):
        return ()
    if event.acquired:
        _record_acquire(event, world, recording, now)
    elif not event.permanent:
        _order_settling(event, world, recording)
        return _close_alerts(event, world, rules)
    else:
        _record_gone_version(event, world, rules, recording, now)
    return ()


def _record_gone_version(gone: LockEvent, world: World, rules: Rules, recording: Recording, now: datetime) -> None:
    there = look_again(gone, world, rules, now, settled=False)
    # A lifecycle rule deletes only old versions, never the lock itself, so it ends no hold.
    if there or not gone.by_lifecycle:
        _order_settling(gone, world, recording)


def settle(release: LockEvent, world: World, rules: Rules, recording: Recording, now: datetime) -> tuple[Case, ...]:
    """Journal a release with the hold that it ended; then look whether a lock is current again.

    Return cases as ``record_event`` does.

    A later deletion of a version may have been told before the release. Look again now: at that time it was not known
    that the lock had ended.

    Raises:
        StoreError, BookError: the queue delivers the order again.
    """
    ended = _journal_release(release, world, rules, recording, now)
    if release.permanent:
        look_again(release, world, rules, now, settled=True)
    for gone in world.events.gone_after(release):
        look_again(gone, world, rules, now, settled=True)
    return ended


def _journal_release(
    release: LockEvent, world: World, rules: Rules, recording: Recording, now: datetime
) -> tuple[Case, ...]:
    # Read the pages first, because an acquire is noted as an event before it is noted on its lock's page. In the other
    # order, an acquire told between the two reads would be seen in neither, and its release would be taken for the
    # release of the lock before it.
    pages = _pages_at(release.place, release.at + NEARBY, world)
    before = world.events.before(release)
    if release.permanent and not _is_of_the_lock(release, before):
        return ()
    hold = hold_ended_by(release, before, pages)
    let_go_by = who_let_go(release, hold, recording.release_role)
    journal_once(NotedEvent(release), of_release(release, hold, let_go_by), world, now)
    if hold and hold.page and not hold.page.ending and not _end_unspoken(release, hold.page, world):
        # The acquire was told after the release, so the release could not close the alert when it came.
        return _close_alerts(release, world, rules)
    return ()


def _is_of_the_lock(deleted: LockEvent, before: NotedEvent | None) -> bool:
    """Return whether the version that was deleted by its ID is the lock itself, not an old version."""
    return before is not None and before.event.acquired and (before.event.version or NULL_VERSION) == deleted.version


def _order_settling(release: LockEvent, world: World, recording: Recording) -> None:
    world.orders.settle(release, recording.settled_after)


def _record_acquire(event: LockEvent, world: World, recording: Recording, now: datetime) -> None:
    try:
        lock = _lock_of(event, world)
    except StoreError:
        # The queue delivers it again, perhaps only after later releases are settled. Those have to know of it.
        world.events.remember(NotedEvent(event))
        raise
    # If S3 names the identity, only the role that puts locks back can have put this one back.
    may_be_ours = event.by(recording.restore_role) or not (event.principal and recording.restore_role)
    restorer = _restorer(lock, world) if lock and may_be_ours else ""
    noted = NotedEvent(event, lock.ref if lock else None)
    journal_once(noted, of_acquire(event, lock, restorer), world, now)
    if lock:
        world.book.write(telling.acquire_recorded(lock, event.at, event.principal))
        if now - event.at >= recording.settled_after:
            _end_if_gone(lock, world, now)


def _end_if_gone(lock: HeldLock, world: World, now: datetime) -> None:
    """Note the end of a lock that is gone already.

    Its acquire was told so late that its release may be settled. Then nothing else would end the hold.
    """
    current = world.store.read(lock.ref.place)
    there = presence(lock.ref, current)
    if there is not Presence.SAME:
        outcome = Outcome.GONE if there is Presence.GONE else Outcome.REPLACED
        ending = Ending(outcome=outcome, at=now, held_now=current)
        world.book.write(endings.end_unspoken(lock, ending))


def _lock_of(event: LockEvent, world: World) -> HeldLock | None:
    """Return the lock that an acquire took: the version in the event, or the lock as a sweep saw it; None: neither."""
    found = world.store.read(event.place, event.version)
    if found and event.is_about(found):
        return found
    page = page_of(event, _pages_at(event.place, event.at + NEARBY, world))
    return page.lock if page else None


def _pages_at(place: Place, until: datetime, world: World) -> list[Page]:
    """Return the pages of one place, without those of another half of the same state path's lock."""
    pages = world.book.pages_of(place.state_path, until)
    return [page for page in pages if page.lock.ref.place == place]


def _restorer(lock: HeldLock, world: World) -> str:
    """Return the Slack user for whom the reaper put this lock back, found by the mark; "" for a lock that a run took.

    The event can arrive before the reaper has noted the put on both pages (``restores.restored``), or between the two.
    """
    if not lock.mark:
        return ""
    pages = _pages_at(lock.ref.place, lock.ref.since, world)
    known = (page.restorer_of(lock) for page in pages)
    noted = (page.restored_by for page in pages if page.lock.ref == lock.ref)
    return next((one.by for one in known if one), next(noted, ""))


def _end_unspoken(release: LockEvent, page: Page, world: World) -> bool:
    """Note the end of a lock of which nobody was told; return whether it was noted.

    The lock's acquire must have been told, because otherwise nobody knows that the release was of this lock.
    """
    if page.acquired_at is None:
        return False
    ending = _ending(release, page, None, theirs=True)
    return world.book.write(endings.end_unspoken(page.lock, ending)).taken


def _close_alerts(release: LockEvent, world: World, rules: Rules) -> tuple[Case, ...]:
    """Note the end of the locks that are gone; return the cases whose messages have to say so.

    Locks of which nobody was told end when the release is settled.
    """
    # Read the book before the place. In the other order, a lock acquired in between would be taken for gone.
    known = _pages_at(release.place, release.at, world)
    if all(page.ending or (page.acquired_at and not page.spoken_of) for page in known):
        return ()
    current = world.store.read(release.place)
    gone = [page for page in known if _gone_by(release, page, current)]
    noted = (
        note_ending(case_of(page, world, rules, release.at), _ending(release, page, current, theirs=page is gone[-1]))
        for page in gone
        # When the reaper began the release, release_lock tells how it ended.
        if not page.ending and page.releasing is None
    )
    return tuple(case for case in noted if case)


def _gone_by(release: LockEvent, page: Page, current: HeldLock | None) -> bool:
    """Return whether a lock was there before the event and is not now. A younger lock has an event of its own."""
    return page.taken <= release.at and presence(page.lock.ref, current) is not Presence.SAME


def _ending(release: LockEvent, page: Page, current: HeldLock | None, *, theirs: bool) -> Ending:
    """Return the ending of a lock that is gone. Unless the event is ``theirs``, nobody knows who released the lock."""
    principal = release.principal if theirs else ""
    return Ending(
        outcome=Outcome.REPLACED if current else Outcome.GONE,
        at=release.at,
        principal=principal,
        let_go_by=by_identity(page.principal, principal),
        held_now=current,
    )
