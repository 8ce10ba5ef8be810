"""Take the steps of a canary in one target, one after the other, until one fails."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import msgspec

from chalicelib.core.audit.event import ToldBy
from chalicelib.core.clicks.ending import Outcome as LockOutcome
from chalicelib.core.doctor.canary.assumptions import Assumption
from chalicelib.core.doctor.canary.blame import Blame, Clues, blame
from chalicelib.core.doctor.canary.steps import EACH, STEPS, Outcome, Result, Step
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import Kind
from chalicelib.core.locks.target import Target
from tflocks.live.canary import conditions, debris
from tflocks.live.canary.flight import Flight
from tflocks.live.canary.waiting import StepFailedError

FIRST, SECOND = "first", "second"
_OWN_WORK = {Step.EARLIER, Step.CONDITIONS, Step.LEFT}
"""The steps in which the reaper has no part."""
_RELEASED = {LockOutcome.RELEASED, LockOutcome.UNCONFIRMED}


class SkippedError(Exception):
    """A step was not needed; the message says why."""


@dataclass
class Course:
    """A canary's way in one target."""

    flight: Flight
    client: Any
    """The client of the target's service, in its region."""
    wait_for_click: float
    versioned: bool | None = None
    """Whether the bucket keeps versions; None: it is not known, or it is a table."""
    _locks: dict[str, HeldLock] = field(default_factory=dict)
    _clicked: bool = False

    @property
    def target(self) -> Target:
        """Return where it is."""
        return self.flight.canary.target

    def results(self) -> Iterator[Result]:
        """Take the steps, and yield what came of each; after a failure only what takes everything away again."""
        failed = False
        for step in EACH:
            if failed and step is not Step.LEFT:
                yield Result(step=step, target=self.target.called, outcome=Outcome.NOT_REACHED)
                continue
            result = self._taken(step)
            failed = failed or result.outcome is Outcome.FAILED
            yield result

    def _taken(self, step: Step) -> Result:
        acts: dict[Step, Callable[[], str]] = {
            Step.EARLIER: self.left,
            Step.CONDITIONS: self._conditions,
            Step.ACQUIRED: self._acquired,
            Step.ALERTED: lambda: self.flight.alert_of(self._locks[FIRST]),
            Step.CLICKED: self._wait_for_click,
            Step.RELEASED: self._released,
            Step.TOLD: self._told,
            Step.REPLACED: self._replaced,
            Step.JOURNALED: self._journaled,
            Step.LEFT: self.left,
        }
        clock = self.flight.waiting.clock
        began = clock()
        done: dict[str, Any] = {"step": step, "target": self.target.called}
        try:
            done |= {"outcome": Outcome.PASSED, "seen": acts[step]()}
        except SkippedError as error:
            done |= {"outcome": Outcome.SKIPPED, "seen": str(error)}
        except StepFailedError as error:
            done |= {"outcome": Outcome.FAILED, **msgspec.structs.asdict(self._blame(step, str(error)))}
        except Exception as error:  # noqa: BLE001  whatever happens, the canary's locks are taken away
            done |= {"outcome": Outcome.FAILED, **msgspec.structs.asdict(blame(step, repr(error), Clues()))}
        return Result(seconds=round(clock() - began, 1), **done)

    def _blame(self, step: Step, seen: str) -> Blame:
        clues = Clues()
        with suppress(Exception):  # what cannot be found out must not stop the cleaning up
            clues = clues if step in _OWN_WORK else self.flight.eyes.clues(step, self.target)
            page = self.flight.eyes.page(self._locks[FIRST].ref) if step is Step.ALERTED else None
            instead = page.posted.channel if page and page.posted and page.posted.instead_of else ""
            clues = msgspec.structs.replace(clues, elsewhere=instead)
        return blame(step, seen, clues)

    def _conditions(self) -> str:
        place = self.flight.canary.place(conditions.PROBE)
        probe = conditions.Probe(place, self.flight.body(place), self.flight.hand, self.flight.tested)
        seen = probe.fly()
        if place.kind is Kind.S3:
            probe.look_where_nothing_is(self.client, versioned=bool(self.versioned))
        return seen

    def _acquired(self) -> str:
        flight = self.flight
        place = flight.canary.place(FIRST)
        self._locks[FIRST] = flight.hand.put(place, flight.body(place))
        by = flight.acquire_of(self._locks[FIRST]).get("told_by", "s3")
        if self.target.stream:
            flight.test(Assumption.STREAM, holds=by == "stream", seen=f"told by {by}")
        return f"lock_acquired, told by {by}"

    def _wait_for_click(self) -> str:
        if not self.wait_for_click:
            raise SkippedError("nobody was waited for; an order does it")
        look = partial(self.flight.ending_of, self._locks[FIRST])
        try:
            ending = self.flight.waiting.until("somebody clicked", look, self.wait_for_click)
        except StepFailedError as error:
            raise SkippedError("nobody clicked in time; an order does it") from error
        self._clicked = True
        return f"{ending.outcome} by {ending.user or 'nobody'}"

    def _released(self) -> str:
        flight, lock = self.flight, self._locks[FIRST]
        if not self._clicked:
            flight.eyes.order(lock.ref, flight.canary.channel)
        look = partial(flight.end_or_failure, lock)
        ending = flight.waiting.until("it is released", look, STEPS[Step.RELEASED].limit)
        there = flight.hand.read(lock.ref.place)
        if ending.outcome not in _RELEASED or there is not None:
            raise StepFailedError(f"it ended as {ending.outcome}, and is {'still' if there else 'not'} there")
        if self.versioned is False:
            flight.test(Assumption.UNVERSIONED, holds=True, seen="released in a bucket without versioning")
        return f"{ending.outcome}{', by a click' if self._clicked else ', by an order'}"

    def _told(self) -> str:
        look = partial(self.flight.told_of, self._locks[FIRST])
        self.flight.waiting.until("the message says so", look, STEPS[Step.TOLD].limit)
        self.flight.test(Assumption.EDITED, holds=True, seen="the message says it")
        return "the message says it"

    def _replaced(self) -> str:
        flight = self.flight
        place = flight.canary.place(SECOND)
        before = flight.body(place)
        shown = flight.hand.put(place, before)
        flight.acquire_of(shown)
        flight.alert_of(shown)
        new = flight.hand.replace(shown, before, flight.body(place))
        flight.eyes.order(shown.ref, flight.canary.channel)
        limit = STEPS[Step.REPLACED].limit
        page = flight.waiting.until("the message says that it was replaced", partial(flight.told_of, shown), limit)
        there = flight.hand.read(place)
        if there is None or there.ref != new.ref:
            raise StepFailedError("THE WRONG LOCK WAS RELEASED: the one that took its place is gone")
        return f"told as {page.ending.outcome if page.ending else ''}, and the new lock is still there"

    def _journaled(self) -> str:
        look = partial(self.flight.line, "lock_released", self._locks[FIRST])
        limit = STEPS[Step.JOURNALED].limit
        line = self.flight.waiting.until("the journal has the release", look, limit)
        by, held = line.get("released_by", "?"), line.get("held_seconds", "?")
        if not self.target.is_small:
            _note_of_events(self.flight, by, versioned=bool(self.versioned))
        return f"lock_released by {by} after {held} s"

    def left(self) -> str:
        """Remove all that canaries left. Raises StepFailedError if a lock stays."""
        removed = debris.remove(self.target, self.client, self.flight.hand)
        if removed.left:
            raise StepFailedError(removed.words)
        return removed.words


def _note_of_events(flight: Flight, by: str, *, versioned: bool) -> None:
    """Note what S3's events prove."""
    flight.test(Assumption.IDENTITY, holds=by in {"reaper", "slack"}, seen=f"released_by is {by}")
    if versioned:
        flight.test(Assumption.MARKERS, holds=True, seen="told as a release")
    address = flight.canary.place(conditions.PROBE).address
    told = [one for one in flight.eyes.lines() if one["event"] == "lock_acquired"]
    odd = [one for one in told if conditions.PROBE[:5] in str(one.get("address"))]
    for one in odd[:1]:
        holds = any(known.get("address") == address for known in odd)
        about = Assumption.KEYS_BRIDGED if one.get("told_by") == ToldBy.EVENTBRIDGE else Assumption.KEYS
        flight.test(about, holds=holds, seen=f"told as {one.get('address')}")
