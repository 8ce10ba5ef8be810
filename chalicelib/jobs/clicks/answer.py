"""What ``answer_click`` does: snooze, end a snooze, withdraw a request, put a lock back. It can delete nothing."""

from datetime import datetime
from typing import assert_never

from chalicelib.core.alerts.page import LockRecord, Snooze
from chalicelib.core.alerts.transitions import wishes
from chalicelib.core.audit.line import EventType, LockEvent, of_click
from chalicelib.core.clicks.click import Click, Refusal, SnoozeFor, Verb
from chalicelib.core.clicks.ending import Ending, Outcome
from chalicelib.core.policy import Rules
from chalicelib.jobs.alerts.case import case_of
from chalicelib.jobs.alerts.endings import tell
from chalicelib.jobs.clicks.delete import NotYetError
from chalicelib.jobs.clicks.person import (
    come_again,
    ending_of,
    misrouted,
    refuse,
    show,
    show_closed,
    unremembered,
    whisper,
    why_not,
)
from chalicelib.jobs.clicks.restore import put_back
from chalicelib.ports.book import BookError
from chalicelib.ports.world import World


def answer(click: Click, world: World, rules: Rules, now: datetime) -> Ending | None:
    """Carry out one click and answer it; delivered again, it changes nothing more.

    None: nobody waits for an answer, or a put may be on its way, so that the click comes again when its end is known.

    Raises:
        MessengerError, OutcomeUnknownError, QueueError: it could not be answered yet; the queue delivers it again.
    """
    try:
        record = world.book.find(click.lock)
        if click.verb is Verb.UNDO_OVER:
            _take_undo_away(record, world, rules, now)
            return None
        return _answer(click, record, world, rules, now)
    except NotYetError as error:
        come_again(click, world.clicks, error.until, now)
        return None
    except BookError as error:
        ending = ending_of(click, Outcome.FAILED, now, str(error))
        whisper(click, ending, world)
        return ending


def _answer(click: Click, record: LockRecord | None, world: World, rules: Rules, now: datetime) -> Ending:
    if why := why_not(click, record, world, rules):
        return refuse(click, record, why, world, rules, now, EventType.CLICK_REFUSED)
    known = record or unremembered(click.lock, world)
    if click.verb is Verb.PUT_BACK:
        return put_back(click, known, world, rules, now)
    if known.ending:
        whisper(click, known.ending, world)
        if not known.ending.restored_by:
            show_closed(click, case_of(known, world, rules, now))
        return known.ending
    return _act(click, known, world, rules, now)


def _act(click: Click, record: LockRecord, world: World, rules: Rules, now: datetime) -> Ending:
    """Do what was clicked to a lock that is held. A new verb without a place here does not pass mypy."""
    match click.verb:
        case Verb.SNOOZE:
            return _snooze(click, record, world, rules, now)
        case Verb.WAKE:
            return _wake(click, record, world, rules, now)
        case Verb.WITHDRAW:
            return _withdraw(click, record, world, rules, now)
        case Verb.PUT_BACK:
            return put_back(click, record, world, rules, now)
        case Verb.RELEASE | Verb.AUTO_RELEASE | Verb.UNDO_OVER:
            return misrouted(click, world, now)
        case _:
            assert_never(click.verb)


def _snooze(click: Click, record: LockRecord, world: World, rules: Rules, now: datetime) -> Ending:
    """Counted from the click, however late it is delivered."""
    clicked = click.at or now
    hours = rules.policy_for(click.lock.state_path).working_hours
    snooze = Snooze(click.user, (click.snooze_for or SnoozeFor.HOUR).until(clicked, hours))
    line = of_click(EventType.ALERT_SNOOZED, click, record.lock, now, until=snooze.until)
    return _quieten(click, record, snooze, Outcome.SNOOZED, line, world, rules)


def _wake(click: Click, record: LockRecord, world: World, rules: Rules, now: datetime) -> Ending:
    line = of_click(EventType.ALERT_WOKEN, click, record.lock, now)
    return _quieten(click, record, None, Outcome.WOKEN, line, world, rules)


def _quieten(
    click: Click,
    record: LockRecord,
    snooze: Snooze | None,
    outcome: Outcome,
    line: LockEvent,
    world: World,
    rules: Rules,
) -> Ending:
    """The later of two clicks counts; one delivered again, or too late, is answered and changes nothing."""
    clicked = click.at or line.time
    known = world.book.write(wishes.snooze(record.lock, snooze, clicked)).page or record
    if record.quiet_at is None or record.quiet_at < clicked:
        world.journal.write(line)
    return _show(click, known, ending_of(click, outcome, line.time), world, rules)


def _withdraw(click: Click, record: LockRecord, world: World, rules: Rules, now: datetime) -> Ending:
    asked = record.asked
    mine = asked if asked and asked.by == click.user else None
    withdrawn = world.book.write(wishes.withdraw(click.lock, mine)) if mine else None
    if withdrawn is None or not withdrawn.taken:
        return refuse(click, record, Refusal.NOT_ASKED, world, rules, now, EventType.CLICK_REFUSED)
    world.journal.write(of_click(EventType.RELEASE_WITHDRAWN, click, record.lock, now))
    known = withdrawn.page or record
    return _show(click, known, ending_of(click, Outcome.WITHDRAWN, now), world, rules)


def _show(click: Click, record: LockRecord, ending: Ending, world: World, rules: Rules) -> Ending:
    """In the lock's message, and to whoever cannot see that change."""
    if not show(click, record, ending, world, rules):
        whisper(click, ending, world)
    return ending


def _take_undo_away(record: LockRecord | None, world: World, rules: Rules, now: datetime) -> None:
    """The message of a released lock without its button; one that was put back is another lock's by now."""
    if record and record.ending and not record.ending.restored_by:
        tell(case_of(record, world, rules, now))
