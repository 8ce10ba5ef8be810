"""A Slack whose calls take time, and the time that a run has for them."""

from collections.abc import Callable
from dataclasses import dataclass, field

from chalicelib.core.alerts.alert import Alert
from chalicelib.core.alerts.digest import Digest
from chalicelib.core.alerts.message import Posted, Sending
from chalicelib.jobs.runs.run import OneByOne, Run
from chalicelib.ports.people import Message, Way
from chalicelib.slack.web.pace import Paces
from tests.fakes.slack import FakeMessenger


@dataclass
class Time:
    """Goes on only while somebody sleeps."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += max(seconds, 0.001)

    def run(self, seconds: float) -> Run:
        """A run that begins nothing when so many seconds have passed."""
        return Run(OneByOne(self, self.sleep), begins_until=self.now + seconds, ends=self.now + seconds + 60)


@dataclass
class SlowSlack(FakeMessenger):
    """Each call takes so many seconds, and comes no sooner than Slack's limits allow."""

    time: Time = field(default_factory=Time)
    seconds: float = 0.25
    said: list[tuple[str, str, float]] = field(default_factory=list)
    """What was done in which channel, and when."""
    meanwhile: Callable[[], None] = lambda: None
    paces: Paces = field(init=False)

    def __post_init__(self) -> None:
        self.paces = Paces(self.time, self.time.sleep)

    def busy_for(self, way: Way, channel: str) -> float:
        return self.paces.busy_for(way, channel)

    def post(self, message: Message, sending: Sending) -> Posted:
        self._takes("digest" if isinstance(message, Digest) else "post", Way.POST, sending.channel)
        return super().post(message, sending)

    def edit(self, posted: Posted, message: Message) -> None:
        self._takes(_edit_of(message), Way.EDIT, posted.channel)
        super().edit(posted, message)

    def _takes(self, what: str, way: Way, channel: str) -> None:
        self.paces.wait(way, channel)
        self.said.append((what, channel, self.time.now))
        self.time.sleep(self.seconds)
        self.meanwhile()


def _edit_of(message: Message) -> str:
    if isinstance(message, Alert):
        return "edit" if message.open else "close"
    return "edit digest" if isinstance(message, Digest) else "edit joint alert"
