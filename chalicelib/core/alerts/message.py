"""A message: what it says, how it is found again while it is being sent, and where it stands."""

import hashlib
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

UNDER_WAY = timedelta(minutes=20)
"""How long a message may be under way: longer than any run, whose claims count from its start."""
SENT_WITHIN = UNDER_WAY - timedelta(minutes=2)
"""How long after its run's start a message may be sent. A thread that Lambda froze with its process goes on when that
is called again, perhaps a day later: by then somebody else has looked for its message, and sent it."""
SURE_AFTER = timedelta(minutes=1)
"""A message that cannot be found this long after its answer was lost was never posted."""

Handle = str
"""What the messenger calls one message of a channel. Only the messenger reads it; all others keep and compare it."""


class Topic(StrEnum):
    """The kinds of things that are said."""

    ALERT = "alert"
    """The lock's own message."""
    LEVEL = "level"
    SNOOZE_OVER = "snooze over"
    AUTO_RELEASED = "auto-released"
    ENDED = "ended"
    """Beneath a message that can no longer say so itself."""
    DIGEST = "digest"
    CHANNEL = "channel"
    """A channel takes no messages, or takes them again."""


class Saying(msgspec.Struct, frozen=True):
    """One thing to say, once."""

    topic: Topic
    which: str = ""
    """Which one of its topic: the level, the end of the snooze, the alert that is gone."""

    @property
    def name(self) -> str:
        """Return the text by which the lock book remembers that it was said."""
        return f"{self.topic} {self.which}" if self.which else self.topic.value


class Posted(msgspec.Struct, frozen=True):
    """A message that stands in a channel: all that is needed to reach it again."""

    channel: str
    handle: Handle
    beneath: Handle = ""
    """The message in whose thread it stands, as an alert does in a digest's."""
    instead_of: str = ""
    """The channel that it was meant for, when that did not take it."""

    @property
    def root(self) -> Handle:
        """Return the message that a reply to this one goes beneath: there are no threads in threads."""
        return self.beneath or self.handle


class Sending(msgspec.Struct, frozen=True, kw_only=True):
    """A message that is being sent: enough to find it if its answer is lost, and to remember it."""

    about: str
    """What it is about: the name of a lock, a digest or a channel."""
    saying: tuple[Saying, ...]
    """What it says of that. Each thing is said once; the first one is what the message is known by."""
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
        """Return what the message is known by."""
        return self.saying[0]

    @property
    def is_alert(self) -> bool:
        """Return whether it is the lock's own message, not a reply."""
        return self.first.topic is Topic.ALERT

    @property
    def may_repeat(self) -> bool:
        """Return whether saying it twice is better than not saying it."""
        return self.first.topic in {Topic.ALERT, Topic.DIGEST}

    @property
    def trace(self) -> str:
        """Return what the message is found by. It goes with it, and tells nothing to other apps that read it."""
        return hash_of(self.about, self.first.name)

    def stands(self, handle: Handle, beneath: Handle = "") -> Posted:
        """Return the message that this has become."""
        return Posted(self.channel, handle, beneath, self.instead_of)


def hash_of(*said: str) -> str:
    """Return the same short text for the same texts, and another for others."""
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:32]
