"""Carry out ``release_lock``: authorise one release, delete the lock, answer."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import TypeVar

import msgspec

from chalicelib.core.alerts.page import Asked
from chalicelib.core.alerts.transitions import endings, wishes
from chalicelib.core.audit.line import LineKind
from chalicelib.core.clicks.claim import CLAIM_LASTS, Releasing
from chalicelib.core.clicks.click import MembersUnknownError
from chalicelib.core.clicks.ending import REAPER, Ending, Outcome, Refusal
from chalicelib.core.clicks.order import AutoRelease, OperatorRelease, ReleaseOrder
from chalicelib.core.clicks.part import Part
from chalicelib.core.policy import Rules
from chalicelib.jobs.clicks.cases import clicked_on, operated_by, ordered_by
from chalicelib.jobs.clicks.clicked import Clicked, NotYetError, Ordered, come_again, misrouted, unknown
from chalicelib.jobs.clicks.delete import Concluded, delete
from chalicelib.jobs.clicks.due import page_if_due
from chalicelib.jobs.clicks.halves import delete_halves
from chalicelib.jobs.clicks.permission import why_not
from chalicelib.jobs.clicks.second_person import ask, asked_in_vain, wait_for_another
from chalicelib.jobs.seen import seen_gone
from chalicelib.ports.book import BookError
from chalicelib.ports.world import World

T = TypeVar("T", bound=Ordered)


def release(order: ReleaseOrder, world: World, rules: Rules, now: datetime) -> Ending | None:
    """Carry out one order and answer its click. Delivered again, it changes nothing and gets the same answer.

    Return None if nobody clicked, or if another delete may be on its way: then the click is delivered again later.

    Raises:
        MessengerError, OutcomeUnknownError, OrderError: no answer is possible yet; the queue delivers the order again.
        NotYetError: another delete may be on its way; only raised for an operator, who waits at a terminal.
    """
    if isinstance(order, OperatorRelease):
        return _release(operated_by(order, world, rules, now), _release_for_operator)
    if isinstance(order, AutoRelease):
        with suppress(NotYetError):  # the next watch orders it again
            return _release(ordered_by(order, world, rules, now), _release_if_due)
        return None
    clicked = clicked_on(order, world, rules, now)
    if not order.verb.releases:
        return misrouted(clicked)
    try:
        ending = _release(clicked, _release_clicked)
    except NotYetError as error:
        come_again(clicked, error.until)
        return None
    return clicked.answered(ending)


def _release(ordered: T, go_on: Callable[[T], Ending]) -> Ending:
    """Release a lock; if its page says how it ended, only answer that."""
    try:
        ordered = ordered.looked_up()
    except BookError as error:
        return _answer_without_book(ordered, error)
    return _answer_again(ordered, ordered.page.ending) if ordered.page.ending else go_on(ordered)


def _release_if_due(ordered: Ordered) -> Ending:
    """Release a lock without a click, if its route still asks for that: the order may have waited in the queue."""
    page = page_if_due(ordered)
    if page:
        return _carry_out(ordered.known_as(page))
    return ordered.ending(Outcome.REFUSED, "no longer due")  # the next watch decides again


def _release_for_operator(ordered: Ordered) -> Ending:
    """Release with the rights that AWS gives to the operator: no list of releasers and no target limits these."""
    return _carry_out(ordered if ordered.remembered else ordered.seen())


def _release_clicked(clicked: Clicked) -> Ending:
    why = why_not(clicked)
    part = clicked.click.part
    if why is None and clicked.policy.second_person and not part:
        why = asked_in_vain(clicked)
    if why:
        return _refuse(clicked, why)
    return _release_for(clicked if clicked.remembered else clicked.seen())


def _release_for(clicked: Clicked) -> Ending:
    """Release for a person who may; if the route wants two people, release only for the second one.

    A click on a joint alert asked for all of its locks at once.
    """
    if part := clicked.click.part:
        return _release_part(clicked, part)
    if clicked.policy.second_person:
        return _release_by_two(clicked)
    if clicked.page.asked:  # from when the route still wanted two people
        clicked = clicked.known_as(msgspec.structs.replace(clicked.page, asked=None))
    return _carry_out(clicked)


def _release_part(clicked: Clicked, part: Part) -> Ending:
    if clicked.policy.second_person and not part.approved:
        return clicked.refuse(Refusal.OWN_REQUEST, LineKind.RELEASE_REFUSED)
    asked = Asked(part.approved, clicked.now, part.click) if part.approved else None
    return _carry_out(clicked.known_as(msgspec.structs.replace(clicked.page, asked=asked)))


def _release_by_two(clicked: Clicked) -> Ending:
    try:
        asked = ask(clicked)
    except BookError as error:
        return _answer_without_book(clicked, error)
    except MembersUnknownError:
        return _refuse(clicked, Refusal.UNKNOWN_MEMBERS)
    clicked = clicked.known_as(msgspec.structs.replace(clicked.page, asked=asked))
    if asked is None:  # this click was withdrawn and is delivered again
        return clicked.whisper(clicked.ending(Outcome.WITHDRAWN))
    if asked.by == clicked.click.user:
        return wait_for_another(clicked, asked)
    return _carry_out(clicked)


def _carry_out(ordered: Ordered) -> Ending:
    """Delete the lock, note how that ended, answer."""
    page = ordered.page
    if page.releasing and page.being_released(ordered.now):
        raise NotYetError(page.releasing.until)
    claim = _claim(ordered)
    ordered.journal(LineKind.RELEASE_REQUESTED)
    alone = ordered.shown == (ordered.ref,) and not page.halves
    concluded = delete(ordered, claim) if alone else delete_halves(ordered, claim, ordered.shown)
    ending = concluded.ending
    if not ending.closes:
        return _answer_held(ordered, ending)
    _order_end_of_undo(ordered, ending)
    ordered = _note(ordered, concluded)
    first = ordered.page.ending
    if first and first != ending:
        return _answer_again(ordered, first)
    return _answer_ended(ordered, ending)


def _claim(ordered: Ordered) -> Releasing:
    """Return a claim for this order, which begins now."""
    order, asked = ordered.order, ordered.page.asked
    until = ordered.world.clock() + CLAIM_LASTS
    return Releasing(order.user or REAPER, order.click, until, asked.by if asked else "")


def _order_end_of_undo(ordered: Ordered, ending: Ending) -> None:
    """Order the removal of the button when its time is over. If that fails, a click on it is told it is too late."""
    if ending.undo_until and ending.undoable(ordered.now):
        ordered.end_undo(ending.undo_until - ordered.now)


def _note(ordered: Ordered, concluded: Concluded) -> Ordered:
    """Note how the lock ended; return the order with the page as it is then. The page may have an earlier ending.

    Raises:
        NotYetError: the delete of another click may have ended the lock; only the book can tell.
    """
    ending = concluded.ending
    try:
        taken, page = ordered.world.book.write(endings.end(ordered.page.lock, *concluded))
    except BookError as error:
        if ending.outcome is not Outcome.RELEASED:
            raise NotYetError(ending.at) from error
        return ordered  # only the memory is lost: the lock is gone, and a look tells a later click so
    if page is None:
        return ordered
    if taken:
        with suppress(BookError):
            seen_gone(ordered.known_as(page), page.half_ending or ending)
        return ordered.known_as(msgspec.structs.replace(page, ending=ending))
    if page.ending is None:
        raise NotYetError(page.releasing.until if page.releasing else ending.at)
    return ordered.known_as(page)


def _answer_held(ordered: Ordered, ending: Ending) -> Ending:
    """Tell that a release failed, with the page that the book has now."""
    ordered.journal(LineKind.RELEASE_ANSWERED, ending)
    with suppress(BookError):
        ordered = ordered.looked_up()
    if ordered.page.ending:  # the lock ended meanwhile, and may have been put back
        ordered.catch_up()
    else:
        ordered.show(ending)
    return ordered.whisper(ending)  # too, because the next edit of the message removes the failure from it


def _answer_ended(ordered: Ordered, ending: Ending) -> Ending:
    """Tell how the lock ended, with the page that the book has now."""
    line = LineKind.LOCK_REPLACED if ending.outcome is Outcome.REPLACED else LineKind.RELEASE_ANSWERED
    ordered.journal(line, ending)
    if not ordered.page.ending:  # the book could not be reached, or has lost the page
        with suppress(BookError):
            ordered = ordered.looked_up()
    if not ordered.page.ending:
        ordered = ordered.known_as(msgspec.structs.replace(ordered.page, ending=ending))
    return _tell_ended(ordered, ending)


def _tell_ended(ordered: Ordered, ending: Ending) -> Ending:
    """Show how the lock ended. Tell the person privately too, if they cannot see it or another click ended the lock."""
    seen = ordered.show_ended()
    return ending if seen and ending.click == ordered.order.click else ordered.whisper(ending)


def _answer_again(ordered: Ordered, ending: Ending) -> Ending:
    """Answer a second click, or the first one, delivered again because it got no answer."""
    _order_end_of_undo(ordered, ending)
    if not ending.restored_by:
        return _tell_ended(ordered, ending)
    if _spoke_before(ordered):
        ordered.catch_up()
    return ordered.whisper(ending)  # the message is about the lock that was put back


def _spoke_before(ordered: Ordered) -> bool:
    """Return whether an earlier delivery may have written the message late and died before it could look again."""
    asked = ordered.page.asked
    return ordered.order.user in ordered.page.refused or bool(asked and asked.click == ordered.order.click)


def _refuse(clicked: Clicked, why: Refusal) -> Ending:
    ending = clicked.refuse(why, LineKind.RELEASE_REFUSED)
    if why is Refusal.NOT_LISTED and clicked.remembered:
        _with_refused(clicked).show(ending)
    return ending


def _with_refused(clicked: Clicked) -> Clicked:
    """Note who asked and may not release, so that every later edit of the message shows it to the team."""
    user, page = clicked.click.user, clicked.page
    with suppress(BookError):
        clicked.after(wishes.refused(clicked.ref, user))
    return clicked.known_as(msgspec.structs.replace(page, refused=page.refused | {user}))


def _answer_without_book(ordered: Ordered, error: BookError) -> Ending:
    """Tell that nothing is deleted: without the book the reaper cannot tell a repeated click from a new one."""
    ending = ordered.ending(Outcome.FAILED, str(error))
    ordered.known_as(unknown(ordered.order.lock)).journal(LineKind.RELEASE_ANSWERED, ending)
    return ordered.whisper(ending)
