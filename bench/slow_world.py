"""Play S3, DynamoDB and Slack for the jobs, with the time that their calls take and Slack's limits."""
# ruff: noqa: D102  SlowSlack's methods are those of ports.people.Messenger

import math
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bench.virtual_time import Simulation
from chalicelib.core.alerts.alert import Alert, Reply
from chalicelib.core.alerts.message import Posted, Sending
from chalicelib.core.joint.shown import JointReply
from chalicelib.ports.locks import StoreError
from chalicelib.ports.people import Message, MessengerError, Way
from chalicelib.slack.in_words import words_of
from chalicelib.slack.web.pace import Paces
from tests.fakes.slack import FakeMessenger

S3_SECONDS, BOOK_SECONDS, SLACK_SECONDS = 0.025, 0.008, 0.25
HANGS_SECONDS = 16.5
"""Seconds of three attempts of five seconds each, with botocore's waits between them."""
_RECORDS_A_PAGE = 700
_LONGEST_WAIT, _RETRIES = 5, 5


class Slow:
    """A neighbour whose calls take time. ``seconds`` gives the time for the name and the arguments of a call."""

    def __init__(self, neighbour: Any, simulation: Simulation, seconds: Callable[..., float]) -> None:
        self._neighbour, self._simulation, self._seconds = neighbour, simulation, seconds

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._neighbour, name)

        def call(*arguments: Any, **named: Any) -> Any:
            self._simulation.sleep(self._seconds(name, *arguments))
            return method(*arguments, **named)

        return call


@dataclass
class HangingStore:
    """S3 with some buckets or keys that never answer."""

    neighbour: Any
    simulation: Simulation
    hanging: set[str] = field(default_factory=set)
    """The buckets and keys that never answer."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self.neighbour, name)

        def call(*arguments: Any, **named: Any) -> Any:
            if any(_named_by(one) & self.hanging for one in arguments):
                self.simulation.sleep(HANGS_SECONDS)
                raise StoreError(f"{name} {arguments}: read timeout on endpoint")
            self.simulation.sleep(S3_SECONDS)
            return method(*arguments, **named)

        return call


def _named_by(argument: Any) -> set[str]:
    """Return the bucket and the key that a call of a store is about."""
    place = getattr(argument, "place", argument)
    return {getattr(place, name, "") for name in ("container", "key")}


def book_seconds(held: Callable[[], int]) -> Callable[..., float]:
    """Return the seconds that a call of the lock book takes; a scan takes one answer after the other."""

    def seconds(name: str, *_arguments: Any) -> float:
        return BOOK_SECONDS * math.ceil(held() / _RECORDS_A_PAGE) if name == "open_pages" else BOOK_SECONDS

    return seconds


@dataclass
class TokenBucket:
    """A limit of calls: a number a second on average, and a number in a burst."""

    clock: Callable[[], float]
    each: float
    burst: int
    full_at: float = 0.0

    def take(self) -> float:
        """Take the token of a call, or return after how many seconds there will be one."""
        now = self.clock()
        full_at = max(self.full_at, now) + self.each
        early = full_at - now - self.burst * self.each
        if early > 0:
            return early
        self.full_at = full_at
        return 0.0


class SlackLimits:
    """Slack's limits for one app in one workspace, for all its processes together."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._channels: defaultdict[str, TokenBucket] = defaultdict(lambda: TokenBucket(clock, 1.0, 5))
        self._posts = TokenBucket(clock, 60 / 400, 40)
        self._tiers = {way: TokenBucket(clock, 60 / 50, 25) for way in (Way.EDIT, Way.LOOK)}

    def take(self, way: Way, channel: str) -> float:
        """Take a call, or return after how many seconds it may come again."""
        if way is not Way.POST:
            return self._tiers[way].take()
        return self._channels[channel].take() or self._posts.take()


@dataclass
class SlowSlack(FakeMessenger):
    """One process's way to a Slack that many processes share."""

    simulation: Simulation = field(default_factory=Simulation)
    limits: SlackLimits = field(default_factory=lambda: SlackLimits(lambda: 0.0))
    slow: set[str] = field(default_factory=set)
    """Channels in which a call takes four seconds."""
    times: dict[str, float] = field(default_factory=dict)
    """The time when each lock was told of, by its state path."""
    closed: dict[str, float] = field(default_factory=dict)
    rate_limited: list[float] = field(default_factory=list)
    paces: Paces = field(init=False)

    def __post_init__(self) -> None:
        self.paces = Paces(self.simulation.clock, self.simulation.sleep)

    def busy_for(self, way: Way, channel: str) -> float:
        return self.paces.busy_for(way, channel)

    def post(self, message: Message, sending: Sending) -> Posted:
        self._call(Way.POST, sending.channel)
        words_of(message)  # for its real time
        posted = super().post(message, sending)
        if isinstance(message, Alert):
            self.times.setdefault(message.lock.ref.state_path, self.simulation.now)
        return posted

    def reply(self, reply: Reply | JointReply) -> Posted:
        self._call(Way.POST, reply.sending.channel)
        return super().reply(reply)

    def edit(self, posted: Posted, message: Message) -> None:
        self._call(Way.EDIT, posted.channel)
        words_of(message)
        super().edit(posted, message)
        if isinstance(message, Alert) and not message.open:
            self.closed.setdefault(message.lock.ref.state_path, self.simulation.now)

    def _there(self, channel: str, ts: str) -> bool:
        return bool(channel and ts)  # nobody deletes a message here, so the long search for it is left out

    def _call(self, way: Way, channel: str) -> None:
        """Wait as ``slack.messenger`` does, then as ``slack.web.web_api`` does after a 429."""
        self.paces.wait(way, channel)
        for _ in range(_RETRIES + 1):
            self.simulation.sleep(4.0 if channel in self.slow else SLACK_SECONDS)
            again = self.limits.take(way, channel)
            if not again:
                return
            self.rate_limited.append(self.simulation.now)
            if again > _LONGEST_WAIT:
                break
            self.simulation.sleep(math.ceil(again))
        raise MessengerError("Slack answered ratelimited")
