"""One night: which targets were ordered to be swept, and what came of each."""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from chalicelib.core.nights.debris import Debris
from chalicelib.core.nights.sweep_order import Counts

_TRIED_AGAIN_FOR = timedelta(hours=6)
"""Lambda tries to begin a night again for six hours at most (Lambda's guide, asynchronous invocation)."""
LONGEST = timedelta(hours=2)
"""A night is summed up after this time at the latest. Six tries of an order take an hour and a half."""


class Ordered(msgspec.Struct, frozen=True, array_like=True):
    """A target of a night."""

    home: str
    """``Place.home`` of its places."""
    account: str
    """Its account as people call it."""


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one target, as far as its orders have told."""

    home: str
    part: int = 1
    """The number of the order that is to tell next, or told last."""
    finished: bool = False
    """Whether no order of this night will tell anything else."""
    failure: str = ""
    """Why not all of the target was swept, in words."""
    found: Counts = Counts()
    debris: Debris | None = None
    """What locks left behind in the bucket; None: nobody counts it."""


class Standing(StrEnum):
    """How a target stands when its night is summed up."""

    SWEPT = "swept"
    FAILED = "could not be swept"
    UNFINISHED = "was still being listed"
    UNANSWERED = "was not heard of: no sweep of it answered"


class Night(msgspec.Struct, frozen=True):
    """A night, as the night book has it."""

    began: datetime
    ordered: tuple[Ordered, ...] = ()
    results: tuple[Result, ...] = ()
    journaled: bool = False
    """Whether its summary is in the journal."""

    @property
    def by_home(self) -> dict[str, Result]:
        """Return the results by their targets."""
        return {result.home: result for result in self.results}

    def is_over(self, now: datetime, *, superseded: bool) -> bool:
        """Return whether to sum it up: all targets have told, its time is over, or the next night has begun."""
        if superseded or now - self.began >= LONGEST:
            return True
        told = self.by_home
        return all(target.home in told and told[target.home].finished for target in self.ordered)


def began_at(scheduled: str, now: datetime) -> datetime:
    """Return when a night began: the time of its schedule, so that it is the same night when it is begun again.

    A person may begin a night too, with whatever time is in the event; then it begins now.
    """
    try:
        at = datetime.fromisoformat(scheduled)
        return at if timedelta() <= now - at <= _TRIED_AGAIN_FOR else now
    except (TypeError, ValueError):
        return now


def standing_of(result: Result | None) -> Standing:
    """Return how a target stands by its result; None: it has none."""
    if result is None:
        return Standing.UNANSWERED
    if result.failure:
        return Standing.FAILED
    return Standing.SWEPT if result.finished else Standing.UNFINISHED
