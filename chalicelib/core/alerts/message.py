"""A message: what it says, how it is found again when its answer is lost, and where it stands."""

import hashlib
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

UNDER_WAY = timedelta(minutes=20)
"""How long a message may be under way. A claim counts from the start of its run, so this is longer than any run."""
SENT_WITHIN = UNDER_WAY - timedelta(minutes=2)
"""How long after its run's start a message may be sent. Lambda can freeze a process in the middle of a run and wake
it a day later; by then another run has looked for the message and sent it."""
SURE_AFTER = timedelta(minutes=1)
"""A message that cannot be found this long after its answer was lost was never posted."""

Handle = str
"""The messenger's own name for one message of a channel. Only the messenger reads it; others store and compare it."""


class Topic(StrEnum):
    """The kinds of things that a message says."""

    ALERT = "alert"
    """The lock's own message."""
    LEVEL = "level"
    SNOOZE_OVER = "snooze over"
    AUTO_RELEASED = "auto-released"
    ENDED = "ended"
    """The lock has ended; said in the thread, when the lock's own message can no longer be edited."""
    DIGEST = "digest"
    JOINT = "joint alert"
    """The message about all locks of one run."""
    JOINT_LIST = "list of a joint alert"
    CHANNEL = "channel"
    """A channel takes no messages, or takes them again."""


class Saying(msgspec.Struct, frozen=True):
    """One thing to say, once."""

    topic: Topic
    which: str = ""
    """Which one of its topic: which level, which snooze's end, or which lost alert the new one replaces."""

    @property
    def name(self) -> str:
        """Return the text by which the lock book remembers that it was said."""
        return f"{self.topic} {self.which}" if self.which else self.topic.value


class Posted(msgspec.Struct, frozen=True):
    """A message that stands in a channel: all that is needed to edit it or to reply to it."""

    channel: str
    handle: Handle
    beneath: Handle = ""
    """The message in whose thread it stands; an alert may stand in a digest's thread."""
    instead_of: str = ""
    """The channel that it was meant for, when that did not take it."""

    @property
    def root(self) -> Handle:
        """Return the message beneath which a reply goes. Slack has no threads in threads."""
        return self.beneath or self.handle


class Sending(msgspec.Struct, frozen=True, kw_only=True):
    """A message to send, or being sent: enough to remember it, and to find it when its answer is lost."""

    about: str
    """What it is about: the name of a lock, a digest or a channel."""
    saying: tuple[Saying, ...]
    """The things it says. Each is said once; the first one names the message."""
    at: datetime
    channel: str
    beneath: Handle = ""
    """The message in whose thread it goes."""
    level: int = 0
    owner: str = ""
    instead_of: str = ""
    """The channel that it was meant for, when that did not take it."""
    appearance: str = ""
    """``core.alerts.appearance`` of what it shows, when it is the lock's own message."""

    @property
    def first(self) -> Saying:
        """Return the first thing it says, which names the message."""
        return self.saying[0]

    @property
    def is_alert(self) -> bool:
        """Return whether it is a lock's own message, not a reply."""
        return self.first.topic is Topic.ALERT

    @property
    def may_repeat(self) -> bool:
        """Return whether it is better to say this twice than never."""
        return self.first.topic in {Topic.ALERT, Topic.DIGEST}

    @property
    def trace(self) -> str:
        """Return the text that is sent with the message to find it again. It tells other apps nothing."""
        return hash_of(self.about, self.first.name)

    def stands(self, handle: Handle, beneath: Handle = "") -> Posted:
        """Return the message as posted, now that its handle is known."""
        return Posted(self.channel, handle, beneath, self.instead_of)


def hash_of(*said: str) -> str:
    """Return a short text for some texts: the same for the same texts, another for others."""
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:32]
