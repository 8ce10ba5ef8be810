"""Write S3's events into the journal, once each, and into the book; close the alert of a lock that was released.

Events come at least once and in any order. An acquire is journaled at once. Which hold a release ended is certain only
when what happened before it has been told too, so its line waits until then (``settle``).
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
    """One event of a message, or several, could not be recorded; the others of the message are."""


class Recording(msgspec.Struct, frozen=True, kw_only=True):
    """How events are recorded here."""

    settled_after: timedelta
    """The time until what happened before a release has been told too."""
    release_role: str = ""
    """The unique ID (``AROA...``) of the one role that deletes for the reaper."""
    restore_role: str = ""
    """Of the one that puts locks back."""


def record_events(
    events: Iterable[LockEvent], world: World, rules: Rules, recording: Recording, now: datetime, ended: list[Case]
) -> None:
    """Record the events of one message, each whatever becomes of the others.

    ``ended`` gets what ``record_event`` returns.

    Raises:
        RecordingError: with what became of those that failed; the queue delivers the message again.
    """
    failed: list[tuple[LockEvent, Exception]] = []
    for event in events:
        try:
            ended.extend(record_event(event, world, rules, recording, now))
        except Exception as error:  # noqa: BLE001  it is raised below, when the others have had their turn
            failed.append((event, error))
    if failed:
        words = "; ".join(f"{event.ref.state_path}: {error!r}" for event, error in failed)
        raise RecordingError(words) from failed[0][1]


def record_event(event: LockEvent, world: World, rules: Rules, recording: Recording, now: datetime) -> tuple[Case, ...]:
    """Record one event. It is a hint: what is there now is read before anything is written.

    Return the locks that ended by it and whose messages still have to say so (``jobs.alerts.endings``): the journal
    does not wait for Slack.

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
    # Rules for old versions leave the lock itself alone, so that they end nothing.
    if there or not gone.by_lifecycle:
        _order_settling(gone, world, recording)


def settle(release: LockEvent, world: World, rules: Rules, recording: Recording, now: datetime) -> tuple[Case, ...]:
    """Journal a release with the hold that it ended; then look whether a lock is there again.

    Return what ``record_event`` does.

    What was told before the release and happened after it is looked at once more: by then it was not known that the
    lock had ended.

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
    # The records first: an acquire is noted as an event before it is noted on its lock's page. The other way round, one
    # told between the two reads would be neither, and its release would be taken for that of the lock before it.
    records = _records_at(release.place, release.at + NEARBY, world)
    before = world.events.before(release)
    if release.permanent and not _is_of_the_lock(release, before):
        return ()
    hold = hold_ended_by(release, before, records)
    kind = who_let_go(release, hold, recording.release_role)
    journal_once(NotedEvent(release), of_release(release, hold, kind), world, now)
    if hold and hold.record and not hold.record.ending and not _end_unspoken(release, hold.record, world):
        # Its acquire was told after its release, so that nothing could be closed then.
        return _close_alerts(release, world, rules)
    return ()


def _is_of_the_lock(deleted: LockEvent, before: NotedEvent | None) -> bool:
    """Whether the version that was deleted by its ID is the lock itself, rather than history."""
    return before is not None and before.event.acquired and (before.event.version or NULL_VERSION) == deleted.version


def _order_settling(release: LockEvent, world: World, recording: Recording) -> None:
    world.orders.settle(release, recording.settled_after)


def _record_acquire(event: LockEvent, world: World, recording: Recording, now: datetime) -> None:
    try:
        lock = _lock_of(event, world)
    except StoreError:
        # It is told again only when releases that happened after it are settled, and those have to know of it.
        world.events.remember(NotedEvent(event))
        raise
    # Where the identity is known, only that of the one who puts back is worth a look.
    may_be_ours = event.by(recording.restore_role) or not (event.principal and recording.restore_role)
    restorer = _restorer(lock, world) if lock and may_be_ours else ""
    noted = NotedEvent(event, lock.ref if lock else None)
    journal_once(noted, of_acquire(event, lock, restorer), world, now)
    if lock:
        world.book.write(telling.acquire_recorded(lock, event.at, event.principal))
        if now - event.at >= recording.settled_after:
            _end_if_gone(lock, world, now)


def _end_if_gone(lock: HeldLock, world: World, now: datetime) -> None:
    """An acquire told so late may come after its release was settled, and then nothing else would end the hold."""
    current = world.store.read(lock.ref.place)
    there = presence(lock.ref, current)
    if there is not Presence.SAME:
        outcome = Outcome.GONE if there is Presence.GONE else Outcome.REPLACED
        ending = Ending(outcome=outcome, at=now, held_now=current)
        world.book.write(endings.end_unspoken(lock, ending))


def _lock_of(event: LockEvent, world: World) -> HeldLock | None:
    """The lock that an acquire is about, though it may be gone: its own version, or what a sweep saw of it."""
    found = world.store.read(event.place, event.version)
    if found and event.is_about(found):
        return found
    page = page_of(event, _records_at(event.place, event.at + NEARBY, world))
    return page.lock if page else None


def _records_at(place: Place, until: datetime, world: World) -> list[Page]:
    """Return what the book has of one place: the other half of a dual lock is another lock of the same state path."""
    records = world.book.pages_of(place.state_path, until)
    return [record for record in records if record.lock.ref.place == place]


def _restorer(lock: HeldLock, world: World) -> str:
    """Return the Slack user for whom the reaper put this lock back, by its mark; "" for a lock that somebody took.

    S3's event can be faster than our note of what it is about, or come right between its two halves.
    """
    if not lock.mark:
        return ""
    records = _records_at(lock.ref.place, lock.ref.since, world)
    known = (record.restorer_of(lock) for record in records)
    noted = (record.restored_by for record in records if record.lock.ref == lock.ref)
    return next((one.by for one in known if one), next(noted, ""))


def _end_unspoken(release: LockEvent, record: Page, world: World) -> bool:
    """End the hold of a lock whose acquire S3 has told, so that it is known to be this one, and nobody has heard of."""
    if record.acquired_at is None:
        return False
    ending = _ending(release, record, None, theirs=True)
    return world.book.write(endings.end_unspoken(record.lock, ending)).taken


def _close_alerts(release: LockEvent, world: World, rules: Rules) -> tuple[Case, ...]:
    """Note the end of the locks that are gone; return those whose messages have to say so.

    Those that nobody has heard of end when the release is settled.
    """
    # The book first: a lock acquired between these two looks is then not known, rather than known and taken for gone.
    known = _records_at(release.place, release.at, world)
    if all(record.ending or (record.acquired_at and not record.spoken_of) for record in known):
        return ()
    current = world.store.read(release.place)
    gone = [record for record in known if _gone_by(release, record, current)]
    noted = (
        note_ending(
            case_of(record, world, rules, release.at), _ending(release, record, current, theirs=record is gone[-1])
        )
        for record in gone
        # A release begun for somebody in Slack is told by release_lock, which knows how it ended.
        if not record.ending and record.releasing is None
    )
    return tuple(case for case in noted if case)


def _gone_by(release: LockEvent, record: Page, current: HeldLock | None) -> bool:
    """Whether a lock was there before the event and is not now; a younger one has an event of its own."""
    return record.taken <= release.at and presence(record.lock.ref, current) is not Presence.SAME


def _ending(release: LockEvent, record: Page, current: HeldLock | None, *, theirs: bool) -> Ending:
    """The event is that of the youngest lock; that of an older one was lost, and nobody knows who released it."""
    principal = release.principal if theirs else ""
    return Ending(
        outcome=Outcome.REPLACED if current else Outcome.GONE,
        at=release.at,
        principal=principal,
        let_go_by=by_identity(record.principal, principal),
        held_now=current,
    )
