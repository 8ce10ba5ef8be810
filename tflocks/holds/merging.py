"""Merge the holds of one state from both sources. The journal knows more; the versions know what it missed."""

import msgspec

from chalicelib.core.clicks.ending import LetGoBy
from tflocks.holds.hold import Hold, Source
from tflocks.holds.matching import nearest


def merge(journal: list[Hold], versions: list[Hold] | None) -> list[Hold]:
    """Return the holds of one state, each once, newest first; ``versions`` is None if the bucket could not be read."""
    if versions is None:
        return newest_first(journal)
    in_tables = [hold for hold in journal if not hold.in_s3]
    journal = [hold for hold in journal if hold.in_s3]
    matched = nearest(journal, versions)
    held_now = {one.etag for one in versions if one.still_held and one.etag}
    merged = [
        _both(hold, versions[matched[index]]) if index in matched else _held_by_the_bucket(hold, held_now)
        for index, hold in enumerate(journal)
    ]
    used = set(matched.values())
    return newest_first([*in_tables, *merged, *(one for index, one in enumerate(versions) if index not in used)])


def newest_first(holds: list[Hold]) -> list[Hold]:
    """Sort holds as they are shown."""
    return sorted(holds, key=lambda hold: (hold.order, hold.state_path, hold.etag), reverse=True)


def _both(hold: Hold, version: Hold) -> Hold:
    """Return the journal's hold, with what only the version knows filled in."""
    hold = msgspec.structs.replace(
        hold,
        source=Source.BOTH,
        since=hold.since or version.since,
        etag=hold.etag or version.etag,
        version_id=version.version_id,
    )
    if hold.until:
        return hold
    # The journal has no release: S3 told of it late, or never.
    known = LetGoBy.UNKNOWN.value if version.until else ""
    return msgspec.structs.replace(hold, until=version.until, still_held=version.still_held, released_by=known)


def _held_by_the_bucket(hold: Hold, held_now: set[str]) -> Hold:
    """Return the hold, still held only if its lock is in the bucket now, whatever the journal missed.

    A lock whose delete marker was deleted is in the bucket, as the version of its first hold.
    """
    return msgspec.structs.replace(hold, still_held=hold.still_held and hold.etag in held_now)
