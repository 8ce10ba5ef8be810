"""Note in the book how locks ended, and have their messages say so."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from functools import partial

import msgspec

from chalicelib.core.alerts.alert import Alert, Reply
from chalicelib.core.alerts.message import Posted, Saying, Topic
from chalicelib.core.alerts.page import Page
from chalicelib.core.alerts.stored import Fields
from chalicelib.core.alerts.transitions import endings
from chalicelib.core.clicks.claim import Releasing
from chalicelib.core.clicks.deletion import Presence
from chalicelib.core.clicks.ending import Ending, Outcome
from chalicelib.core.clicks.halves import Part, ending_of
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import LockRef
from chalicelib.jobs.alerts.case import Case
from chalicelib.jobs.alerts.found import Found, in_channel
from chalicelib.jobs.alerts.say import LockClaim, look_for_lost, reply_to
from chalicelib.jobs.runs.agenda import Agenda
from chalicelib.jobs.runs.run import Run
from chalicelib.jobs.runs.tasks import Rank, Task, Wait
from chalicelib.jobs.seen import seen_gone
from chalicelib.ports.book import BookError
from chalicelib.ports.locks import StoreError
from chalicelib.ports.people import ChannelRefusedError, MessageFixedError, MessageGoneError, MessengerError
from chalicelib.ports.world import World


def note_ending(case: Case, ending: Ending) -> Case | None:
    """Note how a lock ended; return the case if its message still has to say so. Until it does, each watch tries.

    Raises:
        BookError
    """
    book, lock = case.world.book, case.page.lock
    unspoken = book.write(endings.end_unspoken(lock, ending)).taken
    taken, latest = (True, None) if unspoken else book.write(endings.end(lock, *_of_all_halves(case, ending)))
    if taken:
        seen_gone(case, case.page.half_ending or ending)
    return case.known_as(latest) if latest else None


def _of_all_halves(case: Case, ending: Ending) -> tuple[Ending, Releasing | None, Fields]:
    """Return how a lock ended, given how the half of its own page did: a click may have released another half before.

    With it comes the claim that was seen, and what the page is to say of its own half. Raises BookError.
    """
    page, seen = case.page, case.page.releasing
    # A lock that is not watched any more did not end, and its other halves may be watched and held.
    if not page.halves or page.half_of or ending.outcome is Outcome.UNWATCHED:
        return ending, seen, Fields()
    own = page.half_ending or ending
    parts = [Part(half.ref, own if half.ref == page.lock.ref else _of_half(case, half.ref)) for half in page.halves]
    whole = msgspec.structs.replace(ending_of(parts, lambda one: one is own), at=ending.at)
    return whole, seen, Fields(half_ending=own)


def _of_half(case: Case, ref: LockRef) -> Ending:
    """Return how another half ended, as far as its own page tells."""
    page = case.world.book.find(ref)
    if page and page.own_ending:
        return page.own_ending
    if page and page.releasing:
        return page.releasing.ending(Outcome.UNCONFIRMED, case.now)
    return Ending(outcome=Outcome.GONE, at=case.now)


def tell(case: Case) -> bool:
    """Edit the message of a lock that has ended to say so, and note that; return whether people can see it.

    While another run is posting the message, or its answer is lost, there may be a message that the book does not know.
    Then the ending is not noted as told.
    """
    case = look_for_lost(case)
    page = case.page
    if page.ending is None or (page.sending and page.sending.is_alert):
        return False
    seen = page.posted is not None and _show_ending(case, page.posted, page.ending)
    latest = case.world.book.write(endings.ending_told(case.ref)).page
    if latest and latest.back_as:
        return seen and show_put_back(case, latest)
    if latest and latest.ending and latest.ending != page.ending:
        return tell(case.known_as(latest))  # meanwhile the click that deleted the lock noted its own ending
    return seen


def show_put_back(case: Case, page: Page) -> bool:
    """Write a message again that was written too late: its lock was put back before, so that it is another page's.

    Return whether people can see it. The page is read again after each edit, because it may change meanwhile.
    """
    shown = None
    while page != shown:
        while page.back_as and (later := case.world.book.find(page.back_as)):
            page = later
        if page.ending or page.posted is None:
            return tell(case.known_as(page))
        try:
            case.world.messenger.edit(page.posted, case.known_as(page).alert())
        except (MessageGoneError, ChannelRefusedError):  # the next watch posts it again
            return False
        shown, page = page, case.world.book.find(page.lock.ref) or page
    return True


def tell_endings(cases: Iterable[Case], world: World, run: Run) -> list[str]:
    """Have messages say that their locks are gone; return those that Slack refused or that there was no time for.

    Each ending is untold in the book until its message says so, so the next watch does the rest.
    """
    left: list[str] = []
    agenda = Agenda(
        run,
        world.messenger,
        hear=lambda _seen: None,
        failed=lambda task, error: left.append(f"{task.subject}: {_in_words(error)}"),
        given_up=lambda task, failures: left.append(f"{task.subject}: not tried, after {failures} failures"),
    )
    for case in cases:
        channel = case.page.posted.channel if case.page.posted else case.policy.channel
        agenda.add(Task(Wait.EDIT, channel, Rank.CLOSING, case.state_path, partial(tell, case)))
    agenda.work()
    return [*left, *(f"{task.subject}: no time" for task in agenda.left)]


def _in_words(error: Exception) -> str:
    return str(error) if isinstance(error, (MessengerError, BookError, StoreError)) else repr(error)


def _show_ending(case: Case, posted: Posted, ending: Ending) -> bool:
    alert = case.alert(ending)
    try:
        case.world.messenger.edit(posted, alert)
        if ending.by_reaper:
            with suppress(ChannelRefusedError):  # the edited message says it too, so a refused reply does no harm
                _say_beneath(case, posted, alert, Topic.AUTO_RELEASED)
    except MessageFixedError:
        return _say_instead(case, posted, alert)
    except MessageGoneError:  # somebody deleted the message, so nothing in Slack is wrong
        return False
    return True


def _say_instead(case: Case, posted: Posted, alert: Alert) -> bool:
    """Reply how a lock ended, because its message can no longer be edited; return whether people can see it."""
    try:
        _say_beneath(case, posted, alert, Topic.ENDED)
    except MessageGoneError:
        return False
    return True


def _say_beneath(case: Case, posted: Posted, alert: Alert, topic: Topic) -> None:
    """Reply once in the thread of an ended lock. Slack notifies people of a reply."""
    sending = reply_to(posted, case, (Saying(topic),))
    claim = LockClaim(case, sending, ended=True)
    if told := claim.say(partial(case.world.messenger.reply, Reply(alert=alert, sending=sending))):
        claim.said(told)


def end(case: Case, ending: Ending) -> Found:
    """Note how a lock ended, and have its message say so."""
    noted = note_ending(case, ending)
    return say_ending(noted) if noted else Found()


def close(case: Case, there: Presence, current: HeldLock | None) -> Found:
    """Close an alert, unless the book has an ending already. The open pages that a run lists may be out of date."""
    latest = case.known_as(case.world.book.find(case.ref) or case.page)
    if latest.page.being_released(case.now):
        return Found()  # release_lock is deleting it and will tell how it ended; if it dies, the next run does
    if not latest.page.ending:
        return end(latest, _ending(latest.page, there, current, case.now))
    return Found() if latest.page.told else say_ending(latest)


def say_ending(case: Case) -> Found:
    """Have a message say that its lock is gone. If nobody was told of the lock, no task is needed."""
    if case.page.spoken_of:
        return in_channel(Wait.EDIT, Rank.CLOSING, case, partial(tell, case))
    tell(case)
    return Found()


def _ending(page: Page, there: Presence, current: HeldLock | None, now: datetime) -> Ending:
    if page.releasing:
        return page.releasing.ending(Outcome.UNCONFIRMED, now, current)
    outcome = Outcome.REPLACED if there is Presence.REPLACED else Outcome.GONE
    return Ending(outcome=outcome, at=now, held_now=current)
