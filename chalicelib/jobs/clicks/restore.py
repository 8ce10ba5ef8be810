"""Put a released lock back, with the mark of the click, only if nobody holds the state now.

If the run turns out to be alive, it is protected again, and its own release still works, because Terraform compares
the lock's ID. The put of one click is sent once. When the click is delivered again, it is answered after a look: the
run may have let its lock go meanwhile, and a second put would leave a lock that nobody holds. The mark on the lock
tells whose put it was (``core.locks.mark``); that is never guessed from who clicked. A lock with several halves is back
when one of them is; which of them are back is told.
"""

from collections.abc import Sequence

import msgspec

from chalicelib.core.alerts.message import Posted
from chalicelib.core.alerts.page import Page
from chalicelib.core.alerts.transitions import restores
from chalicelib.core.audit.line import LineKind
from chalicelib.core.clicks.claim import CLAIM_LASTS, Restorer, Restoring
from chalicelib.core.clicks.deletion import KeptHalf, PutBack
from chalicelib.core.clicks.ending import Ending, Outcome, Refusal
from chalicelib.core.locks.lock import HeldLock
from chalicelib.jobs.alerts.alert import catch_up
from chalicelib.jobs.clicks.clicked import Clicked, NotYetError
from chalicelib.jobs.clicks.delete import OutcomeUnknownError
from chalicelib.jobs.clicks.puts import Back, Backs, Put, abandon, back, begin, note_back, put_all
from chalicelib.ports.book import BookError
from chalicelib.ports.locks import ContainerGoneError, StoreError, StoreRefusedError

_FORGOTTEN = "its bytes are no longer known to the reaper's lock book"


def put_back(clicked: Clicked) -> Ending:
    """Put a released lock back, if there is still time. Delivered again, it changes nothing and gets the same answer.

    Raises:
        BookError: nothing was done.
        NotYetError: a put of this click or of another may be on its way.
        MessengerError, OutcomeUnknownError: it was or may have been done; the queue delivers the click again.
    """
    page, now = clicked.page, clicked.now
    kept = page.to_put_back
    if _restorer(clicked) in page.restorers:
        refs = [one.ref for one in kept] or [clicked.ref]
        return _look(clicked, [Put(ref, PutBack.UNKNOWN) for ref in refs])
    if page.ending and page.ending.restored_by:
        return _tell_restored(clicked, Restorer(page.ending.restored_by, page.ending.restored_click))
    if not clicked.undo:
        return clicked.refuse(Refusal.UNDO_OFF, LineKind.CLICK_REFUSED)
    if not (page.ending and page.ending.undoable(now)):
        return clicked.refuse(Refusal.TOO_LATE, LineKind.CLICK_REFUSED)
    if page.restoring and page.being_restored(now):
        raise NotYetError(page.restoring.until)
    if not kept:
        return _tell_not_put(clicked, Outcome.FAILED, _FORGOTTEN, lasting=True)
    return _put_once(clicked, kept)


def _restorer(clicked: Clicked) -> Restorer:
    """Return this click's person and ID, as the page names whoever puts the lock back."""
    return Restorer(clicked.click.user, clicked.click.click)


def _put_once(clicked: Clicked, kept: tuple[KeptHalf, ...]) -> Ending:
    click, world = clicked.click, clicked.world
    claim = Restoring(click.user, click.click, world.clock() + CLAIM_LASTS)
    page = begin(clicked, claim, kept)
    if page is None or page.restoring != claim:
        raise NotYetError(page.restoring.until if page and page.restoring else clicked.now)
    clicked = clicked.known_as(page)
    try:
        puts = put_all(clicked, claim, kept)
    except StoreError as error:
        abandon(clicked, claim, kept)
        lasting = isinstance(error, StoreRefusedError)
        return _tell_not_put(clicked, Outcome.FAILED, str(error), lasting=lasting)
    return _look(clicked, puts)


def _look(clicked: Clicked, puts: Sequence[Put]) -> Ending:
    """Conclude from what is there now how the puts ended."""
    try:
        there = [_there(clicked, put) for put in puts]
        clicked = clicked.looked_up()
        backs = [back(clicked, put, current) for put, current in zip(puts, there, strict=True)]
        if by := next((one.by for one in backs if one.by), None):
            return _restored(clicked, backs, by)
        if any(put.answered is PutBack.DONE for put in puts):
            return _let_go_since(clicked)
        return _not_there(clicked, backs[0])
    except (StoreError, BookError) as error:
        raise OutcomeUnknownError(str(error)) from error


def _there(clicked: Clicked, put: Put) -> HeldLock | None:
    """Return the lock at a half's place now; None also where nothing can be, or nothing was put.

    Raises StoreError.
    """
    try:
        return clicked.world.store.read(put.ref.place)
    except StoreError as error:
        if put.answered is None or isinstance(error, ContainerGoneError):
            return None
        raise


def _restored(clicked: Clicked, backs: Backs, there: Restorer) -> Ending:
    """Tell that the lock was put back, by this click or by another.

    The channel is told in both cases, because the function that carried out the other click may have died before that.
    """
    if any(one.put.answered is PutBack.UNKNOWN and not one.by for one in backs):
        _wait_for_the_claim(clicked)
    before, ending = clicked, clicked.ending(Outcome.RESTORED)
    if len(backs) > 1:
        ending = msgspec.structs.replace(ending, halves=tuple(one.told for one in backs))
    clicked = note_back(clicked, _with_message(clicked), backs)
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


def _not_there(clicked: Clicked, first: Back) -> Ending:
    ending, answered, current = clicked.page.ending, first.put.answered, first.current
    if ending and ending.restored_by:
        return _tell_restored(clicked, Restorer(ending.restored_by, ending.restored_click))
    if answered is PutBack.UNKNOWN:
        _wait_for_the_claim(clicked)
        return _tell_not_put(clicked, Outcome.FAILED, first.put.why, held_now=current)
    if mine := _own_claim(clicked):
        abandon(clicked, mine, clicked.page.to_put_back)
    return _tell_not_put(clicked, Outcome.OCCUPIED if current else Outcome.FAILED, first.put.why, held_now=current)


def _own_claim(clicked: Clicked) -> Restoring | None:
    """Return this click's claim, if the page has it."""
    claim = clicked.page.restoring
    return claim if claim and Restorer(claim.by, claim.click) == _restorer(clicked) else None


def _wait_for_the_claim(clicked: Clicked) -> None:
    """Raise NotYetError while a put of this click may still arrive."""
    mine = _own_claim(clicked)
    if mine and clicked.world.clock() < mine.until:
        raise NotYetError(mine.until)


def _let_go_since(clicked: Clicked) -> Ending:
    """Note that the lock was put back and its holder has let it go since, so that nothing can be put back any more."""
    clicked = clicked.after(restores.undone(clicked.ref, _restorer(clicked)))
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
