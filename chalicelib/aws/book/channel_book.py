"""The channels that take no messages, in the lock book's table: one item for each channel."""

from datetime import timedelta
from typing import TYPE_CHECKING

from boto3.dynamodb.conditions import Attr, ConditionBase

from chalicelib.aws.book.table import BookTable, Update, text, value_of
from chalicelib.core.alerts.channel_trouble import ChannelTrouble

if TYPE_CHECKING:
    from types_boto3_dynamodb.service_resource import Table

_PARTITION = "#channels"
"""A partition key that cannot be a state path (see ``digest_book``)."""
_KEPT = timedelta(days=30)
"""A trouble that lasts longer is told again."""


class DynamoChannelBook:
    """``ports.book.ChannelBook``. If an item is lost, people get a second message about a channel."""

    def __init__(self, table: "Table") -> None:
        self._table = BookTable(table)

    def troubled(self) -> list[ChannelTrouble]:
        """Return all channels in trouble."""
        return [value_of(item, "Trouble", ChannelTrouble) for item in self._table.query(_PARTITION)]

    def replace(self, known: ChannelTrouble | None, new: ChannelTrouble) -> bool:
        """Replace a channel's entry if it is still ``known``; return whether it was."""
        expires = int((new.since + _KEPT).timestamp())
        change = Update(put={"Trouble": text(new), "Mark": _mark(new), "ExpiresAt": expires})
        unchanged = Attr("Mark").eq(_mark(known)) if known else Attr("Mark").not_exists()
        return self._table.change(_key(new.channel), change, unchanged)

    def forget(self, channel: str) -> None:
        """Delete the entry of a channel."""
        there: ConditionBase = Attr("Mark").exists()
        self._table.delete(_key(channel), there)


def _key(channel: str) -> dict[str, str]:
    return {"StatePath": _PARTITION, "LockIdentity": channel}


def _mark(trouble: ChannelTrouble) -> str:
    """Return a text that only this trouble at this step has. Its JSON would change with a new field."""
    return f"{trouble.since.isoformat()} {trouble.step}"
