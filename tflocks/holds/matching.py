"""Match two lists of holds: find those that both lists have, the nearest in time first."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from tflocks.holds.hold import Hold

SAME_MOMENT = timedelta(seconds=2)
"""Largest difference between an event's time and the whole second of ``Last-Modified`` or EventBridge's time."""
_SAME_BYTES_WITHIN = timedelta(seconds=5)
"""Holds with the same ETag that began this close together are one. Further apart, they are two: empty locks, or locks
that were put back, have the same bytes."""
_MARGIN = int(_SAME_BYTES_WITHIN.total_seconds())


def nearest(ones: Sequence[Hold], others: Sequence[Hold]) -> dict[int, int]:
    """Return the indexes of ``ones`` with those of the same holds in ``others``; each hold is matched once."""
    candidates = sorted(
        (distance, index, other)
        for index, other in _close_pairs(ones, others)
        if (distance := _distance(ones[index], others[other]))
    )
    matched: dict[int, int] = {}
    taken: set[int] = set()
    for _, index, other in candidates:
        if index not in matched and other not in taken:
            matched[index] = other
            taken.add(other)
    return matched


def same(one: Hold, other: Hold) -> bool:
    """Return whether both may be the same hold."""
    return _distance(one, other) is not None


def fits(one: str, other: str) -> bool:
    """Return whether two ETags may be those of one lock; "" stands for an unknown one."""
    return not one or not other or one == other


def _close_pairs(ones: Sequence[Hold], others: Sequence[Hold]) -> set[tuple[int, int]]:
    """Return the indexes of all pairs that are close in time.

    A lock can have thousands of versions (hashicorp/terraform#36445), so not every pair is compared.
    """
    by_second: defaultdict[int, list[int]] = defaultdict(list)
    for index, other in enumerate(others):
        for time in filter(None, (other.since, other.until)):
            by_second[int(time.timestamp())].append(index)
    return {
        (index, other_index)
        for index, one in enumerate(ones)
        for second in range(int(one.order.timestamp()) - _MARGIN, int(one.order.timestamp()) + _MARGIN + 1)
        for other_index in by_second.get(second, ())
    }


def _distance(one: Hold, other: Hold) -> tuple[timedelta, timedelta] | None:
    """Return how far apart they began, and ended; None if they are not the same hold."""
    ends = _apart(one.until, other.until)
    if not (one.since and other.since):
        return (ends, ends) if ends < SAME_MOMENT else None
    limit = _SAME_BYTES_WITHIN if one.etag and one.etag == other.etag else SAME_MOMENT
    begins = _apart(one.since, other.since)
    return (begins, ends) if begins < limit and fits(one.etag, other.etag) else None


def _apart(one: datetime | None, other: datetime | None) -> timedelta:
    return abs(one - other) if one and other else timedelta.max
