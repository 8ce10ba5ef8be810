"""The change book: S3's events of the last weeks, one DynamoDB item each, in the lock book's table.

powertools' Idempotency would keep such items too, each in two writes, found only by its own hash. These are also what
the hold that a release ended is found by, so one item serves both, and there is nothing that could disagree.
"""

from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

import msgspec
from boto3.dynamodb.conditions import Attr

from chalicelib.aws.book.table import BookTable, Item, Update, sortable, text, told_as_book_error
from chalicelib.core.audit.event import CLAIMED_FOR, REMEMBERED, LockChange
from chalicelib.core.audit.hold import NotedChange
from chalicelib.ports.book import UnderWayError

if TYPE_CHECKING:
    from types_boto3_dynamodb.service_resource import Table

_AT_ONCE, _GONE = 8, 20
"""Events looked at for the one before. More are read only where a lock had as many events in one second."""


class DynamoChangeBook:
    """``ports.ChangeBook``. The partition of a lock's events is no state path: no bucket's name begins with ``#``.

    It is named after the lock's key: two keys can be of one state path, and their events are none of each other's.
    """

    def __init__(self, table: "Table") -> None:
        self._table = BookTable(table)

    def claim(self, noted: NotedChange, now: datetime) -> bool:
        """Remember an event and take the right to journal it."""
        claimed = Update(put={"ClaimedUntil": sortable(now + CLAIMED_FOR)}, put_first=_item(noted))
        free = Attr("ClaimedUntil").not_exists() | Attr("ClaimedUntil").lte(sortable(now))
        if self._table.change(_key_of(noted.change), claimed, Attr("Journaled").not_exists() & free):
            return True
        if "Journaled" in (self._table.get(_key_of(noted.change)) or {}):
            return False
        raise UnderWayError("the same event is being journaled by another process; it is looked at again later")

    def remember(self, noted: NotedChange) -> None:
        """Remember an event that cannot be journaled yet; what is known of it already stays."""
        self._table.change(_key_of(noted.change), Update(put_first=_item(noted)))

    def journaled(self, change: LockChange) -> None:
        """Note that the journal has it. An event that has expired stays forgotten: half an item could not be read."""
        self._table.change(_key_of(change), Update(put={"Journaled": True}), Attr("Noted").exists())

    def before(self, change: LockChange) -> NotedChange | None:
        """Return the event right before, among those up to the second of this one, latest first."""
        # Whatever S3 has written into an identity, its second and one of two plain words come first, below the tilde.
        last = f"{change.second} ~"
        earlier: NotedChange | None = None
        for item in self._table.latest_first(_key_of(change)["StatePath"], last, _AT_ONCE):
            with told_as_book_error():
                noted = msgspec.json.decode(item["Noted"], type=NotedChange)
            if earlier and noted.change.second < earlier.change.second:
                break
            if noted.change.identity == change.identity or not noted.change.before(change):
                continue
            if earlier is None or earlier.change.before(noted.change):
                earlier = noted
        return earlier

    def remember_gone(self, gone: LockChange) -> None:
        """Remember that a version was deleted while a lock was there."""
        self._table.change(_gone_key_of(gone), Update(put=_item(NotedChange(gone))))

    def gone_after(self, change: LockChange) -> list[LockChange]:
        """Return the deleted versions of the same key that happened after this, the latest twenty."""
        after: list[LockChange] = []
        for item in islice(self._table.latest_first(_gone_key_of(change)["StatePath"], "~", _AT_ONCE), _GONE):
            with told_as_book_error():
                gone = msgspec.json.decode(item["Noted"], type=NotedChange).change
            if gone.second < change.second:
                break
            after += [gone] if change.before(gone) else []
        return after


def _gone_key_of(change: LockChange) -> dict[str, str]:
    return {"StatePath": f"#gone {change.place.name}", "LockIdentity": change.identity}


def _key_of(change: LockChange) -> dict[str, str]:
    return {"StatePath": f"#changes {change.place.name}", "LockIdentity": change.identity}


def _item(noted: NotedChange) -> Item:
    return {"Noted": text(noted), "ExpiresAt": int((noted.change.at + REMEMBERED).timestamp())}
