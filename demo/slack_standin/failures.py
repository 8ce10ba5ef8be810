"""Fail good calls: as a test arranged, or by Slack's limit of posts in a channel."""

from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass

EVERY_METHOD = "*"


@dataclass(frozen=True)
class Refusal:
    """One arranged failure of one call."""

    error: str
    retry_after: int | None = None


class Refusals:
    """The failures arranged for the next calls, by method, in the order they were arranged."""

    def __init__(self) -> None:
        self.always: Refusal | None = None
        self.in_channels: dict[str, str] = {}
        """Channels in which no message is taken, with Slack's word for why."""
        self._waiting: defaultdict[str, deque[Refusal]] = defaultdict(deque)

    def arrange(self, method: str, refusal: Refusal, times: int) -> None:
        """Let the next calls of a method fail, after those arranged before; ``times=0`` takes all of them back."""
        if times == 0:
            self._waiting[method].clear()
        self._waiting[method].extend([refusal] * times)

    def take(self, method: str) -> Refusal | None:
        """Return the failure of this call, if one is due; one for the method goes before one for every method.

        While there is a failure of all calls, those that were arranged for some wait.
        """
        if self.always:
            return self.always
        for name in (method, EVERY_METHOD):
            if self._waiting[name]:
                return self._waiting[name].popleft()
        return None


class Throttle:
    """Slack's limit on posting: about one a second in a channel, short bursts allowed.

    https://docs.slack.dev/apis/web-api/rate-limits, kept as a token bucket for each channel.
    """

    def __init__(self, per_second: float, burst: int, clock: Callable[[], float]) -> None:
        self._per_second = per_second
        self._burst = burst
        self._clock = clock
        self._left: dict[str, tuple[float, float]] = {}

    def allows(self, channel: str) -> bool:
        """Return whether one more post may go to the channel now; if so, count it."""
        now = self._clock()
        left, since = self._left.get(channel, (float(self._burst), now))
        left = min(float(self._burst), left + max(0.0, now - since) * self._per_second)
        allowed = left >= 1
        self._left[channel] = (left - allowed, now)
        return allowed
