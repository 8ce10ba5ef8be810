"""Write a lock event into the journal and the book, and close the alert of a lock that was released."""

from chalicelib.core.alert import LockRecord
from chalicelib.core.event import EventType, LockChange, of_change
from chalicelib.core.lock import LockRef, StateLock
from chalicelib.core.policy import Rules
from chalicelib.core.release import Ending, Presence, ReleaseOutcome, presence
from chalicelib.jobs.alert import close
from chalicelib.ports import World


def record_change(change: LockChange, world: World, rules: Rules) -> None:
    """Record one notification. It is a hint: what is there now is read before anything is written.

    Raises:
        StoreError, BookError, MessengerError: the queue delivers the event again.
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
    world.journal.write(of_change(EventType.LOCK_ACQUIRED, change, lock))
    if lock:
        world.book.acquire_recorded(lock, change.at)


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
            close(record, _ending(change, current, theirs=record is gone[-1]), world, rules)


def _gone_by(change: LockChange, record: LockRecord, current: StateLock | None) -> bool:
    """Whether a lock was there before the event and is not now; a younger one has an event of its own."""
    return record.taken <= change.at and presence(record.lock.ref, current) is not Presence.SAME


def _journal_release(change: LockChange, untold: list[LockRecord], world: World) -> None:
    """The event is that of the youngest lock; that of an older one was lost, and nobody knows who released it."""
    if not untold:
        world.journal.write(of_change(EventType.LOCK_RELEASED, change, None))
        return
    record = untold[-1]
    told = {"held_seconds": (change.at - record.taken).total_seconds(), "slack_user": record.released_for}
    world.journal.write(of_change(EventType.LOCK_RELEASED, change, record.lock, **told))
    world.book.release_recorded(record.lock.ref, change.at)


def _ending(change: LockChange, current: StateLock | None, *, theirs: bool) -> Ending:
    outcome = ReleaseOutcome.REPLACED if current else ReleaseOutcome.GONE
    return Ending(outcome=outcome, at=change.at, principal=change.principal if theirs else "", held_now=current)
