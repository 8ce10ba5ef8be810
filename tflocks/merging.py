"""The holds of one state from both sources, each once. The journal knows more; the versions know what it missed."""

from collections import defaultdict
from datetime import datetime, timedelta

import msgspec

from chalicelib.core.change import ReleaseKind
from tflocks.hold import Hold, Source
from tflocks.pairing import SAME_MOMENT

_SAME_BYTES_WITHIN = timedelta(seconds=5)
"""The same ETag is the same lock, but for empty ones and those put back: these are told apart by their time."""


def merge(journal: list[Hold], versions: list[Hold] | None) -> list[Hold]:
    """The holds of one state, newest first; ``versions`` is None where the bucket could not be read."""
    if versions is None:
        return newest_first(journal)
    near = _by_second(versions)
    used: set[str] = set()
    merged = []
    for hold in journal:
        match = _match(hold, [one for one in _near(hold, near) if one.version_id not in used])
        if match:
            used.add(match.version_id)
        merged.append(_both(hold, match) if match else _by_the_bucket(hold))
    return newest_first([*merged, *(one for one in versions if one.version_id not in used)])


def newest_first(holds: list[Hold]) -> list[Hold]:
    """As they are shown."""
    return sorted(holds, key=lambda hold: (hold.order, hold.state_path, hold.etag), reverse=True)


def _by_second(versions: list[Hold]) -> defaultdict[int, list[Hold]]:
    """A lock can have thousands of versions (hashicorp/terraform#36445): not each is compared with each."""
    near: defaultdict[int, list[Hold]] = defaultdict(list)
    for version in versions:
        for time in {version.since, version.until} - {None}:
            near[int(time.timestamp())].append(version)  # type: ignore[union-attr]
    return near


def _near(hold: Hold, near: defaultdict[int, list[Hold]]) -> list[Hold]:
    second, margin = int(hold.order.timestamp()), int(_SAME_BYTES_WITHIN.total_seconds())
    return [one for at in range(second - margin, second + margin + 1) for one in near.get(at, ())]


def _match(hold: Hold, versions: list[Hold]) -> Hold | None:
    near = [(_distance(hold, one), index) for index, one in enumerate(versions)]
    distance, index = min(near, default=(timedelta.max, 0))
    return versions[index] if distance < timedelta.max else None


def _distance(hold: Hold, version: Hold) -> timedelta:
    """How far apart in time two accounts of what may be one hold are; the largest there is for two holds."""
    if hold.since is None:
        return _within(hold.until, version.until, SAME_MOMENT)
    if not hold.etag:
        return _within(hold.since, version.since, SAME_MOMENT)
    return _within(hold.since, version.since, _SAME_BYTES_WITHIN) if hold.etag == version.etag else timedelta.max


def _within(one: datetime | None, other: datetime | None, limit: timedelta) -> timedelta:
    apart = abs(one - other) if one and other else timedelta.max
    return apart if apart < limit else timedelta.max


def _both(hold: Hold, version: Hold) -> Hold:
    """The journal's word, and the version's where the journal has none."""
    hold = msgspec.structs.replace(
        hold,
        source=Source.BOTH,
        since=hold.since or version.since,
        etag=hold.etag or version.etag,
        version_id=version.version_id,
    )
    if hold.until:
        return hold
    # A release that S3 told of late, or never.
    known = ReleaseKind.UNKNOWN.value if version.until else ""
    return msgspec.structs.replace(hold, until=version.until, still_held=version.still_held, released_by=known)


def _by_the_bucket(hold: Hold) -> Hold:
    """What is not there now is not held, whatever the journal missed."""
    return msgspec.structs.replace(hold, still_held=False)
