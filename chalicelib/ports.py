"""The world as the jobs see it: one Protocol a neighbour, and the failures they may raise."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chalicelib.core.alert import Alert, LockRecord, Posted, StateWritten
from chalicelib.core.event import LockEvent
from chalicelib.core.lock import LockRef, StateLock
from chalicelib.core.release import Deletion, Ending


class StoreError(Exception):
    """S3 would not do it (access denied, no such bucket, ...); the message says what and why, for a person to read."""


class StoreRefusedError(StoreError):
    """S3 would not, and will not until somebody changes something."""


class BookError(Exception):
    """The lock book could not be reached. What it remembers is lost or late; no lock is any less held."""


class MessengerError(Exception):
    """Slack would not take a message; the message is Slack's own error code and what it means."""


class MessageGoneError(MessengerError):
    """The message to be edited is no longer there."""


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


class LockBook(Protocol):
    """The reaper's memory of known locks and their alerts. Every method may raise BookError."""

    def records(self) -> list[LockRecord]:
        """Every lock that has not ended."""

    def records_of(self, state_path: str) -> list[LockRecord]:
        """Every lock remembered on one state path, ended ones too, oldest first."""

    def find(self, ref: LockRef) -> LockRecord | None:
        """What is remembered of one lock."""

    def remember(self, lock: StateLock) -> LockRecord:
        """Open a page for a lock, or find the one it has."""

    def reopen(self, lock: StateLock) -> LockRecord:
        """Begin a new page for a lock that is held after all; what was posted of it stays as it is."""

    def claim_alert(self, lock: StateLock, now: datetime) -> bool:
        """Take the right to post this lock's alert: one taker, for as long as a run can take, or until it is posted."""

    def alert_posted(self, lock: StateLock, posted: Posted, level: int) -> None:
        """The alert stands there, at that level."""

    def drop_claim(self, ref: LockRef) -> None:
        """Its alert could not be posted: anybody may try again."""

    def acquire_recorded(self, lock: StateLock, at: datetime) -> None:
        """The journal has its ``lock_acquired``, from the event of that time."""

    def release_recorded(self, ref: LockRef, at: datetime) -> None:
        """The journal has its ``lock_released``, from the event of that time."""

    def begin_release(self, lock: StateLock, user: str) -> None:
        """A delete is about to be sent for this person."""

    def abandon_release(self, ref: LockRef) -> None:
        """The delete begun for somebody is known to have done nothing."""

    def end(self, lock: StateLock, ending: Ending) -> bool:
        """The lock is no longer held. The first to say so is believed, but for the deleter itself: RELEASED always is.

        True when it was believed.
        """


class Messenger(Protocol):
    """Where people are told. Every method may raise MessengerError."""

    def post(self, channel: str, alert: Alert) -> Posted:
        """Post a new alert."""

    def edit(self, posted: Posted, alert: Alert) -> None:
        """Make a posted alert read as it should now. Raises MessageGoneError when it was deleted."""

    def whisper(self, channel: str, user: str, ending: Ending, releasers: tuple[str, ...]) -> None:
        """Tell one person in a channel, unseen by others, how their click ended and who could do more."""

    def report(self, channel: str, subject: str, trouble: str) -> None:
        """Tell a channel of the reaper's own trouble with something, in one plain message."""


class Journal(Protocol):
    """The audit trail."""

    def write(self, event: LockEvent) -> None:
        """Add one line."""


class Queue(Protocol):
    """Where an order is left for another function."""

    def send(self, message: bytes) -> None:
        """Leave one message."""


@dataclass(frozen=True, kw_only=True)
class World:
    """The neighbours that the jobs about locks work with."""

    store: LockStore
    book: LockBook
    messenger: Messenger
    journal: Journal
