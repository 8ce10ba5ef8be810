"""People as the jobs see them: the messenger that tells them things, and the directory that knows who is who."""

from enum import StrEnum
from typing import Protocol

from chalicelib.core.alerts.alert import Alert, Reply
from chalicelib.core.alerts.channel_trouble import ChannelNotice
from chalicelib.core.alerts.digest import Digest
from chalicelib.core.alerts.message import Posted, Sending
from chalicelib.core.clicks.click import Person, Unheard, Whisper
from chalicelib.core.doctor.weekly.news import News
from chalicelib.core.joint.click import JointAnswer
from chalicelib.core.joint.shown import JointAlert, JointListing, JointReply
from chalicelib.core.nights.summary import NightSummary

Message = Alert | Digest | JointAlert | JointListing
"""The messages that stand in a channel or a thread and can be edited."""


class MessengerError(Exception):
    """Slack did not take a message; the text has Slack's error code and its meaning."""


class MessageGoneError(MessengerError):
    """The message to edit, or to reply to, is no longer there."""


class MessageFixedError(MessageGoneError):
    """The message to edit is there but can never be edited again, so the news need another message."""


class MaybePostedError(MessengerError):
    """The message may have been posted: Slack's answer never came."""


class ChannelRefusedError(MessengerError):
    """Slack takes no message for this channel until somebody changes something there."""

    def __init__(self, channel: str, words: str) -> None:
        super().__init__(words)
        self.channel = channel


class DirectoryError(Exception):
    """Slack did not tell who somebody is or who is in a group; the text says why."""


class Way(StrEnum):
    """The kinds of calls that have a pace of their own."""

    POST = "post"
    """A message or a reply: Slack counts them by channel, and for the workspace."""
    EDIT = "edit"
    LOOK = "look"
    """To find a message whose answer was lost."""


class Ability(StrEnum):
    """The abilities that not every messenger has. A messenger that posts to a webhook has none of them."""

    EDIT = "edit"
    """Without it, ``edit`` raises MessageFixedError."""
    FIND = "find"
    """Without it, ``find`` returns None: a message whose answer was lost is posted again."""
    THREAD = "thread"
    """Without it, a reply is one more message in the channel."""
    CHANNELS = "channels"
    """Without it, everything goes to one channel, whatever the rules name."""
    ALONE = "alone"
    """Without it, everybody can read what one person is told."""


class Messenger(Protocol):
    """The service that carries messages to people. Every method may raise MessengerError, also ChannelRefusedError.

    Only the messenger can read the handle in a ``Posted``. If a part of a message is refused, the message is sent
    without it and says so. A call that would come too early waits; callers who have other things to do ask
    ``busy_for`` first. Threads may share a messenger.
    """

    @property
    def can(self) -> frozenset[Ability]:
        """Return the abilities that it has."""

    def busy_for(self, way: Way, channel: str) -> float:
        """Return how many seconds the next call of this kind would have to wait; 0 or less: it need not wait."""

    def post(self, message: Message, sending: Sending) -> Posted:
        """Post a new message. Raises MaybePostedError when Slack's answer is lost."""

    def edit(self, posted: Posted, message: Message) -> None:
        """Replace the text of a posted message. Raises MessageGoneError when it was deleted."""

    def reply(self, reply: Reply | JointReply) -> Posted:
        """Post a reply beneath an alert. Raises MaybePostedError, MessageGoneError."""

    def find(self, sending: Sending) -> Posted | None:
        """Look for a message whose answer was lost; None: it was not posted, or the messenger cannot look."""

    def whisper(self, person: Person, whisper: Whisper | JointAnswer) -> None:
        """Tell one person how their click ended, where they clicked and unseen by others."""

    def turn_away(self, unheard: Unheard) -> None:
        """Tell one person why nothing was done, where they clicked and unseen by others."""

    def notify(self, notice: ChannelNotice) -> Posted:
        """Post a notice that a channel takes no alerts, or takes them again. Raises MaybePostedError."""

    def report(self, channel: str, subject: str, told: str | NightSummary | News) -> None:
        """Tell a channel, in one plain message, of the reaper's own trouble with ``subject``, of a night or of news."""


class Directory(Protocol):
    """The service that knows who is who in the workspace. Every method may raise DirectoryError."""

    def members(self, group: str) -> frozenset[str]:
        """Return the users in a user group, at most a few minutes old."""

    def user_by_email(self, address: str) -> str:
        """Return the user with an e-mail address; "" when there is none."""

    def belongs(self, user: str, enterprise: str) -> bool:
        """Return whether a user is a member of that Enterprise Grid organisation, and not deactivated."""
