"""Put a released lock back, with the mark of the click, only if nobody holds the state now.

If the run turns out to be alive, it is protected again, and its own release still works, because Terraform compares
the lock's ID. The put of one click is sent once. When the click is delivered again, it is answered after a look: the
run may have let its lock go meanwhile, and a second put would leave a lock that nobody holds. The mark on the lock
tells whose put it was (``core.locks.mark``); that is never guessed from who clicked.
"""

import msgspec

from chalicelib.core.alerts.message import Posted
from chalicelib.core.alerts.page import Page
from chalicelib.core.alerts.transitions import restores
from chalicelib.core.audit.line import LineKind
from chalicelib.core.clicks.claim import CLAIM_LASTS, Restorer, Restoring
from chalicelib.core.clicks.deletion import LockObject, PutBack
from chalicelib.core.clicks.ending import Ending, Outcome, Refusal
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.mark import mark_of
from chalicelib.jobs.alerts.alert import catch_up
from chalicelib.jobs.clicks.clicked import Clicked, NotYetError
from chalicelib.jobs.clicks.delete import OutcomeUnknownError, check_time
from chalicelib.ports.book import BookError
from chalicelib.ports.locks import StoreError, StoreRefusedError

_TRIES = 3
_FORGOTTEN = "its bytes are no longer known to the reaper's lock book"
_NOBODY_KNOWS = "{service} did not say whether this click put it back, and it is not there now"


def put_back(clicked: Clicked) -> Ending:
    """Put a released lock back, if there is still time. Delivered again, it changes nothing and gets the same answer.

    Raises:
        BookError: nothing was done.
        NotYetError: a put of this click or of another may be on its way.
        MessengerError, OutcomeUnknownError: it was or may have been done; the queue delivers the click again.
    """
    page, now = clicked.page, clicked.now
    if _restorer(clicked) in page.restorers:
        return _look(clicked, PutBack.UNKNOWN)
    if page.ending and page.ending.restored_by:
        return _tell_restored(clicked, Restorer(page.ending.restored_by, page.ending.restored_click))
    if not clicked.undo:
        return clicked.refuse(Refusal.UNDO_OFF, LineKind.CLICK_REFUSED)
    if not (page.ending and page.ending.undoable(now)):
        return clicked.refuse(Refusal.TOO_LATE, LineKind.CLICK_REFUSED)
    if page.restoring and page.being_restored(now):
        raise NotYetError(page.restoring.until)
    if page.kept is None:
        return _tell_not_put(clicked, Outcome.FAILED, _FORGOTTEN, lasting=True)
    return _put_once(clicked, page.kept)


def _restorer(clicked: Clicked) -> Restorer:
    """Return this click's person and ID, as the page names whoever puts the lock back."""
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
    """Send a conditional put. After a conflict send it again: a delete was under way, and nothing was put."""
    world, answered = clicked.world, PutBack.CONFLICT
    for _ in range(_TRIES):
        check_time(world, claim.send_before)
        answered = world.store.put_back(clicked.click.lock, kept, mark_of(clicked.click.click))
        if answered is not PutBack.CONFLICT:
            break
    return answered


def _look(clicked: Clicked, answered: PutBack) -> Ending:
    """Conclude from what is there now how a put ended."""
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
    """Tell that the lock was put back, by this click or by another.

    The channel is told in both cases, because the function that carried out the other click may have died before that.
    """
    before, ending = clicked, clicked.ending(Outcome.RESTORED)
    inherited, handed_over = restores.restored(_with_message(clicked), current, there)
    clicked = clicked.known_as(Page(lock=current)).after(inherited)
    clicked.world.book.write(handed_over)
    if there != _restorer(clicked):
        clicked.show(ending)
        return _tell_restored(before, there)
    clicked.journal(LineKind.LOCK_RESTORED, ending)
    return ending if clicked.show(ending) else clicked.whisper(ending)


def _with_message(clicked: Clicked) -> Page:
    """Return the page with its message. If Slack's answer to the post was lost, that is the clicked message."""
    page, click = clicked.page, clicked.click
    if page.posted or not click.message:
        return page
    return msgspec.structs.replace(page, posted=Posted(click.channel, click.message))


def _not_there(clicked: Clicked, answered: PutBack, current: HeldLock | None) -> Ending:
    ending, claim, world = clicked.page.ending, clicked.page.restoring, clicked.world
    service = clicked.click.lock.place.traits.service
    if ending and ending.restored_by:
        return _tell_restored(clicked, Restorer(ending.restored_by, ending.restored_click))
    mine = claim if claim and Restorer(claim.by, claim.click) == _restorer(clicked) else None
    if answered is PutBack.UNKNOWN:
        if mine and world.clock() < mine.until:
            raise NotYetError(mine.until)
        return _tell_not_put(clicked, Outcome.FAILED, _NOBODY_KNOWS.format(service=service), held_now=current)
    if mine:
        world.book.write(restores.abandon_restore(clicked.click.lock, mine))
    why = "" if answered is PutBack.OCCUPIED else f"{service} did not put it (its last answer: {answered})"
    return _tell_not_put(clicked, Outcome.OCCUPIED if current else Outcome.FAILED, why, held_now=current)


def _let_go_since(clicked: Clicked) -> Ending:
    """Note that the lock was put back and its holder has let it go since, so that nothing can be put back any more."""
    clicked = clicked.after(restores.undone(clicked.click.lock, _restorer(clicked)))
    clicked.show_ended()
    return _tell_restored(clicked, _restorer(clicked))


def _tell_restored(clicked: Clicked, by: Restorer) -> Ending:
    """Tell only the person who clicked by whom the lock was put back. Only the click that did it journals the put.

    The message is edited again too: an earlier delivery may have written it late and died before it could look again.
    """
    catch_up(clicked)
    ending = msgspec.structs.replace(clicked.ending(Outcome.RESTORED), user=by.by)
    clicked.journal(LineKind.LOCK_RESTORED if by == _restorer(clicked) else LineKind.RESTORE_ANSWERED, ending)
    return clicked.whisper(ending)


def _tell_not_put(clicked: Clicked, outcome: Outcome, why: str, **others: object) -> Ending:
    """Tell only the person who clicked that the lock was not put back."""
    ending = msgspec.structs.replace(clicked.ending(outcome, why), **others)
    clicked.journal(LineKind.RESTORE_ANSWERED, ending)
    return clicked.whisper(ending)
