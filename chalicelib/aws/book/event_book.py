"""The event book: the events of the last weeks, one DynamoDB item each, in the lock book's table.

powertools' Idempotency would write such items too, but they could only be found by their hashes. These items also serve
to find the hold that a release ended.
"""

import hashlib
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

import msgspec
from boto3.dynamodb.conditions import Attr

from chalicelib.aws.book.table import BookTable, Item, Update, sortable, text, value_of
from chalicelib.core.audit.event import CLAIMED_FOR, REMEMBERED, LockEvent, ToldBy
from chalicelib.core.audit.hold import Journaled, NotedEvent
from chalicelib.ports.book import UnderWayError

if TYPE_CHECKING:
    from types_boto3_dynamodb.service_resource import Table

_JOURNALED = "Journaled"
_AT_ONCE, _GONE = 8, 20
"""Numbers of events to read: at once for ``before`` (more only if a lock had this many in one second), and for
``gone_after``."""
_LONGEST_KEY = 2048
"""Most bytes of a partition key in DynamoDB."""


class DynamoEventBook:
    """``ports.book.EventBook``. The partition key of a lock's events begins with ``#``, so it is no state path.

    It has the lock's key, because the events of two keys of one state path must not be mixed.
    """

    def __init__(self, table: "Table") -> None:
        self._table = BookTable(table)

    def claim(self, noted: NotedEvent, now: datetime) -> bool:
        """Remember an event and take the right to journal it."""
        key, item = _key_of(noted.event), _item(noted)
        claimed = Update(put={"ClaimedUntil": sortable(now + CLAIMED_FOR)}, put_first=item)
        free = Attr("ClaimedUntil").not_exists() | Attr("ClaimedUntil").lte(sortable(now))
        taken, there = self._table.write(key, claimed, Attr(_JOURNALED).not_exists() & free)
        if taken:
            return True
        if _JOURNALED in (there or {}):
            return False
        raise UnderWayError("the same event is being journaled by another process; it is looked at again later")

    def remember(self, noted: NotedEvent) -> None:
        """Remember an event that cannot be journaled yet; attributes that its item has already stay."""
        self._table.change(_key_of(noted.event), Update(put_first=_item(noted)))

    def journaled(self, event: LockEvent, what: Journaled) -> None:
        """Note what the journal says of the event. An expired item stays away: half an item is unreadable."""
        self._table.change(_key_of(event), Update(put={_JOURNALED: what.value}), Attr("Noted").exists())

    def find(self, event: LockEvent) -> NotedEvent | None:
        """Return the event as it is remembered."""
        item = self._table.find(_key_of(event))
        return _noted(item) if item else None

    def before(self, event: LockEvent) -> NotedEvent | None:
        """Return, of the remembered events of the same key, the last one before this one."""
        # An identity begins with its second, a space and a plain word, so the tilde sorts after all of this second.
        last = f"{event.second} ~"
        earlier: NotedEvent | None = None
        for item in self._table.latest_first(_key_of(event)["StatePath"], last, _AT_ONCE):
            noted = _noted(item)
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
        """Return the last twenty remembered deletions of versions of the same key after this event."""
        after: list[LockEvent] = []
        for item in islice(self._table.latest_first(_gone_key_of(event)["StatePath"], "~", _AT_ONCE), _GONE):
            gone = value_of(item, "Noted", NotedEvent).event
            if gone.second < event.second:
                break
            after += [gone] if event.before(gone) else []
        return after


def _gone_key_of(event: LockEvent) -> dict[str, str]:
    return {"StatePath": _partition("gone", event), "LockIdentity": event.identity}


def _key_of(event: LockEvent) -> dict[str, str]:
    # What the reaper saw is kept apart from what AWS told: the times of its looks do not fit between AWS's.
    kind = "seen" if event.told_by is ToldBy.SEEN else "events"
    return {"StatePath": _partition(kind, event), "LockIdentity": event.identity}


def _partition(kind: str, event: LockEvent) -> str:
    """Return the partition key of a place's events. A table's key may be so long that only its hash fits into ours."""
    key = f"#{kind} {event.place.name}"
    if len(key.encode(errors="replace")) <= _LONGEST_KEY:
        return key
    return f"#{kind} {hashlib.sha256(event.place.name.encode(errors='replace')).hexdigest()}"


def _noted(item: Item) -> NotedEvent:
    noted = value_of(item, "Noted", NotedEvent)
    said = item.get(_JOURNALED, Journaled.NOTHING)
    return msgspec.structs.replace(noted, journaled=Journaled(said))


def _item(noted: NotedEvent) -> Item:
    return {"Noted": text(noted), "ExpiresAt": int((noted.event.at + REMEMBERED).timestamp())}
