"""Put the halves of a released lock back, S3's first, each only where nothing is, and look how that ended.

A half is put only when the one before it is back. Every half that is put has the mark of the click.
"""

from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple, TypeAlias

import msgspec

from chalicelib.core.alerts.page import Page
from chalicelib.core.alerts.stored import Fields
from chalicelib.core.alerts.transitions import restores
from chalicelib.core.clicks.claim import Restorer, Restoring
from chalicelib.core.clicks.deletion import KeptHalf, PutBack
from chalicelib.core.clicks.ending import HalfEnding, Outcome
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.mark import mark_of
from chalicelib.core.locks.place import Clock, LockRef
from chalicelib.core.locks.state_lock import Half, in_release_order
from chalicelib.jobs.clicks.clicked import Clicked
from chalicelib.jobs.clicks.delete import check_time
from chalicelib.ports.book import BookError
from chalicelib.ports.locks import StoreError

_TRIES = 3
_NOBODY_KNOWS = "{service} did not say whether this click put it back, and it is not there now"
_NOT_PUT = "{service} did not put it (its last answer: {answer})"
_NOT_TRIED = "not tried, because another half is not back"


class Put(NamedTuple):
    """The put of one half."""

    ref: LockRef
    """The half as it was before its release."""
    answered: PutBack | None = None
    """None: it was not sent."""
    failure: str = ""

    @property
    def why(self) -> str:
        """Return why it is not back, as far as the answer tells, in words for a person."""
        service = self.ref.place.traits.service
        if self.answered is PutBack.UNKNOWN:
            return _NOBODY_KNOWS.format(service=service)
        if self.answered is PutBack.CONFLICT:
            return _NOT_PUT.format(service=service, answer=self.answered)
        return self.failure


class Back(NamedTuple):
    """One half after its put."""

    put: Put
    page: Page
    """The page of the half that was released."""
    current: HeldLock | None
    """The lock that is there now."""
    by: Restorer | None
    """Whose click put it there; None: nobody's."""

    @property
    def told(self) -> HalfEnding:
        """Return what people are told of this half."""
        place = self.put.ref.place
        if self.by:
            return HalfEnding(place, Outcome.RESTORED)
        if self.put.answered is PutBack.DONE:
            return HalfEnding(place, Outcome.GONE, held_now=self.current)
        outcome = Outcome.OCCUPIED if self.current else Outcome.FAILED
        return HalfEnding(place, outcome, self.put.why, self.current)


Backs: TypeAlias = Sequence[Back]


def begin(clicked: Clicked, claim: Restoring, kept: Sequence[KeptHalf]) -> Page | None:
    """Take the claim, and note it on the pages of the other halves; return the page of the lock. Raises BookError.

    The claim on the lock's page is for all puts. The journal asks the page of a half who put it back.
    """
    book = clicked.world.book
    page = book.write(restores.begin_restore(clicked.ref, claim, clicked.page.restoring)).page
    if page is None or page.restoring != claim:
        return page
    try:
        for one in kept:
            if one.ref != clicked.ref:
                before = book.find(one.ref)
                book.write(restores.begin_restore(one.ref, claim, before.restoring if before else None))
    except BookError:
        abandon(clicked, claim, kept)
        raise
    return page


def abandon(clicked: Clicked, claim: Restoring, kept: Sequence[KeptHalf]) -> None:
    """Drop a claim whose puts are known to have done nothing."""
    for ref in dict.fromkeys([*(one.ref for one in kept), clicked.ref]):
        with suppress(BookError):
            clicked.world.book.write(restores.abandon_restore(ref, claim))


def put_all(clicked: Clicked, claim: Restoring, kept: Sequence[KeptHalf]) -> list[Put]:
    """Put each half once, as long as all before it are back. Raises StoreError: nothing was put."""
    first, *others = kept
    puts = [Put(first.ref, _put(clicked, claim, first))]
    for one in others:
        if not _is_back(clicked, puts[-1]):
            puts.append(Put(one.ref, failure=_NOT_TRIED))
            continue
        try:
            puts.append(Put(one.ref, _put(clicked, claim, one)))
        except StoreError as error:
            puts.append(Put(one.ref, failure=str(error)))
    return puts


def _put(clicked: Clicked, claim: Restoring, one: KeptHalf) -> PutBack:
    """Send a conditional put. After a conflict send it again: a delete was under way, and nothing was put."""
    world, answered = clicked.world, PutBack.CONFLICT
    for _ in range(_TRIES):
        check_time(world, claim.send_before)
        answered = world.store.put_back(one.ref, one.kept, mark_of(clicked.click.click), clicked.click.user)
        if answered is not PutBack.CONFLICT:
            break
    return answered


def _is_back(clicked: Clicked, put: Put) -> bool:
    """Return whether a half is back; after a lost answer, look."""
    if put.answered is not PutBack.UNKNOWN:
        return put.answered is PutBack.DONE
    with suppress(StoreError):
        current = clicked.world.store.read(put.ref.place)
        return current is not None and current.mark == mark_of(clicked.click.click)
    return False


def back(clicked: Clicked, put: Put, current: HeldLock | None) -> Back:
    """Return a half after its put, with what is there now. Raises BookError."""
    lead = clicked.page
    own = lead if put.ref == lead.lock.ref else clicked.world.book.find(put.ref)
    by = (own.restorer_of(current) if own else None) or lead.restorer_of(current)
    return Back(put, own or Page(lock=HeldLock(put.ref)), current, by)


def note_back(clicked: Clicked, old: Page, backs: Backs) -> Clicked:
    """Note which halves are held again; return the case with the new page of the lock. Raises BookError.

    Of the halves that are back, the one at the place of the lock's page leads, because its page had the message.
    """
    there = {one.current.ref: one for one in backs if one.by and one.current}
    lead = next((ref for ref in there if ref.place == old.lock.ref.place), next(iter(there)))
    if followed := _followed(clicked, lead):
        clicked.world.book.write(restores.handed_over(old.lock.ref, followed.lock.ref, _of(there[lead])))
        return clicked.known_as(followed)
    halves = in_release_order(tuple(map(Half, there))) if len(there) > 1 else ()
    for ref, one in there.items():
        if ref != lead:
            silent = msgspec.structs.replace(one.page, posted=None, alerted_at=None)
            _write(clicked, silent, one, Fields(half_of=lead))
        elif one.page.lock.ref != old.lock.ref:  # its own page had no message
            clicked.world.book.write(restores.handed_over(one.page.lock.ref, ref, _of(one)))
    restored = _write(clicked, old, there[lead], Fields(halves=halves) if halves else Fields())
    if old.posted and restored.page.posted is None:
        return restored.after(restores.lead_after_all(lead, old.posted))
    return restored


def _followed(clicked: Clicked, ref: LockRef) -> Page | None:
    """Return the page that a half follows and that has the message: an earlier delivery has noted all of it."""
    page = clicked.world.book.find(ref)
    lead = clicked.world.book.find(page.half_of) if page and page.half_of else None
    return lead if lead and lead.posted and not lead.ending else None


def _write(clicked: Clicked, old: Page, one: Back, parts: Fields) -> Clicked:
    """Write the new page of one half, and have its old page hand its message over."""
    lock = one.current or one.page.lock
    if lock.ref.place.traits.clock is not Clock.AWS:
        parts["seen_at"] = clicked.now
    inherited, handed_over = restores.restored(old, lock, _of(one), parts)
    restored = clicked.known_as(Page(lock=lock)).after(inherited)
    clicked.world.book.write(handed_over)
    return restored


def _of(one: Back) -> Restorer:
    return one.by or Restorer("", "")
