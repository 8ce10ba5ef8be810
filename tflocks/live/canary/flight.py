"""Put a canary's locks in one target, and wait for what the reaper does about each."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from chalicelib.core.alerts.page import Page
from chalicelib.core.canary import Canary, body_of
from chalicelib.core.clicks.ending import Ending
from chalicelib.core.doctor.canary.assumptions import Assumption, Judged, verdict
from chalicelib.core.doctor.canary.steps import STEPS, UNTIL_THE_NEXT_WATCH, Step
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import Place
from tflocks.live.canary.eyes import Eyes, Line
from tflocks.live.canary.hands import Hand
from tflocks.live.canary.waiting import StepFailedError, Waiting


@dataclass
class Flight:
    """A canary in one target. What does not come in time is a StepFailedError."""

    canary: Canary
    hand: Hand
    eyes: Eyes
    waiting: Waiting
    tested: list[Judged] = field(default_factory=list)
    _number: int = 0

    def body(self, place: Place) -> bytes:
        """Return the body of another lock."""
        self._number += 1
        return body_of(place, self.canary.run, self._number, datetime.now(UTC))

    def acquire_of(self, lock: HeldLock) -> Line:
        """Return the journal's line of an acquire. Only a watch tells of the locks of a table without a stream."""
        if not (self.canary.target.stream or not self.canary.target.is_small):
            self.eyes.watch()
        look = partial(self.line, "lock_acquired", lock)
        return self.waiting.until("the journal has the acquire", look, STEPS[Step.ACQUIRED].limit)

    def line(self, event: str, lock: HeldLock) -> Line | None:
        """Return the journal's line of an event of a lock."""
        address = lock.ref.place.address
        ours = [one for one in self.eyes.lines() if one["event"] == event and one.get("address") == address]
        return next((one for one in ours if one.get("etag") in {None, lock.ref.stamp}), None)

    def alert_of(self, lock: HeldLock) -> str:
        """Have the watch run, and wait for the alert."""
        watched = self.eyes.watch()
        limit = UNTIL_THE_NEXT_WATCH if watched.denied else STEPS[Step.ALERTED].limit
        posted = self.waiting.until("its alert was posted", partial(self._posted, lock), limit).posted
        if posted is None or posted.channel != self.canary.channel:
            raise StepFailedError(f"its alert is not in {self.canary.channel}")
        waited = f"; {watched.why}, so it was waited for the next watch" if watched.denied else ""
        return f"posted in {posted.channel}{waited}"

    def _posted(self, lock: HeldLock) -> Page | None:
        page = self.eyes.page(lock.ref)
        if page and page.posted:
            return page
        if failed := self.line("alert_failed", lock):
            raise StepFailedError(f"its alert could not be posted: {failed.get('detail', '')}")
        if page and page.ending:
            raise StepFailedError(f"it ended before it was alerted: {page.ending.outcome}")
        return None

    def ending_of(self, lock: HeldLock) -> Ending | None:
        """Return how a lock ended, as its page says."""
        page = self.eyes.page(lock.ref)
        return page.ending if page else None

    def end_or_failure(self, lock: HeldLock) -> Ending | None:
        """Return how a lock ended. Raises StepFailedError if its release failed."""
        if ending := self.ending_of(lock):
            return ending
        failed = self.line("release_answered", lock)
        if failed and failed.get("outcome") in {"failed", "refused"}:
            raise StepFailedError(f"the release {failed['outcome']}: {failed.get('detail', '')}")
        return None

    def told_of(self, lock: HeldLock) -> Page | None:
        """Return the page of a lock once its message says how it ended."""
        page = self.eyes.page(lock.ref)
        return page if page and page.ending and page.told else None

    def test(self, assumption: Assumption, *, holds: bool, seen: str) -> None:
        """Note what was seen of an assumption."""
        self.tested.append(Judged(assumption, verdict(holds=holds), seen))
