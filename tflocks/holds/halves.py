"""Join the halves of dual locks: one run's locks in a bucket and in a lock table are one hold at two places."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec

from chalicelib.core.clicks.ending import LetGoBy
from tflocks.holds.hold import OF_RELEASE, Hold
from tflocks.holds.matching import SAME_MOMENT

_BEGINNING, _END = datetime.min.replace(tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)


def joined(holds: Iterable[Hold]) -> list[Hold]:
    """Return the holds, of each state those with the same ID that overlap as one; an attempt is no hold."""
    alone: list[Hold] = []
    by_lock: defaultdict[tuple[str, str], list[Hold]] = defaultdict(list)
    for hold in (one for one in holds if not one.attempt):
        if hold.lock_id:
            by_lock[hold.state_path, hold.lock_id].append(hold)
        else:
            alone.append(hold)
    return [*alone, *(hold for own in by_lock.values() for hold in _of_one_lock(own))]


def _of_one_lock(holds: list[Hold]) -> list[Hold]:
    whole: list[list[Hold]] = []
    # S3's own come first: a lock that was put back there has two holds with one ID.
    for hold in sorted(holds, key=lambda one: (not one.in_s3, one.order)):
        halves = next((halves for halves in whole if _belongs(hold, halves)), None)
        if halves:
            halves.append(hold)
        else:
            whole.append([hold])
    return [_joined(halves) for halves in whole]


def _belongs(hold: Hold, halves: list[Hold]) -> bool:
    elsewhere = all(not set(hold.places) & set(half.places) for half in halves)
    return elsewhere and all(_overlap(hold, half) for half in halves)


def _overlap(one: Hold, other: Hold) -> bool:
    return _begin(one) <= _end(other) and _begin(other) <= _end(one)


def _begin(hold: Hold) -> datetime:
    return hold.since or _BEGINNING


def _end(hold: Hold) -> datetime:
    return hold.until + SAME_MOMENT if hold.until else _END


def _joined(halves: list[Hold]) -> Hold:
    """Return one hold with what S3's half tells, and what only another half knows."""
    first, *others = halves
    if not others:
        return first
    told = [half for half in halves if not half.seen] or halves
    ends = [half.until for half in told if half.until]
    still_held = any(half.still_held for half in halves)
    knows = next((half for half in halves if half.released_by not in {"", LetGoBy.UNKNOWN}), first)
    return msgspec.structs.replace(
        first,
        places=tuple(place for half in halves for place in half.places),
        since=next((half.since for half in told if half.since), None),
        until=None if still_held else max(ends, default=first.until),
        still_held=still_held,
        principal=next((half.principal for half in halves if half.principal), ""),
        session_name=next((half.session_name for half in halves if half.session_name), ""),
        put_back_by=next((half.put_back_by for half in halves if half.put_back_by), ""),
        **{name: getattr(knows, name) for name in OF_RELEASE},
    )
