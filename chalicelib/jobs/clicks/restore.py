"""Put a released lock back, with a mark of its own, only if nobody holds the state now.

A run that turns out to be alive is protected again, and its own release still works, since it goes by the lock's ID.
The put of one click is sent once: delivered again, the click is answered by a look, because in between the run may
have ended and let its lock go, and a second put would leave a lock that nobody holds. Whose put is there is read from
its mark (``core.locks.mark``), never guessed from who clicked.
"""

import msgspec

from chalicelib.core.alerts.message import Posted
from chalicelib.core.alerts.page import Page
from chalicelib.core.alerts.transitions import restores
from chalicelib.core.audit.line import EventType
from chalicelib.core.clicks.claim import CLAIM_LASTS, Restorer, Restoring
from chalicelib.core.clicks.deletion import LockObject, PutBack
from chalicelib.core.clicks.ending import Ending, Outcome, Refusal
from chalicelib.core.locks.lock import HeldLock
from chalicelib.jobs.alerts.alert import catch_up
from chalicelib.jobs.clicks.clicked import Clicked, NotYetError
from chalicelib.jobs.clicks.delete import OutcomeUnknownError, check_time
from chalicelib.ports.book import BookError
from chalicelib.ports.locks import StoreError, StoreRefusedError

_TRIES = 3
_FORGOTTEN = "its bytes are no longer known to the reaper's lock book"
_NOBODY_KNOWS = "S3 did not say whether this click put it back, and it is not there now"


def put_back(clicked: Clicked) -> Ending:
    """Put back what was released, if it is still time; delivered again, it changes nothing and is answered the same.

    Raises:
        BookError: nothing was done.
        NotYetError: a put may be on its way, this click's or another's.
        MessengerError, OutcomeUnknownError: it was done, or may have been; the queue delivers the click again.
    """
    page, now = clicked.page, clicked.now
    if _restorer(clicked) in page.restorers:
        return _look(clicked, PutBack.UNKNOWN)
    if page.ending and page.ending.restored_by:
        return _tell_restored(clicked, Restorer(page.ending.restored_by, page.ending.restored_click))
    if not clicked.undo:
        return clicked.refuse(Refusal.UNDO_OFF, EventType.CLICK_REFUSED)
    if not (page.ending and page.ending.undoable(now)):
        return clicked.refuse(Refusal.TOO_LATE, EventType.CLICK_REFUSED)
    if page.restoring and page.being_restored(now):
        raise NotYetError(page.restoring.until)
    if page.kept is None:
        return _tell_not_put(clicked, Outcome.FAILED, _FORGOTTEN, lasting=True)
    return _put_once(clicked, page.kept)


def _restorer(clicked: Clicked) -> Restorer:
    """Return who this click's put would be by."""
    return Restorer(clicked.click.user, clicked.click.click)


def _put_once(clicked: Clicked, kept: LockObject) -> Ending:
    click, world = clicked.click, clicked.world
    claim = Restoring(click.user, click.click, world.clock() + CLAIM_LASTS)
    page = world.book.write(restores.begin_restore(click.lock, claim, clicked.page.restoring)).page
    if page is None or page.restoring != claim:
        raise NotYetError(page.restoring.until if page and page.restoring else clicked.now)
    clicked = clicked.known_as(page)
    try:
        answered = _put(clicked, claim, kept)
    except StoreError as error:
        world.book.write(restores.abandon_restore(click.lock, claim))
        lasting = isinstance(error, StoreRefusedError)
        return _tell_not_put(clicked, Outcome.FAILED, str(error), lasting=lasting)
    return _look(clicked, answered)


def _put(clicked: Clicked, claim: Restoring, kept: LockObject) -> PutBack:
    """Send one conditional put. A conflict means that a delete was under way, and that nothing was put."""
    world, answered = clicked.world, PutBack.CONFLICT
    for _ in range(_TRIES):
        check_time(world, claim.send_before)
        answered = world.store.put_back(clicked.click.lock, kept.put_by(clicked.click.click))
        if answered is not PutBack.CONFLICT:
            break
    return answered


def _look(clicked: Clicked, answered: PutBack) -> Ending:
    """Conclude what a put amounts to by what is there now."""
    lock = clicked.click.lock
    try:
        current = clicked.world.store.read(lock.place)
        clicked = clicked.looked_up()
        there = clicked.page.restorer_of(current)
        if there and current:
            return _restored(clicked, current, there)
        if answered is PutBack.DONE:
            return _let_go_since(clicked)
        return _not_there(clicked, answered, current)
    except (StoreError, BookError) as error:
        raise OutcomeUnknownError(str(error)) from error


def _restored(clicked: Clicked, current: HeldLock, there: Restorer) -> Ending:
    """Tell that it was put back, by this click or by another.

    In the channel in both cases: the function of that other click may have died before it could.
    """
    before, ending = clicked, clicked.ending(Outcome.RESTORED)
    inherited, handed_over = restores.restored(_with_message(clicked), current, there)
    clicked = clicked.known_as(Page(lock=current)).after(inherited)
    clicked.world.book.write(handed_over)
    if there != _restorer(clicked):
        clicked.show(ending)
        return _tell_restored(before, there)
    clicked.journal(EventType.LOCK_RESTORED, ending)
    return ending if clicked.show(ending) else clicked.whisper(ending)


def _with_message(clicked: Clicked) -> Page:
    """Return the page with the message that was clicked, where the answer of the one that posted it was lost."""
    page, click = clicked.page, clicked.click
    if page.posted or not click.message:
        return page
    return msgspec.structs.replace(page, posted=Posted(click.channel, click.message))


def _not_there(clicked: Clicked, answered: PutBack, current: HeldLock | None) -> Ending:
    ending, claim, world = clicked.page.ending, clicked.page.restoring, clicked.world
    if ending and ending.restored_by:
        return _tell_restored(clicked, Restorer(ending.restored_by, ending.restored_click))
    mine = claim if claim and Restorer(claim.by, claim.click) == _restorer(clicked) else None
    if answered is PutBack.UNKNOWN:
        if mine and world.clock() < mine.until:
            raise NotYetError(mine.until)
        return _tell_not_put(clicked, Outcome.FAILED, _NOBODY_KNOWS, held_now=current)
    if mine:
        world.book.write(restores.abandon_restore(clicked.click.lock, mine))
    why = "" if answered is PutBack.OCCUPIED else f"S3 did not put it (its last answer: {answered})"
    return _tell_not_put(clicked, Outcome.OCCUPIED if current else Outcome.FAILED, why, held_now=current)


def _let_go_since(clicked: Clicked) -> Ending:
    """Note that it was put back and its holder has let it go: nothing is to be put back any more."""
    clicked = clicked.after(restores.undone(clicked.click.lock, _restorer(clicked)))
    clicked.show_ended()
    return _tell_restored(clicked, _restorer(clicked))


def _tell_restored(clicked: Clicked, by: Restorer) -> Ending:
    """Tell the person alone by whom it was put back; the line of the put is written by its own click only.

    The message once more as well: an earlier delivery may have written it late and died before it could look again.
    """
    catch_up(clicked)
    ending = msgspec.structs.replace(clicked.ending(Outcome.RESTORED), user=by.by)
    clicked.journal(EventType.LOCK_RESTORED if by == _restorer(clicked) else EventType.RESTORE_ANSWERED, ending)
    return clicked.whisper(ending)


def _tell_not_put(clicked: Clicked, outcome: Outcome, why: str, **others: object) -> Ending:
    """Tell the person alone that it was not put back."""
    ending = msgspec.structs.replace(clicked.ending(outcome, why), **others)
    clicked.journal(EventType.RESTORE_ANSWERED, ending)
    return clicked.whisper(ending)
