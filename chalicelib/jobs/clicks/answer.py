"""Carry out ``answer_click``: snooze, end a snooze, withdraw a request, put a lock back. It cannot delete."""

from contextlib import suppress
from datetime import datetime
from typing import assert_never

from chalicelib.core.alerts.page import Snooze
from chalicelib.core.alerts.transitions import wishes
from chalicelib.core.audit.line import LineKind
from chalicelib.core.clicks.click import Click, SnoozeFor, Verb
from chalicelib.core.clicks.ending import Ending, Outcome, Refusal
from chalicelib.core.clicks.order import EndUndo
from chalicelib.core.policy import Rules
from chalicelib.jobs.alerts.case import case_of
from chalicelib.jobs.alerts.endings import tell
from chalicelib.jobs.clicks.cases import clicked_on
from chalicelib.jobs.clicks.clicked import Clicked, NotYetError, come_again, misrouted
from chalicelib.jobs.clicks.permission import why_not
from chalicelib.jobs.clicks.restore import put_back
from chalicelib.ports.book import BookError
from chalicelib.ports.world import World


def answer(order: Click | EndUndo, world: World, rules: Rules, now: datetime) -> Ending | None:
    """Carry out one order and answer its click. Delivered again, the order changes nothing more.

    Return None if nobody clicked, or if a put may be on its way: then the click is delivered again later.

    Raises:
        MessengerError, OutcomeUnknownError, OrderError: no answer is possible yet; the queue delivers the order again.
    """
    if isinstance(order, EndUndo):
        _end_undo(order, world, rules, now)
        return None
    clicked = clicked_on(order, world, rules, now)
    try:
        ending = _answer(clicked.looked_up())
    except NotYetError as error:
        come_again(clicked, error.until)
        return None
    except BookError as error:
        ending = clicked.whisper(clicked.ending(Outcome.FAILED, str(error)))
    return clicked.answered(ending)


def _answer(clicked: Clicked) -> Ending:
    if why := why_not(clicked):
        return clicked.refuse(why, LineKind.CLICK_REFUSED)
    if not clicked.remembered:
        clicked = clicked.seen()
    ending = clicked.page.ending
    if ending is None or clicked.click.verb is Verb.PUT_BACK:
        return _act(clicked)
    clicked.whisper(ending)
    if not ending.restored_by:
        clicked.show_ended()
    return ending


def _act(clicked: Clicked) -> Ending:
    """Do what was clicked. mypy refuses a verb that has no case here."""
    match clicked.click.verb:
        case Verb.SNOOZE:
            return _snooze(clicked)
        case Verb.WAKE:
            return _quieten(clicked, None)
        case Verb.WITHDRAW:
            return _withdraw(clicked)
        case Verb.PUT_BACK:
            return put_back(clicked)
        case Verb.RELEASE:
            return misrouted(clicked)
        case _:
            assert_never(clicked.click.verb)


def _snooze(clicked: Clicked) -> Ending:
    """Snooze. The time counts from the click, not from its delivery."""
    click, hours = clicked.click, clicked.policy.working_hours
    until = (click.snooze_for or SnoozeFor.HOUR).until(click.at or clicked.now, hours)
    return _quieten(clicked, Snooze(click.user, until))


def _quieten(clicked: Clicked, snooze: Snooze | None) -> Ending:
    """Snooze, or end a snooze. Of two clicks the later one counts; the earlier one is only answered."""
    clicked_at = clicked.click.at or clicked.now
    known = clicked.after(wishes.snooze(clicked.page.lock, snooze, clicked_at))
    if clicked.page.quiet_at is None or clicked.page.quiet_at < clicked_at:
        if snooze:
            clicked.journal(LineKind.ALERT_SNOOZED, until=snooze.until)
        else:
            clicked.journal(LineKind.ALERT_WOKEN)
    return _show(known, clicked.ending(Outcome.SNOOZED if snooze else Outcome.WOKEN))


def _withdraw(clicked: Clicked) -> Ending:
    asked = clicked.page.asked
    if asked and asked.by == clicked.click.user:
        taken, page = clicked.world.book.write(wishes.withdraw(clicked.ref, asked))
        if taken:
            clicked.journal(LineKind.RELEASE_WITHDRAWN)
            return _show(clicked.known_as(page or clicked.page), clicked.ending(Outcome.WITHDRAWN))
    return clicked.refuse(Refusal.NOT_ASKED, LineKind.CLICK_REFUSED)


def _show(clicked: Clicked, ending: Ending) -> Ending:
    """Tell how it ended in the lock's message, or privately if the person cannot see that message."""
    return ending if clicked.show(ending) else clicked.whisper(ending)


def _end_undo(order: EndUndo, world: World, rules: Rules, now: datetime) -> None:
    """Edit the message of a released lock to remove its button, unless the lock was put back.

    If the book cannot be reached, the button stays; whoever clicks it is told that it is too late.
    """
    with suppress(BookError):
        page = world.book.find(order.lock)
        if page and page.ending and not page.ending.restored_by:
            tell(case_of(page, world, rules, now))
