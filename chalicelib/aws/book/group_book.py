"""User groups' members, in the lock book's table: one item a group."""

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
"""No state path, like ``digest_book``'s."""
_KEPT = timedelta(days=1)
"""The watch notes them anew every few minutes; what it could not for so long is no longer taken for true."""


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
        """Return the groups that were stored within a day. DynamoDB may show an item for days after it has expired."""
        now = self._clock()
        items = [item for item in self._table.query(_PARTITION) if item.get("ExpiresAt", inf) > now]
        return {item["LockIdentity"]: value_of(item, "Members", frozenset[str]) for item in items}
