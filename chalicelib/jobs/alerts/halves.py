"""Keep the halves of a dual lock in one alert, and know the other holders of its state.

Each half has a page of its own, so that the journal tells of each place apart. The page of one half leads: it has the
alert for all of them. The pages of the others follow it in silence.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

import msgspec

from chalicelib.core.alerts.page import Page
from chalicelib.core.alerts.transitions import halves, telling
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import LockRef, Place
from chalicelib.core.locks.state_lock import StateLock, in_order, same_holder
from chalicelib.core.policy import Rules
from chalicelib.jobs.seen import seen_held
from chalicelib.ports.book import BookError
from chalicelib.ports.locks import ContainerGoneError, StoreError
from chalicelib.ports.world import World


@dataclass(frozen=True)
class Halves:
    """The halves of locks, as a run sees them."""

    world: World
    rules: Rules
    now: datetime

    def state_lock(self, place: Place, current: HeldLock | None) -> StateLock:
        """Return all locks on the state path of a place, at which ``current`` is now. The other places are read."""
        locks, unseen = [current] if current else [], []
        for other in self._places_beside(place):
            if other == place:
                continue
            try:
                lock = self.world.store.read(other)
            except ContainerGoneError:
                continue
            except StoreError:
                unseen.append(other)
            else:
                locks += [lock] if lock else []
        return StateLock(tuple(locks), tuple(unseen))

    def leads(self, page: Page, state: StateLock) -> Page:
        """Return the page that has the alert for a lock, with its halves and rivals as they are now.

        That is the page of which people were told; if they were told of none, the page of the half that is released
        last. Without the book, that half alone is alerted.
        """
        page = self._released_from(page)
        if page.half_of:
            return page
        place = page.lock.ref.place
        others = [one for one in state.locks if one.ref.place != place and same_holder(one, page.lock)]
        lead = page if page.spoken_of else self._lead(page, others)
        if lead is not page:
            return self._follow(self._noted(page, state), lead)
        # Before the page names them: if its own half goes, a half that does not follow is alerted by itself.
        for one in others:
            if one.ref not in {half.ref for half in page.halves}:
                self._follow(self.remember(one), page)
        return self._noted(page, state)

    def as_now(self, page: Page) -> Page | None:
        """Return a page with the other halves and holders that are there now; None: not all places could be read."""
        state = self.state_lock(page.lock.ref.place, page.lock)
        return None if state.unseen else self._noted(page, state)

    def join(self, page: Page) -> None:
        """Join a lock of which an event told to the halves that the book knows. Nothing is read. Raises BookError.

        Other holders are left to the next look: a lock that the book has at another place may be gone, because the
        event of its release may be on its way.
        """
        ref = page.lock.ref
        places = self._places_beside(ref.place)
        if len(places) < 2 or page.half_of:  # noqa: PLR2004  a state that is locked in one place has no halves
            return
        known = self.world.book.pages_of(ref.state_path, max(self.now, ref.since))
        ours = [one for one in known if not one.ending and same_holder(one.lock, page.lock)]
        ours = [one for one in ours if one.lock.ref.place in places]
        held = {one.lock.ref.place: one for one in ours} | {ref.place: page}
        locks = tuple(one.lock for one in held.values())
        state = StateLock(locks, unseen=tuple(place for place in places if place not in held))
        for one in held.values():
            self.leads(one, state)

    def is_open(self, ref: LockRef) -> bool:
        """Return whether the book has a page of a lock, and it has not ended. Raises BookError."""
        page = self.world.book.find(ref)
        return page is not None and page.ending is None

    def remember(self, lock: HeldLock) -> Page:
        """Open a page for a lock. Without the book, the lock is alerted nevertheless."""
        page = Page(lock=lock, seen_at=self.now)
        with suppress(BookError):
            page = self.world.book.write(telling.remember(lock, self.now)).page or page
            seen_held(page, self.world, self.rules, self.now)
        return page

    def _places_beside(self, place: Place) -> tuple[Place, ...]:
        """Return the places of a state's locks. A table in another account than the state's bucket is by itself.

        A lock in a table has them only in its own account: where no bucket is a target, a thousand accounts may have a
        table, and each lock would be looked for in all of them.
        """
        places = self.rules.places_of(place.state_path)
        if place.traits.regional:
            places = tuple(one for one in places if not one.traits.regional or one.account == place.account)
        return places if place in places or not self.rules.covers(place) else (place,)

    def _released_from(self, page: Page) -> Page:
        """Return the page; if the page that it follows is gone or has ended, it leads itself from now on."""
        if page.half_of is None:
            return page
        if self.is_open(page.half_of):
            return page
        return self.world.book.write(halves.lead_itself(page.lock.ref)).page or page

    def _noted(self, page: Page, state: StateLock) -> Page:
        # Of a half whose target was taken out, nothing is known any more.
        known = tuple(half for half in page.halves if self.rules.covers(half.ref.place))
        found = state.halves(page.lock, known), state.rivals(page.lock, page.rivals)
        if found == (page.halves, page.rivals):
            return page
        with suppress(BookError):
            self.world.book.write(halves.halves_seen(page.lock.ref, *found))
        return msgspec.structs.replace(page, halves=found[0], rivals=found[1])

    def _lead(self, page: Page, others: list[HeldLock]) -> Page:
        """Return the page, of a half that nobody was told of, or of the other halves the one that leads it."""
        pages = [self._page(one) for one in others]
        told = next((one for one in pages if one.spoken_of), None)
        return told or max([page, *pages], key=lambda one: in_order(one.lock.ref))

    def _page(self, lock: HeldLock) -> Page:
        """Return the page of another half."""
        with suppress(BookError):
            page = self.world.book.find(lock.ref)
            if page and not page.ending:
                return page
        return Page(lock=lock)

    def _follow(self, page: Page, lead: Page) -> Page:
        """Make a page follow another one, and return it as it is then: silent, unless it was told of meanwhile."""
        lead_ref: LockRef = lead.lock.ref
        with suppress(BookError):
            return self.world.book.write(halves.follow(page.lock, lead_ref)).page or page
        return msgspec.structs.replace(page, half_of=lead_ref)
