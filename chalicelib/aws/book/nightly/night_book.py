"""The nights, in the lock book's table: one item for each night, and a partition with its targets and their results."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from aws_lambda_powertools import Logger
from boto3.dynamodb.conditions import Attr
from msgspec.json import encode

from chalicelib.aws.book.table import BookTable, Item, Update, sortable, text, value_of
from chalicelib.core.nights.night import Night, Ordered, Result
from chalicelib.ports.book import BookError

if TYPE_CHECKING:
    from types_boto3_dynamodb.service_resource import Table

NIGHTS = "#nights"
"""A partition key that cannot be a state path (see ``digest_book``)."""
_KEPT = timedelta(days=14)
"""As long as a dead letter is kept."""
_AT_ONCE = 500
"""Targets in one item. A home and an account have some 400 bytes at most, and an item of DynamoDB has 400 KB."""
_ORDERED, _RESULT = "ordered ", "result "
_logger = Logger(child=True)


class DynamoNightBook:
    """``ports.nights.NightBook``. If the items of a night are lost, nobody gets its summary."""

    def __init__(self, table: "Table") -> None:
        self._table = BookTable(table)

    def begin(self, began: datetime, ordered: Sequence[Ordered]) -> None:
        """Remember a night and its targets. The night itself comes last, so that it never lacks targets."""
        for first in range(0, len(ordered), _AT_ONCE):
            some = encode(ordered[first : first + _AT_ONCE]).decode()
            self._put(_of_night(began, f"{_ORDERED}{first:06}"), began, {"Ordered": some})
        self._put(_key(began), began, {"Began": began.isoformat()})

    def result(self, began: datetime, home: str) -> Result | None:
        """Return what is known of one target in a night."""
        item = self._table.get(_of_night(began, f"{_RESULT}{home}"))
        return value_of(item, "Result", Result) if item else None

    def note(self, began: datetime, result: Result) -> None:
        """Store the result of a target, unless a later order of it has told by now."""
        change = Update(put={"Part": result.part, "Result": text(result), "ExpiresAt": _expiry(began)})
        no_later = Attr("Part").not_exists() | Attr("Part").lte(result.part)
        self._table.change(_of_night(began, f"{_RESULT}{result.home}"), change, no_later)

    def untold(self) -> list[datetime]:
        """Return when each night began that has not ended by ``end``, the oldest first."""
        # By the key, which cannot be damaged: a night that could not be read would hide all the others.
        keys = [item["LockIdentity"] for item in self._table.query(NIGHTS) if "Ended" not in item]
        return sorted(datetime.fromisoformat(key) for key in keys)

    def read(self, began: datetime) -> Night:
        """Return a night with its targets and the results so far. A result that cannot be read counts as none."""
        head = self._table.get(_key(began)) or {}
        items = self._table.query(partition(began))
        some = [value_of(item, "Ordered", tuple[Ordered, ...]) for item in items if "Ordered" in item]
        results = [result for item in items if "Result" in item and (result := _if_readable(item))]
        ordered = tuple(target for targets in some for target in targets)
        return Night(began, ordered, tuple(results), "Journaled" in head)

    def journal(self, began: datetime) -> bool:
        """Take the right to journal a night's summary; return whether it was taken."""
        change = Update(put={"Journaled": True, "ExpiresAt": _expiry(began)})
        return self._table.change(_key(began), change, Attr("Journaled").not_exists())

    def end(self, began: datetime) -> None:
        """Note that people were told of a night, or need not be."""
        self._put(_key(began), began, {"Ended": True})

    def _put(self, key: Item, began: datetime, attributes: Item) -> None:
        self._table.change(key, Update(put={**attributes, "ExpiresAt": _expiry(began)}))


def _key(began: datetime) -> dict[str, str]:
    return {"StatePath": NIGHTS, "LockIdentity": sortable(began)}


def partition(began: datetime) -> str:
    """Return the partition of the items of one night."""
    return f"#night {sortable(began)}"


def _of_night(began: datetime, what: str) -> dict[str, str]:
    return {"StatePath": partition(began), "LockIdentity": what}


def _expiry(began: datetime) -> int:
    return int((began + _KEPT).timestamp())


def _if_readable(item: Item) -> Result | None:
    try:
        return value_of(item, "Result", Result)
    except BookError:
        _logger.exception("the result of one target cannot be read", id=item.get("LockIdentity"))
        return None
