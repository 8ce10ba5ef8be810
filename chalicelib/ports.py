"""The world as the jobs see it: one Protocol a neighbour, and the failures they may raise."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from chalicelib.book_ports import ChangeBook, ChannelBook, DigestBook, GroupBook, LockBook
from chalicelib.core.alert import Alert, Note
from chalicelib.core.channel_trouble import ChannelNotice
from chalicelib.core.click import Answer, Person, Unheard
from chalicelib.core.digest import Digest
from chalicelib.core.event import LockEvent
from chalicelib.core.evidence import StateWritten
from chalicelib.core.lock import ListedPage, LockRef, StateLock
from chalicelib.core.message import Attempt, Posted
from chalicelib.core.release import Deletion, LockObject, PutBack


class StoreError(Exception):
    """S3 would not do it (access denied, no such bucket, ...); the message says what and why, for a person to read."""


class StoreRefusedError(StoreError):
    """S3 would not, and will not until somebody changes something."""


class BucketGoneError(StoreRefusedError):
    """There is no such bucket, so nothing in it is locked."""


class MessengerError(Exception):
    """Slack would not take a message; the message is Slack's own error code and what it means."""


class MessageGoneError(MessengerError):
    """The message to be edited, or to be replied to, is no longer there."""


class MessageFixedError(MessageGoneError):
    """The message to be edited is there and can never be edited again: what there is to say needs another one."""


class ReplyLostError(MessengerError):
    """The message may have been posted: its answer never came."""


class ChannelRefusedError(MessengerError):
    """Slack takes no message for this channel, whatever it says, until somebody changes something there."""

    def __init__(self, channel: str, words: str) -> None:
        super().__init__(words)
        self.channel = channel


class QueueError(Exception):
    """An order could not be left for another function."""


class DirectoryError(Exception):
    """Who somebody is, or who is in a group, could not be found out; the message says why."""


class LockStore(Protocol):
    """Where the locks are kept."""

    def list_locks(self, bucket: str, prefixes: tuple[str, ...]) -> Iterator[ListedPage]:
        """All locks below the prefixes (none: the whole bucket), each once, page by page. Raises StoreError."""

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


class Way(StrEnum):
    """The kinds of calls that Slack counts apart."""

    POST = "post"
    """A message or a reply: counted by channel, and for the workspace."""
    EDIT = "edit"
    LOOK = "look"
    """To find a message whose answer was lost."""


class Messenger(Protocol):
    """Where people are told. Every method may raise MessengerError, and ChannelRefusedError in particular.

    What Slack refuses of a message is left out, and that is said in it: nothing is lost for one part of it. A call that
    would come too early for Slack waits; who has other things to do asks ``busy_for`` first. Threads may share it.
    """

    def busy_for(self, way: Way, channel: str) -> float:
        """Return for how many seconds another call of this kind would have to wait; 0 or less: it would not."""

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

    def whisper(self, person: Person, answer: Answer) -> None:
        """Tell one person where they clicked, unseen by others, what became of their click."""

    def turn_away(self, unheard: Unheard) -> None:
        """Tell one person where they clicked, unseen by others, why nothing was done."""

    def notify(self, notice: ChannelNotice) -> None:
        """Say that a channel takes no alerts, or takes them again. Raises ReplyLostError."""

    def report(self, channel: str, subject: str, trouble: str) -> None:
        """Tell a channel of the reaper's own trouble with something, in one plain message."""


class Directory(Protocol):
    """Who is who in the workspace. Every method may raise DirectoryError."""

    def members(self, group: str) -> frozenset[str]:
        """The users in a user group, a few minutes old at most."""

    def user_by_email(self, address: str) -> str:
        """The user with an e-mail address, "" when there is none."""

    def belongs(self, user: str, enterprise: str) -> bool:
        """Return whether a user is a member of that Enterprise Grid organisation, and not deactivated."""


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
    changes: ChangeBook
    channels: ChannelBook
    digests: DigestBook
    groups: GroupBook
    messenger: Messenger
    directory: Directory
    journal: Journal
    releases: Queue
    """For ``release_lock``."""
    clicks: Queue
    """For ``answer_click``."""
    events: Queue
    """For ``record_lock_event``, which has more to do about a release later."""
    clock: Callable[[], datetime]
    """The time now, not when the job began: a claim to a delete or a put lasts by it."""
