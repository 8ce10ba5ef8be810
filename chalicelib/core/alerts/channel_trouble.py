"""A channel that takes no messages: what the book remembers of it, and the messages about it."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

import msgspec

from chalicelib.core.alerts.alert import level_of
from chalicelib.core.alerts.message import Saying, Sending, Topic
from chalicelib.core.alerts.page import Page
from chalicelib.core.policy import Rules


class Phase(StrEnum):
    """The phases of telling people of the trouble."""

    NEW = "not told"
    TOLD = "told that it began"
    BACK = "works again, and it is not told that it is over"


class ChannelTrouble(msgspec.Struct, frozen=True, kw_only=True):
    """A channel in which Slack takes no message of the reaper's."""

    channel: str
    why: str
    """Slack's error code and what it means."""
    since: datetime
    phase: Phase = Phase.NEW
    step: int = 0
    """Number of changes so far. When two runs make the same change at once, only one of them succeeds."""
    claimed_until: datetime | None = None
    """Until then the next message about the channel may be under way; later, nobody knows whether it was sent."""


class NoticeKind(StrEnum):
    """The kinds of messages about a channel."""

    BEGAN = "it takes no alerts"
    BACK = "it takes alerts again, said in the channel itself"
    OVER = "it takes alerts again"


class ChannelNotice(msgspec.Struct, frozen=True, kw_only=True):
    """One message about a channel that takes no messages, or takes them again."""

    kind: NoticeKind
    trouble: ChannelTrouble
    instead: str
    """The channel in which its alerts are posted meanwhile."""
    waiting: int
    """Number of held locks whose alerts belong in the channel and are not there."""
    routed: bool = True
    """Whether a route still leads to the channel."""

    @property
    def to(self) -> str:
        """Return the channel that the message goes to."""
        return self.trouble.channel if self.kind is NoticeKind.BACK else self.instead

    @property
    def sending(self) -> Sending:
        """Return the notice as a message to send. Each kind of notice is sent once per trouble."""
        since = self.trouble.since
        saying = Saying(Topic.CHANNEL, f"{self.kind} {since.isoformat()}")
        return Sending(about=self.trouble.channel, saying=(saying,), at=since, channel=self.to)


def waiting(channel: str, pages: Iterable[Page], rules: Rules, now: datetime) -> int:
    """Count the held locks whose alerts belong in a channel and are not there."""
    return sum(_waits(page, channel, rules, now) for page in pages)


def _waits(page: Page, channel: str, rules: Rules, now: datetime) -> bool:
    policy = rules.policy_for(page.lock.ref.place)
    elsewhere = page.posted is None or bool(page.posted.instead_of)
    return policy.channel == channel and not page.ending and elsewhere and level_of(page, policy, now) > 0


def routed(channel: str, rules: Rules) -> bool:
    """Return whether a route leads to a channel."""
    return any(route.policy.channel == channel for route in rules.routes)
