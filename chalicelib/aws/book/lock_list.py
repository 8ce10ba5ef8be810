"""The held locks: all are found by two attributes in the lock book's index, and a few of them are read in full."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from boto3.dynamodb.conditions import Attr

from chalicelib.aws.book.table import BookTable, Item, value_of
from chalicelib.aws.book.wire import readable
from chalicelib.aws.book.wire_values import HolderForm
from chalicelib.core.alerts.listing import HeldEntry
from chalicelib.core.alerts.page import Page

if TYPE_CHECKING:
    from types_boto3_dynamodb.service_resource import Table

_INDEX = "held"
_HELD = Attr("Told").not_exists() & Attr("Ending").not_exists() & Attr("HalfOf").not_exists()
_PLACE = ("StatePath", "LockIdentity")
_HOLDER = (*_PLACE, "Owner", "Principal", "Lock")


class DynamoLockList:
    """``ports.book.LockList`` over the lock book's table."""

    def __init__(self, table: "Table") -> None:
        self._table = BookTable(table)

    def held(self, *, holders: bool) -> list[HeldEntry]:
        """Return every held lock, in any order. Only with ``holders`` do the entries tell who holds each."""
        names = _HOLDER if holders else _PLACE
        return [_entry(item) for item in self._table.scan(_INDEX, _HELD, names)]

    def pages(self, entries: Sequence[HeldEntry]) -> list[Page]:
        """Return the pages of these entries in the same order, without locks that have ended since."""
        keys = ({"StatePath": entry.state_path, "LockIdentity": entry.identity} for entry in entries)
        items = [item for key in keys if (item := self._table.find(key))]
        return [page for page in readable(items) if not page.ending]


def _entry(item: Item) -> HeldEntry:
    if "Lock" not in item:
        return HeldEntry(item["StatePath"], item["LockIdentity"])
    who = value_of(item, "Lock", HolderForm).info.Who
    return HeldEntry(item["StatePath"], item["LockIdentity"], item.get("Owner", ""), item.get("Principal", ""), who)
