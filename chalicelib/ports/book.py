"""The reaper's memory as the jobs see it: locks, events, channels, digests and user groups."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from chalicelib.core.alerts.channel_trouble import ChannelTrouble
from chalicelib.core.alerts.digest import Digest
from chalicelib.core.alerts.listing import HeldEntry
from chalicelib.core.alerts.page import Page
from chalicelib.core.alerts.transitions.transition import Transition
from chalicelib.core.audit.event import LockEvent
from chalicelib.core.audit.hold import Journaled, NotedEvent
from chalicelib.core.clicks.part import Part, Result
from chalicelib.core.joint.joint import Joint
from chalicelib.core.locks.place import LockRef


class BookError(Exception):
    """The lock book could not be reached. Locks are held nevertheless: the book is only memory."""


class DamagedError(BookError):
    """What the book has of this is damaged: to read it again does not help, and to replace it loses nothing."""


class UnderWayError(BookError):
    """Another run is doing it and may fail, so it must be tried again later."""


class Written(NamedTuple):
    """The result of a transition."""

    taken: bool
    page: Page | None
    """The page as it is now, also if the transition was not taken; None: there is none, or it cannot be read."""


class LockBook(Protocol):
    """The reaper's memory of known locks and their alerts. Every method may raise BookError.

    The rules of its pages are in ``core.alerts.transitions``; a book only carries them out.
    """

    def open_pages(self, home: str = "") -> list[Page]:
        """Return the pages of all locks that have not ended, and of locks whose ending has not been told.

        With a ``home`` (``Place.home``), return only those of that bucket or table, and read nothing else.
        """

    def pages_of(self, state_path: str, until: datetime) -> list[Page]:
        """Return the last ten pages of a state path up to a second, oldest first, also of locks that have ended."""

    def find(self, ref: LockRef) -> Page | None:
        """Return the page of one lock."""

    def write(self, transition: Transition) -> Written:
        """Carry out a transition in one step: no other one comes between its condition and its change."""


class LockList(Protocol):
    """The held locks, for a list with listing pages. Every method may raise BookError."""

    def held(self, *, holders: bool) -> list[HeldEntry]:
        """Return every held lock, in any order, each dual lock once.

        Only with ``holders`` do the entries tell who holds each.
        """

    def pages(self, entries: Sequence[HeldEntry]) -> list[Page]:
        """Return the pages of these entries in the same order, without locks that have ended since."""


class EventBook(Protocol):
    """AWS's events of the last weeks, so that each is journaled once. Every method may raise BookError."""

    def claim(self, noted: NotedEvent, now: datetime) -> bool:
        """Remember an event and take the right to journal it, for ``CLAIMED_FOR``.

        Return False if the journal has it already. Raises UnderWayError while another run has the right.
        """

    def remember(self, noted: NotedEvent) -> None:
        """Remember an event that cannot be journaled yet, so that ``before`` finds it."""

    def journaled(self, event: LockEvent, what: Journaled) -> None:
        """Note what the journal says of the event."""

    def find(self, event: LockEvent) -> NotedEvent | None:
        """Return the event as it is remembered; None: it is not."""

    def before(self, event: LockEvent) -> NotedEvent | None:
        """Return, of the remembered events of the same key, the last one before this one."""

    def remember_gone(self, gone: LockEvent) -> None:
        """Remember that a version was deleted while a lock was there. ``before`` does not return it."""

    def gone_after(self, event: LockEvent) -> list[LockEvent]:
        """Return the last twenty remembered deletions of versions of the same key after this event."""


class ChannelBook(Protocol):
    """The channels that take no messages. Every method may raise BookError."""

    def troubled(self) -> list[ChannelTrouble]:
        """Return all channels in trouble."""

    def replace(self, known: ChannelTrouble | None, new: ChannelTrouble) -> bool:
        """Replace a channel's entry if it is still ``known`` (None: there is none); return whether it was."""

    def forget(self, channel: str) -> None:
        """Delete the entry of a channel."""


class DigestBook(Protocol):
    """The digests of which a lock is still held. Every method may raise BookError."""

    def open(self) -> list[Digest]:
        """Return all digests, also those that may not have been posted."""

    def claim(self, digest: Digest) -> bool:
        """Take the right to send a digest to its channel until ``claimed_until``; return whether it was taken.

        It is not taken while the channel has another digest that may not have been posted.
        """

    def doubt(self, digest: Digest, until: datetime) -> None:
        """Note that a digest may or may not have been sent, and that looking before ``until`` proves nothing."""

    def save(self, digest: Digest) -> None:
        """Store a posted digest as its message reads now. This ends its claim."""

    def forget(self, digest: Digest) -> None:
        """Delete a digest that was not sent, or of which no lock is held."""


class JointBook(Protocol):
    """The joint alerts of the last weeks, and how each lock's part of a click ended. Every method may raise BookError.

    If an entry is lost, its locks are told one by one.
    """

    def open(self) -> list[Joint]:
        """Return all joint alerts that can be read."""

    def find(self, joint: str) -> Joint | None:
        """Return the joint alert with an ID; None: there is none, or it cannot be read."""

    def save(self, joint: Joint) -> bool:
        """Store a version of a joint alert, if the one before it is stored now; return whether it was.

        Version 1 is stored only if there is no other.
        """

    def forget(self, joint: Joint) -> None:
        """Delete a joint alert, if this version of it is stored now."""

    def report(self, part: Part, result: Result, now: datetime) -> None:
        """Add how one lock's part of a click ended. Adding the same again changes nothing."""

    def results(self, joint: str, click: str) -> list[Result]:
        """Return how the parts of a click have ended so far."""


class GroupBook(Protocol):
    """The members of user groups as they were a few minutes ago. Every method may raise BookError."""

    def replace(self, group: str, members: frozenset[str]) -> None:
        """Replace the stored members of a group."""

    def members(self) -> dict[str, frozenset[str]]:
        """Return the members of each group that is stored."""
