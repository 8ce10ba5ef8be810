"""Ask S3 about single states: whether they are still there, and when they were last locked in S3.

Nothing is read but names and times: whoever looks needs no right to read a state.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC
from functools import partial
from typing import Any

from chalicelib.aws.doctor.migration.asking import Asking
from chalicelib.aws.doctor.reach import asked
from chalicelib.core.doctor.migration.evidence import StateSeen, There
from chalicelib.core.locks.terraform.lock_info import LOCK_SUFFIX
from chalicelib.ports.doctor import NotAllowedError, NotKnownError

MOST_STATES = 200
"""States that are looked at: two requests each."""
_AT_ONCE = 16
_LIST, _LIST_VERSIONS = "s3:ListBucket", "s3:ListBucketVersions"
_NEWEST = 10


def look_at_states(asking: Asking, paths: Sequence[str]) -> dict[str, StateSeen]:
    """Return what S3 tells of each state, side by side; of those beyond the most it says that they were not asked."""
    client = asking.client("s3")
    asked, others = paths[:MOST_STATES], paths[MOST_STATES:]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        seen = dict(zip(asked, pool.map(partial(_seen, client), asked), strict=True))
    skipped = StateSeen(trouble=f"a quick look asks S3 about {MOST_STATES} states only")
    return seen | dict.fromkeys(others, skipped)


def _seen(client: Any, path: str) -> StateSeen:
    bucket, _, key = path.partition("/")
    try:
        there = _is_there(client, bucket, key)
    except (NotAllowedError, NotKnownError) as error:
        return StateSeen(trouble=_why(error), denied=_right(error))
    if there is not There.YES:
        return StateSeen(there=there)
    try:
        return _with_lock(client, bucket, f"{key}{LOCK_SUFFIX}")
    except (NotAllowedError, NotKnownError) as error:
        return StateSeen(there=there, trouble=_why(error), denied=_right(error))


def _is_there(client: Any, bucket: str, key: str) -> There:
    """Return whether a state's object is there. A listing that begins with its key has it first."""
    asked_for = {"Bucket": bucket, "Prefix": key, "MaxKeys": 1}
    no_bucket = {"NoSuchBucket": None}
    listed = asked("S3", _LIST, lambda: client.list_objects_v2(**asked_for), no_bucket)
    if listed is None:
        return There.NO
    return There.YES if any(one["Key"] == key for one in listed.get("Contents", [])) else There.NO


def _with_lock(client: Any, bucket: str, key: str) -> StateSeen:
    """Return when the newest lock was taken; if S3 keeps only the mark of its deletion, when it was let go."""
    asked_for = {"Bucket": bucket, "Prefix": key, "MaxKeys": _NEWEST}
    listed = asked("S3", _LIST_VERSIONS, lambda: client.list_object_versions(**asked_for))
    for kind in ("Versions", "DeleteMarkers"):
        those = [one for one in listed.get(kind, []) if one["Key"] == key]
        if those:
            newest = max(one["LastModified"] for one in those).astimezone(UTC)
            held = kind == "Versions" and any(one.get("IsLatest") for one in those)
            return StateSeen(there=There.YES, locked_at=newest, held=held)
    return StateSeen(there=There.YES)


def _right(error: NotAllowedError | NotKnownError) -> str:
    return error.right if isinstance(error, NotAllowedError) else ""


def _why(error: NotAllowedError | NotKnownError) -> str:
    return f"{error}; it takes {error.right}" if isinstance(error, NotAllowedError) else str(error)
