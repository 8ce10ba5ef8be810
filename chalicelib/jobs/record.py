"""Record events: write each into the journal once, and into the book; close the alert of a lock that was released.

Events come at least once and in any order. An acquire is journaled at once. Which hold a release ended is certain only
when all earlier events have arrived, so the line of a release waits until then (``jobs.settle``). So does the line of
an acquire in S3 while another holder has the state in a lock table (``jobs.attempts``).
"""

from collections.abc import Iterable

from chalicelib.core.alerts.page import Page
from chalicelib.core.alerts.transitions import endings, telling
from chalicelib.core.audit.event import NEARBY
from chalicelib.core.audit.hold import NotedEvent, page_of
from chalicelib.core.clicks.deletion import Presence, presence
from chalicelib.core.clicks.ending import Ending, Outcome
from chalicelib.core.locks.lock import HeldLock
from chalicelib.jobs.alerts.case import Case
from chalicelib.jobs.alerts.halves import Halves
from chalicelib.jobs.attempts import places_after, rival_of
from chalicelib.jobs.close import close_alerts
from chalicelib.jobs.event_case import EventCase
from chalicelib.jobs.journal_once import journal_acquire
from chalicelib.jobs.reappear import look_again
from chalicelib.ports.locks import StoreError


class RecordingError(Exception):
    """One or more events of a message could not be recorded; the others of the message were."""


def record_events(cases: Iterable[EventCase], ended: list[Case]) -> None:
    """Record the events of one message, each even if others fail.

    The cases that ``record_event`` returns are added to ``ended``.

    Raises:
        RecordingError: has the failures in words; the queue delivers the message again.
    """
    failed: list[tuple[EventCase, Exception]] = []
    for case in cases:
        try:
            ended.extend(record_event(case))
        except Exception as error:  # noqa: BLE001  it is raised below, after the other events were recorded
            failed.append((case, error))
    if failed:
        words = "; ".join(f"{case.event.ref.state_path}: {error!r}" for case, error in failed)
        raise RecordingError(words) from failed[0][1]


def record_event(case: EventCase) -> tuple[Case, ...]:
    """Record one event. An event is only a hint, so the lock's place is read before anything is written.

    Return the cases of locks that ended and whose messages still have to say so (``jobs.alerts.endings``), so that the
    journal does not wait for Slack.

    Raises:
        StoreError, BookError, OrderError: the queue delivers the event again.
    """
    event = case.event
    if not case.rules.covers(event.place):
        return ()
    if event.acquired:
        _record_acquire(case)
    elif not event.permanent:
        _remember_release(case)
        _order_settling(case)
        return close_alerts(case)
    else:
        _record_gone_version(case)
    return ()


def _record_gone_version(case: EventCase) -> None:
    there = look_again(case, settled=False)
    # A lifecycle rule deletes only old versions, never the lock itself, so it ends no hold.
    if there or not case.event.by_lifecycle:
        _order_settling(case)


def _order_settling(case: EventCase) -> None:
    case.world.orders.settle(case.event, case.recording.settled_after)


def _remember_release(case: EventCase) -> None:
    """Remember a release at once where another place's acquire or release is told from an attempt by it."""
    lock = case.event.lock
    if lock or places_after(case):
        case.world.events.remember(NotedEvent(case.event, lock.ref if lock else None))


def _record_acquire(case: EventCase) -> None:
    event, world = case.event, case.world
    try:
        lock = _lock_of(case)
    except StoreError:
        # The queue delivers it again, perhaps only after later releases are settled. Those have to know of it.
        world.events.remember(NotedEvent(event))
        raise
    noted = NotedEvent(event, lock.ref if lock else None, rival_of(case, lock))
    if noted.rival:
        world.events.remember(noted)
        world.orders.settle(event, case.recording.settled_after)
    else:
        journal_acquire(noted, lock, case)
    if lock:
        page = world.book.write(telling.acquire_recorded(lock, event.at, event.principal)).page
        Halves(world, case.rules, case.now).join(page or Page(lock=lock))
        if case.now - event.at >= case.recording.settled_after:
            _end_if_gone(lock, case)


def _end_if_gone(lock: HeldLock, case: EventCase) -> None:
    """Note the end of a lock that is gone already.

    Its acquire was told so late that its release may be settled. Then nothing else would end the hold.
    """
    current = case.world.store.read(lock.ref.place)
    there = presence(lock.ref, current)
    if there is not Presence.SAME:
        outcome = Outcome.GONE if there is Presence.GONE else Outcome.REPLACED
        ending = Ending(outcome=outcome, at=case.now, held_now=current)
        case.world.book.write(endings.end_unspoken(lock, ending))


def _lock_of(case: EventCase) -> HeldLock | None:
    """Return the lock that an acquire took: the event's own, the version in it, or as a sweep saw it; None: neither."""
    event = case.event
    if event.lock:
        return event.lock
    found = case.world.store.read(event.place, event.version)
    if found and event.is_about(found):
        return found
    page = page_of(event, case.pages(event.at + NEARBY))
    return page.lock if page else None
