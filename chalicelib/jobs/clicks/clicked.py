"""The case of a lock together with an order about it, or with the click of a person."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Self

import msgspec

from chalicelib.core.alerts.message import Posted
from chalicelib.core.alerts.page import Page
from chalicelib.core.alerts.transitions.transition import Transition
from chalicelib.core.audit.line import LineKind, of_click
from chalicelib.core.clicks.click import Click, Whisper
from chalicelib.core.clicks.deletion import Presence, presence
from chalicelib.core.clicks.ending import Ending, Outcome, Refusal
from chalicelib.core.clicks.order import EndUndo, OperatorRelease, ReleaseOrder
from chalicelib.core.joint.click import ShowJoint
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import LockRef
from chalicelib.jobs.alerts.alert import catch_up, edit
from chalicelib.jobs.alerts.case import Case
from chalicelib.jobs.alerts.endings import tell
from chalicelib.ports.book import BookError
from chalicelib.ports.locks import StoreError
from chalicelib.ports.orders import AT_ONCE, OrderError
from chalicelib.ports.people import MessageGoneError

AGAIN_AFTER = timedelta(seconds=5)
"""The time until a click that waits for another one is delivered again. Most deletes and puts take less than 1 s."""
_SECOND = timedelta(seconds=1)
_ASK_A_RELEASER = {Refusal.NOT_LISTED, Refusal.UNKNOWN_MEMBERS}


class NotYetError(Exception):
    """A delete or a put of this lock may be on its way, so nothing can be told or done before its claim is over."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"a delete or a put of this lock may be on its way until {until.isoformat()}")
        self.until = until


class Ordered(Case, frozen=True, kw_only=True):
    """The case of a lock with an order about it. Only for ``Clicked`` does a person wait for the answer."""

    order: ReleaseOrder
    remembered: bool = False
    """Whether the lock book has a page of the lock. Without a page, only the order tells which lock it is."""

    @property
    def shown(self) -> tuple[LockRef, ...]:
        """Return all that the order is to release: the halves that were shown, or the lock alone."""
        return self.order.halves or (self.order.lock,)

    def looked_up(self) -> Self:
        """Return the same with the page that the book has now. Raises BookError.

        A half that was shown alone may follow the page of another half by now. Then that page has the alert for both,
        and the claims to their deletes.
        """
        page = self.world.book.find(self.order.lock)
        lead = self.world.book.find(page.half_of) if page and page.half_of else None
        if page and lead and (page.ending or not lead.ending):
            page = lead
        return msgspec.structs.replace(self, page=page, remembered=True) if page else self

    def seen(self) -> Self:
        """Return the same with the lock as it can be read now, for a lock of which the book has no page."""
        ref, current = self.order.lock, None
        with suppress(StoreError):
            current = self.world.store.read(ref.place)
        if current and presence(ref, current) is Presence.SAME:
            return self.known_as(Page(lock=current))
        return self.known_as(Page(lock=HeldLock(ref, flaw="is no longer known to the reaper's lock book")))

    def after(self, transition: Transition) -> Self:
        """Carry out a transition; return the same with the page as it is then. Raises BookError."""
        page = self.world.book.write(transition).page
        return self.known_as(page) if page else self

    def ending(self, outcome: Outcome, detail: str = "") -> Ending:
        """Return an ending of this order."""
        return Ending(outcome=outcome, at=self.now, user=self.order.user, click=self.order.click, detail=detail)

    def journal(self, kind: LineKind, ending: Ending | None = None, **others: object) -> None:
        """Write a line of the journal about the order, with its ending if there is one."""
        self.journaled(of_click(kind, self.order, self.page.lock, self.now, ending, **others))

    def whisper(self, ending: Ending) -> Ending:
        """Return the ending; nobody waits to be told."""
        return ending

    def show(self, ending: Ending) -> bool:
        """Show how a click on a held lock ended, in the message that was clicked and in the lock's own message.

        Return whether the person who clicked can see one of them.
        """
        seen = self._show_where_clicked(ending)
        return (edit(self, ending) or seen) and bool(self.order.message)

    def show_ended(self) -> bool:
        """Show how the lock ended, in the message that was clicked and in the lock's own message.

        Return whether the person who clicked can see one of them.
        """
        seen = self._show_where_clicked(self.page.ending)
        with suppress(BookError):  # the message says it; the next watch notes that
            seen = tell(self) or seen
        return seen and bool(self.order.message)

    def end_undo(self, after: timedelta) -> None:
        """Order the removal of the button *Put the lock back*. If that fails, a click on it is told it is too late."""
        with suppress(OrderError):
            if self.page.joint:
                self.world.orders.show_joint(ShowJoint(joint=self.page.joint), after)
            else:
                self.world.orders.end_undo(EndUndo(self.ref), after)

    def catch_up(self) -> None:
        """Have the lock's message tell what became of the lock while the order was carried out."""
        catch_up(self)

    def _show_where_clicked(self, ending: Ending | None) -> bool:
        """Edit the message that was clicked, unless it is the lock's own, or only one person sees it."""
        order, own = self.order, self.page.posted
        if not order.message or (own and (own.channel, own.handle) == (order.channel, order.message)):
            return False
        try:
            self.world.messenger.edit(Posted(order.channel, order.message), self.alert(ending))
        except MessageGoneError:
            return False
        return True


class Clicked(Ordered, frozen=True, kw_only=True):
    """The case of a lock that somebody clicked, with the click."""

    order: Click

    @property
    def click(self) -> Click:
        """Return the click."""
        return self.order

    def answered(self, ending: Ending) -> Ending:
        """Return the ending, of which the person was told."""
        return ending

    def show_ended(self) -> bool:
        """Show how the lock ended, also in the joint alert that tells of it."""
        seen = super().show_ended()
        if self.page.joint:
            with suppress(OrderError):  # the next watch edits the joint alert
                self.world.orders.show_joint(ShowJoint(joint=self.page.joint, locks=(self.ref,)))
        return seen

    def whisper(self, ending: Ending, releasers: tuple[str, ...] = ()) -> Ending:
        """Tell only the person who clicked how it ended; return the ending."""
        click = self.click
        told = Whisper(
            verb=click.verb,
            ending=ending,
            releasers=releasers,
            state_path=click.lock.state_path,
            account=self.rules.locations.shown_account(click.lock.place),
            container=click.lock.place.traits.container,
        )
        self.world.messenger.whisper(click.person, told)
        return ending

    def refuse(self, why: Refusal, line: LineKind) -> Ending:
        """Tell the person that they may not, and journal that."""
        ending = msgspec.structs.replace(self.ending(Outcome.REFUSED), refusal=why)
        self.journal(line, ending)
        return self.whisper(ending, self.policy.releasers if why in _ASK_A_RELEASER else ())


class Operated(Ordered, frozen=True, kw_only=True):
    """The case of a lock that an operator releases with ``tflocks``, who cannot speak in Slack.

    So ``answer_click`` is asked to edit the lock's message. If it cannot be asked, the next watch edits the message.
    """

    order: OperatorRelease

    def show(self, ending: Ending) -> bool:  # noqa: ARG002  as Ordered has it
        """Show nothing: a release that failed leaves the message as it is."""
        return False

    def show_ended(self) -> bool:
        """Order that the lock's message says how the lock ended."""
        with suppress(OrderError):
            self.world.orders.end_undo(EndUndo(self.ref), AT_ONCE)
        return False

    def catch_up(self) -> None:
        """Order that the lock's message says how the lock ended."""
        self.show_ended()


def unknown(lock: LockRef) -> Page:
    """Return a page of a lock of which only the reference is known."""
    return Page(lock=HeldLock(lock))


def misrouted(clicked: Clicked) -> Ending:
    """Answer a click that came to the wrong function, which must not carry it out."""
    ending = clicked.ending(Outcome.FAILED, f"it came to a function that does not {clicked.click.verb}")
    return clicked.whisper(ending)


def come_again(clicked: Clicked, until: datetime) -> None:
    """Have a click delivered again after ``AGAIN_AFTER``, or 1 s after the end of the claim that it waits for."""
    after = max(_SECOND, min(AGAIN_AFTER, until - clicked.now + _SECOND))
    clicked.world.orders.carry_out(clicked.click, after)
