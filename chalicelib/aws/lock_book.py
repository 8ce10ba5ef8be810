"""The lock book: one DynamoDB item a lock, keyed by its state path and its identity.

A lock that replaces another on the same path has another identity, so the two never share a page.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
from boto3.dynamodb.conditions import Attr, Key
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.core.alert import LockRecord, Posted
from chalicelib.core.lock import LockRef, StateLock
from chalicelib.core.release import Ending, ReleaseOutcome
from chalicelib.ports import BookError

if TYPE_CHECKING:
    from types_boto3_dynamodb.service_resource import Table

_HELD = "held"
"""The index of .chalice/resources.yaml that has only the items with ``HeldSince``."""
_CLAIM = timedelta(minutes=20)
"""How long a run that died keeps others from posting: longer than any run, whose claims count from its start."""
_KNOWN = Attr("Lock").exists()
_KEPT = timedelta(days=7)
"""How long an ended lock is remembered, so that a late click or a repeated event is known for what it is."""


class DynamoLockBook:
    """``ports.LockBook`` in one table. Nothing about a lock is lost with it but repeated alerts."""

    def __init__(self, table: "Table") -> None:
        self._table = table

    def records(self) -> list[LockRecord]:
        """Every lock that has not ended: the index has no others, so that what this costs depends on the locks held."""
        held = Attr("Ending").not_exists()
        with _told_as_book_error():
            return [_record(item) for item in self._pages("scan", IndexName=_HELD, FilterExpression=held)]

    def records_of(self, state_path: str) -> list[LockRecord]:
        """Every lock remembered on one state path, oldest first."""
        with _told_as_book_error():
            items = self._pages("query", KeyConditionExpression=Key("StatePath").eq(state_path), ConsistentRead=True)
            return sorted((_record(item) for item in items), key=lambda record: record.taken)

    def find(self, ref: LockRef) -> LockRecord | None:
        """What is remembered of one lock."""
        with _told_as_book_error():
            item = self._table.get_item(Key=_key(ref), ConsistentRead=True).get("Item")
            return _record(item) if item else None

    def remember(self, lock: StateLock) -> LockRecord:
        """Open a page for a lock, or find the one it has."""
        return self._set(lock.ref, _page(lock))

    def reopen(self, lock: StateLock) -> LockRecord:
        """Begin a new page for a lock that is held after all."""
        forgotten = "Ending, ExpiresAt, ReleasedAt, RequestedBy, Posted, ClaimedUntil"
        return self._set(lock.ref, _page(lock) | {"Level": 0}, forgotten)

    def claim_alert(self, lock: StateLock, now: datetime) -> bool:
        """Take the right to post this lock's alert."""
        free = Attr("ClaimedUntil").not_exists() | Attr("ClaimedUntil").lte(int(now.timestamp()))
        unposted = Attr("Posted").not_exists() & Attr("Ending").not_exists()
        claim = {"ClaimedUntil": int((now + _CLAIM).timestamp())}
        return self._set_if(lock.ref, _page(lock) | claim, free & unposted)

    def alert_posted(self, lock: StateLock, posted: Posted, level: int) -> None:
        """The alert stands there, at that level."""
        self._set(lock.ref, _page(lock) | {"Posted": msgspec.to_builtins(posted), "Level": level})

    def drop_claim(self, ref: LockRef) -> None:
        """Its alert could not be posted."""
        self._set_if(ref, {"ClaimedUntil": 0}, _KNOWN)

    def acquire_recorded(self, lock: StateLock, at: datetime) -> None:
        """The journal has its ``lock_acquired``, from the event of that time."""
        self._set(lock.ref, _page(lock) | {"AcquiredAt": at.isoformat()})

    def release_recorded(self, ref: LockRef, at: datetime) -> None:
        """The journal has its ``lock_released``."""
        self._set_if(ref, {"ReleasedAt": at.isoformat()}, _KNOWN)

    def begin_release(self, lock: StateLock, user: str) -> None:
        """A delete is about to be sent for this person."""
        self._set(lock.ref, _page(lock) | {"RequestedBy": user})

    def abandon_release(self, ref: LockRef) -> None:
        """The delete begun for somebody is known to have done nothing."""
        self._set_if(ref, {"RequestedBy": ""}, _KNOWN)

    def end(self, lock: StateLock, ending: Ending) -> bool:
        """The lock is no longer held."""
        expires = int((ending.at + _KEPT).timestamp())
        page = {"Lock": _text(lock), "Ending": _text(ending), "ExpiresAt": expires}
        believed = ending.outcome is ReleaseOutcome.RELEASED
        return self._set_if(lock.ref, page, None if believed else Attr("Ending").not_exists(), remove="HeldSince")

    def _set(self, ref: LockRef, values: dict[str, Any], remove: str = "") -> LockRecord:
        with _told_as_book_error():
            answer = self._table.update_item(Key=_key(ref), ReturnValues="ALL_NEW", **_assignments(values, remove))
            return _record(answer["Attributes"])

    def _set_if(self, ref: LockRef, values: dict[str, Any], condition: Any, remove: str = "") -> bool:
        guard = {"ConditionExpression": condition} if condition is not None else {}
        with _told_as_book_error():
            try:
                self._table.update_item(Key=_key(ref), **_assignments(values, remove), **guard)
            except ClientError as error:
                if error.response["Error"].get("Code") != "ConditionalCheckFailedException":
                    raise
                return False
        return True

    def _pages(self, operation: str, **arguments: Any) -> Iterator[dict[str, Any]]:
        while True:
            page = getattr(self._table, operation)(**arguments)
            yield from page["Items"]
            if "LastEvaluatedKey" not in page:
                return
            arguments["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def _key(ref: LockRef) -> dict[str, str]:
    return {"StatePath": ref.state_path, "LockIdentity": ref.identity}


def _page(lock: StateLock) -> dict[str, str]:
    """What every page of a held lock has."""
    return {"Lock": _text(lock), "HeldSince": lock.ref.last_modified.isoformat()}


def _text(value: StateLock | Ending) -> str:
    # As JSON text: LockInfo is other people's text, and DynamoDB has opinions about types and empty values.
    return msgspec.json.encode(value).decode()


def _record(item: dict[str, Any]) -> LockRecord:
    return LockRecord(
        lock=msgspec.json.decode(item["Lock"], type=StateLock),
        posted=msgspec.convert(item["Posted"], Posted) if "Posted" in item else None,
        level=int(item.get("Level", 0)),
        acquired_at=_time(item, "AcquiredAt"),
        released_at=_time(item, "ReleasedAt"),
        requested_by=item.get("RequestedBy", ""),
        ending=msgspec.json.decode(item["Ending"], type=Ending) if "Ending" in item else None,
    )


def _time(item: dict[str, Any], name: str) -> datetime | None:
    return datetime.fromisoformat(item[name]) if name in item else None


def _assignments(values: dict[str, Any], remove: str = "") -> dict[str, Any]:
    """``values`` as an update that leaves every other attribute alone, but for one to be removed."""
    return {
        "UpdateExpression": "SET "
        + ", ".join(f"#{name} = :{name}" for name in values)
        + (remove and f" REMOVE {remove}"),
        "ExpressionAttributeNames": {f"#{name}": name for name in values},
        "ExpressionAttributeValues": {f":{name}": value for name, value in values.items()},
    }


@contextmanager
def _told_as_book_error() -> Iterator[None]:
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        raise BookError(f"the lock book could not be reached: {error}") from error
    except (KeyError, msgspec.MsgspecError) as error:
        raise BookError(f"the lock book has an item that cannot be read: {error!r}") from error
