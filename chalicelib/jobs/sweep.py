"""Find every lock of a target, set the lock book right, alert."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

import msgspec

from chalicelib.core.alerts.page import Page
from chalicelib.core.alerts.transitions import telling
from chalicelib.core.audit.line import EventType, of_run
from chalicelib.core.brief import told_briefly
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import LockRef, Place
from chalicelib.core.locks.scan import Scanned
from chalicelib.core.locks.target import Target
from chalicelib.core.policy import Rules
from chalicelib.jobs.alerts.progress import Progress
from chalicelib.jobs.alerts.round import Round, is_new, shuffled
from chalicelib.jobs.alerts.steps import Found, together
from chalicelib.jobs.runs.run import Run
from chalicelib.ports.book import BookError
from chalicelib.ports.locks import StoreError, StoreRefusedError
from chalicelib.ports.orders import Orders
from chalicelib.ports.world import Journal, World


class SweepIncompleteError(Exception):
    """Some of a target's locks could not be read or told of; sweeping it again does the rest, and only the rest."""


def order_sweeps(rules: Rules, orders: Orders, journal: Journal, now: datetime) -> None:
    """Leave one order a target, so that no target's trouble is another's; the line is the night's heartbeat."""
    for target in rules.targets:
        orders.sweep(target)
    journal.write(of_run(EventType.SWEEPS_ORDERED, now, targets=len(rules.targets)))


def sweep(target: Target, world: World, rules: Rules, now: datetime, run: Run | None = None) -> None:
    """Sweep one target. What S3 refuses is told (journal, channel for trouble), and is no reason to try again.

    What Slack would not take, or what there was no time to say, is told by the next watch, since the book knows of it.

    Raises:
        SweepIncompleteError: a lock could not be read, or nobody but this sweep knows that it has to be told of; so
            the queue delivers the order again.
    """
    swept = Round(world, rules, now, run or Run())
    known, trouble = _known(target, world)
    scan = _Scan(target, swept, known)
    try:
        scan.begin()
    except StoreError as error:
        _tell_failure(target, error, world, rules, now)
        return
    swept.finish()
    if scan.error:
        _tell_failure(target, scan.error, world, rules, now)
        return
    done = swept.progress
    if not scan.finished:
        why = f"only the first {scan.objects} objects were listed in time: {_what_helps(target)}"
        done.failed.append(f"{target.container}: {why}")
    detail = told_briefly([*trouble, *done.failed, *done.untold])
    counts = {"locks": len(scan.found), "alerts": done.alerts, "objects": scan.objects}
    left = {"waiting": done.waiting, "not_reached": len(done.left)}
    world.journal.write(of_run(EventType.SWEEP_FINISHED, now, target=target.container, detail=detail, **counts, **left))
    if trouble:
        world.messenger.report(rules.trouble_channel, "the lock book", "; ".join(trouble))
    if _is_worth_another_try(done, forgetful=bool(trouble)):
        raise SweepIncompleteError(detail or f"{done.not_seen} locks were not looked at in time") from done.unexpected


@dataclass
class _Scan:
    """The scan of a target. Its locks are looked at, and told of, while it goes on."""

    target: Target
    swept: Round
    known: dict[Place, list[Page]]
    """What the book has, by place."""
    found: set[LockRef] = field(default_factory=set)
    objects: int = 0
    finished: bool = True
    error: StoreError | None = None
    """What ended the scan before its time. What was found by then is told."""
    _until: float = field(init=False)
    _parts: Iterator[Scanned] = field(init=False)

    def __post_init__(self) -> None:
        # Half of the time at most, so that what was found by then is told. The prefixes come in another order each
        # time, so that the same ones are not left out by every try and every night.
        self._until = self.swept.run.half()
        prefixes = tuple(shuffled(self.target.prefixes, self.swept.now))
        self._parts = self.swept.world.store.scan(msgspec.structs.replace(self.target, prefixes=prefixes))

    def begin(self) -> None:
        """Have a look at all that the book has, and at what the first part of the scan finds. Raises StoreError."""
        first = next(self._parts, None)
        self._look_at(list(self.known))
        if first:
            self._take(first)

    def _go_on(self) -> Scanned | None:
        try:
            return next(self._parts, None)
        except StoreError as error:
            self.error = error
            return None

    def _hear(self, part: Scanned | None) -> None:
        if part and self.swept.run.workers.clock() <= self._until:
            self._take(part)

    def _take(self, part: Scanned) -> None:
        self.objects += part.looked_at
        self._look_at([place for place in part.places if place not in self.known])
        self.finished = not part.cursor
        if part.cursor:
            self.swept.scan(self.target.container, self._go_on, self._hear)

    def _look_at(self, places: list[Place]) -> None:
        for place in shuffled(places, self.swept.now):
            records = self.known.get(place, [])
            new = not records or any(is_new(record) for record in records)
            self.swept.look(place, partial(self._look, place, records), new=new)

    def _look(self, place: Place, records: list[Page]) -> Found:
        """Look at the lock there now, which may be new to the book, and at those that the book has there."""
        current = self.swept.world.store.read(place)
        if current:
            self.found.add(current.ref)
            if all(record.lock.ref != current.ref for record in records):
                records = [*records, _remember(current, self.swept.world)]
        return together([self.swept.steps.tend(record, current) for record in records])


def _what_helps(target: Target) -> str:
    if target.prefixes:
        return "the next try lists its prefixes in another order"
    return "divide the target by prefixes"


def _is_worth_another_try(done: Progress, *, forgetful: bool) -> bool:
    """Return whether to sweep again; without the book that would repeat what was told, so only if nothing was."""
    if forgetful:
        return not done.alerts and bool(done.failed or done.untold or done.waiting or done.not_seen)
    return bool(done.failed or done.not_seen)


def _known(target: Target, world: World) -> tuple[dict[Place, list[Page]], list[str]]:
    """Read the book before the locks: a lock that is read as another one, or as gone, has then been let go since."""
    known: dict[Place, list[Page]] = {}
    try:
        records = world.book.open_pages()
    except BookError as error:
        return known, [f"could not be read, so locks may be alerted again: {error}"]
    for record in records:
        if target.covers(record.lock.ref.place):
            known.setdefault(record.lock.ref.place, []).append(record)
    return known, []


def _remember(lock: HeldLock, world: World) -> Page:
    try:
        return world.book.write(telling.remember(lock)).page or Page(lock=lock)
    except BookError:
        return Page(lock=lock)  # told of by _known; the lock is alerted all the same


def _tell_failure(target: Target, error: StoreError, world: World, rules: Rules, now: datetime) -> None:
    """Tell people what S3 refuses; what merely went wrong is tried again first, and ends among the dead letters."""
    world.journal.write(of_run(EventType.SWEEP_FAILED, now, target=target.container, detail=str(error)))
    if not isinstance(error, StoreRefusedError):
        raise SweepIncompleteError(str(error)) from error
    world.messenger.report(rules.trouble_channel, f"{target.called}", str(error))
