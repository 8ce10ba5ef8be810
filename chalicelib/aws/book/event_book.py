"""The event book: S3's events of the last weeks, one DynamoDB item each, in the lock book's table.

powertools' Idempotency would keep such items too, each in two writes, found only by its own hash. These are also what
the hold that a release ended is found by, so one item serves both, and there is nothing that could disagree.
"""

from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

from boto3.dynamodb.conditions import Attr

from chalicelib.aws.book.table import BookTable, Item, Update, sortable, text, value_of
from chalicelib.core.audit.event import CLAIMED_FOR, REMEMBERED, LockEvent
from chalicelib.core.audit.hold import NotedEvent
from chalicelib.ports.book import UnderWayError

if TYPE_CHECKING:
    from types_boto3_dynamodb.service_resource import Table

_AT_ONCE, _GONE = 8, 20
"""Events looked at for the one before. More are read only where a lock had as many events in one second."""


class DynamoEventBook:
    """``ports.EventBook``. The partition of a lock's events is no state path: no bucket's name begins with ``#``.

    It is named after the lock's key: two keys can be of one state path, and their events are none of each other's.
    """

    def __init__(self, table: "Table") -> None:
        self._table = BookTable(table)

    def claim(self, noted: NotedEvent, now: datetime) -> bool:
        """Remember an event and take the right to journal it."""
        key, item = _key_of(noted.event), _item(noted)
        claimed = Update(put={"ClaimedUntil": sortable(now + CLAIMED_FOR)}, put_first=item)
        free = Attr("ClaimedUntil").not_exists() | Attr("ClaimedUntil").lte(sortable(now))
        taken, there = self._table.write(key, claimed, Attr("Journaled").not_exists() & free)
        if taken:
            return True
        if "Journaled" in (there or {}):
            return False
        raise UnderWayError("the same event is being journaled by another process; it is looked at again later")

    def remember(self, noted: NotedEvent) -> None:
        """Remember an event that cannot be journaled yet; what is known of it already stays."""
        self._table.change(_key_of(noted.event), Update(put_first=_item(noted)))

    def journaled(self, event: LockEvent) -> None:
        """Note that the journal has it. An event that has expired stays forgotten: half an item could not be read."""
        self._table.change(_key_of(event), Update(put={"Journaled": True}), Attr("Noted").exists())

    def before(self, event: LockEvent) -> NotedEvent | None:
        """Return the event right before, among those up to the second of this one, latest first."""
        # Whatever S3 has written into an identity, its second and one of two plain words come first, below the tilde.
        last = f"{event.second} ~"
        earlier: NotedEvent | None = None
        for item in self._table.latest_first(_key_of(event)["StatePath"], last, _AT_ONCE):
            noted = value_of(item, "Noted", NotedEvent)
            if earlier and noted.event.second < earlier.event.second:
                break
            if noted.event.identity == event.identity or not noted.event.before(event):
                continue
            if earlier is None or earlier.event.before(noted.event):
                earlier = noted
        return earlier

    def remember_gone(self, gone: LockEvent) -> None:
        """Remember that a version was deleted while a lock was there."""
        self._table.change(_gone_key_of(gone), Update(put=_item(NotedEvent(gone))))

    def gone_after(self, event: LockEvent) -> list[LockEvent]:
        """Return the deleted versions of the same key that happened after this, the latest twenty."""
        after: list[LockEvent] = []
        for item in islice(self._table.latest_first(_gone_key_of(event)["StatePath"], "~", _AT_ONCE), _GONE):
            gone = value_of(item, "Noted", NotedEvent).event
            if gone.second < event.second:
                break
            after += [gone] if event.before(gone) else []
        return after


def _gone_key_of(event: LockEvent) -> dict[str, str]:
    return {"StatePath": f"#gone {event.place.name}", "LockIdentity": event.identity}


def _key_of(event: LockEvent) -> dict[str, str]:
    return {"StatePath": f"#events {event.place.name}", "LockIdentity": event.identity}


def _item(noted: NotedEvent) -> Item:
    return {"Noted": text(noted), "ExpiresAt": int((noted.event.at + REMEMBERED).timestamp())}
