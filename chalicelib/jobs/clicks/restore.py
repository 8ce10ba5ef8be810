"""Put a released lock back, with a mark of its own, only if nobody holds the state now.

A run that turns out to be alive is protected again, and its own release still works, since it goes by the lock's ID.
The put of one click is sent once: delivered again, the click is answered by a look, because in between the run may
have ended and let its lock go, and a second put would leave a lock that nobody holds. Whose put is there is read from
its mark (``core.locks.mark``), never guessed from who clicked.
"""

from dataclasses import dataclass, replace
from datetime import datetime

import msgspec

from chalicelib.core.alerts.message import Posted
from chalicelib.core.alerts.page import LockRecord
from chalicelib.core.alerts.transitions import restores
from chalicelib.core.audit.line import EventType, of_click
from chalicelib.core.clicks.claim import Restorer, Restoring
from chalicelib.core.clicks.click import Click, Refusal
from chalicelib.core.clicks.deletion import LockObject, PutBack
from chalicelib.core.clicks.ending import CLAIM_LASTS, Ending, Outcome
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.policy import Rules
from chalicelib.jobs.alerts.alert import catch_up
from chalicelib.jobs.alerts.case import case_of
from chalicelib.jobs.clicks.delete import NotYetError, OutcomeUnknownError, check_time
from chalicelib.jobs.clicks.person import ending_of, refuse, show, show_closed, whisper
from chalicelib.ports.book import BookError
from chalicelib.ports.locks import StoreError, StoreRefusedError
from chalicelib.ports.world import World

_ATTEMPTS = 3
_NOBODY_KNOWS = "S3 did not say whether this click put it back, and it is not there now"


@dataclass(frozen=True)
class _Undo:
    """One click on *Put the lock back*, with what is known of the released lock."""

    click: Click
    record: LockRecord
    world: World
    rules: Rules
    now: datetime

    @property
    def restorer(self) -> Restorer:
        return Restorer(self.click.user, self.click.click)

    def known_anew(self) -> "_Undo":
        """Return the same with what the book knows by now."""
        return replace(self, record=self.world.book.find(self.click.lock) or self.record)

    def ending(self, outcome: Outcome, detail: str = "") -> Ending:
        return ending_of(self.click, outcome, self.now, detail)


def put_back(click: Click, record: LockRecord, world: World, rules: Rules, now: datetime) -> Ending:
    """Put back what was released, if it is still time; delivered again, it changes nothing and is answered the same.

    Raises:
        BookError: nothing was done.
        NotYetError: a put may be on its way, this click's or another's.
        MessengerError, OutcomeUnknownError: it was done, or may have been; the queue delivers the click again.
    """
    undo = _Undo(click, record, world, rules, now)
    if undo.restorer in record.restorers:
        return _look(undo, PutBack.UNKNOWN)
    if record.ending and record.ending.restored_by:
        return _tell_restored(undo, Restorer(record.ending.restored_by, record.ending.restored_click))
    if refused := _why_not(record, rules, now):
        return refuse(click, record, refused, world, rules, now, EventType.CLICK_REFUSED)
    if record.restoring and record.being_restored(now):
        raise NotYetError(record.restoring.until)
    if record.kept is None:
        why = "its bytes are no longer known to the reaper's lock book"
        return _tell_alone(undo, _failed(undo, why, lasting=True))
    return _put_once(undo, record.kept)


def _why_not(record: LockRecord, rules: Rules, now: datetime) -> Refusal | None:
    if not rules.undo:
        return Refusal.UNDO_OFF
    return None if record.ending and record.ending.undoable(now) else Refusal.TOO_LATE


def _put_once(undo: _Undo, kept: LockObject) -> Ending:
    claim = Restoring(undo.click.user, undo.click.click, undo.world.clock() + CLAIM_LASTS)
    page = undo.world.book.write(restores.begin_restore(undo.click.lock, claim, undo.record.restoring)).page
    if page is None or page.restoring != claim:
        raise NotYetError(page.restoring.until if page and page.restoring else undo.now)
    undo = replace(undo, record=page)
    try:
        answer = _put(undo, claim, kept)
    except StoreError as error:
        undo.world.book.write(restores.abandon_restore(undo.click.lock, claim))
        return _tell_alone(undo, _failed(undo, str(error), lasting=isinstance(error, StoreRefusedError)))
    return _look(undo, answer)


def _failed(undo: _Undo, why: str, *, lasting: bool) -> Ending:
    return msgspec.structs.replace(undo.ending(Outcome.FAILED, why), lasting=lasting)


def _put(undo: _Undo, claim: Restoring, kept: LockObject) -> PutBack:
    """One conditional put. A conflict means that a delete was under way, and that nothing was put."""
    answer = PutBack.CONFLICT
    for _ in range(_ATTEMPTS):
        check_time(undo.world, claim.send_before)
        answer = undo.world.store.put_back(undo.click.lock, kept.put_by(undo.click.click))
        if answer is not PutBack.CONFLICT:
            break
    return answer


def _look(undo: _Undo, answer: PutBack) -> Ending:
    """What a put amounts to by what is there now."""
    try:
        current = undo.world.store.read(undo.click.lock.place)
        undo = undo.known_anew()
        if found := _if_put(undo, current):
            return found
        if answer is PutBack.DONE:
            return _let_go_since(undo)
        return _not_there(undo, answer, current)
    except (StoreError, BookError) as error:
        raise OutcomeUnknownError(str(error)) from error


def _if_put(undo: _Undo, current: HeldLock | None) -> Ending | None:
    """Answer by whose put is there; None: it is nobody's."""
    there = undo.record.restorer_of(current)
    if there is None or current is None:
        return None
    inherited, handed_over = restores.restored(_with_message(undo), current, there)
    held = undo.world.book.write(inherited).page or LockRecord(lock=current)
    undo.world.book.write(handed_over)
    return _restored(undo, held) if there == undo.restorer else _restored_by_another(undo, held, there)


def _restored(undo: _Undo, held: LockRecord) -> Ending:
    ending = undo.ending(Outcome.RESTORED)
    undo.world.journal.write(of_click(EventType.LOCK_RESTORED, undo.click, held.lock, undo.now, ending))
    if not show(undo.click, held, ending, undo.world, undo.rules):
        whisper(undo.click, ending, undo.world)
    return ending


def _restored_by_another(undo: _Undo, held: LockRecord, by: Restorer) -> Ending:
    """Tell in the channel too: the function of that other click may have died before it could."""
    show(undo.click, held, undo.ending(Outcome.RESTORED), undo.world, undo.rules)
    return _tell_restored(undo, by)


def _with_message(undo: _Undo) -> LockRecord:
    """The click tells where a message stands whose answer was lost."""
    if undo.record.posted or not undo.click.message:
        return undo.record
    return msgspec.structs.replace(undo.record, posted=Posted(undo.click.channel, undo.click.message))


def _not_there(undo: _Undo, answer: PutBack, current: HeldLock | None) -> Ending:
    ending, claim = undo.record.ending, undo.record.restoring
    if ending and ending.restored_by:
        return _tell_restored(undo, Restorer(ending.restored_by, ending.restored_click))
    mine = claim if claim and Restorer(claim.by, claim.click) == undo.restorer else None
    if answer is PutBack.UNKNOWN:
        if mine and undo.world.clock() < mine.until:
            raise NotYetError(mine.until)
        return _answer_not_put(undo, Outcome.FAILED, _NOBODY_KNOWS, current)
    if mine:
        undo.world.book.write(restores.abandon_restore(undo.click.lock, mine))
    why = "" if answer is PutBack.OCCUPIED else f"S3 did not put it (its last answer: {answer})"
    return _answer_not_put(undo, Outcome.OCCUPIED if current else Outcome.FAILED, why, current)


def _answer_not_put(undo: _Undo, outcome: Outcome, why: str, current: HeldLock | None) -> Ending:
    return _tell_alone(undo, msgspec.structs.replace(undo.ending(outcome, why), held_now=current))


def _let_go_since(undo: _Undo) -> Ending:
    """It was put back and its holder has let it go: nothing is to be put back any more."""
    page = undo.world.book.write(restores.undone(undo.click.lock, undo.restorer)).page
    undo = replace(undo, record=page or undo.record)
    show_closed(undo.click, case_of(undo.record, undo.world, undo.rules, undo.now))
    return _tell_restored(undo, undo.restorer)


def _tell_restored(undo: _Undo, by: Restorer) -> Ending:
    """Tell the person alone by whom it was put back; the line of the put is written by its own click only.

    The message once more as well: an earlier delivery may have written it late and died before it could look again.
    """
    catch_up(case_of(undo.record, undo.world, undo.rules, undo.now))
    ending = msgspec.structs.replace(undo.ending(Outcome.RESTORED), user=by.by)
    line = EventType.LOCK_RESTORED if by == undo.restorer else EventType.RESTORE_ANSWERED
    return _tell_alone(undo, ending, line)


def _tell_alone(undo: _Undo, ending: Ending, line: EventType = EventType.RESTORE_ANSWERED) -> Ending:
    undo.world.journal.write(of_click(line, undo.click, undo.record.lock, ending.at, ending))
    whisper(undo.click, ending, undo.world)
    return ending
