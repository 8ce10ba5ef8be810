"""The digests, in the lock book's table: one item for each that was posted, and one for each channel's unposted one."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec
from boto3.dynamodb.conditions import Attr, ConditionBase

from chalicelib.aws.book.table import BookTable, Update, text, value_of
from chalicelib.core.alerts.digest import Digest

if TYPE_CHECKING:
    from types_boto3_dynamodb.service_resource import Table

_PARTITION = "#digests"
"""A partition key that cannot be a state path: those begin with a bucket's name, which never has a ``#``."""
_KEPT = timedelta(days=30)


class DynamoDigestBook:
    """``ports.book.DigestBook``. If an item is lost, a digest's numbers are no longer updated."""

    def __init__(self, table: "Table") -> None:
        self._table = BookTable(table)

    def open(self) -> list[Digest]:
        """Return the digests with locks still held, and those that may not have been posted."""
        digests = [value_of(item, "Digest", Digest) for item in self._table.query(_PARTITION)]
        return [digest for digest in digests if digest.held or not digest.posted]

    def claim(self, digest: Digest) -> bool:
        """Take the right to send a digest to its channel."""
        free = Attr("Digest").not_exists()
        return self._table.change(_being_sent(digest), _noted(digest), free)

    def doubt(self, digest: Digest, until: datetime) -> None:
        """Note that a digest may or may not have been sent."""
        doubtful = msgspec.structs.replace(digest, claimed_until=until)
        self._table.change(_being_sent(digest), _noted(doubtful), _is(digest))

    def forget(self, digest: Digest) -> None:
        """Delete a digest that was not sent, or of which no lock is held."""
        self._table.delete(_standing(digest), _is(digest))
        self._table.delete(_being_sent(digest), _is(digest))

    def save(self, digest: Digest) -> None:
        """Store a posted digest, then delete its claim. If only the first succeeds, it is found in Slack again."""
        self._table.change(_standing(digest), _noted(digest))
        self._table.delete(_being_sent(digest), _is(digest))


def _being_sent(digest: Digest) -> dict[str, str]:
    return {"StatePath": _PARTITION, "LockIdentity": f"being sent to {digest.channel}"}


def _standing(digest: Digest) -> dict[str, str]:
    return {"StatePath": _PARTITION, "LockIdentity": f"standing {digest.sending.trace}"}


def _is(digest: Digest) -> ConditionBase:
    return Attr("Trace").eq(digest.sending.trace)


def _noted(digest: Digest) -> Update:
    expires = int((digest.at + _KEPT).timestamp())
    return Update(put={"Digest": text(digest), "Trace": digest.sending.trace, "ExpiresAt": expires})
