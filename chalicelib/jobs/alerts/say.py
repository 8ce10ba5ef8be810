"""Post each message exactly once, despite concurrent runs and lost answers.

The claim in the book comes before the message; that it was said is noted after it. If a run breaks in between, the
claim stays, and the next run looks for the message in Slack before it sends it.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chalicelib.core.alerts.message import SENT_WITHIN, SURE_AFTER, Posted, Saying, Sending
from chalicelib.core.alerts.page import Page
from chalicelib.core.alerts.transitions import telling
from chalicelib.core.audit.line import LineKind, of_lock
from chalicelib.jobs.alerts.case import Case
from chalicelib.ports.book import BookError
from chalicelib.ports.people import MaybePostedError, MessengerError
from chalicelib.ports.world import World


class Claim(Protocol):
    """The right to send one message, kept in a book. Every method may raise BookError."""

    @property
    def sending(self) -> Sending:
        """Return the message."""

    def take(self) -> bool:
        """Take the right; return False if another run has it or may have sent the message, or it has been said."""

    def drop(self) -> None:
        """Give the right back: the message was not sent."""

    def doubt(self, until: datetime) -> None:
        """Note that the message may or may not have been sent, and that looking before ``until`` proves nothing."""

    def said(self, posted: Posted) -> None:
        """Note where the message stands."""


@dataclass(frozen=True)
class LockClaim:
    """``Claim`` for a message about a lock, kept in the lock's page."""

    case: Case
    sending: Sending
    ended: bool = False
    """Whether the message is about a lock that has ended."""

    def take(self) -> bool:
        """Take the right to send the message."""
        claim = telling.claim(self.case.page.lock, self.sending, ended=self.ended)
        return self.case.world.book.write(claim).taken

    def drop(self) -> None:
        """Give the right back: the message was not sent."""
        self.case.world.book.write(telling.drop_claim(self.case.ref, self.sending))

    def doubt(self, until: datetime) -> None:
        """Note that the message may or may not have been sent."""
        self.case.world.book.write(telling.doubt(self.case.ref, self.sending, until))

    def said(self, posted: Posted) -> None:
        """Note where the message stands."""
        self.noted(posted)

    def noted(self, posted: Posted) -> Page | None:
        """Note where the message stands; return the lock's page as it is then."""
        page = None
        for transition in telling.said(self.case.page.lock, self.sending, posted):
            taken, page = self.case.world.book.write(transition)
            if taken:
                break
        return page

    def say(self, send: Callable[[], Posted]) -> Posted | None:
        """Send the message once (``say_once``)."""
        return say_once(self, send, self.case.world, self.case.now)


def reply_to(posted: Posted, case: Case, saying: tuple[Saying, ...], level: int = 0) -> Sending:
    """Return a message about a lock to send as a reply to another message."""
    place = {"channel": posted.channel, "beneath": posted.root}
    return Sending(about=case.ref.name, saying=saying, at=case.now, level=level, **place)


def say_once(claim: Claim, send: Callable[[], Posted], world: World, now: datetime) -> Posted | None:
    """Send one message in a run that began at ``now``; None: another run sends it, has sent it, or may have by now.

    Raises:
        MessengerError: the messenger did not take it, or its answer was lost; the next run takes care of it.
        BookError: it may have been said before, and must not be repeated.
    """
    try:
        if not claim.take():
            return None
    except BookError:
        if not claim.sending.may_repeat:
            raise
    return send_claimed(claim, send, world, now)


def send_claimed(claim: Claim, send: Callable[[], Posted], world: World, now: datetime) -> Posted | None:
    """Send a message after its claim was taken; None: so late that another run may have the claim by now.

    Raises:
        MessengerError: the messenger did not take it, or its answer was lost; the next run takes care of it.
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
    """Look whether a message whose answer was lost was posted, and note what was found.

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
    """Look whether a lock's message whose answer was lost was posted; return the case with the page as it is then.

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
    kind = LineKind.ALERT_POSTED if sending.is_alert else LineKind.ALERT_RAISED
    told = {"channel": posted.channel, "message_ts": posted.handle, "level": sending.level, "detail": detail}
    case.journaled(of_lock(kind, case.page.lock, case.now, **told))
