"""A message about a lock: where it stands, or that it is being sent, and what it is found by."""

import hashlib
from datetime import datetime, timedelta

import msgspec

from chalicelib.core.locks.place import LockRef

ALERT = "alert"
AUTO_RELEASED = "auto-released"
ENDED = "ended"
"""Beneath a message that can no longer say so itself."""
UNDER_WAY = timedelta(minutes=20)
"""How long a message may be under way: longer than any run, whose claims count from its start."""
SENT_WITHIN = UNDER_WAY - timedelta(minutes=2)
"""How long after its run's start a message may be sent. A thread that Lambda froze with its process goes on when that
is called again, perhaps a day later: by then somebody else has looked for its message, and sent it."""
SURE_AFTER = timedelta(minutes=1)
"""So long after a lost answer a message that is not to be found was not posted."""


class Posted(msgspec.Struct, frozen=True):
    """Where a message stands in Slack; ``thread_ts`` when it is itself a reply, as in a digest's thread."""

    channel: str
    ts: str
    thread_ts: str = ""
    instead_of: str = ""
    """The channel that it was meant for, when that did not take it."""

    @property
    def root(self) -> str:
        """The message that a reply to this one goes under: Slack has no threads in threads."""
        return self.thread_ts or self.ts


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """A message about a lock that is being sent: enough to find it in Slack if its answer is lost, and remember it."""

    saying: tuple[str, ...]
    """What it says of the lock. Each thing is said once; the first one is what the message is known by."""
    at: datetime
    channel: str
    thread_ts: str = ""
    level: int = 0
    owner: str = ""
    instead_of: str = ""
    """The channel that it was meant for, when that did not take it."""
    appearance: str = ""
    """``core.alerts.appearance`` of what it shows, when it is the lock's own message."""

    @property
    def is_alert(self) -> bool:
        """Whether it is the lock's own message, not a reply."""
        return self.saying[0].startswith(ALERT)

    def token(self, ref: LockRef) -> str:
        """Goes with the message as metadata. Other apps can read that, so it is a hash and tells nothing."""
        return token_of(ref.name, self.saying[0])


def token_of(*said: str) -> str:
    """What a message is found by, from what it says and of what."""
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:32]
