"""The holds of one state from both sources, each once. The journal knows more; the versions know what it missed."""

import msgspec

from chalicelib.core.clicks.ending import LetGoBy
from tflocks.holds.hold import Hold, Source
from tflocks.holds.matching import nearest


def merge(journal: list[Hold], versions: list[Hold] | None) -> list[Hold]:
    """The holds of one state, newest first; ``versions`` is None where the bucket could not be read."""
    if versions is None:
        return newest_first(journal)
    matched = nearest(journal, versions)
    there = {one.etag for one in versions if one.still_held and one.etag}
    merged = [
        _both(hold, versions[matched[place]]) if place in matched else _by_the_bucket(hold, there)
        for place, hold in enumerate(journal)
    ]
    used = set(matched.values())
    return newest_first([*merged, *(one for place, one in enumerate(versions) if place not in used)])


def newest_first(holds: list[Hold]) -> list[Hold]:
    """As they are shown."""
    return sorted(holds, key=lambda hold: (hold.order, hold.state_path, hold.etag), reverse=True)


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
    known = LetGoBy.UNKNOWN.value if version.until else ""
    return msgspec.structs.replace(hold, until=version.until, still_held=version.still_held, released_by=known)


def _by_the_bucket(hold: Hold, there: set[str]) -> Hold:
    """What is not there now is not held, whatever the journal missed.

    A lock whose delete marker was deleted is there, as the version of its first hold.
    """
    return msgspec.structs.replace(hold, still_held=hold.still_held and hold.etag in there)
