"""Holds that only an alert or a click tells of, looked up in their bucket: is the lock there, or when did it go?

S3 told neither their acquire (they are older than what was read, or the bucket is not wired) nor, in a bucket that is
not wired, their release.
"""

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from chalicelib.ports.locks import StoreError
from tflocks.holds.hold import Hold, Source
from tflocks.holds.merging import merge
from tflocks.output.timeline import counted
from tflocks.sources.versions import AT_ONCE, list_versions, version_holds

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client


def looked_up(holds: list[Hold], s3: "S3Client") -> tuple[list[Hold], list[str]]:
    """All holds, these few as their bucket knows them, and what to tell the reader where it could not be asked."""
    sure, of_state = [], defaultdict(list)
    for hold in holds:
        if hold.seen_only and not hold.until:
            of_state[hold.state_path].append(hold)
        else:
            sure.append(hold)

    def look(path: str) -> tuple[list[Hold], str]:
        try:
            return _as_the_bucket_knows(path, of_state[path], s3), ""
        except StoreError as error:
            return of_state[path], str(error)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(look, of_state))
    found = [hold for own, _ in answers for hold in own]
    return [*sure, *found], _unasked([why for _, why in answers if why])


def _as_the_bucket_knows(path: str, holds: list[Hold], s3: "S3Client") -> list[Hold]:
    bucket, _, key = path.partition("/")
    merged = merge(holds, version_holds(path, list_versions(s3, bucket, key)))
    return [hold for hold in merged if hold.source is not Source.VERSIONS]


def _unasked(why: list[str]) -> list[str]:
    if not why:
        return []
    many = f"{counted(len(why), 'state')} known from alerts alone"
    return [f"journal: {many}, whose bucket could not be asked whether the lock is there still ({why[0]})"]
