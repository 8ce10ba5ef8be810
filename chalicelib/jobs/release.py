"""Authorise a click, re-read the lock, release exactly the lock that was shown, answer."""

from contextlib import suppress
from datetime import datetime
from functools import partial

from chalicelib.core.alert import LockRecord, Posted, alert_for
from chalicelib.core.event import EventType, of_request
from chalicelib.core.lock import LockRef, StateLock
from chalicelib.core.policy import Rules
from chalicelib.core.release import (
    Deletion,
    Ending,
    Presence,
    Refusal,
    ReleaseOutcome,
    ReleaseRequest,
    conclude,
    presence,
    refusal,
)
from chalicelib.jobs.alert import state_written
from chalicelib.ports import BookError, MessageGoneError, StoreError, World

_ATTEMPTS = 3
_LINES = {ReleaseOutcome.REFUSED: EventType.RELEASE_REFUSED, ReleaseOutcome.REPLACED: EventType.LOCK_REPLACED}


class OutcomeUnknownError(Exception):
    """The delete was sent, its answer lost, and S3 would not be looked at: only a later look can tell."""


def release(request: ReleaseRequest, world: World, rules: Rules, now: datetime) -> Ending:
    """Carry out one click and answer it; delivered again, it changes nothing and is answered the same.

    Raises:
        MessengerError, OutcomeUnknownError: it could not be answered yet; the queue delivers the click again.
    """
    try:
        record = world.book.find(request.lock)
    except BookError as error:
        return _answer_without_book(request, error, world, now)
    if record and record.ending:
        return _answer_again(request, record, record.ending, world, rules)
    if why := refusal(request, rules):
        return _refuse(request, record, why, world, rules, now)
    record = record or _unremembered(request.lock, world)
    world.journal.write(of_request(EventType.RELEASE_REQUESTED, request, record.lock, now))
    ending = _attempt(request, record, world, now)
    first = _remember(record, ending, world)
    if first:
        return _answer_again(request, first, first.ending or ending, world, rules)
    line = _LINES.get(ending.outcome, EventType.RELEASE_ANSWERED)
    world.journal.write(of_request(line, request, record.lock, now, ending))
    _show(request, record, ending, world, rules)
    if not ending.closes:  # the next look at the lock edits the message, and what failed is no longer in it
        world.messenger.whisper(request.channel, request.user, ending, ())
    return ending


def _unremembered(ref: LockRef, world: World) -> LockRecord:
    """A record for a lock that the book has lost: as much as can be seen of it now."""
    current = None
    with suppress(StoreError):
        current = world.store.read(ref.bucket, ref.key)
    if current and presence(ref, current) is Presence.SAME:
        return LockRecord(lock=current)
    return LockRecord(lock=StateLock(ref, flaw="is no longer known to the reaper's lock book"))


def _remember(record: LockRecord, ending: Ending, world: World) -> LockRecord | None:
    """Note an ending. Where another click's ending was there first, the record that has it."""
    if not ending.closes:
        return None
    try:
        return None if world.book.end(record.lock, ending) else world.book.find(record.lock.ref)
    except BookError:
        return None  # Only memory is lost: the lock is gone, and a later click is told so by S3.


def _attempt(request: ReleaseRequest, record: LockRecord, world: World, now: datetime) -> Ending:
    ref = request.lock
    ending = partial(Ending, at=now, user=request.user, click=request.click)
    try:
        current = world.store.read(ref.bucket, ref.key)
        there = presence(ref, current)
        earlier = record.requested_by
        if there is not Presence.SAME or current is None:
            # An earlier delivery may have deleted it and died before it could say so.
            outcome = conclude(Deletion.UNKNOWN if earlier else Deletion.NOT_FOUND, there)
            return ending(outcome=outcome or ReleaseOutcome.FAILED, user=earlier or request.user, held_now=current)
        if current.opaque:
            why = f"the lock {current.flaw}, so nobody can see what would be released"
            return ending(outcome=ReleaseOutcome.FAILED, detail=why)
        world.book.begin_release(current, request.user)
        outcome, after, detail = _delete(ref, world)
        return ending(outcome=outcome, held_now=after, detail=detail)
    except (StoreError, BookError) as error:
        return ending(outcome=ReleaseOutcome.FAILED, detail=str(error))


def _delete(ref: LockRef, world: World) -> tuple[ReleaseOutcome, StateLock | None, str]:
    """Delete this lock or nothing. A lost answer is followed by a look, never by a guess."""
    lost = False
    for _ in range(_ATTEMPTS):
        deletion = _send_delete(ref, world)
        if deletion is Deletion.DELETED:
            return ReleaseOutcome.RELEASED, None, ""
        lost = lost or deletion is Deletion.UNKNOWN
        current = _look_after(ref, world, lost=lost)
        outcome = conclude(Deletion.UNKNOWN if lost else deletion, presence(ref, current))
        if outcome:
            return outcome, current, ""
    world.book.abandon_release(ref)
    return ReleaseOutcome.FAILED, None, f"S3 did not delete it in {_ATTEMPTS} attempts (last answer: {deletion})"


def _look_after(ref: LockRef, world: World, *, lost: bool) -> StateLock | None:
    try:
        return world.store.read(ref.bucket, ref.key)
    except StoreError as error:
        if lost:
            raise OutcomeUnknownError(str(error)) from error
        raise


def _send_delete(ref: LockRef, world: World) -> Deletion:
    try:
        return world.store.delete(ref)
    except StoreError:
        world.book.abandon_release(ref)
        raise


def _refuse(
    request: ReleaseRequest, record: LockRecord | None, why: Refusal, world: World, rules: Rules, now: datetime
) -> Ending:
    ending = Ending(outcome=ReleaseOutcome.REFUSED, at=now, user=request.user, click=request.click, detail=why.value)
    world.journal.write(of_request(EventType.RELEASE_REFUSED, request, record.lock if record else None, now, ending))
    releasers = rules.policy_for(request.lock.state_path).releasers if why is Refusal.NOT_LISTED else ()
    world.messenger.whisper(request.channel, request.user, ending, releasers)
    if why is Refusal.NOT_LISTED and record:
        _show(request, record, ending, world, rules)  # the team sees that somebody needs this lock gone
    return ending


def _answer_again(request: ReleaseRequest, record: LockRecord, ending: Ending, world: World, rules: Rules) -> Ending:
    """A second click, or the first one delivered again because its answer did not get through."""
    if ending.click != request.click:
        world.messenger.whisper(request.channel, request.user, ending, ())
    _show(request, record, ending, world, rules)
    return ending


def _answer_without_book(request: ReleaseRequest, error: BookError, world: World, now: datetime) -> Ending:
    """Without its memory the reaper cannot tell a repeated click from a new one: nothing is deleted."""
    ending = Ending(outcome=ReleaseOutcome.FAILED, at=now, user=request.user, click=request.click, detail=str(error))
    world.journal.write(of_request(EventType.RELEASE_ANSWERED, request, None, now, ending))
    world.messenger.whisper(request.channel, request.user, ending, ())
    return ending


def _show(request: ReleaseRequest, record: LockRecord, ending: Ending, world: World, rules: Rules) -> None:
    """Tell how it ended in the message that was clicked, and in the lock's own when that is another one."""
    evidence = None if ending.closes else state_written(request.lock, world)
    policy = rules.policy_for(request.lock.state_path)
    alert = alert_for(record, policy, ending.at, evidence, ending)
    clicked = Posted(request.channel, request.message_ts)
    for posted in dict.fromkeys([clicked, record.posted or clicked]):
        try:
            world.messenger.edit(posted, alert)
        except MessageGoneError:
            world.messenger.post(policy.channel, alert)
    if not ending.closes:
        _show_what_ended_meanwhile(request, world, rules)


def _show_what_ended_meanwhile(request: ReleaseRequest, world: World, rules: Rules) -> None:
    """Somebody else may have released the lock while this click was refused, and told so before we spoke."""
    with suppress(BookError):
        latest = world.book.find(request.lock)
        if latest and latest.ending:
            _show(request, latest, latest.ending, world, rules)
