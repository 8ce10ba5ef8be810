"""An order about one lock as its job deals with it: the case of that lock, with the click if somebody clicked."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Self

import msgspec

from chalicelib.core.alerts.message import Posted
from chalicelib.core.alerts.page import Page
from chalicelib.core.alerts.transitions.transition import Transition
from chalicelib.core.audit.line import EventType, of_click
from chalicelib.core.clicks.click import Click, Whisper
from chalicelib.core.clicks.deletion import Presence, presence
from chalicelib.core.clicks.ending import Ending, Outcome, Refusal
from chalicelib.core.clicks.order import ReleaseOrder
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import LockRef
from chalicelib.core.policy import Rules
from chalicelib.jobs.alerts.alert import edit
from chalicelib.jobs.alerts.case import Case, Detours
from chalicelib.jobs.alerts.endings import tell
from chalicelib.ports.book import BookError
from chalicelib.ports.locks import StoreError
from chalicelib.ports.people import MessageGoneError
from chalicelib.ports.world import World

AGAIN_AFTER = timedelta(seconds=5)
"""The time until a click is looked at again that waits for another one: most deletes and puts take less than 1 s."""
_SECOND = timedelta(seconds=1)
_ASK_A_RELEASER = {Refusal.NOT_LISTED, Refusal.UNKNOWN_MEMBERS}


class NotYetError(Exception):
    """A delete or a put of this lock may be on its way, so nothing can be said or done before its claim is over."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"a delete or a put of this lock may be on its way until {until.isoformat()}")
        self.until = until


class Ordered(Case, frozen=True, kw_only=True):
    """The case of a lock with an order about it, for which nobody waits unless it is ``Clicked``."""

    order: ReleaseOrder
    rules: Rules
    remembered: bool = False
    """Whether the lock book has a page of the lock. Without one, only the order tells which lock it is."""

    def looked_up(self) -> Self:
        """Return the same with what the book knows by now. Raises BookError."""
        page = self.world.book.find(self.order.lock)
        return msgspec.structs.replace(self, page=page, remembered=True) if page else self

    def after(self, transition: Transition) -> Self:
        """Carry out a transition of the lock's page; return the same with the page as it is then. Raises BookError."""
        page = self.world.book.write(transition).page
        return self.known_as(page) if page else self

    def ending(self, outcome: Outcome, detail: str = "") -> Ending:
        """Return how the order ended."""
        return Ending(outcome=outcome, at=self.now, user=self.order.user, click=self.order.click, detail=detail)

    def journal(self, event: EventType, ending: Ending | None = None, **others: object) -> None:
        """Write a line about the order, and about what came of it."""
        line = of_click(event, self.order, self.page.lock, self.now, ending, **others)
        self.world.journal.write(line)

    def whisper(self, ending: Ending) -> Ending:
        """Return how it ended; nobody waits to be told."""
        return ending

    def show(self, ending: Ending) -> bool:
        """Tell how a click on a held lock ended, where it was clicked, and in the lock's message if that is another.

        Return whether the person who clicked can see it.
        """
        seen = self._show_where_clicked(ending)
        return (edit(self, ending) or seen) and bool(self.order.message)

    def show_ended(self) -> bool:
        """Tell that the lock has ended, where it was clicked, and in the lock's message if that is another.

        Return whether the person who clicked can see it.
        """
        seen = self._show_where_clicked(self.page.ending)
        with suppress(BookError):  # the message says it; that it does will be noted later
            seen = tell(self) or seen
        return seen and bool(self.order.message)

    def _show_where_clicked(self, ending: Ending | None) -> bool:
        """Edit the message that was clicked, unless it is the lock's own or only one person sees it."""
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

    def seen(self) -> Self:
        """Return the same with as much as can be seen of a lock of which the book has no page."""
        ref, current = self.click.lock, None
        with suppress(StoreError):
            current = self.world.store.read(ref.place)
        if current and presence(ref, current) is Presence.SAME:
            return self.known_as(Page(lock=current))
        return self.known_as(Page(lock=HeldLock(ref, flaw="is no longer known to the reaper's lock book")))

    def whisper(self, ending: Ending, releasers: tuple[str, ...] = ()) -> Ending:
        """Tell the person alone how it ended; return that."""
        click = self.click
        told = Whisper(verb=click.verb, ending=ending, releasers=releasers, state_path=click.lock.state_path)
        self.world.messenger.whisper(click.person, told)
        return ending

    def refuse(self, why: Refusal, line: EventType) -> Ending:
        """Tell a person that they may not, and journal it."""
        ending = msgspec.structs.replace(self.ending(Outcome.REFUSED), refusal=why)
        self.journal(line, ending)
        return self.whisper(ending, self.policy.releasers if why in _ASK_A_RELEASER else ())


def clicked_on(click: Click, world: World, rules: Rules, now: datetime) -> Clicked:
    """Return a click as it comes: neither the book nor the store was asked about its lock."""
    return Clicked(**msgspec.structs.asdict(ordered_by(click, world, rules, now)))


def ordered_by(order: ReleaseOrder, world: World, rules: Rules, now: datetime) -> Ordered:
    """Return an order as it comes: neither the book nor the store was asked about its lock."""
    return Ordered(
        page=unknown(order.lock),
        policy=rules.policy_for(order.lock.state_path),
        world=world,
        now=now,
        undo=rules.undo,
        detours=Detours(rules.trouble_channel),
        order=order,
        rules=rules,
    )


def unknown(lock: LockRef) -> Page:
    """Return the page of a lock of which nothing is known but which one it is."""
    return Page(lock=HeldLock(lock))


def misrouted(clicked: Clicked) -> Ending:
    """Answer a click that came to a function that must not do what was clicked."""
    ending = clicked.ending(Outcome.FAILED, f"it came to a function that does not {clicked.click.verb}")
    return clicked.whisper(ending)


def come_again(clicked: Clicked, until: datetime) -> None:
    """Have a click delivered once more, soon, and at the latest when the claim that it waits for is over."""
    after = max(_SECOND, min(AGAIN_AFTER, until - clicked.now + _SECOND))
    clicked.world.orders.carry_out(clicked.click, after)
