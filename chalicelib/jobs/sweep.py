"""Find every lock of a target, set the lock book right, alert."""

from datetime import datetime
from functools import partial

import msgspec

from chalicelib.core.alerts.page import LockRecord
from chalicelib.core.alerts.transitions import telling
from chalicelib.core.audit.line import EventType, of_run
from chalicelib.core.brief import told_briefly
from chalicelib.core.locks.lock import StateLock
from chalicelib.core.locks.place import LockRef
from chalicelib.core.locks.scan import ListedPage
from chalicelib.core.locks.target import Target
from chalicelib.core.locks.terraform.lock_info import LOCK_SUFFIX
from chalicelib.core.policy import Rules
from chalicelib.jobs.alerts.round import Round, is_new, shuffled
from chalicelib.jobs.alerts.steps import Found, together
from chalicelib.jobs.runs.run import Run
from chalicelib.ports.book import BookError
from chalicelib.ports.locks import StoreError, StoreRefusedError
from chalicelib.ports.orders import Queue
from chalicelib.ports.world import Journal, World


class SweepIncompleteError(Exception):
    """Some of a target's locks could not be read or told of; sweeping it again does the rest, and only the rest."""


def order_sweeps(rules: Rules, queue: Queue, journal: Journal, now: datetime) -> None:
    """One message a target, so that no target's trouble is another's. The journal's line is the night's heartbeat."""
    for target in rules.targets:
        queue.send(msgspec.json.encode(target))
    journal.write(of_run(EventType.SWEEPS_ORDERED, now, targets=len(rules.targets)))


def sweep(target: Target, world: World, rules: Rules, now: datetime, run: Run | None = None) -> None:
    """Sweep one target. What S3 refuses is told (journal, channel for trouble), and is no reason to try again.

    What Slack would not take, or what there was no time to say, is told by the next watch, since the book knows of it.

    Raises:
        SweepIncompleteError: a lock could not be read, or nobody but this sweep knows that it has to be told of; so
            the queue delivers the order again.
    """
    swept = Round(world, rules, now, run or Run())
    try:
        pages = _listed(target, swept)
    except StoreError as error:
        _tell_failure(target, error, world, rules, now)
        return
    known, trouble = _known(target, world)
    locks = _look_at_all(target, [key for page in pages for key in page.lock_keys], known, swept)
    detail = told_briefly([*trouble, *swept.failed, *swept.untold])
    counts = {"locks": len(locks), "alerts": swept.alerts, "objects": sum(page.objects for page in pages)}
    left = {"waiting": swept.waiting, "not_reached": swept.not_reached}
    world.journal.write(of_run(EventType.SWEEP_FINISHED, now, target=target.bucket, detail=detail, **counts, **left))
    if trouble:
        world.messenger.report(rules.trouble_channel, "the lock book", "; ".join(trouble))
    if _is_worth_another_try(swept, forgetful=bool(trouble)):
        raise SweepIncompleteError(detail or f"{swept.not_seen} locks were not looked at in time") from swept.unexpected


def _listed(target: Target, swept: Round) -> list[ListedPage]:
    """List a target for half of the time at most, so that what was found by then is told. Raises StoreError.

    Its prefixes come in another order each time, so that the same ones are not left out by every try and every night.
    """
    pages: list[ListedPage] = []
    half = swept.run.half()
    prefixes = tuple(shuffled(target.prefixes, swept.now))
    for page in swept.world.store.list_locks(target.bucket, prefixes):
        if pages and swept.run.workers.clock() > half:
            objects = sum(page.objects for page in pages)
            why = f"only the first {objects} objects were listed in time: {_what_helps(target)}"
            swept.failed.append(f"{target.bucket}: {why}")
            break
        pages.append(page)
    return pages


def _what_helps(target: Target) -> str:
    if target.prefixes:
        return "the next try lists its prefixes in another order"
    return "divide the target by prefixes"


def _is_worth_another_try(swept: Round, *, forgetful: bool) -> bool:
    """Without the book a second try would repeat what was told, so it has to have told nothing."""
    if forgetful:
        return not swept.alerts and bool(swept.failed or swept.untold or swept.waiting or swept.not_seen)
    return bool(swept.failed or swept.not_seen)


def _known(target: Target, world: World) -> tuple[list[LockRecord], list[str]]:
    """Read the book before the locks: a lock that is read as another one, or as gone, has then been let go since."""
    try:
        records = world.book.open_pages()
    except BookError as error:
        return [], [f"could not be read, so locks may be alerted again: {error}"]
    return [record for record in records if target.covers(record.lock.ref.bucket, record.lock.ref.key)], []


def _look_at_all(target: Target, listed: list[str], known: list[LockRecord], swept: Round) -> set[LockRef]:
    """Look at what was listed, and at what the book has and the listing does not; return the locks found."""
    of_key: dict[str, list[LockRecord]] = {key: [] for key in listed}
    for record in known:
        of_key.setdefault(record.lock.ref.key, []).append(record)
    found: set[LockRef] = set()
    for key, records in shuffled(list(of_key.items()), swept.now):
        new = not records or any(is_new(record) for record in records)
        act = partial(_look_at, target.bucket, key, records, swept, found)
        swept.look(target.bucket, f"{target.bucket}/{key.removesuffix(LOCK_SUFFIX)}", act, new=new)
    swept.finish()
    return found


def _look_at(bucket: str, key: str, records: list[LockRecord], swept: Round, found: set[LockRef]) -> Found:
    """Look at one place: at the lock there now, which may be new to the book, and at those that the book has there."""
    current = swept.world.store.read(bucket, key)
    if current:
        found.add(current.ref)
        if all(record.lock.ref != current.ref for record in records):
            records = [*records, _remember(current, swept.world)]
    return together([swept.steps.tend(record, current) for record in records])


def _remember(lock: StateLock, world: World) -> LockRecord:
    try:
        return world.book.write(telling.remember(lock)).page or LockRecord(lock=lock)
    except BookError:
        return LockRecord(lock=lock)  # told of by _known; the lock is alerted all the same


def _tell_failure(target: Target, error: StoreError, world: World, rules: Rules, now: datetime) -> None:
    """Tell people what S3 refuses; what merely went wrong is tried again first, and ends among the dead letters."""
    world.journal.write(of_run(EventType.SWEEP_FAILED, now, target=target.bucket, detail=str(error)))
    if not isinstance(error, StoreRefusedError):
        raise SweepIncompleteError(str(error)) from error
    world.messenger.report(rules.trouble_channel, f"bucket {target.bucket}", str(error))
