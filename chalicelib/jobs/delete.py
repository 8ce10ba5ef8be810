"""Delete exactly one lock, or nothing; the only job that does. Every answer of S3 becomes an ending, none a guess."""

from contextlib import suppress
from datetime import datetime
from functools import partial

from chalicelib.book_ports import BookError
from chalicelib.core.alert import LockRecord
from chalicelib.core.click import Click
from chalicelib.core.copies import copy_of
from chalicelib.core.lock import LockRef, StateLock
from chalicelib.core.policy import Rules
from chalicelib.core.release import REAPER, Deletion, Ending, LockObject, Outcome, Presence, conclude, presence
from chalicelib.core.release_terms import way_back, why_not_releasable
from chalicelib.ports import BucketGoneError, StoreError, StoreRefusedError, World

_ATTEMPTS = 3


class OutcomeUnknownError(Exception):
    """A delete or a put was sent, and S3 or the book would not be asked afterwards: only a later look can tell."""


def attempt(click: Click, record: LockRecord, world: World, rules: Rules, now: datetime) -> Ending:
    """Release the lock that was shown, if it is still there. Whether its person may was decided before.

    Raises:
        OutcomeUnknownError
    """
    user = click.user or REAPER
    ending = partial(Ending, at=now, user=click.user, click=click.click, by_reaper=not click.user)
    ending = _about(record.lock, ending, keeps=bool(rules.undo))
    try:
        current = world.store.read(click.lock.bucket, click.lock.key)
        there = presence(click.lock, current)
        if there is not Presence.SAME or current is None:
            return _too_late(record, there, current, ending)
        kept = _keep(click.lock, world, rules)
        if why := why_not_releasable(current, keeps=kept is not None):
            return ending(outcome=Outcome.REFUSED, detail=why.value)
        ending = _about(current, ending, keeps=kept is not None)
        world.book.begin_release(current, user, kept)
        outcome, after, detail = _delete(click.lock, world)
        undo_until = now + rules.undo if kept and outcome is Outcome.RELEASED else None
        return ending(outcome=outcome, held_now=after, detail=detail, undo_until=undo_until)
    except BucketGoneError:
        return ending(outcome=Outcome.BUCKET_GONE)
    except (StoreError, BookError) as error:
        lasting = isinstance(error, StoreRefusedError)
        return ending(outcome=Outcome.FAILED, detail=str(error), lasting=lasting)


def _about(lock: StateLock, ending: partial[Ending], *, keeps: bool) -> partial[Ending]:
    """Add what a release of this lock does not free, and how what is no lock comes back."""
    return partial(ending, copy_of=copy_of(lock), way_back=way_back(lock, keeps=keeps))


def _too_late(record: LockRecord, there: Presence, current: StateLock | None, ending: partial[Ending]) -> Ending:
    """It is not there any more. An earlier delivery may have deleted it and died before it could say so."""
    if not record.requested_by:
        return ending(outcome=conclude(Deletion.NOT_FOUND, there) or Outcome.FAILED, held_now=current, by_reaper=False)
    outcome = conclude(Deletion.UNKNOWN, there) or Outcome.FAILED
    return ending(outcome=outcome, user=record.requested_in_slack, by_reaper=record.by_reaper, held_now=current)


def _keep(ref: LockRef, world: World, rules: Rules) -> LockObject | None:
    """What could be put back. A release does not wait for it: without it there is no undo, and that is all."""
    if not rules.undo:
        return None
    with suppress(StoreError):
        return world.store.keep(ref)
    return None


def _delete(ref: LockRef, world: World) -> tuple[Outcome, StateLock | None, str]:
    """Delete this lock or nothing. A lost answer is followed by a look, never by a guess."""
    lost = False
    for _ in range(_ATTEMPTS):
        deletion = _send_delete(ref, world)
        if deletion is Deletion.DELETED:
            return Outcome.RELEASED, None, ""
        lost = lost or deletion is Deletion.UNKNOWN
        current = _look_after(ref, world, lost=lost)
        outcome = conclude(Deletion.UNKNOWN if lost else deletion, presence(ref, current))
        if outcome:
            return outcome, current, ""
    world.book.abandon_release(ref)
    return Outcome.FAILED, None, f"S3 did not delete it in {_ATTEMPTS} attempts (last answer: {deletion})"


def _look_after(ref: LockRef, world: World, *, lost: bool) -> StateLock | None:
    try:
        return world.store.read(ref.bucket, ref.key)
    except StoreError as error:
        if lost:
            raise OutcomeUnknownError(str(error)) from error
        world.book.abandon_release(ref)
        raise


def _send_delete(ref: LockRef, world: World) -> Deletion:
    try:
        return world.store.delete(ref)
    except StoreError:
        world.book.abandon_release(ref)
        raise
