"""Find every lock of a target, set the lock book right, alert."""

from datetime import datetime

import msgspec

from chalicelib.book_ports import BookError
from chalicelib.core.alert import LockRecord
from chalicelib.core.event import EventType, of_run
from chalicelib.core.lock import StateLock
from chalicelib.core.policy import Rules, Target
from chalicelib.jobs.round import Round
from chalicelib.ports import Journal, Queue, StoreError, StoreRefusedError, World


class SweepIncompleteError(Exception):
    """Some of a target's locks could not be read or told of; sweeping it again does the rest, and only the rest."""


def order_sweeps(rules: Rules, queue: Queue, journal: Journal, now: datetime) -> None:
    """One message a target, so that no target's trouble is another's. The journal's line is the night's heartbeat."""
    for target in rules.targets:
        queue.send(msgspec.json.encode(target))
    journal.write(of_run(EventType.SWEEPS_ORDERED, now, targets=len(rules.targets)))


def sweep(target: Target, world: World, rules: Rules, now: datetime) -> None:
    """Sweep one target. What S3 refuses is told (journal, channel for trouble), and is no reason to try again.

    What Slack would not take is told by the next watch, since the book knows of it by then.

    Raises:
        SweepIncompleteError: a lock could not be read, or nobody but this sweep knows that it has to be told of; so
            the queue delivers the order again.
    """
    try:
        pages = list(world.store.list_locks(target.bucket, target.prefixes))
    except StoreError as error:
        _tell_failure(target, error, world, rules, now)
        return
    locks, unread = _held(target, [key for page in pages for key in page.lock_keys], world)
    records, trouble = _known(target, world)
    swept = _tend_all(_records_of(locks, records, world), locks, Round(world, rules, now))
    detail = "; ".join([*trouble, *unread, *swept.failed, *swept.untold])
    counts = {"locks": len(locks), "alerts": swept.alerts, "objects": sum(page.objects for page in pages)}
    world.journal.write(of_run(EventType.SWEEP_FINISHED, now, target=target.bucket, detail=detail, **counts))
    if trouble:
        world.messenger.report(rules.trouble_channel, "the lock book", "; ".join(trouble))
    if _is_worth_another_try(swept, forgetful=bool(trouble), unread=bool(unread)):
        raise SweepIncompleteError(detail)


def _is_worth_another_try(swept: Round, *, forgetful: bool, unread: bool) -> bool:
    """Without the book a second try would repeat what was told, so it has to have told nothing."""
    if forgetful:
        return not swept.alerts and bool(unread or swept.failed or swept.untold)
    return bool(unread or swept.failed)


def _held(target: Target, keys: list[str], world: World) -> tuple[list[StateLock], list[str]]:
    """The locks at these keys, and which of them S3 would not speak of."""
    locks, unread = [], []
    for key in keys:
        try:
            lock = world.store.read(target.bucket, key)
        except StoreError as error:
            unread.append(str(error))
            continue
        if lock:  # else: released since it was listed
            locks.append(lock)
    return locks, unread


def _known(target: Target, world: World) -> tuple[list[LockRecord], list[str]]:
    try:
        records = world.book.records()
    except BookError as error:
        return [], [f"could not be read, so locks may be alerted again: {error}"]
    return [record for record in records if target.covers(record.lock.ref.bucket, record.lock.ref.key)], []


def _records_of(locks: list[StateLock], known: list[LockRecord], world: World) -> list[LockRecord]:
    """A record for each lock found, and those that the book holds for locks that were not."""
    by_ref = {record.lock.ref: record for record in known}
    found = [by_ref.get(lock.ref) or _remember(lock, world) for lock in locks]
    seen = {lock.ref for lock in locks}
    return found + [record for ref, record in by_ref.items() if ref not in seen]


def _remember(lock: StateLock, world: World) -> LockRecord:
    try:
        return world.book.remember(lock)
    except BookError:
        return LockRecord(lock=lock)  # told of by _known; the lock is alerted all the same


def _tend_all(records: list[LockRecord], locks: list[StateLock], swept: Round) -> Round:
    held = {lock.ref: lock for lock in locks}
    for record in records:
        ref = record.lock.ref
        # A record that the listing does not bear out may be younger than the listing: look again.
        swept.look_at(record, lambda: held.get(ref) or swept.world.store.read(ref.bucket, ref.key))  # noqa: B023
    swept.finish()
    return swept


def _tell_failure(target: Target, error: StoreError, world: World, rules: Rules, now: datetime) -> None:
    """Tell people what S3 refuses; what merely went wrong is tried again first, and ends among the dead letters."""
    world.journal.write(of_run(EventType.SWEEP_FAILED, now, target=target.bucket, detail=str(error)))
    if not isinstance(error, StoreRefusedError):
        raise SweepIncompleteError(str(error)) from error
    world.messenger.report(rules.trouble_channel, f"bucket {target.bucket}", str(error))
