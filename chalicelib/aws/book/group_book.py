"""The members of user groups, in the lock book's table: one item for each group."""

import time
from collections.abc import Callable
from datetime import timedelta
from math import inf
from typing import TYPE_CHECKING

import msgspec

from chalicelib.aws.book.table import BookTable, Update, value_of

if TYPE_CHECKING:
    from types_boto3_dynamodb.service_resource import Table

_PARTITION = "#groups"
"""A partition key that cannot be a state path (see ``digest_book``)."""
_KEPT = timedelta(days=1)
"""The watch stores the members again every 15 minutes. Members that are older than this are not used."""


class DynamoGroupBook:
    """``ports.book.GroupBook``. ``clock`` gives the time in seconds since 1970."""

    def __init__(self, table: "Table", clock: Callable[[], float] = time.time) -> None:
        self._table = BookTable(table)
        self._clock = clock

    def replace(self, group: str, members: frozenset[str]) -> None:
        """Replace the stored members of a group."""
        # As JSON: DynamoDB has no empty sets, and a group may have nobody in it.
        told = msgspec.json.encode(sorted(members)).decode()
        page = {"Members": told, "ExpiresAt": int(self._clock() + _KEPT.total_seconds())}
        self._table.change({"StatePath": _PARTITION, "LockIdentity": group}, Update(put=page))

    def members(self) -> dict[str, frozenset[str]]:
        """Return the groups stored within a day. DynamoDB may return an item for days after it has expired."""
        now = self._clock()
        items = [item for item in self._table.query(_PARTITION) if item.get("ExpiresAt", inf) > now]
        return {item["LockIdentity"]: value_of(item, "Members", frozenset[str]) for item in items}
