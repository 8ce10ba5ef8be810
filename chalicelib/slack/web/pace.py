"""Keep calls within Slack's pace: a few at once, then one every few seconds."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from chalicelib.ports.people import Way

Clock = Callable[[], float]
Sleep = Callable[[float], None]


@dataclass(frozen=True)
class Time:
    """A clock and a way to wait. Tests pass their own."""

    clock: Clock = time.monotonic
    sleep: Sleep = time.sleep


REAL_TIME = Time()


class Pace:
    """The pace of one kind of call. It counts only this process's calls; for others, Slack answers 429.

    Threads may share it.
    """

    def __init__(self, clock: Clock, sleep: Sleep, *, seconds: float, burst: int) -> None:
        self._clock = clock
        self._sleep = sleep
        self._seconds = seconds
        self._burst = burst
        self._busy_until: dict[str, float] = {}
        self._lock = Lock()

    def early(self, place: str = "") -> float:
        """Return how many seconds too early a call would be now; 0 or less: it may go."""
        now = self._clock()
        return max(self._busy_until.get(place, now), now) - now - (self._burst - 1) * self._seconds

    def wait(self, place: str = "") -> None:
        """Wait until a call may go to the place, and count it."""
        with self._lock:
            early = self.early(place)
            now = self._clock()
            self._busy_until[place] = max(self._busy_until.get(place, now), now) + self._seconds
        if early > 0:
            self._sleep(early)


class Paces:
    """The paces of one app in one workspace.

    One post a second in a channel. For the workspace Slack names no number; five posts a second here. 50 edits and 50
    reads of channels' history a minute (chat.update, conversations.history and .replies: Tier 3). Short bursts are
    allowed (docs.slack.dev/apis/web-api/rate-limits).
    """

    def __init__(self, clock: Clock, sleep: Sleep) -> None:
        self._posts = Pace(clock, sleep, seconds=1.0, burst=4)
        self._all_posts = Pace(clock, sleep, seconds=0.2, burst=10)
        self._edits = Pace(clock, sleep, seconds=1.2, burst=20)
        self._looks = Pace(clock, sleep, seconds=1.2, burst=20)

    def busy_for(self, way: Way, channel: str) -> float:
        """Return how many seconds Slack would not take another call of this kind."""
        if way is Way.POST:
            return max(self._posts.early(channel), self._all_posts.early())
        return (self._edits if way is Way.EDIT else self._looks).early()

    def wait(self, way: Way, channel: str = "") -> None:
        """Wait until a call of this kind may go, and count it."""
        if way is Way.POST:
            self._posts.wait(channel)
            self._all_posts.wait()
        else:
            (self._edits if way is Way.EDIT else self._looks).wait()
