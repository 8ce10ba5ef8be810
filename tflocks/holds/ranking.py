"""Rank states by how long they were locked within a window."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

import msgspec

from chalicelib.core.audit.window import Window
from tflocks.holds.hold import Hold

NOT_TOLD = "not told"


class Ranked(msgspec.Struct, frozen=True, kw_only=True):
    """The holds of one state in figures; seconds outside the window do not count."""

    state_path: str
    holds: int
    locked_seconds: float
    longest_seconds: float
    """Seconds of the longest hold, with its part before the window."""
    still_held: bool
    unknown: int
    """How many of the holds have no known length."""
    by_operation: dict[str, float]
    """Seconds by operation in plain words, the largest first."""


def rank(holds: Iterable[Hold], window: Window) -> list[Ranked]:
    """Return all states, the one that was locked longest first."""
    of_state: defaultdict[str, list[Hold]] = defaultdict(list)
    for hold in holds:
        of_state[hold.state_path].append(hold)
    ranked = [_ranked(path, own, window) for path, own in of_state.items()]
    return sorted(ranked, key=lambda one: (-one.locked_seconds, one.state_path))


def _ranked(path: str, holds: list[Hold], window: Window) -> Ranked:
    by_operation: defaultdict[str, float] = defaultdict(float)
    for hold in holds:
        by_operation[hold.plain_operation or NOT_TOLD] += _within(hold, window)
    lengths = [_length(hold, window.now) for hold in holds]
    return Ranked(
        state_path=path,
        holds=len(holds),
        locked_seconds=sum(by_operation.values()),
        longest_seconds=max((length for length in lengths if length is not None), default=0.0),
        still_held=any(hold.still_held for hold in holds),
        unknown=lengths.count(None),
        by_operation=dict(sorted(by_operation.items(), key=lambda item: -item[1])),
    )


def _length(hold: Hold, now: datetime) -> float | None:
    """Return a hold's seconds until ``now`` at most: a hold can end between the question and its reading."""
    end = now if hold.still_held or not hold.until else min(hold.until, now)
    return None if hold.seconds(now) is None or not hold.since else max(0.0, (end - hold.since).total_seconds())


def _within(hold: Hold, window: Window) -> float:
    length = _length(hold, window.now)
    if length is None or hold.since is None:
        return 0.0
    return max(0.0, length - max(0.0, (window.since - hold.since).total_seconds()))
