"""Say a thing about a lock in Slack once, whoever else is about to, and whatever is lost on the way.

The claim in the lock book comes before the message, and what was said is noted after it. In between everything can
break: then the claim stays, and whoever comes next looks in Slack for the message before sending it.
"""

from collections.abc import Callable
from contextlib import suppress

import msgspec

from chalicelib.core.alerts.message import SENT_WITHIN, SURE_AFTER, Attempt, Posted
from chalicelib.core.alerts.page import LockRecord
from chalicelib.core.audit.line import EventType, of_lock
from chalicelib.jobs.alerts.case import Case
from chalicelib.ports.book import BookError
from chalicelib.ports.people import MessengerError, ReplyLostError


def say_once(case: Case, attempt: Attempt, send: Callable[[], Posted], *, ended: bool = False) -> Posted | None:
    """Send one message; None when somebody else is at it, or was, or may be by now.

    Raises:
        MessengerError: Slack would not take it, or its answer was lost; the next run sees to it.
        BookError: it may have been said before, and is no alert: of those, one too many is better than none.
    """
    try:
        if not case.world.book.claim(case.record.lock, attempt, ended=ended):
            return None
    except BookError:
        if not attempt.is_alert:
            raise
    if case.world.clock() >= attempt.at + SENT_WITHIN:
        with suppress(BookError):
            case.world.book.drop_claim(case.ref, attempt)
        return None
    try:
        return standing(attempt, send())
    except MessengerError as error:
        with suppress(BookError):
            _unclaim(case, attempt, error)
        raise


def look_for_lost(case: Case) -> LockRecord:
    """Find out what became of a message whose answer was lost, and remember it; the record as it is then.

    Raises:
        MessengerError, BookError: nothing is known until Slack and the book can be asked.
    """
    record, world = case.record, case.world
    attempt = record.attempt
    if attempt is None or record.in_flight(case.now):
        return record
    posted = world.messenger.find(attempt.channel, attempt.thread_ts, attempt.token(case.ref), attempt.at)
    if posted is None:
        world.book.drop_claim(case.ref, attempt)
    else:
        world.book.said(record.lock, attempt, standing(attempt, posted))
        journal_said(case, attempt, posted, "its answer was lost; found in Slack later")
    return world.book.find(case.ref) or record


def standing(attempt: Attempt, posted: Posted) -> Posted:
    """Return where a message stands, and where it was meant to."""
    return msgspec.structs.replace(posted, instead_of=attempt.instead_of)


def journal_said(case: Case, attempt: Attempt, posted: Posted, detail: str) -> None:
    """The journal's line about a message."""
    kind = EventType.ALERT_POSTED if attempt.is_alert else EventType.ALERT_RAISED
    told = {"channel": posted.channel, "message_ts": posted.ts, "level": attempt.level, "detail": detail}
    case.world.journal.write(of_lock(kind, case.record.lock, case.now, **told))


def _unclaim(case: Case, attempt: Attempt, error: MessengerError) -> None:
    if isinstance(error, ReplyLostError):
        case.world.book.doubt(case.ref, attempt, case.now + SURE_AFTER)
    else:
        case.world.book.drop_claim(case.ref, attempt)
