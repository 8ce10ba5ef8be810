"""No faster than Slack takes it: so many calls at once, then one every so many seconds."""

from collections.abc import Callable
from threading import Lock


class Pace:
    """Waits before a call that would be too early; what another process sends is left to Slack's 429.

    Threads may share it.
    """

    def __init__(
        self, clock: Callable[[], float], sleep: Callable[[float], None], *, seconds: float, burst: int
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._seconds = seconds
        self._burst = burst
        self._busy_until: dict[str, float] = {}
        self._lock = Lock()

    def early(self, place: str = "") -> float:
        """Return by how many seconds a call to the place would be too early now; 0 or less: it may go."""
        now = self._clock()
        return max(self._busy_until.get(place, now), now) - now - (self._burst - 1) * self._seconds

    def wait(self, place: str = "") -> None:
        """Come back when a call may go to the place; it counts from then on."""
        with self._lock:
            early = self.early(place)
            now = self._clock()
            self._busy_until[place] = max(self._busy_until.get(place, now), now) + self._seconds
        if early > 0:
            self._sleep(early)
