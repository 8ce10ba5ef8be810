"""The world as the jobs see it: one Protocol a neighbour, and the failures they may raise."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chalicelib.core.alert import Alert, Asked, Attempt, LockRecord, Note, Posted, Restoring, Snooze
from chalicelib.core.click import Answer
from chalicelib.core.digest import Digest
from chalicelib.core.event import LockEvent
from chalicelib.core.evidence import StateWritten
from chalicelib.core.lock import LockRef, StateLock
from chalicelib.core.release import Deletion, Ending, LockObject, PutBack


class StoreError(Exception):
    """S3 would not do it (access denied, no such bucket, ...); the message says what and why, for a person to read."""


class StoreRefusedError(StoreError):
    """S3 would not, and will not until somebody changes something."""


class BookError(Exception):
    """The lock book could not be reached. What it remembers is lost or late; no lock is any less held."""


class MessengerError(Exception):
    """Slack would not take a message; the message is Slack's own error code and what it means."""


class MessageGoneError(MessengerError):
    """The message to be edited, or to be replied to, is no longer there."""


class ReplyLostError(MessengerError):
    """The message may have been posted: its answer never came."""


class QueueError(Exception):
    """An order could not be left for another function."""


class DirectoryError(Exception):
    """Who somebody is, or who is in a group, could not be found out; the message says why."""


class LockStore(Protocol):
    """Where the locks are kept."""

    def lock_keys(self, bucket: str, prefixes: tuple[str, ...]) -> Iterator[str]:
        """The keys of all locks below the prefixes (none: the whole bucket), each once. Raises StoreError."""

    def read(self, bucket: str, key: str, version: str = "") -> StateLock | None:
        """The lock there now (or that version of it); None: there is none. One that cannot be read is a lock too.

        Raises StoreError when S3 does not even say whether there is one.
        """

    def state_written(self, ref: LockRef) -> StateWritten:
        """When the lock's state was last written, from the listing. Raises StoreError."""

    def delete(self, ref: LockRef) -> Deletion:
        """Delete the object only if it is still the one that ``ref`` names. Sent once. Raises StoreError."""

    def keep(self, ref: LockRef) -> LockObject | None:
        """The whole object that ``ref`` names, to put it back; None: it is another by now, or too large for a lock.

        Raises StoreError.
        """

    def put_back(self, ref: LockRef, kept: LockObject) -> PutBack:
        """Put an object where ``ref`` was, only if nothing is there. Sent once. Raises StoreError."""


class LockBook(Protocol):
    """The reaper's memory of known locks and their alerts. Every method may raise BookError."""

    def records(self) -> list[LockRecord]:
        """Every lock that has not ended, and those whose ending has not been told."""

    def records_of(self, state_path: str) -> list[LockRecord]:
        """Every lock remembered on one state path, ended ones too, oldest first."""

    def find(self, ref: LockRef) -> LockRecord | None:
        """What is remembered of one lock."""

    def remember(self, lock: StateLock) -> LockRecord:
        """Open a page for a lock, or find the one it has."""

    def reopen(self, lock: StateLock) -> LockRecord:
        """Begin a new page for a lock that is held after all; what was posted of it stays as it is."""

    def claim(self, lock: StateLock, attempt: Attempt, *, ended: bool = False) -> bool:
        """Take the right to send one message about a lock: one taker, for as long as a run can take.

        False when somebody else has it, when an earlier attempt's end is not known, when it has been said before, or
        when the lock has ended (or, with ``ended``, has not).
        """

    def said(self, lock: StateLock, attempt: Attempt, posted: Posted) -> None:
        """The message of the attempt stands there."""

    def drop_claim(self, ref: LockRef, attempt: Attempt) -> None:
        """The message of this attempt was not sent: anybody may try again. Another's attempt is left alone."""

    def doubt(self, ref: LockRef, attempt: Attempt, until: datetime) -> None:
        """Nobody knows whether it was sent, nor is it worth looking before that time."""

    def shown(self, ref: LockRef, at: datetime) -> None:
        """Its message was written anew."""

    def acquire_recorded(self, lock: StateLock, at: datetime, principal: str) -> None:
        """The journal has its ``lock_acquired``, from the event of that time, by that identity."""

    def release_recorded(self, ref: LockRef, at: datetime) -> None:
        """The journal has its ``lock_released``, from the event of that time."""

    def snooze(self, lock: StateLock, snooze: Snooze | None, at: datetime) -> LockRecord:
        """Quiet until then; None: no longer. Of two clicks the later one counts, whichever comes first."""

    def ask(self, lock: StateLock, asked: Asked) -> LockRecord:
        """Somebody asks for a release that takes two; whoever asked before stays the one who asked.

        A click that was withdrawn does not ask again.
        """

    def withdraw(self, ref: LockRef, asked: Asked) -> bool:
        """It is no longer asked. False when it was not."""

    def begin_release(self, lock: StateLock, user: str, kept: LockObject | None) -> None:
        """A delete is about to be sent for this person; ``kept`` is what can be put back."""

    def abandon_release(self, ref: LockRef) -> None:
        """The delete begun for somebody is known to have done nothing."""

    def kept(self, ref: LockRef) -> LockObject | None:
        """What can be put back of a released lock."""

    def end(self, lock: StateLock, ending: Ending) -> bool:
        """The lock is no longer held. The first to say so is believed, but for the deleter itself: RELEASED always is.

        True when it was believed. It has not been told.
        """

    def ending_told(self, ref: LockRef) -> None:
        """Its message, if it has one, says how it ended."""

    def begin_restore(self, ref: LockRef, restoring: Restoring) -> None:
        """The lock that ended is about to be put back."""

    def abandon_restore(self, ref: LockRef) -> None:
        """The put begun for somebody is known to have done nothing."""

    def restored(self, old: LockRecord, lock: StateLock, user: str) -> LockRecord:
        """A released lock is held again, by the same bytes at a later time: its message is the new page's.

        Its levels begin anew.
        """

    def undone(self, ref: LockRef, user: str) -> None:
        """A released lock was put back for this person, and let go since."""


class DigestBook(Protocol):
    """The digests that have locks still held. Every method may raise BookError."""

    def open(self) -> list[Digest]:
        """All of them, those that may not have been posted too."""

    def claim(self, digest: Digest) -> bool:
        """Take the right to send a digest to its channel, until ``claimed_until``.

        False while the channel has one that is not known to stand there, until that is kept or dropped.
        """

    def drop(self, digest: Digest) -> None:
        """It was not sent, or none of its locks is held any more."""

    def keep(self, digest: Digest) -> None:
        """It stands there now, so."""


class GroupBook(Protocol):
    """Who is in which user group, as of a few minutes ago. Every method may raise BookError."""

    def keep(self, group: str, members: frozenset[str]) -> None:
        """So it is now."""

    def members(self) -> dict[str, frozenset[str]]:
        """All groups that were kept."""


class Messenger(Protocol):
    """Where people are told. Every method may raise MessengerError."""

    def post(self, alert: Alert, attempt: Attempt) -> Posted:
        """Post a new alert. Raises ReplyLostError when it may stand there all the same."""

    def edit(self, posted: Posted, alert: Alert) -> None:
        """Make a posted alert read as it should now. Raises MessageGoneError when it was deleted."""

    def reply(self, note: Note) -> Posted:
        """Post a reply beneath an alert. Raises ReplyLostError, MessageGoneError."""

    def post_digest(self, digest: Digest) -> Posted:
        """Post a digest. Raises ReplyLostError."""

    def edit_digest(self, digest: Digest) -> None:
        """Make a posted digest read as it should now. Raises MessageGoneError."""

    def find(self, channel: str, thread_ts: str, token: str, since: datetime) -> Posted | None:
        """The reaper's own message with that token, in a channel or a thread; None: it is not there.

        None also where the reaper was not given the right to look: a repeated message is a smaller harm than none.
        """

    def whisper(self, channel: str, user: str, answer: Answer) -> None:
        """Tell one person in a channel, unseen by others, what became of their click."""

    def report(self, channel: str, subject: str, trouble: str) -> None:
        """Tell a channel of the reaper's own trouble with something, in one plain message."""


class Directory(Protocol):
    """Who is who in the workspace. Every method may raise DirectoryError."""

    def members(self, group: str) -> frozenset[str]:
        """The users in a user group, a few minutes old at most."""

    def user_by_email(self, address: str) -> str:
        """The user with an e-mail address, "" when there is none."""


class Journal(Protocol):
    """The audit trail."""

    def write(self, event: LockEvent) -> None:
        """Add one line."""


class Queue(Protocol):
    """Where an order is left for another function. Raises QueueError."""

    def send(self, message: bytes, delay_seconds: int = 0) -> None:
        """Leave one message, to be delivered no sooner than that (at most 900 seconds)."""


@dataclass(frozen=True, kw_only=True)
class World:
    """The neighbours that the jobs about locks work with."""

    store: LockStore
    book: LockBook
    digests: DigestBook
    groups: GroupBook
    messenger: Messenger
    directory: Directory
    journal: Journal
    releases: Queue
    """For ``release_lock``."""
    clicks: Queue
    """For ``answer_click``."""
