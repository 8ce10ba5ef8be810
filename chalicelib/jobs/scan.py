"""Find every lock of a target; look at the locks and tell of them while the scan goes on."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

from chalicelib.core.alerts.page import Page
from chalicelib.core.locks.place import LockRef, Place
from chalicelib.core.locks.scan import Scanned
from chalicelib.core.locks.target import Target
from chalicelib.jobs.alerts.found import Found, together
from chalicelib.jobs.alerts.round import Round, is_new, shuffled
from chalicelib.ports.locks import ContainerGoneError, StoreError


@dataclass
class Scan:
    """The scan of a target. Its locks are looked at and told of while the scan goes on."""

    target: Target
    swept: Round
    known: dict[Place, list[Page]]
    """The open pages of the target's locks, by place."""
    after: str = ""
    """The cursor where an earlier scan of the target stopped; that one looked at the known locks."""
    again: tuple[str, ...] = ()
    """The keys of locks that an earlier scan found and could not look at."""
    found: set[LockRef] = field(default_factory=set)
    objects: int = 0
    listing_pages: int = 0
    finished: bool = True
    cursor: str = field(init=False)
    """Where a further scan would go on."""
    unseen: set[Place] = field(default_factory=set)
    """The places of new locks that were not looked at yet, or not with success."""
    error: StoreError | None = None
    """The failure that stopped the scan. The locks found before it are told."""
    _until: float = field(init=False)
    _parts: Iterator[Scanned] = field(init=False)

    def __post_init__(self) -> None:
        # The scan takes at most half of the time, so that what it finds can be told.
        self._until = self.swept.run.half()
        self._parts = self.swept.world.store.scan(self.target, self.after)
        self.cursor = self.after

    def begin(self) -> None:
        """Put a look at each known lock on the agenda, and the first part of the scan. Raises StoreError."""
        first = next(self._parts, None)
        if not self.after:
            self._look_at(list(self.known))
        self._look_at([self.target.place(key) for key in self.again])
        if first:
            self._take(first)

    def begin_aside(self) -> None:
        """Put all of the scan on the agenda; ``error`` tells how it failed."""
        self._look_at(list(self.known))
        self.finished = False
        self.swept.scan(self.target, self._go_on, self._hear)

    @property
    def called(self) -> str:
        """Return the target as people call it, with its account where targets are in several."""
        account = self.swept.rules.locations.shown_account(self.target.place(""))
        return f"{self.target.called} in account {account}" if account else self.target.called

    @property
    def advanced(self) -> bool:
        """Return whether a further scan would begin after this one."""
        return self.cursor != self.after

    def _go_on(self) -> Scanned | None:
        if not self._has_time():
            return None
        try:
            return next(self._parts, None)
        except StoreError as error:
            self.error = error
            return None

    def _hear(self, part: Scanned | None) -> None:
        if part and self._has_time():
            self._take(part)

    def _has_time(self) -> bool:
        return self.swept.run.workers.clock() <= self._until

    def _take(self, part: Scanned) -> None:
        self.objects += part.looked_at
        self.listing_pages += 1
        self._look_at([place for place in part.places if place not in self.known])
        self.finished = not part.cursor
        self.cursor = part.cursor
        if part.cursor:
            self.swept.scan(self.target, self._go_on, self._hear)

    def _look_at(self, places: list[Place]) -> None:
        for place in shuffled(places, self.swept.now):
            pages = self.known.get(place, [])
            new = not pages or any(is_new(page) for page in pages)
            if not pages:
                self.unseen.add(place)
            self.swept.look(place, partial(self._look, place, pages), new=new)

    def _look(self, place: Place, pages: list[Page]) -> Found:
        """Read the lock at a place, and take the next step of it and of the locks that the book has there."""
        try:
            current = self.swept.world.store.read(place)
        except ContainerGoneError:
            if not pages:
                raise
            return together([self.swept.steps.end_with_container(page) for page in pages])
        if current:
            self.found.add(current.ref)
            if all(page.lock.ref != current.ref for page in pages):
                pages = [*pages, self.swept.steps.halves.remember(current)]
        done = together([self.swept.steps.tend(page, current) for page in pages])
        self.unseen.discard(place)
        return done


def not_listed(scans: list[Scan]) -> list[str]:
    """Return in words which targets were not listed, or not all of them. Those that time left out are counted."""
    failed = [f"{scan.called}: {scan.error}" for scan in scans if scan.error]
    late = sum(not scan.finished and not scan.error for scan in scans)
    return [*failed, f"{late} of {len(scans)} tables were not listed to their end in time"] if late else failed


def by_place(target: Target, pages: list[Page]) -> dict[Place, list[Page]]:
    """Return the pages of a target's locks by place."""
    known: dict[Place, list[Page]] = {}
    for page in pages:
        if target.covers(page.lock.ref.place):
            known.setdefault(page.lock.ref.place, []).append(page)
    return known
