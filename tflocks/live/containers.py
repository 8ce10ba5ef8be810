"""Find every bucket and table of an account that has locks or states."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any

import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.core.locks.place import Kind
from chalicelib.core.locks.target import Target
from chalicelib.core.locks.terraform.lock_info import LOCK_SUFFIX
from tflocks.live.aws import AT_ONCE, Aws
from tflocks.live.problems import words_of

_ENDINGS = (LOCK_SUFFIX, ".tfstate")
_LISTING = 1_000
_PROBED = 10
"""Listing pages of a bucket in which a lock or a state has to be, so that all of the bucket is looked at."""
_LOCK_TABLE = [{"AttributeName": "LockID", "KeyType": "HASH"}]
_FAILURES = (ClientError, BotoCoreError)


class Containers(msgspec.Struct):
    """What was found."""

    targets: list[Target] = msgspec.field(default_factory=list)
    problems: list[str] = msgspec.field(default_factory=list)
    notes: list[str] = msgspec.field(default_factory=list)


class _Answer(msgspec.Struct, frozen=True):
    """What is known of one container; without a target it has no locks and no states."""

    target: Target | None = None
    problem: str = ""
    unsure: str = ""
    """The name of a bucket that has no state at its beginning, and is too large to be listed to its end."""


def find_containers(aws: Aws) -> Containers:
    """Return all buckets of the account, and all lock tables in their regions and in the session's."""
    found = Containers()
    buckets = _buckets(aws, found)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        probed = list(pool.map(lambda bucket: _probe(aws, bucket), buckets))
        for some in pool.map(lambda region: lock_tables(aws, region), sorted(aws.regions)):
            found.targets += some.targets
            found.problems += some.problems
    found.targets += [one.target for one in probed if one.target]
    found.problems += [one.problem for one in probed if one.problem]
    if unsure := [one.unsure for one in probed if one.unsure]:
        many = f"without a state or a lock among their first {_PROBED * _LISTING:,} objects, and not looked at further"
        found.notes.append(f"buckets {many}: {', '.join(unsure)}; name a bucket to look at all of it")
    return found


def lock_tables(aws: Aws, region: str) -> Containers:
    """Return the tables of a region that have the key of a lock table."""
    found = Containers()
    client = aws.client("dynamodb", region)
    try:
        names = [name for page in client.get_paginator("list_tables").paginate() for name in page["TableNames"]]
    except _FAILURES as error:
        found.problems.append(f"the tables of {region}: {words_of(error, Kind.DYNAMODB)}")
        return found
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for answer in pool.map(lambda name: _described(aws, region, name), names):
            found.targets += [answer.target] if answer.target else []
            found.problems += [answer.problem] if answer.problem else []
    return found


def _described(aws: Aws, region: str, name: str) -> _Answer:
    try:
        keys = aws.client("dynamodb", region).describe_table(TableName=name)["Table"]["KeySchema"]
    except _FAILURES as error:
        return _Answer(problem=f"table {name} in {region}: {words_of(error, Kind.DYNAMODB)}")
    if keys != _LOCK_TABLE:
        return _Answer()
    return _Answer(Target(Kind.DYNAMODB, name, region=None if region == aws.region else region))


def _buckets(aws: Aws, found: Containers) -> list[str]:
    """Return the name of each bucket, and note its region. S3 tells regions only when the answer is paged."""
    try:
        pages = aws.client("s3").get_paginator("list_buckets").paginate(PaginationConfig={"PageSize": _LISTING})
        listed = [(one["Name"], one.get("BucketRegion", "")) for page in pages for one in page["Buckets"]]
    except _FAILURES as error:
        found.problems.append(f"the buckets of this account: {words_of(error, Kind.S3)}")
        return []
    for bucket, region in listed:
        if region:
            aws.know_region(bucket, region)
    return [bucket for bucket, _ in listed]


def _probe(aws: Aws, bucket: str) -> _Answer:
    """Return whether a bucket has a lock or a state at its beginning."""
    try:
        pages = aws.s3(bucket).get_paginator("list_objects_v2").paginate(Bucket=bucket)
        return _judged(bucket, islice(pages, _PROBED))
    except _FAILURES as error:
        return _Answer(problem=f"bucket {bucket}: {words_of(error, Kind.S3)}")


def _judged(bucket: str, pages: Iterable[dict[str, Any]]) -> _Answer:
    more = False
    for page in pages:
        if any(key.endswith(_ENDINGS) for key in _keys(page)):
            return _Answer(Target(Kind.S3, bucket))
        more = bool(page.get("IsTruncated"))
    return _Answer(unsure=bucket if more else "")


def _keys(page: dict[str, Any]) -> Iterator[str]:
    return (entry["Key"] for entry in page.get("Contents", []))
