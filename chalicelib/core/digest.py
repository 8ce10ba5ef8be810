"""A digest: many new alerts of one channel, told in one message with a line each in its thread."""

from datetime import datetime

import msgspec

from chalicelib.core.alert import Posted, token_of

LINES = 100
"""New alerts of a channel that one run tells. Slack takes one message a second; the rest follow with the next run."""
OLDEST = 5
"""Locks that the digest itself names."""


class Named(msgspec.Struct, frozen=True):
    """One of the locks that a digest names."""

    state_path: str
    held_since: datetime
    copy: bool = False
    """Whether it is a copy of another place's lock."""


class Digest(msgspec.Struct, frozen=True, kw_only=True):
    """What a channel is told in one message about many locks."""

    channel: str
    locks: tuple[str, ...]
    """``LockRef.name`` of each lock that it is about."""
    oldest: tuple[Named, ...]
    at: datetime
    held: int
    """How many of its locks are still held."""
    waiting: int = 0
    """How many more there are, for which there was no room."""
    instead_of: str = ""
    """The channel that it was meant for, when that did not take it."""
    posted: Posted | None = None
    claimed_until: datetime | None = None

    @property
    def total(self) -> int:
        """How many locks it is about."""
        return len(self.locks)

    @property
    def token(self) -> str:
        """Goes with the message as metadata, so that it can be found when the answer to it is lost."""
        return token_of("digest", self.channel, self.at.isoformat())

    def unsure(self, now: datetime) -> bool:
        """Whether it was sent, nobody knows."""
        return self.posted is None and (self.claimed_until is None or self.claimed_until <= now)
