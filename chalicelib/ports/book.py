"""The reaper's memory as the jobs see it: what it knows of locks, S3's events, digests and user groups."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from chalicelib.core.alerts.channel_trouble import ChannelTrouble
from chalicelib.core.alerts.digest import Digest
from chalicelib.core.alerts.listing import HeldEntry
from chalicelib.core.alerts.page import Page
from chalicelib.core.alerts.transitions.transition import Transition
from chalicelib.core.audit.event import LockEvent
from chalicelib.core.audit.hold import NotedEvent
from chalicelib.core.locks.place import LockRef


class BookError(Exception):
    """The lock book could not be reached. What it remembers is lost or late; no lock is any less held."""


class UnderWayError(BookError):
    """Somebody else is at it, and may not get it done: to be looked at again."""


class Written(NamedTuple):
    """What became of a transition."""

    taken: bool
    page: Page | None
    """The page as it is now, also where the transition was not taken; None: there is none, or it cannot be read."""


class LockBook(Protocol):
    """The reaper's memory of known locks and their alerts. Every method may raise BookError.

    The rules of its pages are in ``core.alerts.transitions``; a book only carries them out.
    """

    def open_pages(self) -> list[Page]:
        """Return the pages of all locks that have not ended, and of those whose ending has not been told."""

    def pages_of(self, state_path: str, until: datetime) -> list[Page]:
        """Return the last ten pages of one state path up to a second, of ended locks too, oldest first."""

    def find(self, ref: LockRef) -> Page | None:
        """Return the page of one lock."""

    def write(self, transition: Transition) -> Written:
        """Carry out a transition in one step: nobody else's comes between its condition and its change."""


class LockList(Protocol):
    """The locks held now, for whoever looks at a page of them. Every method may raise BookError."""

    def held(self, *, holders: bool) -> list[HeldEntry]:
        """Return every held lock, in no order; who is behind each only with ``holders``."""

    def pages(self, entries: Sequence[HeldEntry]) -> list[Page]:
        """Return the pages of these, in their order, as they are now; without locks that have ended since."""


class EventBook(Protocol):
    """S3's events of the last weeks, so that each is journaled once. Every method may raise BookError."""

    def claim(self, noted: NotedEvent, now: datetime) -> bool:
        """Remember an event and take the right to journal it: one taker, for ``CLAIMED_FOR``.

        False when the journal has it. Raises UnderWayError while another has that right.
        """

    def remember(self, noted: NotedEvent) -> None:
        """Remember an event that cannot be journaled yet, so that ``before`` finds it."""

    def journaled(self, event: LockEvent) -> None:
        """Note that the journal has it."""

    def before(self, event: LockEvent) -> NotedEvent | None:
        """Return the event of the same key that happened right before this one, of those that are remembered."""

    def remember_gone(self, gone: LockEvent) -> None:
        """Remember that a version was deleted while a lock was there. ``before`` does not find it."""

    def gone_after(self, event: LockEvent) -> list[LockEvent]:
        """Return the remembered deletions of the same key's versions that happened after this: the latest twenty."""


class ChannelBook(Protocol):
    """The channels that take no messages. Every method may raise BookError."""

    def troubled(self) -> list[ChannelTrouble]:
        """Return the channels in trouble as they are now."""

    def replace(self, known: ChannelTrouble | None, new: ChannelTrouble) -> bool:
        """Write what is known of a channel, if it is still what was read (None: nothing); return whether it was."""

    def forget(self, channel: str) -> None:
        """Delete what is known of a channel."""


class DigestBook(Protocol):
    """The digests that have locks still held. Every method may raise BookError."""

    def open(self) -> list[Digest]:
        """Return all of them, those too that may not have been posted."""

    def claim(self, digest: Digest) -> bool:
        """Take the right to send a digest to its channel, until ``claimed_until``.

        False while the channel has one that is not known to stand there, until that is saved or forgotten.
        """

    def doubt(self, digest: Digest, until: datetime) -> None:
        """Note that nobody knows whether a claimed digest was sent, and that nobody should look before that time."""

    def save(self, digest: Digest) -> None:
        """Write a digest that stands, as its message reads now. Its claim is over."""

    def forget(self, digest: Digest) -> None:
        """Delete a digest that was not sent, or of which no lock is held any more."""


class GroupBook(Protocol):
    """Who is in which user group, as of a few minutes ago. Every method may raise BookError."""

    def replace(self, group: str, members: frozenset[str]) -> None:
        """Replace the stored members of a group."""

    def members(self) -> dict[str, frozenset[str]]:
        """Return the members of each group that is stored."""
