"""Authorise a release, carry it out, answer: what ``release_lock`` does with one click."""

from contextlib import suppress
from datetime import datetime
from math import ceil

import msgspec

from chalicelib.core.alerts.life import may_auto_release
from chalicelib.core.alerts.page import Asked, LockRecord
from chalicelib.core.alerts.transitions import endings, wishes
from chalicelib.core.audit.line import EventType, of_click
from chalicelib.core.clicks.claim import Releasing
from chalicelib.core.clicks.click import Click, MembersUnknownError, Refusal, Verb, may_release
from chalicelib.core.clicks.ending import CLAIM_LASTS, REAPER, Ending, Outcome
from chalicelib.core.clicks.release_terms import why_not_releasable
from chalicelib.core.policy import Rules
from chalicelib.jobs.alerts.alert import catch_up
from chalicelib.jobs.alerts.case import case_of
from chalicelib.jobs.clicks.delete import Attempted, NotYetError, attempt
from chalicelib.jobs.clicks.person import (
    come_again,
    ending_of,
    in_group_by,
    misrouted,
    refuse,
    show,
    show_closed,
    unremembered,
    whisper,
    why_not,
)
from chalicelib.ports.book import BookError
from chalicelib.ports.orders import QueueError
from chalicelib.ports.world import World


def release(click: Click, world: World, rules: Rules, now: datetime) -> Ending | None:
    """Carry out one click and answer it; delivered again, it changes nothing and is answered the same.

    None: another click's delete may be on its way, so this one comes again when its end is known.

    Raises:
        MessengerError, OutcomeUnknownError, QueueError: it could not be answered yet; the queue delivers it again.
    """
    if not click.verb.releases:
        return misrouted(click, world, now)
    try:
        return _release(click, world, rules, now)
    except NotYetError as error:
        if click.verb is not Verb.AUTO_RELEASE:  # which the next watch orders again
            come_again(click, world.releases, error.until, now)
        return None


def _release(click: Click, world: World, rules: Rules, now: datetime) -> Ending:
    try:
        record = world.book.find(click.lock)
    except BookError as error:
        return _answer_without_book(click, error, world, now)
    if record and record.ending:
        return _answer_again(click, record, record.ending, world, rules, now)
    if click.verb is Verb.AUTO_RELEASE:
        return _release_by_itself(click, record, world, rules, now)
    if why := why_not(click, record, world, rules) or _asked_in_vain(click, record, rules):
        return _refuse(click, record, why, world, rules, now)
    return _release_for(click, record or unremembered(click.lock, world), world, rules, now)


def _release_for(click: Click, record: LockRecord, world: World, rules: Rules, now: datetime) -> Ending:
    if not rules.policy_for(click.lock.state_path).second_person:
        return _carry_out(click, msgspec.structs.replace(record, asked=None), world, rules, now)
    try:
        asked = _asked(click, record, world, rules, now)
    except BookError as error:
        return _answer_without_book(click, error, world, now)
    except MembersUnknownError:
        return _refuse(click, record, Refusal.UNKNOWN_MEMBERS, world, rules, now)
    record = msgspec.structs.replace(record, asked=asked)
    if asked is None:  # this very click was withdrawn, and is delivered again
        ending = ending_of(click, Outcome.WITHDRAWN, now)
        whisper(click, ending, world)
        return ending
    if asked.by == click.user:
        return _wait_for_another(click, record, asked, world, rules, now)
    return _carry_out(click, record, world, rules, now)


def _asked_in_vain(click: Click, record: LockRecord | None, rules: Rules) -> Refusal | None:
    """Return why a second person could not approve either; a release by one looks at the object itself."""
    if record is None or not rules.policy_for(click.lock.state_path).second_person:
        return None
    return why_not_releasable(record.lock, keeps=bool(rules.undo))


def _release_by_itself(click: Click, record: LockRecord | None, world: World, rules: Rules, now: datetime) -> Ending:
    """All that a route asks for is looked at again: the order may have waited in the queue."""
    watched = rules.covers(click.lock.place)
    if record and watched and may_auto_release(record, rules.policy_for(click.lock.state_path), now):
        return _carry_out(click, record, world, rules, now)
    return ending_of(click, Outcome.REFUSED, now, "no longer due")  # the next watch looks at it again


def _asked(click: Click, record: LockRecord, world: World, rules: Rules, now: datetime) -> Asked | None:
    """Who has asked for a release that takes two, this click included; None when it was withdrawn.

    Whoever asked must still be allowed to; else the one who clicks now is the first. Raises MembersUnknownError.
    """
    ours = Asked(click.user, now, click.click)
    known = world.book.write(wishes.ask(record.lock, ours)).page or record
    first = None if click.click in known.withdrawn else known.asked
    if first is None or first.by == click.user:
        return first
    why = may_release(first.by, rules.policy_for(click.lock.state_path), in_group_by(world))
    if why is Refusal.UNKNOWN_MEMBERS:
        raise MembersUnknownError(first.by)
    if why:
        world.book.write(wishes.withdraw(click.lock, first))
        known = world.book.write(wishes.ask(record.lock, ours)).page or record
        first = known.asked
    return first


def _wait_for_another(
    click: Click, record: LockRecord, asked: Asked, world: World, rules: Rules, now: datetime
) -> Ending:
    """The first of two. The same click delivered again is answered again; another one does not make a second."""
    if asked.click != click.click:
        return refuse(click, record, Refusal.OWN_REQUEST, world, rules, now, EventType.RELEASE_REFUSED)
    ending = ending_of(click, Outcome.ASKED, now)
    world.journal.write(of_click(EventType.RELEASE_ASKED, click, record.lock, now, ending))
    show(click, record, ending, world, rules)
    whisper(click, ending, world, rules.policy_for(click.lock.state_path).releasers)
    return ending


def _carry_out(click: Click, record: LockRecord, world: World, rules: Rules, now: datetime) -> Ending:
    if record.releasing and record.being_released(now):
        raise NotYetError(record.releasing.until)
    world.journal.write(of_click(EventType.RELEASE_REQUESTED, click, record.lock, now))
    attempted = attempt(click, record, _claim(click, record, world), world, rules, now)
    ending = attempted.ending
    _order_end_of_undo(click, ending, world, now)
    first = _remember(record, attempted, world)
    if first and first.ending:
        return _answer_again(click, first, first.ending, world, rules, now)
    line = EventType.LOCK_REPLACED if ending.outcome is Outcome.REPLACED else EventType.RELEASE_ANSWERED
    world.journal.write(of_click(line, _click_of(ending, click), record.lock, now, ending))
    _answer(click, record, ending, world, rules, now)
    return ending


def _click_of(ending: Ending, click: Click) -> Click:
    """Return the click that an ending is of: one that comes too late may find out how an earlier one ended."""
    if ending.outcome is not Outcome.UNCONFIRMED or ending.click == click.click:
        return click
    verb = Verb.AUTO_RELEASE if ending.by_reaper else Verb.RELEASE
    return msgspec.structs.replace(click, user=ending.user, click=ending.click, verb=verb)


def _claim(click: Click, record: LockRecord, world: World) -> Releasing:
    """Return this click's claim, which lasts from now on."""
    approved = record.asked.by if record.asked else ""
    return Releasing(click.user or REAPER, click.click, world.clock() + CLAIM_LASTS, approved)


def _order_end_of_undo(click: Click, ending: Ending, world: World, now: datetime) -> None:
    """Have the button taken away when its time is over. Without that a click on it is told that it is too late."""
    if ending.undo_until and ending.undoable(now):
        over = Click(lock=click.lock, verb=Verb.UNDO_OVER)
        with suppress(QueueError):
            world.clicks.send(msgspec.json.encode(over), ceil((ending.undo_until - now).total_seconds()))


def _answer(click: Click, record: LockRecord, ending: Ending, world: World, rules: Rules, now: datetime) -> None:
    latest = None
    with suppress(BookError):
        latest = world.book.find(click.lock)
    if not ending.closes:
        if latest and latest.ending:  # it ended, and may have been put back, while this failed
            catch_up(case_of(latest, world, rules, now))
        else:
            show(click, latest or record, ending, world, rules)
        whisper(click, ending, world)  # the next look at the lock edits the message, and what failed is no longer in it
        return
    if not latest or not latest.ending:
        latest = msgspec.structs.replace(latest or record, ending=ending)
    seen = show_closed(click, case_of(latest, world, rules, now))
    if ending.click != click.click or not seen:
        whisper(click, ending, world)


def _remember(record: LockRecord, attempted: Attempted, world: World) -> LockRecord | None:
    """Note an ending. Where another one was there first, the record that has it.

    Raises:
        NotYetError: somebody else's delete may be what ended the lock; only the book can tell.
    """
    ending = attempted.ending
    if not ending.closes:
        return None
    try:
        written = world.book.write(endings.end(record.lock, ending, attempted.claim))
    except BookError as error:
        if ending.outcome is not Outcome.RELEASED:
            raise NotYetError(ending.at) from error
        return None  # Only memory is lost: the lock is gone, and a later click is told so by S3.
    first = written.page
    if written.taken:
        return None
    if first and first.ending is None:
        raise NotYetError(first.releasing.until if first.releasing else ending.at)
    return None if first and first.ending == ending else first


def _refuse(click: Click, record: LockRecord | None, why: Refusal, world: World, rules: Rules, now: datetime) -> Ending:
    ending = refuse(click, record, why, world, rules, now, EventType.RELEASE_REFUSED)
    if why is Refusal.NOT_LISTED and record:
        show(click, _with_refused(click, record, world), ending, world, rules)
    return ending


def _with_refused(click: Click, record: LockRecord, world: World) -> LockRecord:
    """Remember who needs this lock gone and may not release it, so that the team sees it in every later edit too."""
    with suppress(BookError):
        world.book.write(wishes.refused(click.lock, click.user))
    return msgspec.structs.replace(record, refused=record.refused | {click.user})


def _answer_again(
    click: Click, record: LockRecord, ending: Ending, world: World, rules: Rules, now: datetime
) -> Ending:
    """A second click, or the first one delivered again because its answer did not get through."""
    _order_end_of_undo(click, ending, world, now)
    if ending.restored_by and _spoke_before(click, record):
        catch_up(case_of(record, world, rules, now))
    # One that was put back: its message is about the lock that is held now.
    seen = not ending.restored_by and show_closed(click, case_of(record, world, rules, now))
    if ending.click != click.click or not seen:
        whisper(click, ending, world)
    return ending


def _spoke_before(click: Click, record: LockRecord) -> bool:
    """Return whether an earlier delivery may have written the message late, and died before it could look again."""
    return click.user in record.refused or bool(record.asked and record.asked.click == click.click)


def _answer_without_book(click: Click, error: BookError, world: World, now: datetime) -> Ending:
    """Without its memory the reaper cannot tell a repeated click from a new one: nothing is deleted."""
    ending = ending_of(click, Outcome.FAILED, now, str(error))
    world.journal.write(of_click(EventType.RELEASE_ANSWERED, click, None, now, ending))
    whisper(click, ending, world)
    return ending
