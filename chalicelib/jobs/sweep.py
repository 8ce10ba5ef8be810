"""Find every lock of a target, correct the lock book, alert."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

import msgspec

from chalicelib.core.alerts.page import Page
from chalicelib.core.alerts.transitions import telling
from chalicelib.core.audit.line import LineKind, of_run
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
    """Some locks of a target could not be read or told; another sweep of it does only the rest."""


def order_sweeps(rules: Rules, orders: Orders, journal: Journal, now: datetime) -> None:
    """Order a sweep of each target, so that a failure at one stops no other. The line shows that the night began."""
    for target in rules.targets:
        orders.sweep(target)
    journal.write(of_run(LineKind.SWEEPS_ORDERED, now, targets=len(rules.targets)))


def sweep(target: Target, world: World, rules: Rules, now: datetime, run: Run | None = None) -> None:
    """Sweep one target. If AWS refuses it, tell the journal and people; another try would not help.

    What Slack did not take, or what there was no time to tell, is told by the next watch, because the book has it.

    Raises:
        SweepIncompleteError: a lock could not be read, or only this sweep knows that it has to be told; the queue
            delivers the order again.
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
    world.journal.write(of_run(LineKind.SWEEP_FINISHED, now, target=target.container, detail=detail, **counts, **left))
    if trouble:
        world.messenger.report(rules.trouble_channel, "the lock book", "; ".join(trouble))
    if _is_worth_another_try(done, forgetful=bool(trouble)):
        raise SweepIncompleteError(detail or f"{done.not_seen} locks were not looked at in time") from done.unexpected


@dataclass
class _Scan:
    """The scan of a target. Its locks are looked at and told of while the scan goes on."""

    target: Target
    swept: Round
    known: dict[Place, list[Page]]
    """The open pages of the target's locks, by place."""
    found: set[LockRef] = field(default_factory=set)
    objects: int = 0
    finished: bool = True
    error: StoreError | None = None
    """The failure that stopped the scan. The locks found before it are told."""
    _until: float = field(init=False)
    _parts: Iterator[Scanned] = field(init=False)

    def __post_init__(self) -> None:
        # The scan takes at most half of the time, so that what it finds can be told. The prefixes come in another order
        # each time, so that not always the same ones are left out.
        self._until = self.swept.run.half()
        prefixes = tuple(shuffled(self.target.prefixes, self.swept.now))
        self._parts = self.swept.world.store.scan(msgspec.structs.replace(self.target, prefixes=prefixes))

    def begin(self) -> None:
        """Put a look at each known lock on the agenda, and the first part of the scan. Raises StoreError."""
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
            pages = self.known.get(place, [])
            new = not pages or any(is_new(page) for page in pages)
            self.swept.look(place, partial(self._look, place, pages), new=new)

    def _look(self, place: Place, pages: list[Page]) -> Found:
        """Read the lock at a place, and take the next step of it and of the locks that the book has there."""
        current = self.swept.world.store.read(place)
        if current:
            self.found.add(current.ref)
            if all(page.lock.ref != current.ref for page in pages):
                pages = [*pages, _remember(current, self.swept.world)]
        return together([self.swept.steps.tend(page, current) for page in pages])


def _what_helps(target: Target) -> str:
    if target.prefixes:
        return "the next try lists its prefixes in another order"
    return "divide the target by prefixes"


def _is_worth_another_try(done: Progress, *, forgetful: bool) -> bool:
    """Return whether to sweep again. Without the book that would repeat alerts, so only if none was posted."""
    if forgetful:
        return not done.alerts and bool(done.failed or done.untold or done.waiting or done.not_seen)
    return bool(done.failed or done.not_seen)


def _known(target: Target, world: World) -> tuple[dict[Place, list[Page]], list[str]]:
    """Read the open pages of a target's locks; return them and the trouble with the book.

    The book is read before the locks. So a lock of the book that is then not found was let go since.
    """
    known: dict[Place, list[Page]] = {}
    try:
        pages = world.book.open_pages()
    except BookError as error:
        return known, [f"could not be read, so locks may be alerted again: {error}"]
    for page in pages:
        if target.covers(page.lock.ref.place):
            known.setdefault(page.lock.ref.place, []).append(page)
    return known, []


def _remember(lock: HeldLock, world: World) -> Page:
    try:
        return world.book.write(telling.remember(lock)).page or Page(lock=lock)
    except BookError:
        return Page(lock=lock)  # the lock is alerted nevertheless; ``_known`` has told of the trouble with the book


def _tell_failure(target: Target, error: StoreError, world: World, rules: Rules, now: datetime) -> None:
    """Journal a failed scan. Tell people what AWS refuses; raise for any other failure, so that it is tried again."""
    world.journal.write(of_run(LineKind.SWEEP_FAILED, now, target=target.container, detail=str(error)))
    if not isinstance(error, StoreRefusedError):
        raise SweepIncompleteError(str(error)) from error
    world.messenger.report(rules.trouble_channel, target.called, str(error))
