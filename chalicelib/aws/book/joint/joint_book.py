"""The joint alerts, in the lock book's table: one item for each, and one for each lock that a click on it is about."""

import zlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec
from aws_lambda_powertools import Logger
from boto3.dynamodb.conditions import Attr, ConditionBase

from chalicelib.aws.book.table import BookTable, Item, Update
from chalicelib.core.clicks.part import Part, Result
from chalicelib.core.joint.joint import Joint

if TYPE_CHECKING:
    from types_boto3_dynamodb.service_resource import Table

_PARTITION, _RESULTS = "#joints", "#joint results"
"""Partition keys that cannot be state paths (see ``digest_book``). Each click has a partition of results."""
_KEPT = timedelta(days=30)
_logger = Logger(child=True)


class DynamoJointBook:
    """``ports.book.JointBook``. The locks are packed: 2,000 of them take about 100 KB of an item's 400 KB."""

    def __init__(self, table: "Table") -> None:
        self._table = BookTable(table)

    def open(self) -> list[Joint]:
        """Return all joint alerts that can be read."""
        return [joint for item in self._table.query(_PARTITION) if (joint := _if_readable(item))]

    def find(self, joint: str) -> Joint | None:
        """Return the joint alert with an ID."""
        item = self._table.get(_key(joint))
        return _if_readable(item) if item else None

    def save(self, joint: Joint) -> bool:
        """Store a version of a joint alert in the place of the one before it."""
        expires = int(((joint.shown_at or joint.at) + _KEPT).timestamp())
        packed = zlib.compress(msgspec.json.encode(joint))
        update = Update(put={"Joint": packed, "Version": joint.version, "ExpiresAt": expires})
        return self._table.change(_key(joint.id), update, _is(joint.version - 1))

    def forget(self, joint: Joint) -> None:
        """Delete a joint alert, if this version of it is stored now."""
        self._table.delete(_key(joint.id), _is(joint.version))

    def report(self, part: Part, result: Result, now: datetime) -> None:
        """Add how one lock's part of a click ended."""
        # An item of its own: 2,000 results in one would be more than 400 KB, and each report would write all of them.
        key = {"StatePath": _results_of(part.joint, part.click), "LockIdentity": f"{part.number:06}"}
        text = msgspec.json.encode(result).decode()
        expires = int((now + _KEPT).timestamp())
        self._table.change(key, Update(put_first={"ExpiresAt": expires}, add={"Results": {text}}))

    def results(self, joint: str, click: str) -> list[Result]:
        """Return how the parts of a click have ended so far, as far as that can be read."""
        items = self._table.query(_results_of(joint, click))
        return sorted(result for item in items for result in _results_in(item))


def _results_of(joint: str, click: str) -> str:
    return f"{_RESULTS} {joint} {click}"


def _results_in(item: Item) -> list[Result]:
    """Return the results of an item; log it and return none if it cannot be read: its lock gets no answer."""
    try:
        return [msgspec.json.decode(text, type=Result) for text in item["Results"]]
    except Exception:
        _logger.exception("the result of one lock cannot be read", id=item.get("LockIdentity"))
        return []


def _key(joint: str) -> dict[str, str]:
    return {"StatePath": _PARTITION, "LockIdentity": joint}


def _is(version: int) -> ConditionBase:
    return Attr("Version").eq(version) if version else Attr("Version").not_exists()


def _if_readable(item: Item) -> Joint | None:
    """Return the joint alert of an item; log it and return None if it cannot be read. Its locks are told one by one."""
    try:
        return msgspec.json.decode(zlib.decompress(bytes(item["Joint"])), type=Joint)
    except Exception:
        _logger.exception("a joint alert cannot be read, so its locks are told one by one", id=item.get("LockIdentity"))
        return None
