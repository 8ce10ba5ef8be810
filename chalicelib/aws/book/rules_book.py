"""The checked rules of the running reaper, in the lock book's table, where ``tflocks`` reads them.

The package has them too, but an operator may have no right to read it, or another version of it.
"""

import zlib
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger

from chalicelib.aws.book.table import BookTable, Update, unreadable
from chalicelib.ports.book import BookError

if TYPE_CHECKING:
    from types_boto3_dynamodb.service_resource import Table

_KEY = {"StatePath": "#rules", "LockIdentity": "checked"}
"""A key that cannot be a lock's (see ``digest_book``)."""
_MOST = 4 * 1024 * 1024
"""Most bytes of rules that are unpacked; a route has about one thousand."""

_logger = Logger(child=True)


def store(table: "Table", rules: bytes) -> None:
    """Store the rules; log it if that fails, because the reaper itself does not need them there."""
    try:
        DynamoRulesBook(table).replace(rules)
    except BookError:
        _logger.exception("tflocks may not know the newest rules: they could not be stored")


class DynamoRulesBook:
    """The file of checked rules (``chalicelib.checked_rules``) as one item, packed: an item has at most 400 KB."""

    def __init__(self, table: "Table") -> None:
        self._table = BookTable(table)

    def replace(self, rules: bytes) -> None:
        """Replace the stored rules. Raises BookError."""
        self._table.change(_KEY, Update(put={"Rules": zlib.compress(rules)}))

    def rules(self) -> bytes | None:
        """Return the stored rules; None: the reaper has not stored any yet. Raises BookError."""
        item: Any = self._table.get(_KEY)
        if item is None:
            return None
        try:
            return zlib.decompressobj().decompress(bytes(item["Rules"]), _MOST)
        except Exception as error:
            raise unreadable(error) from error
