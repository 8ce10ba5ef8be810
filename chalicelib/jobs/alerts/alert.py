"""Carry out what ``core.alerts.life`` decided about one lock's alert."""

from contextlib import suppress
from functools import partial

import msgspec

from chalicelib.core.alerts.alert import Reply, level_of
from chalicelib.core.alerts.appearance import appearance
from chalicelib.core.alerts.message import Handle, Posted, Saying, Sending, Topic
from chalicelib.core.alerts.page import Page
from chalicelib.core.alerts.transitions import telling
from chalicelib.core.audit.line import LineKind, of_lock
from chalicelib.core.clicks.ending import Ending
from chalicelib.core.policy import by_name
from chalicelib.jobs.alerts.case import Case
from chalicelib.jobs.alerts.endings import show_put_back, tell
from chalicelib.jobs.alerts.say import LockClaim, journal_said, reply_to
from chalicelib.ports.book import BookError
from chalicelib.ports.people import Ability, ChannelRefusedError, MessageGoneError, MessengerError


def post(case: Case, beneath: Handle = "") -> bool:
    """Post a lock's alert once, in the thread of a digest if ``beneath`` names one. Return whether this call posted it.

    If its channel does not take the alert, it is posted in the channel for the reaper's own trouble.

    Raises:
        MessengerError: Slack did not take it; the journal has a line of it, and the next run tries again.
    """
    try:
        return _post(case, beneath)
    except ChannelRefusedError as error:
        # A channel that takes no replies may still take messages, so a message is tried there before another channel.
        if not beneath and not case.detours.close(error):
            raise
    return post(case)


def _post(case: Case, beneath: Handle) -> bool:
    before = case.page.posted
    alert, trouble = case.new_alert()
    sending = Sending(
        about=case.ref.name,
        saying=(Saying(Topic.ALERT, f"after {before.handle}" if before else ""),),
        at=case.now,
        channel=case.detours.trouble_channel if alert.instead_of else case.policy.channel,
        beneath=beneath,
        level=alert.level,
        owner=alert.page.owner,
        instead_of=alert.instead_of,
        appearance=appearance(alert),
    )
    try:
        posted = LockClaim(case, sending).say(partial(case.world.messenger.post, alert, sending))
    except MessengerError as error:
        _journal_failure(case, error)
        raise
    if posted:
        latest, forgotten = _remember(case, sending, posted)
        journal_said(case, sending, posted, "; ".join(filter(None, [trouble, forgotten])))
        catch_up(case, latest)
    return posted is not None


def raise_level(case: Case) -> Case | None:
    """Call the people of the new level in one reply, together with the people of levels that were skipped.

    Return the case whose message has to be edited next; None: there is none.
    """
    level = level_of(case.page, case.policy, case.now)
    over = (case.page.snooze.over,) if case.page.snooze else ()
    called = case.policy.called(case.page.level, level)
    elsewhere = case.page.posted and case.page.posted.instead_of
    return _reply(case, (Saying(Topic.LEVEL, str(level)), *over), level, by_name(called) if elsewhere else called)


def wake(case: Case) -> Case | None:
    """Call the person whose snooze is over, in one reply; return the case whose message has to be edited next."""
    snooze = case.page.snooze
    return _reply(case, (snooze.over,), case.page.level, (snooze.by,)) if snooze else None


def has_changed(case: Case) -> bool:
    """Look up the evidence again; return whether the message of a held lock has to be edited."""
    known = appearance(case.alert())
    if known != case.page.appearance and Ability.EDIT in case.world.messenger.can:
        return True
    with suppress(BookError):  # the only harm: it is checked again sooner than necessary
        case.world.book.write(telling.shown(case.ref, case.now, known))
    return False


def edit(case: Case, ending: Ending | None = None) -> bool:
    """Edit the message of a held lock; return whether people can see it then.

    A message that was deleted, or that stands in a channel that takes nothing any more, is posted again. That calls
    people, so it waits until they may be called.
    """
    if case.page.posted is None or Ability.EDIT not in case.world.messenger.can:
        return False
    alert = case.alert(ending)
    try:
        case.world.messenger.edit(case.page.posted, alert)
    except (MessageGoneError, ChannelRefusedError):
        return not case.quiet and post(case)
    latest = None
    with suppress(BookError):  # the only harm: it is edited again sooner than necessary
        latest = case.world.book.write(telling.shown(case.ref, case.now, appearance(alert))).page
    catch_up(case, latest)
    return True


def catch_up(case: Case, latest: Page | None = None) -> None:
    """Edit the message again if the lock ended, or people wanted something of it, while the message was written.

    All writers write the book first and look at the page last, so of two at once the later one sees both changes.
    ``latest`` is the page as the caller's own write returned it.
    """
    with suppress(BookError):
        latest = latest or case.world.book.find(case.ref)
        if latest and latest.back_as:
            show_put_back(case, latest)
        elif latest and latest.ending:
            tell(case.known_as(latest))
        elif latest and _wants_more(latest, case.page):
            edit(case.known_as(latest))


def _wants_more(latest: Page, shown: Page) -> bool:
    """Return whether people want something of a held lock that the message does not show yet."""
    asked = (latest.snooze, latest.asked) != (shown.snooze, shown.asked)
    return asked or bool(latest.refused - shown.refused)


def _reply(case: Case, saying: tuple[Saying, ...], level: int, called: tuple[str, ...]) -> Case | None:
    posted = case.page.posted
    if posted is None:
        return None
    sending = reply_to(posted, case, saying, level)
    reply = Reply(alert=case.alert(), sending=sending, called=called)
    try:
        told = LockClaim(case, sending).say(partial(case.world.messenger.reply, reply))
    except (MessageGoneError, ChannelRefusedError):
        post(case)
        return None
    except MessengerError as error:
        _journal_failure(case, error)
        raise
    if told is None:
        return None
    journal_said(case, sending, told, _remember(case, sending, told)[1])
    return case.known_as(msgspec.structs.replace(case.page, level=level))


def _remember(case: Case, sending: Sending, posted: Posted) -> tuple[Page | None, str]:
    """Note where a message stands; return the page as it is then, and in words why it could not be noted."""
    try:
        return LockClaim(case, sending).noted(posted), ""
    except BookError as error:
        return None, f"not remembered, so it may be said again: {error}"


def _journal_failure(case: Case, error: MessengerError) -> None:
    failed = {"channel": case.channel, "detail": str(error)}
    case.journaled(of_lock(LineKind.ALERT_FAILED, case.page.lock, case.now, **failed))
