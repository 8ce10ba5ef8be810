"""The people to be told and asked: messages out, and who is who."""

from enum import StrEnum
from typing import Protocol

from chalicelib.core.alerts.alert import Alert, Reply
from chalicelib.core.alerts.channel_trouble import ChannelNotice
from chalicelib.core.alerts.digest import Digest
from chalicelib.core.alerts.message import Posted, Sending
from chalicelib.core.clicks.click import Person, Unheard, Whisper


class MessengerError(Exception):
    """Slack would not take a message; the message is Slack's own error code and what it means."""


class MessageGoneError(MessengerError):
    """The message to be edited, or to be replied to, is no longer there."""


class MessageFixedError(MessageGoneError):
    """The message to be edited is there and can never be edited again: what there is to say needs another one."""


class MaybePostedError(MessengerError):
    """The message may have been posted: its answer never came."""


class ChannelRefusedError(MessengerError):
    """Slack takes no message for this channel, whatever it says, until somebody changes something there."""

    def __init__(self, channel: str, words: str) -> None:
        super().__init__(words)
        self.channel = channel


class DirectoryError(Exception):
    """Who somebody is, or who is in a group, could not be found out; the message says why."""


class Way(StrEnum):
    """The kinds of calls that Slack counts apart."""

    POST = "post"
    """A message or a reply: counted by channel, and for the workspace."""
    EDIT = "edit"
    LOOK = "look"
    """To find a message whose answer was lost."""


class Ability(StrEnum):
    """What not every messenger can do, as one that posts to a webhook cannot."""

    EDIT = "edit"
    """Without it ``edit`` and ``edit_digest`` raise MessageFixedError."""
    FIND = "find"
    """Without it ``find`` returns None: a message whose answer was lost is posted again."""
    THREAD = "thread"
    """Without it a reply is one more message of the channel."""
    CHANNELS = "channels"
    """Without it all goes to one channel, whichever the rules name."""
    ALONE = "alone"
    """Without it one person is told where everybody reads it."""


class Messenger(Protocol):
    """Where people are told. Every method may raise MessengerError, and ChannelRefusedError in particular.

    A ``Posted`` is whatever the messenger gave, and means something to it alone. What is refused of a message is left
    out, and the message says so: nothing is lost for one part of it. A call that would come too early waits; who has
    other things to do asks ``busy_for`` first. Threads may share it.
    """

    @property
    def can(self) -> frozenset[Ability]:
        """Return what it can do beyond posting a message."""

    def busy_for(self, way: Way, channel: str) -> float:
        """Return for how many seconds another call of this kind would have to wait; 0 or less: it would not."""

    def post(self, alert: Alert, sending: Sending) -> Posted:
        """Post a new alert. Raises MaybePostedError when it may stand there all the same."""

    def edit(self, posted: Posted, alert: Alert) -> None:
        """Make a posted alert read as it should now. Raises MessageGoneError when it was deleted."""

    def reply(self, reply: Reply) -> Posted:
        """Post a reply beneath an alert. Raises MaybePostedError, MessageGoneError."""

    def post_digest(self, digest: Digest) -> Posted:
        """Post a digest. Raises MaybePostedError."""

    def edit_digest(self, digest: Digest) -> None:
        """Make a posted digest read as it should now. Raises MessageGoneError."""

    def find(self, sending: Sending) -> Posted | None:
        """Return a message that may have been posted; None: it was not, or the messenger cannot look."""

    def whisper(self, person: Person, whisper: Whisper) -> None:
        """Tell one person where they clicked, unseen by others, what became of their click."""

    def turn_away(self, unheard: Unheard) -> None:
        """Tell one person where they clicked, unseen by others, why nothing was done."""

    def notify(self, notice: ChannelNotice) -> Posted:
        """Say that a channel takes no alerts, or takes them again. Raises MaybePostedError."""

    def report(self, channel: str, subject: str, trouble: str) -> None:
        """Tell a channel of the reaper's own trouble with something, in one plain message."""


class Directory(Protocol):
    """Who is who in the workspace. Every method may raise DirectoryError."""

    def members(self, group: str) -> frozenset[str]:
        """Return the users in a user group, as of a few minutes ago at most."""

    def user_by_email(self, address: str) -> str:
        """Return the user with an e-mail address, "" when there is none."""

    def belongs(self, user: str, enterprise: str) -> bool:
        """Return whether a user is a member of that Enterprise Grid organisation, and not deactivated."""
