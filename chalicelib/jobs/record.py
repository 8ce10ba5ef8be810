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
    if known and known.acquire_recorded:
        return
    world.journal.write(of_change(EventType.LOCK_ACQUIRED, change, lock))
    if lock:
        world.book.acquire_recorded(lock)


def _record_release(change: LockChange, world: World, rules: Rules) -> None:
    current = world.store.read(change.bucket, change.key)
    known = world.book.records_of(LockRef(change.bucket, change.key, "", change.at).state_path)
    gone = [record for record in known if presence(record.lock.ref, current) is not Presence.SAME]
    _journal_releases(change, gone, world)
    for record in gone:
        # A release begun for somebody in Slack is told by release_lock, which knows how it ended.
        if not record.ending and not record.requested_by:
            close(record, _ending(change, current), world, rules)


def _journal_releases(change: LockChange, gone: list[LockRecord], world: World) -> None:
    if any(record.released_at == change.at for record in gone):
        return  # the same event once more
    untold = [record for record in gone if not record.released_at]
    for record in untold:
        _journal_release(change, record, world)
    if not untold:
        world.journal.write(of_change(EventType.LOCK_RELEASED, change, None))


def _journal_release(change: LockChange, record: LockRecord, world: World) -> None:
    lock = record.lock
    held = lock.age(change.at).total_seconds()
    user = record.requested_by or (record.ending.user if record.ending else "")
    world.journal.write(of_change(EventType.LOCK_RELEASED, change, lock, held_seconds=held, slack_user=user))
    world.book.release_recorded(lock.ref, change.at)


def _ending(change: LockChange, current: StateLock | None) -> Ending:
    outcome = ReleaseOutcome.REPLACED if current else ReleaseOutcome.GONE
    return Ending(outcome=outcome, at=change.at, principal=change.principal, held_now=current)
