"""Which of two lists of holds are the same ones: the nearest in time first, each once."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from tflocks.holds.hold import Hold

SAME_MOMENT = timedelta(seconds=2)
"""Between S3's event and the whole second of its ``Last-Modified``, or of EventBridge's time."""
_SAME_BYTES_WITHIN = timedelta(seconds=5)
"""The same ETag is the same lock, but for empty ones and those put back: these are told apart by their time."""
_MARGIN = int(_SAME_BYTES_WITHIN.total_seconds())


def nearest(ones: Sequence[Hold], others: Sequence[Hold]) -> dict[int, int]:
    """For each of ``ones`` that is also in ``others`` its place there, both by their places."""
    candidates = sorted(
        (distance, place, there)
        for place, there in _near(ones, others)
        if (distance := _distance(ones[place], others[there]))
    )
    matched: dict[int, int] = {}
    taken: set[int] = set()
    for _, place, there in candidates:
        if place not in matched and there not in taken:
            matched[place] = there
            taken.add(there)
    return matched


def same(one: Hold, other: Hold) -> bool:
    """Whether two accounts may be of one hold."""
    return _distance(one, other) is not None


def fits(one: str, other: str) -> bool:
    """Whether two ETags may be one lock's; "" is one that nobody knows."""
    return not one or not other or one == other


def _near(ones: Sequence[Hold], others: Sequence[Hold]) -> set[tuple[int, int]]:
    """A lock can have thousands of versions (hashicorp/terraform#36445): not each is compared with each."""
    by_second: defaultdict[int, list[int]] = defaultdict(list)
    for there, other in enumerate(others):
        for time in filter(None, (other.since, other.until)):
            by_second[int(time.timestamp())].append(there)
    return {
        (place, there)
        for place, one in enumerate(ones)
        for second in range(int(one.order.timestamp()) - _MARGIN, int(one.order.timestamp()) + _MARGIN + 1)
        for there in by_second.get(second, ())
    }


def _distance(one: Hold, other: Hold) -> tuple[timedelta, timedelta] | None:
    """How far apart they began, and ended; None for two holds."""
    ends = _apart(one.until, other.until)
    if not (one.since and other.since):
        return (ends, ends) if ends < SAME_MOMENT else None
    limit = _SAME_BYTES_WITHIN if one.etag and one.etag == other.etag else SAME_MOMENT
    begins = _apart(one.since, other.since)
    return (begins, ends) if begins < limit and fits(one.etag, other.etag) else None


def _apart(one: datetime | None, other: datetime | None) -> timedelta:
    return abs(one - other) if one and other else timedelta.max
