"""Authorise a release, carry it out, answer: what ``release_lock`` does with one order."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import TypeVar

import msgspec

from chalicelib.core.alerts.life import may_auto_release
from chalicelib.core.alerts.transitions import endings, wishes
from chalicelib.core.audit.line import EventType
from chalicelib.core.clicks.claim import CLAIM_LASTS, Releasing
from chalicelib.core.clicks.click import MembersUnknownError
from chalicelib.core.clicks.ending import REAPER, Ending, Outcome, Refusal
from chalicelib.core.clicks.order import AutoRelease, EndUndo, ReleaseOrder
from chalicelib.core.policy import Rules
from chalicelib.jobs.alerts.alert import catch_up
from chalicelib.jobs.clicks.clicked import (
    Clicked,
    NotYetError,
    Ordered,
    clicked_on,
    come_again,
    misrouted,
    ordered_by,
    unknown,
)
from chalicelib.jobs.clicks.delete import Concluded, delete
from chalicelib.jobs.clicks.permission import why_not
from chalicelib.jobs.clicks.second_person import ask, asked_in_vain, wait_for_another
from chalicelib.ports.book import BookError
from chalicelib.ports.orders import OrderError
from chalicelib.ports.world import World

T = TypeVar("T", bound=Ordered)


def release(order: ReleaseOrder, world: World, rules: Rules, now: datetime) -> Ending | None:
    """Carry out one order and answer its click; delivered again, it changes nothing and is answered the same.

    None: another delete may be on its way, so a click comes again when its end is known.

    Raises:
        MessengerError, OutcomeUnknownError, OrderError: it could not be answered yet; the queue delivers it again.
    """
    if isinstance(order, AutoRelease):
        with suppress(NotYetError):  # the next watch orders it again
            return _release(ordered_by(order, world, rules, now), _release_if_due)
        return None
    clicked = clicked_on(order, world, rules, now)
    if not order.verb.releases:
        return misrouted(clicked)
    try:
        return _release(clicked, _release_clicked)
    except NotYetError as error:
        come_again(clicked, error.until)
        return None


def _release(ordered: T, go_on: Callable[[T], Ending]) -> Ending:
    """Release a lock, unless it is known how it ended."""
    try:
        ordered = ordered.looked_up()
    except BookError as error:
        return _answer_without_book(ordered, error)
    return _answer_again(ordered, ordered.page.ending) if ordered.page.ending else go_on(ordered)


def _release_if_due(ordered: Ordered) -> Ending:
    """Look again at all that a route asks for: the order may have waited in the queue."""
    covered = ordered.rules.covers(ordered.order.lock.place)
    if covered and may_auto_release(ordered.page, ordered.policy, ordered.now):
        return _carry_out(ordered)
    return ordered.ending(Outcome.REFUSED, "no longer due")  # the next watch looks at it again


def _release_clicked(clicked: Clicked) -> Ending:
    why = why_not(clicked)
    if why is None and clicked.policy.second_person:
        why = asked_in_vain(clicked)
    if why:
        return _refuse(clicked, why)
    return _release_for(clicked if clicked.remembered else clicked.seen())


def _release_for(clicked: Clicked) -> Ending:
    """Release for a person who may, or find out who else has to ask for it."""
    if clicked.policy.second_person:
        return _release_by_two(clicked)
    if clicked.page.asked:  # when its route still asked for two people
        clicked = clicked.known_as(msgspec.structs.replace(clicked.page, asked=None))
    return _carry_out(clicked)


def _release_by_two(clicked: Clicked) -> Ending:
    try:
        asked = ask(clicked)
    except BookError as error:
        return _answer_without_book(clicked, error)
    except MembersUnknownError:
        return _refuse(clicked, Refusal.UNKNOWN_MEMBERS)
    clicked = clicked.known_as(msgspec.structs.replace(clicked.page, asked=asked))
    if asked is None:  # this very click was withdrawn, and is delivered again
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
    ordered.journal(EventType.RELEASE_REQUESTED)
    concluded = delete(ordered, claim)
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
    """Return this order's claim, which lasts from now on."""
    order, asked = ordered.order, ordered.page.asked
    until = ordered.world.clock() + CLAIM_LASTS
    return Releasing(order.user or REAPER, order.click, until, asked.by if asked else "")


def _order_end_of_undo(ordered: Ordered, ending: Ending) -> None:
    """Have the button taken away when its time is over. Without that a click on it is told that it is too late."""
    if ending.undo_until and ending.undoable(ordered.now):
        with suppress(OrderError):
            ordered.world.orders.end_undo(EndUndo(ordered.order.lock), ending.undo_until - ordered.now)


def _note(ordered: Ordered, concluded: Concluded) -> Ordered:
    """Note how the lock ended; return the order with the page as it is then: another ending may have been first.

    Raises:
        NotYetError: somebody else's delete may be what ended the lock; only the book can tell.
    """
    ending = concluded.ending
    try:
        taken, page = ordered.world.book.write(endings.end(ordered.page.lock, ending, concluded.claim))
    except BookError as error:
        if ending.outcome is not Outcome.RELEASED:
            raise NotYetError(ending.at) from error
        return ordered  # Only memory is lost: the lock is gone, and a later click is told so by S3.
    if page is None:
        return ordered
    if taken:
        return ordered.known_as(msgspec.structs.replace(page, ending=ending))
    if page.ending is None:
        raise NotYetError(page.releasing.until if page.releasing else ending.at)
    return ordered.known_as(page)


def _answer_held(ordered: Ordered, ending: Ending) -> Ending:
    """Tell that a release failed, by what the book has of the lock by now."""
    ordered.journal(EventType.RELEASE_ANSWERED, ending)
    with suppress(BookError):
        ordered = ordered.looked_up()
    if ordered.page.ending:  # it ended, and may have been put back, while this failed
        catch_up(ordered)
    else:
        ordered.show(ending)
    return ordered.whisper(ending)  # the next look at the lock edits the message, and what failed is no longer in it


def _answer_ended(ordered: Ordered, ending: Ending) -> Ending:
    """Tell how the lock ended, by what the book has of it by now."""
    line = EventType.LOCK_REPLACED if ending.outcome is Outcome.REPLACED else EventType.RELEASE_ANSWERED
    ordered.journal(line, ending)
    if not ordered.page.ending:  # the book was not reached, or has lost the page
        with suppress(BookError):
            ordered = ordered.looked_up()
    if not ordered.page.ending:
        ordered = ordered.known_as(msgspec.structs.replace(ordered.page, ending=ending))
    return _tell_ended(ordered, ending)


def _tell_ended(ordered: Ordered, ending: Ending) -> Ending:
    """Tell that the lock has ended, and privately whoever cannot see that, or ended it with another click."""
    seen = ordered.show_ended()
    return ending if seen and ending.click == ordered.order.click else ordered.whisper(ending)


def _answer_again(ordered: Ordered, ending: Ending) -> Ending:
    """Answer a second click, or the first one delivered again because its answer did not get through."""
    _order_end_of_undo(ordered, ending)
    if not ending.restored_by:
        return _tell_ended(ordered, ending)
    if _spoke_before(ordered):
        catch_up(ordered)
    return ordered.whisper(ending)  # the message is about the lock that was put back


def _spoke_before(ordered: Ordered) -> bool:
    """Return whether an earlier delivery may have written the message late, and died before it could look again."""
    asked = ordered.page.asked
    return ordered.order.user in ordered.page.refused or bool(asked and asked.click == ordered.order.click)


def _refuse(clicked: Clicked, why: Refusal) -> Ending:
    ending = clicked.refuse(why, EventType.RELEASE_REFUSED)
    if why is Refusal.NOT_LISTED and clicked.remembered:
        _with_refused(clicked).show(ending)
    return ending


def _with_refused(clicked: Clicked) -> Clicked:
    """Remember who needs this lock gone and may not release it, so that the team sees it in every later edit too."""
    user, page = clicked.click.user, clicked.page
    with suppress(BookError):
        clicked.after(wishes.refused(clicked.click.lock, user))
    return clicked.known_as(msgspec.structs.replace(page, refused=page.refused | {user}))


def _answer_without_book(ordered: Ordered, error: BookError) -> Ending:
    """Without its memory the reaper cannot tell a repeated click from a new one: nothing is deleted."""
    ending = ordered.ending(Outcome.FAILED, str(error))
    ordered.known_as(unknown(ordered.order.lock)).journal(EventType.RELEASE_ANSWERED, ending)
    return ordered.whisper(ending)
