"""Say a thing once, whoever else is about to say it, and whatever is lost on the way.

The claim in the book comes before the message, and what was said is noted after it. In between everything can break:
then the claim stays, and whoever comes next looks for the message before sending it.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chalicelib.core.alerts.message import SENT_WITHIN, SURE_AFTER, Posted, Saying, Sending
from chalicelib.core.alerts.page import Page
from chalicelib.core.alerts.transitions import telling
from chalicelib.core.audit.line import EventType, of_lock
from chalicelib.jobs.alerts.case import Case
from chalicelib.ports.book import BookError
from chalicelib.ports.people import MaybePostedError, MessengerError
from chalicelib.ports.world import World


class Claim(Protocol):
    """The right to send one message, in the book that remembers it. Every method may raise BookError."""

    @property
    def sending(self) -> Sending:
        """Return the message."""

    def take(self) -> bool:
        """Take the right; return False when another run has it, or may have had it, or the thing has been said."""

    def drop(self) -> None:
        """Give the right back: the message was not sent."""

    def doubt(self, until: datetime) -> None:
        """Note that nobody knows whether it was sent, and that nobody should look before that time."""

    def said(self, posted: Posted) -> None:
        """Note where the message stands."""


@dataclass(frozen=True)
class LockClaim:
    """``Claim`` in the lock's page."""

    case: Case
    sending: Sending
    ended: bool = False
    """Whether it is said of a lock that has ended."""

    def take(self) -> bool:
        """Take the right to send it."""
        claim = telling.claim(self.case.page.lock, self.sending, ended=self.ended)
        return self.case.world.book.write(claim).taken

    def drop(self) -> None:
        """Give the right back."""
        self.case.world.book.write(telling.drop_claim(self.case.ref, self.sending))

    def doubt(self, until: datetime) -> None:
        """Note that nobody knows whether it was sent."""
        self.case.world.book.write(telling.doubt(self.case.ref, self.sending, until))

    def said(self, posted: Posted) -> None:
        """Note where it stands."""
        self.noted(posted)

    def noted(self, posted: Posted) -> Page | None:
        """Note where it stands; return the lock's page as it is then."""
        page = None
        for transition in telling.said(self.case.page.lock, self.sending, posted):
            taken, page = self.case.world.book.write(transition)
            if taken:
                break
        return page

    def say(self, send: Callable[[], Posted]) -> Posted | None:
        """Send it once (``say_once``)."""
        return say_once(self, send, self.case.world, self.case.now)


def reply_to(posted: Posted, case: Case, saying: tuple[Saying, ...], level: int = 0) -> Sending:
    """Return a message about a lock that is to go beneath another one."""
    place = {"channel": posted.channel, "beneath": posted.root}
    return Sending(about=case.ref.name, saying=saying, at=case.now, level=level, **place)


def say_once(claim: Claim, send: Callable[[], Posted], world: World, now: datetime) -> Posted | None:
    """Send one message in a run that began ``now``; None when somebody else is at it, or was, or may be by now.

    Raises:
        MessengerError: the messenger would not take it, or its answer was lost; the next run sees to it.
        BookError: it may have been said before, and should not be repeated.
    """
    try:
        if not claim.take():
            return None
    except BookError:
        if not claim.sending.may_repeat:
            raise
    return send_claimed(claim, send, world, now)


def send_claimed(claim: Claim, send: Callable[[], Posted], world: World, now: datetime) -> Posted | None:
    """Send a message to which the right is taken; None when the right may have become another's.

    Raises:
        MessengerError: the messenger would not take it, or its answer was lost; the next run sees to it.
    """
    if world.clock() >= now + SENT_WITHIN:
        with suppress(BookError):
            claim.drop()
        return None
    try:
        return send()
    except MessengerError as error:
        with suppress(BookError):
            if isinstance(error, MaybePostedError):
                claim.doubt(now + SURE_AFTER)
            else:
                claim.drop()
        raise


def look_for(claim: Claim, world: World) -> Posted | None:
    """Find out what became of a message whose answer was lost, and note it.

    Raises:
        MessengerError, BookError: nothing is known until Slack and the book can be asked.
    """
    posted = world.messenger.find(claim.sending)
    if posted:
        claim.said(posted)
    else:
        claim.drop()
    return posted


def look_for_lost(case: Case) -> Case:
    """Find out what became of a lock's message whose answer was lost; return the case with the page as it is then.

    Raises:
        MessengerError, BookError: nothing is known until Slack and the book can be asked.
    """
    sending = case.page.sending
    if sending is None or case.page.in_flight(case.now):
        return case
    if posted := look_for(LockClaim(case, sending), case.world):
        journal_said(case, sending, posted, "its answer was lost; found in Slack later")
    return case.known_as(case.world.book.find(case.ref) or case.page)


def journal_said(case: Case, sending: Sending, posted: Posted, detail: str) -> None:
    """Write the journal's line about a message."""
    kind = EventType.ALERT_POSTED if sending.is_alert else EventType.ALERT_RAISED
    told = {"channel": posted.channel, "message_ts": posted.handle, "level": sending.level, "detail": detail}
    case.world.journal.write(of_lock(kind, case.page.lock, case.now, **told))
