"""Delete exactly one lock, or nothing; the only job that does. Every answer of S3 becomes an ending, none a guess.

Nobody deletes without a claim in the lock book, of which a page has one at a time. A claim that is over can be taken
over, but only by who looked at the lock after that: it is still there, so the first delete has done nothing and never
will; or it is gone, and that is told in the name of the claim, not of who came next.
"""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

import msgspec

from chalicelib.core.alerts.page import LockRecord
from chalicelib.core.alerts.transitions import endings
from chalicelib.core.clicks.claim import Releasing
from chalicelib.core.clicks.click import Click
from chalicelib.core.clicks.deletion import Deletion, LockObject, Presence, conclude, presence
from chalicelib.core.clicks.ending import Ending, Outcome
from chalicelib.core.clicks.release_terms import way_back, why_not_releasable
from chalicelib.core.locks.copies import copy_of
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import LockRef
from chalicelib.core.policy import Rules
from chalicelib.ports.book import BookError
from chalicelib.ports.locks import BucketGoneError, StoreError, StoreRefusedError
from chalicelib.ports.world import World

_ATTEMPTS = 3


class OutcomeUnknownError(Exception):
    """A delete or a put was sent, and S3 or the book would not be asked afterwards: only a later look can tell."""


class NotYetError(Exception):
    """A delete or a put of this lock may be on its way, so nothing can be said or done before its claim is over."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"a delete or a put of this lock may be on its way until {until.isoformat()}")
        self.until = until


class Attempted(NamedTuple):
    """How an attempt ended, and the claim on the lock's page that this takes into account."""

    ending: Ending
    claim: Releasing | None = None


@dataclass(frozen=True)
class _Release:
    """One click's attempt at one lock."""

    click: Click
    claim: Releasing
    world: World
    now: datetime
    lock: HeldLock
    """The lock as it was remembered, then as it is."""
    keeps: bool
    """Whether its bytes are kept, so that it can be put back."""

    @property
    def ref(self) -> LockRef:
        return self.click.lock

    def ending(self, outcome: Outcome, detail: str = "", held_now: HeldLock | None = None) -> Ending:
        return Ending(
            outcome=outcome,
            at=self.now,
            user=self.click.user,
            click=self.click.click,
            by_reaper=not self.click.user,
            approved=self.claim.approved,
            detail=detail,
            held_now=held_now,
            copy_of=copy_of(self.lock),
            way_back=way_back(self.lock, keeps=self.keeps),
        )

    def abandon(self) -> None:
        self.world.book.write(endings.abandon_release(self.ref, self.claim))


def attempt(click: Click, record: LockRecord, claim: Releasing, world: World, rules: Rules, now: datetime) -> Attempted:
    """Release the lock that was shown, if it is still there. Whether its person may was decided before.

    The claim that the record has is over by ``now``: the look comes after it.

    Raises:
        OutcomeUnknownError
        NotYetError: another click's claim came in between, or what was sent may still arrive.
    """
    release = _Release(click, claim, world, now, record.lock, keeps=bool(rules.undo))
    seen = record.releasing
    try:
        current = world.store.read(click.lock.place)
        there = presence(click.lock, current)
        if there is not Presence.SAME or current is None:
            return _too_late(record.releasing, there, current, release)
        kept = _keep(click.lock, world, rules)
        release = replace(release, lock=current, keeps=kept is not None)
        if why := why_not_releasable(current, keeps=kept is not None):
            return Attempted(release.ending(Outcome.REFUSED, why.value))
        _begin(release, kept, record.releasing)
        seen = None  # whatever ends this from now on has dropped the claim
        ending = _delete(release)
        if kept and ending.outcome is Outcome.RELEASED:
            ending = msgspec.structs.replace(ending, undo_until=now + rules.undo)
        return Attempted(ending, claim)
    except BucketGoneError:
        return Attempted(release.ending(Outcome.BUCKET_GONE), seen)
    except (StoreError, BookError) as error:
        failed = release.ending(Outcome.FAILED, str(error))
        return Attempted(msgspec.structs.replace(failed, lasting=isinstance(error, StoreRefusedError)))


def _too_late(before: Releasing | None, there: Presence, current: HeldLock | None, release: _Release) -> Attempted:
    """It is not there any more. An earlier delivery may have deleted it and died before it could say so."""
    if before:
        about = release.ending(Outcome.UNCONFIRMED)
        gone = before.unconfirmed(release.now, current)
        return Attempted(msgspec.structs.replace(gone, copy_of=about.copy_of, way_back=about.way_back), before)
    ending = release.ending(conclude(Deletion.NOT_FOUND, there) or Outcome.FAILED, held_now=current)
    return Attempted(msgspec.structs.replace(ending, by_reaper=False))


def _keep(ref: LockRef, world: World, rules: Rules) -> LockObject | None:
    """What could be put back. A release does not wait for it: without it there is no undo, and that is all."""
    if not rules.undo:
        return None
    with suppress(StoreError):
        return world.store.keep(ref)
    return None


def _begin(release: _Release, kept: LockObject | None, before: Releasing | None) -> None:
    """Take the claim. Where the book does not answer it may have been taken, and is dropped if that can be done."""
    try:
        page = release.world.book.write(endings.begin_release(release.lock, release.claim, kept, before)).page
    except BookError:
        with suppress(BookError):
            release.abandon()
        raise
    if page is None or page.releasing != release.claim:
        raise NotYetError(page.releasing.until if page and page.releasing else release.now)


def _delete(release: _Release) -> Ending:
    """Delete this lock or nothing. A lost answer is followed by a look, never by a guess."""
    lost = False
    for _ in range(_ATTEMPTS):
        deletion = _send_delete(release, lost=lost)
        if deletion is Deletion.DELETED:
            return release.ending(Outcome.RELEASED)
        lost = lost or deletion is Deletion.UNKNOWN
        current = _look_after(release, lost=lost)
        outcome = conclude(Deletion.UNKNOWN if lost else deletion, presence(release.ref, current))
        if outcome:
            return release.ending(outcome, held_now=current)
    if lost:
        raise NotYetError(release.claim.until)
    release.abandon()
    return release.ending(Outcome.FAILED, f"S3 did not delete it in {_ATTEMPTS} attempts (last answer: {deletion})")


def _send_delete(release: _Release, *, lost: bool) -> Deletion:
    try:
        check_time(release.world, release.claim.send_before)
        return release.world.store.delete(release.ref)
    except StoreError as error:
        _give_up(release, error, lost=lost)
        raise


def check_time(world: World, send_before: datetime) -> None:
    """Raise StoreError when it is too late to send: what is sent must have arrived when its claim is over."""
    if world.clock() >= send_before:
        raise StoreError("S3 or the lock book took too long to answer, so nothing was sent")


def _look_after(release: _Release, *, lost: bool) -> HeldLock | None:
    try:
        return release.world.store.read(release.ref.place)
    except StoreError as error:
        _give_up(release, error, lost=lost)
        raise


def _give_up(release: _Release, error: StoreError, *, lost: bool) -> None:
    """Drop the claim when all that was sent is known to have done nothing."""
    if lost:
        raise OutcomeUnknownError(str(error)) from error
    release.abandon()
