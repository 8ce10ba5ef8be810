"""Authorise a release, carry it out, answer: what ``release_lock`` does with one click."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from math import ceil

import msgspec

from chalicelib.core.alerts.life import may_auto_release
from chalicelib.core.alerts.page import Asked
from chalicelib.core.alerts.transitions import endings, wishes
from chalicelib.core.audit.line import EventType
from chalicelib.core.clicks.claim import CLAIM_LASTS, Releasing
from chalicelib.core.clicks.click import Click, MembersUnknownError, Verb
from chalicelib.core.clicks.ending import REAPER, Ending, Outcome, Refusal
from chalicelib.core.clicks.release_terms import why_not_releasable
from chalicelib.core.policy import Rules
from chalicelib.jobs.alerts.alert import catch_up
from chalicelib.jobs.clicks.clicked import Clicked, NotYetError, clicked_on, come_again, misrouted, unknown
from chalicelib.jobs.clicks.delete import Concluded, delete
from chalicelib.jobs.clicks.permission import why_not, why_not_release
from chalicelib.ports.book import BookError
from chalicelib.ports.orders import QueueError
from chalicelib.ports.world import World


def release(click: Click, world: World, rules: Rules, now: datetime) -> Ending | None:
    """Carry out one click and answer it; delivered again, it changes nothing and is answered the same.

    None: another click's delete may be on its way, so this one comes again when its end is known.

    Raises:
        MessengerError, OutcomeUnknownError, QueueError: it could not be answered yet; the queue delivers it again.
    """
    clicked = clicked_on(click, world, rules, now)
    if not click.verb.releases:
        return misrouted(clicked)
    try:
        return _release(clicked)
    except NotYetError as error:
        if click.verb is not Verb.AUTO_RELEASE:  # which the next watch orders again
            come_again(clicked, world.releases, error.until)
        return None


def _release(clicked: Clicked) -> Ending:
    try:
        clicked = clicked.looked_up()
    except BookError as error:
        return _answer_without_book(clicked, error)
    if clicked.record.ending:
        return _answer_again(clicked, clicked.record.ending)
    if clicked.click.verb is Verb.AUTO_RELEASE:
        return _release_by_itself(clicked)
    if why := why_not(clicked) or _asked_in_vain(clicked):
        return _refuse(clicked, why)
    return _release_for(clicked if clicked.remembered else clicked.seen())


def _release_for(clicked: Clicked) -> Ending:
    """Release for a person who may, or find out who else has to ask for it."""
    if clicked.policy.second_person:
        return _release_by_two(clicked)
    if clicked.record.asked:  # when its route still asked for two people
        clicked = clicked.known_as(msgspec.structs.replace(clicked.record, asked=None))
    return _carry_out(clicked)


def _asked_in_vain(clicked: Clicked) -> Refusal | None:
    """Return why a second person could not approve either; a release by one looks at the object itself."""
    if not clicked.policy.second_person:
        return None
    return why_not_releasable(clicked.record.lock, keeps=bool(clicked.undo))


def _release_by_itself(clicked: Clicked) -> Ending:
    """Look again at all that a route asks for: the order may have waited in the queue."""
    lock = clicked.click.lock
    if clicked.rules.covers(lock.place) and may_auto_release(clicked.record, clicked.policy, clicked.now):
        return _carry_out(clicked)
    return clicked.ending(Outcome.REFUSED, "no longer due")  # the next watch looks at it again


def _release_by_two(clicked: Clicked) -> Ending:
    try:
        asked = _asked(clicked)
    except BookError as error:
        return _answer_without_book(clicked, error)
    except MembersUnknownError:
        return _refuse(clicked, Refusal.UNKNOWN_MEMBERS)
    clicked = clicked.known_as(msgspec.structs.replace(clicked.record, asked=asked))
    if asked is None:  # this very click was withdrawn, and is delivered again
        return clicked.whisper(clicked.ending(Outcome.WITHDRAWN))
    if asked.by == clicked.click.user:
        return _wait_for_another(clicked, asked)
    return _carry_out(clicked)


def _asked(clicked: Clicked) -> Asked | None:
    """Return who has asked for a release that takes two, this click included; None when it was withdrawn.

    Whoever asked must still be allowed to; else the one who clicks now is the first. Raises MembersUnknownError.
    """
    click, lock = clicked.click, clicked.record.lock
    ours = Asked(click.user, clicked.now, click.click)
    known = clicked.after(wishes.ask(lock, ours)).record
    first = None if click.click in known.withdrawn else known.asked
    if first is None or first.by == click.user:
        return first
    why = why_not_release(clicked, first.by)
    if why is Refusal.UNKNOWN_MEMBERS:
        raise MembersUnknownError(first.by)
    if why:
        clicked.after(wishes.withdraw(click.lock, first))
        first = clicked.after(wishes.ask(lock, ours)).record.asked
    return first


def _wait_for_another(clicked: Clicked, asked: Asked) -> Ending:
    """Answer the first of two. The same click delivered again is answered again; another one is no second person."""
    if asked.click != clicked.click.click:
        return clicked.refuse(Refusal.OWN_REQUEST, EventType.RELEASE_REFUSED)
    ending = clicked.ending(Outcome.ASKED)
    clicked.journal(EventType.RELEASE_ASKED, ending)
    clicked.show(ending)
    return clicked.whisper(ending, clicked.policy.releasers)


def _carry_out(clicked: Clicked) -> Ending:
    """Delete the lock, note how that ended, answer."""
    record = clicked.record
    if record.releasing and record.being_released(clicked.now):
        raise NotYetError(record.releasing.until)
    clicked.journal(EventType.RELEASE_REQUESTED)
    concluded = delete(clicked, _claim(clicked))
    ending = concluded.ending
    if not ending.closes:
        return _answer_held(clicked, ending)
    _order_end_of_undo(clicked, ending)
    clicked = _note(clicked, concluded)
    first = clicked.record.ending
    if first and first != ending:
        return _answer_again(clicked, first)
    return _answer_ended(clicked, ending)


def _claim(clicked: Clicked) -> Releasing:
    """Return this click's claim, which lasts from now on."""
    click, asked = clicked.click, clicked.record.asked
    until = clicked.world.clock() + CLAIM_LASTS
    return Releasing(click.user or REAPER, click.click, until, asked.by if asked else "")


def _order_end_of_undo(clicked: Clicked, ending: Ending) -> None:
    """Have the button taken away when its time is over. Without that a click on it is told that it is too late."""
    now, clicks = clicked.now, clicked.world.clicks
    if ending.undo_until and ending.undoable(now):
        over = Click(lock=clicked.click.lock, verb=Verb.UNDO_OVER)
        with suppress(QueueError):
            clicks.send(msgspec.json.encode(over), ceil((ending.undo_until - now).total_seconds()))


def _note(clicked: Clicked, concluded: Concluded) -> Clicked:
    """Note how the lock ended; return the click with the page as it is then: another ending may have been first.

    Raises:
        NotYetError: somebody else's delete may be what ended the lock; only the book can tell.
    """
    ending = concluded.ending
    try:
        taken, page = clicked.world.book.write(endings.end(clicked.record.lock, ending, concluded.claim))
    except BookError as error:
        if ending.outcome is not Outcome.RELEASED:
            raise NotYetError(ending.at) from error
        return clicked  # Only memory is lost: the lock is gone, and a later click is told so by S3.
    if page and not taken and page.ending is None:
        raise NotYetError(page.releasing.until if page.releasing else ending.at)
    return clicked.known_as(page) if page else clicked


def _answer_held(clicked: Clicked, ending: Ending) -> Ending:
    """Tell that a release failed, by what the book has of the lock by now."""
    clicked.journal(EventType.RELEASE_ANSWERED, ending)
    with suppress(BookError):
        clicked = clicked.looked_up()
    if clicked.record.ending:  # it ended, and may have been put back, while this failed
        catch_up(clicked)
    else:
        clicked.show(ending)
    return clicked.whisper(ending)  # the next look at the lock edits the message, and what failed is no longer in it


def _answer_ended(clicked: Clicked, ending: Ending) -> Ending:
    """Tell how the lock ended, in the name of its click: one that comes late may find out how another's ended."""
    line = EventType.LOCK_REPLACED if ending.outcome is Outcome.REPLACED else EventType.RELEASE_ANSWERED
    of = clicked
    if ending.outcome is Outcome.UNCONFIRMED and ending.click != clicked.click.click:
        verb = Verb.AUTO_RELEASE if ending.by_reaper else Verb.RELEASE
        click = msgspec.structs.replace(clicked.click, user=ending.user, click=ending.click, verb=verb)
        of = replace(clicked, click=click)
    of.journal(line, ending)
    if not clicked.record.ending:  # the book was not reached, or has lost the page
        with suppress(BookError):
            clicked = clicked.looked_up()
    if not clicked.record.ending:
        clicked = clicked.known_as(msgspec.structs.replace(clicked.record, ending=ending))
    return _tell_ended(clicked, ending)


def _tell_ended(clicked: Clicked, ending: Ending) -> Ending:
    """Tell that the lock has ended, and privately whoever cannot see that, or ended it with another click."""
    seen = clicked.show_ended()
    return ending if seen and ending.click == clicked.click.click else clicked.whisper(ending)


def _answer_again(clicked: Clicked, ending: Ending) -> Ending:
    """Answer a second click, or the first one delivered again because its answer did not get through."""
    _order_end_of_undo(clicked, ending)
    if not ending.restored_by:
        return _tell_ended(clicked, ending)
    if _spoke_before(clicked):
        catch_up(clicked)
    return clicked.whisper(ending)  # the message is about the lock that was put back


def _spoke_before(clicked: Clicked) -> bool:
    """Return whether an earlier delivery may have written the message late, and died before it could look again."""
    asked = clicked.record.asked
    return clicked.click.user in clicked.record.refused or bool(asked and asked.click == clicked.click.click)


def _refuse(clicked: Clicked, why: Refusal) -> Ending:
    ending = clicked.refuse(why, EventType.RELEASE_REFUSED)
    if why is Refusal.NOT_LISTED and clicked.remembered:
        _with_refused(clicked).show(ending)
    return ending


def _with_refused(clicked: Clicked) -> Clicked:
    """Remember who needs this lock gone and may not release it, so that the team sees it in every later edit too."""
    user, record = clicked.click.user, clicked.record
    with suppress(BookError):
        clicked.after(wishes.refused(clicked.click.lock, user))
    return clicked.known_as(msgspec.structs.replace(record, refused=record.refused | {user}))


def _answer_without_book(clicked: Clicked, error: BookError) -> Ending:
    """Without its memory the reaper cannot tell a repeated click from a new one: nothing is deleted."""
    ending = clicked.ending(Outcome.FAILED, str(error))
    clicked.known_as(unknown(clicked.click.lock)).journal(EventType.RELEASE_ANSWERED, ending)
    return clicked.whisper(ending)
