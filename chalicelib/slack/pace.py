"""No faster than Slack takes it: so many calls at once, then one every so many seconds."""

from collections.abc import Callable


class Pace:
    """Waits before a call that would be too early; what another process sends is left to Slack's 429."""

    def __init__(
        self, clock: Callable[[], float], sleep: Callable[[float], None], *, seconds: float, burst: int
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._seconds = seconds
        self._burst = burst
        self._busy_until: dict[str, float] = {}

    def wait(self, place: str = "") -> None:
        """Come back when a call may go to the place; it counts from then on."""
        now = self._clock()
        busy_until = max(self._busy_until.get(place, now), now)
        self._busy_until[place] = busy_until + self._seconds
        early = busy_until - now - (self._burst - 1) * self._seconds
        if early > 0:
            self._sleep(early)
