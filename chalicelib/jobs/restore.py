"""Put a released lock back: the same bytes, only if nobody holds the state now.

A run that turns out to be alive is protected again, and its own release still works, since it goes by the lock's ID.
The put of one click is sent once: delivered again, the click is answered by a look, because in between the run may
have ended and let its lock go, and a second put would leave a lock that nobody holds.
"""

from datetime import datetime

import msgspec

from chalicelib.book_ports import BookError
from chalicelib.core.alert import LockRecord, Posted, Restoring
from chalicelib.core.click import Click, Refusal
from chalicelib.core.event import EventType, of_click
from chalicelib.core.lock import LockRef, StateLock
from chalicelib.core.policy import Rules
from chalicelib.core.release import Ending, LockObject, Outcome, PutBack
from chalicelib.jobs.case import case_of
from chalicelib.jobs.clicks import ending_of, refuse, show, show_closed, whisper
from chalicelib.jobs.delete import OutcomeUnknownError
from chalicelib.ports import StoreError, StoreRefusedError, World

_ATTEMPTS = 3


def put_back(click: Click, record: LockRecord, world: World, rules: Rules, now: datetime) -> Ending:
    """Put back what was released, if it is still time; delivered again, it changes nothing and is answered the same.

    Raises:
        BookError: nothing was done.
        MessengerError, OutcomeUnknownError: it was, or may have been; the queue delivers the click again.
    """
    released = record.ending
    if released and released.restored_by:
        return _tell_alone(click, record, ending_of(click, Outcome.RESTORED, now), world)
    if record.restoring and record.restoring.click == click.click:
        return _look(click, record, PutBack.UNKNOWN, world, rules, now)
    if refused := _why_not(record, rules, now):
        return refuse(click, record, refused, world, rules, now, EventType.CLICK_REFUSED)
    kept = world.book.kept(click.lock)
    if kept is None:
        why = "its bytes are no longer known to the reaper's lock book"
        return _tell_alone(click, record, _failed(click, now, why, lasting=True), world)
    return _put_once(click, record, kept, world, rules, now)


def _why_not(record: LockRecord, rules: Rules, now: datetime) -> Refusal | None:
    if not rules.undo:
        return Refusal.UNDO_OFF
    return None if record.ending and record.ending.undoable(now) else Refusal.TOO_LATE


def _put_once(click: Click, record: LockRecord, kept: LockObject, world: World, rules: Rules, now: datetime) -> Ending:
    world.book.begin_restore(click.lock, Restoring(click.user, click.click))
    try:
        answer = _put(click.lock, kept, world)
    except StoreError as error:
        world.book.abandon_restore(click.lock)
        lasting = isinstance(error, StoreRefusedError)
        return _tell_alone(click, record, _failed(click, now, str(error), lasting=lasting), world)
    return _look(click, record, answer, world, rules, now)


def _failed(click: Click, now: datetime, why: str, *, lasting: bool) -> Ending:
    return msgspec.structs.replace(ending_of(click, Outcome.FAILED, now, why), lasting=lasting)


def _put(ref: LockRef, kept: LockObject, world: World) -> PutBack:
    """One conditional put. A conflict means that a delete was under way, and that nothing was put."""
    answer = PutBack.CONFLICT
    for _ in range(_ATTEMPTS):
        answer = world.store.put_back(ref, kept)
        if answer is not PutBack.CONFLICT:
            break
    return answer


def _look(click: Click, record: LockRecord, answer: PutBack, world: World, rules: Rules, now: datetime) -> Ending:
    """What a put amounts to by what is there now."""
    try:
        current = world.store.read(click.lock.bucket, click.lock.key)
        if current and _is_the_same(current, record.lock):
            return _restored(click, record, current, world, rules, now)
        if answer is PutBack.DONE:
            return _let_go_since(click, record, world, rules, now)
        if answer is not PutBack.UNKNOWN:
            world.book.abandon_restore(click.lock)
    except (StoreError, BookError) as error:
        raise OutcomeUnknownError(str(error)) from error
    why = "" if answer is PutBack.OCCUPIED else f"S3 did not say that it was put (its last answer: {answer})"
    ending = ending_of(click, Outcome.OCCUPIED if current else Outcome.FAILED, now, why)
    return _tell_alone(click, record, msgspec.structs.replace(ending, held_now=current), world)


def _is_the_same(current: StateLock, released: StateLock) -> bool:
    """Whether what is there now says what the released lock said: its ID is in it. Its time, and so its ref, is new."""
    return current.info == released.info if released.info else current.ref.etag == released.ref.etag


def _restored(
    click: Click, record: LockRecord, current: StateLock, world: World, rules: Rules, now: datetime
) -> Ending:
    ending = ending_of(click, Outcome.RESTORED, now)
    if not record.posted and click.message_ts:  # one whose answer was lost: the click tells where it stands
        record = msgspec.structs.replace(record, posted=Posted(click.channel, click.message_ts))
    held = world.book.restored(record, current, click.user)
    world.journal.write(of_click(EventType.LOCK_RESTORED, click, current, now, ending))
    if not show(click, held, ending, world, rules):
        whisper(click, ending, world)
    return ending


def _let_go_since(click: Click, record: LockRecord, world: World, rules: Rules, now: datetime) -> Ending:
    """It was put back and its holder has let it go: nothing is to be put back any more."""
    ending = ending_of(click, Outcome.RESTORED, now)
    world.book.undone(click.lock, click.user)
    world.journal.write(of_click(EventType.LOCK_RESTORED, click, record.lock, now, ending))
    latest = world.book.find(click.lock) or record
    show_closed(click, case_of(latest, world, rules, now))
    whisper(click, ending, world)
    return ending


def _tell_alone(click: Click, record: LockRecord, ending: Ending, world: World) -> Ending:
    world.journal.write(of_click(EventType.RESTORE_ANSWERED, click, record.lock, ending.at, ending))
    whisper(click, ending, world)
    return ending
