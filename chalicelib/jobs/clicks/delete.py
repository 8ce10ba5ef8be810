"""Delete exactly one lock or nothing. No other job deletes. Each answer leads to an ending; nothing is guessed.

Nobody deletes without a claim in the lock book, and a page has one claim at a time. After a claim is over, another may
replace it, but only after a look at the lock. If the lock is still there, the first delete did nothing and never will.
If the lock is gone, the ending is told in the name of the first claim, not in the name of the next person.
"""

from contextlib import suppress
from datetime import datetime
from typing import NamedTuple

import msgspec

from chalicelib.core.alerts.stored import Fields
from chalicelib.core.alerts.transitions import endings
from chalicelib.core.alerts.transitions.transition import Transition
from chalicelib.core.clicks.claim import Releasing
from chalicelib.core.clicks.deletion import Deletion, LockObject, Look, Presence, conclude, presence
from chalicelib.core.clicks.ending import Ending, Outcome
from chalicelib.core.clicks.release_terms import way_back, why_not_releasable
from chalicelib.core.locks.copies import copy_of
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import LockRef
from chalicelib.jobs.alerts.case import Case
from chalicelib.jobs.clicks.clicked import NotYetError
from chalicelib.ports.book import BookError
from chalicelib.ports.locks import ContainerGoneError, StoreError, StoreRefusedError
from chalicelib.ports.world import World

_TRIES = 3


class OutcomeUnknownError(Exception):
    """A delete or a put was sent, and AWS did not answer. Only a later look can tell how it ended."""


class Concluded(NamedTuple):
    """The ending of a release, and the claim on the lock's page that it takes into account."""

    ending: Ending
    claim: Releasing | None = None
    parts: Fields = Fields()
    """What the page is to say of the halves of the lock, if it has several."""


class Deleting(msgspec.Struct, frozen=True):
    """The delete of one lock, for one claim."""

    case: Case
    claim: Releasing
    lock: HeldLock
    """First the lock as the book remembers it, after the look the lock as it is."""
    keeps: bool
    """Whether the reaper keeps its bytes, so that it can be put back."""
    shares_claim: bool = False
    """Whether the claim is for the other halves of the lock too, so that it is dropped after all of them."""

    @property
    def ref(self) -> LockRef:
        """Return the lock that was shown."""
        return self.case.page.lock.ref

    def ending(self, outcome: Outcome, held_now: HeldLock | None = None) -> Ending:
        """Return an ending of the release in the name of the claim."""
        about = {"copy_of": copy_of(self.lock), "way_back": way_back(self.lock, keeps=self.keeps)}
        return msgspec.structs.replace(self.claim.ending(outcome, self.case.now, held_now), **about)

    def failed(self, why: str, *, lasting: bool = False) -> Ending:
        """Return the ending of a release that failed."""
        return msgspec.structs.replace(self.ending(Outcome.FAILED), detail=why, lasting=lasting)

    def abandon(self) -> None:
        """Drop the claim, because everything that was sent is known to have done nothing."""
        if self.shares_claim:
            return
        self.case.world.book.write(endings.abandon_release(self.ref, self.claim))


def delete(case: Case, claim: Releasing) -> Concluded:
    """Release the lock that was shown, if it is still there. The caller has checked that the person may.

    If the page has a claim, the caller has checked that it is over, so the look at the lock comes after it.

    Raises:
        OutcomeUnknownError
        NotYetError: the claim of another click came in between, or what was sent may still arrive.
    """
    release = Deleting(case, claim, case.page.lock, keeps=bool(case.undo))
    seen = case.page.releasing
    try:
        current, kept = look(release)
        there = presence(release.ref, current)
        if there is not Presence.SAME or current is None:
            return Concluded(too_late(release, there, current), seen)
        release = msgspec.structs.replace(release, lock=current, keeps=kept is not None)
        if why := why_not_releasable(current, keeps=release.keeps):
            return Concluded(msgspec.structs.replace(release.ending(Outcome.REFUSED), refusal=why))
        begin(release, kept)
        seen = None  # from now on every error drops the claim before it arrives here
        ending = send(release)
        if kept and ending.outcome is Outcome.RELEASED:
            ending = msgspec.structs.replace(ending, undo_until=case.now + case.undo)
        return Concluded(ending, claim)
    except ContainerGoneError:
        return Concluded(release.ending(Outcome.CONTAINER_GONE), seen)
    except (StoreError, BookError) as error:
        return Concluded(release.failed(str(error), lasting=isinstance(error, StoreRefusedError)))


def look(release: Deleting) -> Look:
    """Read the lock that is there. With undo, read its object too, to put it back later; that needs only one GET."""
    store, ref = release.case.world.store, release.ref
    return store.look(ref) if release.case.undo else Look(store.read(ref.place))


def too_late(release: Deleting, there: Presence, current: HeldLock | None) -> Ending:
    """Return the ending for a lock that is no longer there. An earlier delivery may have deleted it and then died."""
    if before := release.case.page.releasing:
        return msgspec.structs.replace(release, claim=before).ending(Outcome.UNCONFIRMED, current)
    ending = release.ending(conclude(Deletion.NOT_FOUND, there) or Outcome.FAILED, current)
    return msgspec.structs.replace(ending, by_reaper=False)


def begin(release: Deleting, kept: LockObject | None) -> None:
    """Take the claim. Raises as ``take_claim`` does."""
    before = release.case.page.releasing
    take_claim(release, endings.begin_release(release.lock, release.claim, kept, before))


def take_claim(release: Deleting, begin: Transition) -> None:
    """Take the claim. If the book does not answer, the claim may be taken nevertheless, so try to drop it.

    Raises:
        NotYetError: the claim of another click came in between.
        BookError
    """
    try:
        page = release.case.world.book.write(begin).page
    except BookError:
        with suppress(BookError):
            drop(release)
        raise
    if page is None or page.releasing != release.claim:
        raise NotYetError(page.releasing.until if page and page.releasing else release.case.now)


def drop(release: Deleting) -> None:
    """Drop the claim from the page of this lock, also if it is for other halves too."""
    msgspec.structs.replace(release, shares_claim=False).abandon()


def send(release: Deleting) -> Ending:
    """Delete this lock or nothing. After a lost answer, look at the lock instead of guessing.

    Raises:
        StoreError: nothing was deleted, and the claim is dropped.
        NotYetError, OutcomeUnknownError: the lock was or may yet be deleted, and the claim stays.
    """
    lost = False
    for _ in range(_TRIES):
        deletion = _send_delete(release, lost=lost)
        if deletion is Deletion.DELETED:
            return release.ending(Outcome.RELEASED)
        lost = lost or deletion is Deletion.UNKNOWN
        current = _look_after(release, lost=lost)
        outcome = conclude(Deletion.UNKNOWN if lost else deletion, presence(release.ref, current))
        if outcome:
            return release.ending(outcome, current)
    if lost:
        raise NotYetError(release.claim.until)
    release.abandon()
    service = release.ref.place.traits.service
    return release.failed(f"{service} did not delete it in {_TRIES} attempts (last answer: {deletion})")


def _send_delete(release: Deleting, *, lost: bool) -> Deletion:
    try:
        check_time(release.case.world, release.claim.send_before)
        return release.case.world.store.delete(release.ref, release.claim.by)
    except StoreError as error:
        _give_up(release, error, lost=lost)
        raise


def check_time(world: World, send_before: datetime) -> None:
    """Raise StoreError when it is too late to send: a request must arrive before its claim is over."""
    if world.clock() >= send_before:
        raise StoreError("AWS took too long to answer, so nothing was sent")


def _look_after(release: Deleting, *, lost: bool) -> HeldLock | None:
    try:
        return release.case.world.store.read(release.ref.place)
    except StoreError as error:
        _give_up(release, error, lost=lost)
        raise


def _give_up(release: Deleting, error: StoreError, *, lost: bool) -> None:
    """Drop the claim, unless an answer was lost: then raise OutcomeUnknownError."""
    if lost:
        raise OutcomeUnknownError(str(error)) from error
    release.abandon()
