"""Read a lock table: what it is, and its items. The scan is bounded, so that a look is quick and cheap."""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from chalicelib.aws.doctor.migration.asking import Asking
from chalicelib.aws.doctor.reach import asked
from chalicelib.aws.locks.dynamodb_items import from_boto3
from chalicelib.core.canary import is_canary
from chalicelib.core.doctor.migration.evidence import HeldItem, Items, Table
from chalicelib.core.doctor.migration.forgotten import Keeping
from chalicelib.core.doctor.wiring.reading.stream import VIEW
from chalicelib.core.locks.place import Kind, Place
from chalicelib.core.locks.terraform.item import DIGEST, DIGEST_SUFFIX, INFO, LOCK_ID, Item, is_lock, lock_of_item
from chalicelib.core.locks.terraform.lock_info import LockInfo
from chalicelib.ports.doctor import NotAllowedError, NotKnownError

MOST_PARTS = 10
"""Answers to a scan, of one megabyte each: about 70,000 digests."""
_SERVICE, _SCAN, _DESCRIBE = "DynamoDB", "dynamodb:Scan", "dynamodb:DescribeTable"
_WANTED = {"#id": LOCK_ID, "#info": INFO, "#digest": DIGEST}


class Described(msgspec.Struct, frozen=True):
    """A table, and the numbers that only some looks need."""

    table: Table
    items: int
    stream: str = ""
    """The ARN of its stream; "": it has none in which the reaper finds locks."""


def describe(asking: Asking) -> Described | None:
    """Return what DynamoDB says of the table; None: there is no such table."""
    client = asking.client("dynamodb")
    nothing = {"ResourceNotFoundException": None}
    found = asked(_SERVICE, _DESCRIBE, lambda: client.describe_table(TableName=asking.table), nothing)
    if found is None:
        return None
    told = found["Table"]
    if [key["AttributeName"] for key in told["KeySchema"]] != [LOCK_ID]:
        raise NotKnownError(f"it is no lock table: its key is not {LOCK_ID}")
    units = told.get("ProvisionedThroughput", {})
    table = Table(
        name=asking.table,
        arn=told["TableArn"],
        region=asking.region,
        created=told["CreationDateTime"],
        size=int(told.get("TableSizeBytes", 0)),
        read_units=int(units.get("ReadCapacityUnits", 0)),
        write_units=int(units.get("WriteCapacityUnits", 0)),
        protected=bool(told.get("DeletionProtectionEnabled")),
    )
    stream = told.get("StreamSpecification", {})
    heard = stream.get("StreamEnabled") and stream.get("StreamViewType") == VIEW
    return Described(table, int(told.get("ItemCount", 0)), told.get("LatestStreamArn", "") if heard else "")


def read_items(asking: Asking, described: Described) -> Items:
    """Return the table's items, as far as a quick look reads them."""
    parts = _parts(asking)
    items: list[Item] = []
    more = True
    for number, part in enumerate(parts, 1):
        items += [from_boto3(one) for one in part["Items"]]
        more = bool(part.get("LastEvaluatedKey"))
        if number == MOST_PARTS:
            break
    # DynamoDB counts items every six hours, so the number may be too small.
    unread = max(1, described.items - len(items)) if more else 0
    return Items(digests=frozenset(_digests(items)), held=tuple(_held(asking, items)), unread=unread)


def keeping_of(asking: Asking) -> Keeping:
    """Return whether the table has point-in-time recovery, as far as that may be known."""
    client = asking.client("dynamodb")
    right = "dynamodb:DescribeContinuousBackups"
    try:
        told = asked(_SERVICE, right, lambda: client.describe_continuous_backups(TableName=asking.table))
    except NotAllowedError as error:
        return Keeping(denied=error.right)
    except NotKnownError:
        return Keeping()
    status = told["ContinuousBackupsDescription"].get("PointInTimeRecoveryDescription", {})
    return Keeping(recovery=status.get("PointInTimeRecoveryStatus") == "ENABLED")


def _parts(asking: Asking) -> Iterator[dict[str, Any]]:
    client = asking.client("dynamodb")
    begin: dict[str, Any] = {}
    wanted = {"ProjectionExpression": ", ".join(_WANTED), "ExpressionAttributeNames": _WANTED}
    while True:
        part = asked(_SERVICE, _SCAN, lambda: client.scan(TableName=asking.table, **wanted, **begin))  # noqa: B023
        yield part
        if not part.get("LastEvaluatedKey"):
            return
        begin = {"ExclusiveStartKey": part["LastEvaluatedKey"]}


def _digests(items: Iterable[Item]) -> Iterator[str]:
    for item in items:
        lock_id = item[LOCK_ID]["S"]
        if not is_lock(item) and lock_id.endswith(DIGEST_SUFFIX):
            yield lock_id.removesuffix(DIGEST_SUFFIX)


def _held(asking: Asking, items: Iterable[Item]) -> Iterator[HeldItem]:
    for item in items:
        place = Place(Kind.DYNAMODB, asking.table, item[LOCK_ID]["S"], asking.reach.account, asking.region)
        lock = lock_of_item(place, item)
        if lock and not is_canary(lock):
            info = lock.info or LockInfo()
            yield HeldItem(state_path=place.state_path, lock_id=info.ID, who=info.Who, version=info.Version)
