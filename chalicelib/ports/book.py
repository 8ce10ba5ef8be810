"""The reaper's memory as the jobs see it: what it knows of locks, S3's events, digests and user groups."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from chalicelib.core.alerts.channel_trouble import ChannelTrouble
from chalicelib.core.alerts.digest import Digest
from chalicelib.core.alerts.listing import HeldEntry
from chalicelib.core.alerts.message import Posted, Sending
from chalicelib.core.alerts.page import Asked, LockRecord, Snooze
from chalicelib.core.audit.event import LockChange
from chalicelib.core.audit.hold import NotedChange
from chalicelib.core.clicks.claim import Releasing, Restorer, Restoring
from chalicelib.core.clicks.deletion import LockObject
from chalicelib.core.clicks.ending import Ending
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import LockRef


class BookError(Exception):
    """The lock book could not be reached. What it remembers is lost or late; no lock is any less held."""


class UnderWayError(BookError):
    """Somebody else is at it, and may not get it done: to be looked at again."""


class LockBook(Protocol):
    """The reaper's memory of known locks and their alerts. Every method may raise BookError."""

    def records(self) -> list[LockRecord]:
        """Every lock that has not ended, and those whose ending has not been told."""

    def records_of(self, state_path: str, until: datetime) -> list[LockRecord]:
        """The last ten locks remembered on one state path up to a second, ended ones too, oldest first."""

    def find(self, ref: LockRef) -> LockRecord | None:
        """What is remembered of one lock."""

    def remember(self, lock: HeldLock) -> LockRecord:
        """Open a page for a lock, or find the one it has."""

    def reopen(self, lock: HeldLock, at: datetime) -> LockRecord:
        """Begin a new page for a lock that is held after all; what was posted of it stays as it is.

        No click from before ``at`` counts any more: it was about the hold that ended.
        """

    def claim(self, lock: HeldLock, sending: Sending, *, ended: bool = False) -> bool:
        """Take the right to send one message about a lock: one taker, for as long as a run can take.

        False when somebody else has it, when an earlier sending's end is not known, when it has been said before, or
        when the lock has ended (or, with ``ended``, has not).
        """

    def said(self, lock: HeldLock, sending: Sending, posted: Posted) -> None:
        """The message of the sending stands there."""

    def drop_claim(self, ref: LockRef, sending: Sending) -> None:
        """The message of this sending was not sent: anybody may try again. Another's sending is left alone."""

    def doubt(self, ref: LockRef, sending: Sending, until: datetime) -> None:
        """Nobody knows whether it was sent, nor is it worth looking before that time."""

    def shown(self, ref: LockRef, at: datetime, appearance: str) -> None:
        """Note that its message reads as it should, and what that depends on."""

    def acquire_recorded(self, lock: HeldLock, at: datetime, principal: str) -> None:
        """The journal has its ``lock_acquired``, from the event of that time, by that identity."""

    def snooze(self, lock: HeldLock, snooze: Snooze | None, at: datetime) -> LockRecord:
        """Quiet until then; None: no longer. Of two clicks the later one counts, whichever comes first."""

    def ask(self, lock: HeldLock, asked: Asked) -> LockRecord:
        """Somebody asks for a release that takes two; whoever asked before stays the one who asked.

        A click that was withdrawn does not ask again.
        """

    def withdraw(self, ref: LockRef, asked: Asked) -> bool:
        """It is no longer asked. False when it was not."""

    def refused(self, ref: LockRef, user: str) -> None:
        """Note that somebody asked for a release who is not among the releasers."""

    def begin_release(
        self, lock: HeldLock, releasing: Releasing, kept: LockObject | None, instead_of: Releasing | None
    ) -> LockRecord:
        """Take the right to delete a lock, in place of the claim that was seen there, or of none.

        It is taken when the page that this gives has this very claim. It is not when the lock has ended, or when
        another claim has come in between. ``kept`` is what can be put back.
        """

    def abandon_release(self, ref: LockRef, releasing: Releasing) -> None:
        """Drop a claim whose delete is known to have done nothing. Another's is left alone."""

    def kept(self, ref: LockRef) -> LockObject | None:
        """What can be put back of a released lock."""

    def end(self, lock: HeldLock, ending: Ending, seen: Releasing | None = None) -> bool:
        """Note that the lock is no longer held. The first to say so is believed, but the deleter always: RELEASED.

        ``seen`` is the claim to a delete that the ending takes into account: where another one has come in between,
        the ending may name the wrong person, and is not noted. True when it was. It has not been told.
        """

    def end_unspoken(self, lock: HeldLock, ending: Ending) -> bool:
        """Note the end of a lock of which nothing was ever said, so that there is nothing to tell.

        False when something was, or is being said, when it had ended, or when somebody's delete was begun: then
        nothing is noted.
        """

    def ending_told(self, ref: LockRef) -> None:
        """Its message, if it has one, says how it ended."""

    def begin_restore(self, ref: LockRef, restoring: Restoring, instead_of: Restoring | None) -> LockRecord | None:
        """Take the right to put back a lock that ended, in place of the claim that was seen there, or of none.

        It is taken when the page that this gives has this very claim. It is not when the lock is back already, or when
        another claim has come in between. Who has it is among the page's ``restorers`` for ever.
        """

    def abandon_restore(self, ref: LockRef, restoring: Restoring) -> None:
        """Drop a claim whose put is known to have done nothing. Another's is left alone."""

    def restored(self, old: LockRecord, lock: HeldLock, by: Restorer) -> LockRecord:
        """Note that a released lock is held again, as the lock with this click's mark: its message is the new page's.

        Its levels begin anew.
        """

    def undone(self, ref: LockRef, by: Restorer) -> None:
        """Note that a released lock was put back by this click, and let go since."""


class LockList(Protocol):
    """The locks held now, for whoever looks at a page of them. Every method may raise BookError."""

    def held(self, *, holders: bool) -> list[HeldEntry]:
        """Return every held lock, in no order; who is behind each only with ``holders``."""

    def pages(self, entries: Sequence[HeldEntry]) -> list[LockRecord]:
        """Return the pages of these, in their order, as they are now; without locks that have ended since."""


class ChangeBook(Protocol):
    """S3's events of the last weeks, so that each is journaled once. Every method may raise BookError."""

    def claim(self, noted: NotedChange, now: datetime) -> bool:
        """Remember an event and take the right to journal it: one taker, for ``CLAIMED_FOR``.

        False when the journal has it. Raises UnderWayError while another has that right.
        """

    def remember(self, noted: NotedChange) -> None:
        """Remember an event that cannot be journaled yet, so that ``before`` finds it."""

    def journaled(self, change: LockChange) -> None:
        """The journal has it."""

    def before(self, change: LockChange) -> NotedChange | None:
        """The event of the same key that happened right before this one, of those that are remembered."""

    def remember_gone(self, gone: LockChange) -> None:
        """Remember that a version was deleted while a lock was there. ``before`` does not find it."""

    def gone_after(self, change: LockChange) -> list[LockChange]:
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
        """All of them, those that may not have been posted too."""

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

    def keep(self, group: str, members: frozenset[str]) -> None:
        """So it is now."""

    def members(self) -> dict[str, frozenset[str]]:
        """All groups that were kept."""
