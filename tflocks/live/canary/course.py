"""Take the steps of a canary in one target, one after the other, until one fails."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

import msgspec

from chalicelib.core.alerts.page import Page
from chalicelib.core.canary import Canary, body_of
from chalicelib.core.clicks.ending import Outcome as LockOutcome
from chalicelib.core.doctor.canary.assumptions import Assumption, Tested, verdict
from chalicelib.core.doctor.canary.blame import Blame, Clues, blame
from chalicelib.core.doctor.canary.steps import (
    EACH,
    STEPS,
    UNTIL_THE_NEXT_WATCH,
    Outcome,
    Result,
    Step,
)
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import Place
from tflocks.live.canary import conditions, debris
from tflocks.live.canary.eyes import Eyes, Line
from tflocks.live.canary.hands import Hand
from tflocks.live.canary.waiting import StepFailedError, Waiting

FIRST, SECOND = "first", "second"
_RELEASED = {LockOutcome.RELEASED, LockOutcome.UNCONFIRMED}


class SkippedError(Exception):
    """A step was not needed; the message says why."""


@dataclass
class Course:
    """A canary's way in one target."""

    canary: Canary
    hand: Hand
    client: Any
    """The client of the target's service, in its region."""
    eyes: Eyes
    waiting: Waiting
    wait_for_click: float
    versioned: bool | None = None
    tested: list[Tested] = field(default_factory=list)
    _locks: dict[str, HeldLock] = field(default_factory=dict)
    _clicked: bool = False
    _number: int = 0

    def results(self) -> Iterator[Result]:
        """Take the steps, and yield what came of each; after a failure only what takes everything away again."""
        failed = False
        for step in EACH:
            if failed and step is not Step.LEFT:
                yield Result(step=step, target=self._called, outcome=Outcome.NOT_REACHED)
                continue
            result = self._taken(step)
            failed = failed or result.outcome is Outcome.FAILED
            yield result

    def _taken(self, step: Step) -> Result:
        acts: dict[Step, Callable[[], str]] = {
            Step.CONDITIONS: self._conditions,
            Step.ACQUIRED: self._acquired,
            Step.ALERTED: self._alerted,
            Step.CLICKED: self._wait_for_click,
            Step.RELEASED: self._released,
            Step.TOLD: self._told,
            Step.REPLACED: self._replaced,
            Step.JOURNALED: self._journaled,
            Step.LEFT: self.left,
        }
        began = self.waiting.clock()
        done: dict[str, Any] = {"step": step, "target": self._called}
        try:
            done |= {"outcome": Outcome.PASSED, "seen": acts[step]()}
        except SkippedError as error:
            done |= {"outcome": Outcome.SKIPPED, "seen": str(error)}
        except StepFailedError as error:
            done |= {"outcome": Outcome.FAILED, **msgspec.structs.asdict(self._blame(step, str(error)))}
        return Result(seconds=round(self.waiting.clock() - began, 1), **done)

    @property
    def _called(self) -> str:
        return self.canary.target.called

    def _blame(self, step: Step, seen: str) -> Blame:
        clues = self.eyes.clues(step, self.canary.target) if step not in {Step.CONDITIONS, Step.LEFT} else Clues()
        lock = self._locks.get(FIRST)
        if page := self.eyes.page(lock.ref) if lock and step is Step.ALERTED else None:
            instead = page.posted.channel if page.posted and page.posted.instead_of else ""
            clues = msgspec.structs.replace(clues, elsewhere=instead)
        return blame(step, seen, clues)

    def _conditions(self) -> str:
        place = self.canary.place(conditions.PROBE)
        tested, seen = conditions.probe(place, self._body(place), self.hand, self.client)
        self.tested += tested
        return seen

    def _acquired(self) -> str:
        self._locks[FIRST] = self._put(FIRST)
        line = self._acquire_of(self._locks[FIRST])
        by = line.get("told_by", "s3")
        if self.canary.target.stream:
            self._test(Assumption.STREAM, holds=by == "stream", seen=f"told by {by}")
        self._told_as_it_is()
        return f"lock_acquired, told by {by}"

    def _put(self, name: str) -> HeldLock:
        place = self.canary.place(name)
        return self.hand.put(place, self._body(place))

    def _body(self, place: Place) -> bytes:
        self._number += 1
        return body_of(place, self.canary.run, self._number, datetime.now(UTC))

    def _acquire_of(self, lock: HeldLock) -> Line:
        """Return the journal's line. Nothing but a watch tells of the locks of a table without a stream."""
        if not self._is_told:
            self.eyes.watch()
        look = partial(self._line, "lock_acquired", lock)
        return self.waiting.until("the journal has the acquire", look, self._limit(Step.ACQUIRED))

    @property
    def _is_told(self) -> bool:
        return bool(self.canary.target.stream) or not self.canary.target.is_small

    def _line(self, event: str, lock: HeldLock) -> Line | None:
        address = lock.ref.place.address
        ours = [one for one in self.eyes.lines() if one["event"] == event and one.get("address") == address]
        stamped = [one for one in ours if one.get("etag") in {None, lock.ref.stamp}]
        return next(iter(stamped), None)

    def _told_as_it_is(self) -> None:
        """Note whether the key with odd characters came as it is."""
        address = self.canary.place(conditions.PROBE).address
        told = [one for one in self.eyes.lines() if one["event"] == "lock_acquired"]
        mine = [one for one in told if one.get("address") == address]
        if mine:
            self._test(Assumption.KEYS, holds=True, seen=f"told by {mine[0].get('told_by', 's3')}")
        elif odd := [one for one in told if "probe" in str(one.get("address"))]:
            self._test(Assumption.KEYS, holds=False, seen=f"came as {odd[0].get('address')}")

    def _alerted(self) -> str:
        return self._alert_of(self._locks[FIRST])

    def _alert_of(self, lock: HeldLock) -> str:
        watched = self.eyes.watch()
        limit = UNTIL_THE_NEXT_WATCH if watched.denied else self._limit(Step.ALERTED)
        page = self.waiting.until("its alert was posted", partial(self._posted, lock), limit)
        posted = page.posted
        if posted is None or posted.channel != self.canary.channel:
            raise StepFailedError(f"its alert is not in {self.canary.channel}")
        waited = f"; {watched.why}, so it was waited for the next watch" if watched.denied else ""
        return f"posted in {posted.channel}{waited}"

    def _posted(self, lock: HeldLock) -> Page | None:
        page = self.eyes.page(lock.ref)
        if page and page.posted:
            return page
        if failed := self._line("alert_failed", lock):
            raise StepFailedError(f"its alert could not be posted: {failed.get('detail', '')}")
        if page and page.ending:
            raise StepFailedError(f"it ended before it was alerted: {page.ending.outcome}")
        return None

    def _wait_for_click(self) -> str:
        if not self.wait_for_click:
            raise SkippedError("nobody was waited for; an order does it")
        try:
            look = partial(self._ending_of, self._locks[FIRST])
            ending = self.waiting.until("somebody clicked", look, self.wait_for_click)
        except StepFailedError as error:
            raise SkippedError("nobody clicked in time; an order does it") from error
        self._clicked = True
        return f"{ending.outcome} by {ending.user or 'nobody'}"

    def _ending_of(self, lock: HeldLock) -> Any:
        page = self.eyes.page(lock.ref)
        return page.ending if page else None

    def _released(self) -> str:
        lock = self._locks[FIRST]
        if not self._clicked:
            self.eyes.order(lock.ref, self.canary.channel)
        ending = self.waiting.until("it is released", partial(self._end_or_failure, lock), self._limit(Step.RELEASED))
        there = self.hand.read(lock.ref.place)
        if ending.outcome not in _RELEASED or there is not None:
            raise StepFailedError(f"it ended as {ending.outcome}, and is {'still' if there else 'not'} there")
        self._could_delete()
        return f"{ending.outcome}{', by a click' if self._clicked else ', by an order'}"

    def _could_delete(self) -> None:
        if self.versioned is False:
            self._test(Assumption.UNVERSIONED, holds=True, seen="released in a bucket without versioning")

    def _end_or_failure(self, lock: HeldLock) -> Any:
        if ending := self._ending_of(lock):
            return ending
        failed = self._line("release_answered", lock)
        if failed and failed.get("outcome") in {"failed", "refused"}:
            raise StepFailedError(f"the release {failed['outcome']}: {failed.get('detail', '')}")
        return None

    def _told(self) -> str:
        look = partial(self._told_of, self._locks[FIRST])
        try:
            self.waiting.until("the message says so", look, self._limit(Step.TOLD))
        except StepFailedError:
            self._test(Assumption.EDITED, holds=False, seen="the message does not say it")
            raise
        self._test(Assumption.EDITED, holds=True, seen="the message says it")
        return "the message says it"

    def _told_of(self, lock: HeldLock) -> Page | None:
        page = self.eyes.page(lock.ref)
        return page if page and page.ending and page.told else None

    def _replaced(self) -> str:
        place = self.canary.place(SECOND)
        before = self._body(place)
        shown = self._locks[SECOND] = self.hand.put(place, before)
        self._acquire_of(shown)
        self._alert_of(shown)
        new = self.hand.replace(shown, before, self._body(place))
        self.eyes.order(shown.ref, self.canary.channel)
        look = partial(self._told_of, shown)
        page = self.waiting.until("the message says that it was replaced", look, self._limit(Step.REPLACED))
        there = self.hand.read(place)
        if there is None or there.ref != new.ref:
            raise StepFailedError("THE WRONG LOCK WAS RELEASED: the one that took its place is gone")
        return f"told as {page.ending.outcome if page.ending else ''}, and the new lock is still there"

    def _journaled(self) -> str:
        look = partial(self._line, "lock_released", self._locks[FIRST])
        line = self.waiting.until("the journal has the release", look, self._limit(Step.JOURNALED))
        by, held = line.get("released_by", "?"), line.get("held_seconds", "?")
        if not self.canary.target.is_small:
            self._test(Assumption.IDENTITY, holds=by in {"reaper", "slack"}, seen=f"released_by is {by}")
            if self.versioned:
                self._test(Assumption.MARKERS, holds=True, seen="told as a release")
        return f"lock_released by {by} after {held} s"

    def left(self) -> str:
        """Remove all of the canary's. Raises StepFailedError if a lock is left."""
        removed = debris.remove(self.canary.target, self.client, self.hand)
        if removed.left:
            raise StepFailedError(removed.words)
        return removed.words

    def _limit(self, step: Step) -> float:
        return STEPS[step].limit

    def _test(self, assumption: Assumption, *, holds: bool, seen: str) -> None:
        self.tested.append(Tested(assumption, verdict(holds=holds), seen))
