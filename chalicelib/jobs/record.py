"""Write a lock event into the journal and the book, and close the alert of a lock that was released."""

from contextlib import suppress

from chalicelib.core.alert import LockRecord
from chalicelib.core.event import EventType, LockChange, of_change
from chalicelib.core.lock import LockRef, StateLock
from chalicelib.core.policy import Rules
from chalicelib.core.release import Ending, Outcome, Presence, presence, released_by
from chalicelib.jobs.alert import close
from chalicelib.jobs.case import case_of
from chalicelib.ports import MessengerError, World


def record_change(change: LockChange, world: World, rules: Rules) -> None:
    """Record one notification. It is a hint: what is there now is read before anything is written.

    Raises:
        StoreError, BookError: the queue delivers the event again.
    """
    if change.permanent or not rules.covers(change.bucket, change.key):
        return
    if change.acquired:
        _record_acquire(change, world)
    else:
        _record_release(change, world, rules)


def _record_acquire(change: LockChange, world: World) -> None:
    # On a versioned bucket the event's own version can be read even when the lock is released by now.
    found = world.store.read(change.bucket, change.key, change.version)
    lock = found if found and change.is_about(found) else None
    known = world.book.find(lock.ref) if lock else None
    if known and known.acquired_at:
        return
    restorer = _restorer(lock, world) if lock else ""
    world.journal.write(of_change(EventType.LOCK_ACQUIRED, change, lock, slack_user=restorer))
    if lock:
        world.book.acquire_recorded(lock, change.at, change.principal)


def _restorer(lock: StateLock, world: World) -> str:
    """The Slack user for whom the reaper put this lock back, "" for a lock that somebody took.

    S3's event can be faster than our note of what it is about, or come right between its two halves.
    """
    for record in world.book.records_of(lock.ref.state_path):
        if record.lock.ref == lock.ref and record.restored_by:
            return record.restored_by
        # By the whole of what it says, which has its ID: the same bytes have another ETag where KMS encrypts them.
        if record.restoring and record.lock.info == lock.info:
            return record.restoring.by
    return ""


def _record_release(change: LockChange, world: World, rules: Rules) -> None:
    # The book first: a lock acquired between these two looks is then not known, rather than known and taken for gone.
    known = world.book.records_of(LockRef(change.bucket, change.key, "", change.at).state_path)
    current = world.store.read(change.bucket, change.key)
    gone = [record for record in known if _gone_by(change, record, current)]
    if not any(record.released_at == change.at for record in gone):  # else: the same event once more
        _journal_release(change, [record for record in gone if not record.released_at], world)
    for record in gone:
        # A release begun for somebody in Slack is told by release_lock, which knows how it ended.
        if not record.ending and not record.requested_by:
            ending = _ending(change, record, current, theirs=record is gone[-1])
            with suppress(MessengerError):  # noted as untold, and so told by the next watch
                close(case_of(record, world, rules, change.at), ending)


def _gone_by(change: LockChange, record: LockRecord, current: StateLock | None) -> bool:
    """Whether a lock was there before the event and is not now; a younger one has an event of its own."""
    return record.taken <= change.at and presence(record.lock.ref, current) is not Presence.SAME


def _journal_release(change: LockChange, untold: list[LockRecord], world: World) -> None:
    """The event is that of the youngest lock; that of an older one was lost, and nobody knows who released it."""
    if not untold:
        world.journal.write(of_change(EventType.LOCK_RELEASED, change, None))
        return
    record = untold[-1]
    told = {
        "held_seconds": (change.at - record.taken).total_seconds(),
        "slack_user": record.released_for,
        "by_reaper": record.by_reaper,
    }
    world.journal.write(of_change(EventType.LOCK_RELEASED, change, record.lock, **told))
    world.book.release_recorded(record.lock.ref, change.at)


def _ending(change: LockChange, record: LockRecord, current: StateLock | None, *, theirs: bool) -> Ending:
    principal = change.principal if theirs else ""
    return Ending(
        outcome=Outcome.REPLACED if current else Outcome.GONE,
        at=change.at,
        principal=principal,
        released_by=released_by(record.principal, principal),
        held_now=current,
    )
