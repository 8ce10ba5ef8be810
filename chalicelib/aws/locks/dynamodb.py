"""Locks in lock tables: list and read them, and send the only delete and the only put of items.

As in S3, the client for these two must not retry by itself: a second delete would be told that the first one's item is
not there. DynamoDB compares the item with the lock that was shown when it deletes it, so a lock that was taken in
between stays. Digests of states are never listed, read as locks, written or deleted.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from chalicelib.aws.accounts.errand import Errand, Verb
from chalicelib.aws.genuine import genuine
from chalicelib.aws.locks.dynamodb_answers import CONFLICT, NO_LOCK_TABLE, asked_once, store_error
from chalicelib.aws.locks.dynamodb_items import Sent, from_boto3, item_to_put, kept_of, key_of, unchanged
from chalicelib.aws.locks.sent_once import AnswerLostError, code_of
from chalicelib.core.alerts.evidence import StateWritten
from chalicelib.core.clicks.deletion import Deletion, LockObject, Look, PutBack
from chalicelib.core.locks.lock import Body, HeldLock
from chalicelib.core.locks.place import LockRef, Place
from chalicelib.core.locks.scan import Scanned
from chalicelib.core.locks.target import Target
from chalicelib.core.locks.terraform.item import (
    DIGEST,
    DIGEST_SUFFIX,
    INFO,
    LOCK_ID,
    Item,
    is_lock,
    lock_of_item,
    stamp_of,
)
from chalicelib.ports.locks import StoreError, StoreRefusedError

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_NAMES = {"#id": LOCK_ID, "#info": INFO, "#digest": DIGEST}
_ONLY_LOCKS: Mapping[str, Any] = {
    "ConsistentRead": True,
    "FilterExpression": "attribute_exists(#info) OR attribute_not_exists(#digest)",
    "ProjectionExpression": "#id",
    "ExpressionAttributeNames": _NAMES,
}
"""Has DynamoDB send only the keys of locks. It reads, and bills, the digests all the same."""
_WHAT_IS_THERE: Mapping[str, Any] = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}

ListerOf = Callable[[Target], "DynamoDBClient"]
"""Returns a client for a target, in its account and region."""
ReaderOf = Callable[[Place], "DynamoDBClient"]
"""Returns a client for a place, in its account and region."""
WriterOf = Callable[[LockRef, Errand], "DynamoDBClient"]
"""Returns a client for one delete or put of one lock, on behalf of somebody."""


class DynamoLockStore:
    """``ports.locks.LockStore`` over lock tables. The three clients are as those of ``S3LockStore``."""

    def __init__(self, lister: ListerOf, reader: ReaderOf, writer: WriterOf) -> None:
        self._lister = lister
        self._reader = reader
        self._writer = writer

    def scan(self, target: Target, after: str = "") -> Iterator[Scanned]:
        """Yield the places of all locks of a table, one part for each answer. A cursor is the last key looked at."""
        last = after
        try:
            client = self._lister(target)
            while True:
                begin: Any = {"ExclusiveStartKey": key_of(last)} if last else {}
                answer = genuine(client.scan(TableName=target.container, **_ONLY_LOCKS, **begin))
                places = sorted(target.place(_lock_id(item)) for item in answer["Items"])
                last = _next(answer.get("LastEvaluatedKey"), last)
                yield Scanned(tuple(places), answer["ScannedCount"], last)
                if not last:
                    return
        except Exception as error:
            raise store_error(f"listing {target.container}", error) from error

    def read(self, place: Place, version: str = "") -> HeldLock | None:
        """Return the lock at a place. A table keeps no versions."""
        return None if version else self._look(place).lock

    def look(self, ref: LockRef) -> Look:
        """Return the lock there now and, if ``ref`` names it, its whole item, unless it has a digest or is large."""
        _check(ref)
        found = self._look(ref.place)
        same = found.lock is not None and found.lock.ref == ref
        return found if same else Look(found.lock)

    def state_written(self, ref: LockRef) -> StateWritten:
        """Return whether the table has a digest of the state. States are in S3, so their time is not known here."""
        digests = msgspec.structs.replace(ref.place, key=f"{ref.place.key}{DIGEST_SUFFIX}")
        return StateWritten(None, digest=DIGEST in (self._get(digests) or {}))

    def delete(self, ref: LockRef, by: str) -> Deletion:
        """Send one conditional delete once, if the lock is still the one that ``ref`` names."""
        _check(ref)
        item = self._get(ref.place)
        if item is None or not is_lock(item):
            return Deletion.NOT_FOUND
        if stamp_of(item) != ref.stamp or DIGEST in item:
            return Deletion.CHANGED
        return self._delete(ref, by, item)

    def put_back(self, ref: LockRef, kept: LockObject, mark: str, by: str) -> PutBack:
        """Send one conditional put of an item with all its attributes, and our mark."""
        _check(ref)
        what = f"putting back {_told(ref.place)}"
        try:
            item = item_to_put(kept, ref.place.key, mark)
            client = self._writer(ref, Errand(Verb.RESTORE, by))
        except Exception as error:
            raise store_error(what, error) from error
        empty: Any = {"ConditionExpression": "attribute_not_exists(#id)", "ExpressionAttributeNames": {"#id": LOCK_ID}}
        try:
            refusal = asked_once(what, lambda: client.put_item(TableName=ref.place.container, Item=item, **empty))
        except AnswerLostError:
            return PutBack.UNKNOWN
        if refusal is None:
            return PutBack.DONE
        return PutBack.CONFLICT if code_of(refusal) == CONFLICT else PutBack.OCCUPIED

    def _delete(self, ref: LockRef, by: str, item: Item) -> Deletion:
        place = ref.place
        what, condition = f"deleting {_told(place)}", {**unchanged(item), **_WHAT_IS_THERE}
        try:
            client = self._writer(ref, Errand(Verb.RELEASE, by))
        except Exception as error:
            raise store_error(what, error) from error
        try:
            refusal = asked_once(
                what, lambda: client.delete_item(TableName=place.container, Key=key_of(place.key), **condition)
            )
        except AnswerLostError:
            return Deletion.UNKNOWN
        if refusal is None:
            return Deletion.DELETED
        if code_of(refusal) == CONFLICT:
            return Deletion.CONFLICT
        return Deletion.CHANGED if refusal.response.get("Item") else Deletion.NOT_FOUND

    def _look(self, place: Place) -> Look:
        item = self._get(place)
        if item is None:
            return Look(None)
        lock = lock_of_item(place, item)
        never = lock is None or lock.body in {Body.STATE, Body.DIGEST}
        return Look(lock, None if never else kept_of(item))

    def _get(self, place: Place) -> Item | None:
        asked: Any = {"TableName": place.container, "Key": key_of(place.key), "ConsistentRead": True}
        try:
            found = genuine(self._reader(place).get_item(**asked)).get("Item")
            return from_boto3(found) if found else None
        except Exception as error:
            raise store_error(f"reading {_told(place)}", error) from error


def _lock_id(item: Sent) -> str:
    match item:
        case {"LockID": {"S": str(lock_id)}}:
            return lock_id
    raise StoreRefusedError(f"the table {NO_LOCK_TABLE}")


def _next(last: Sent | None, before: str) -> str:
    """Return the key after which a scan goes on; "" at its end."""
    after = _lock_id(last) if last else ""
    if after and after == before:
        raise StoreError("the table cannot be listed to its end: DynamoDB gives the same page again")
    return after


def _told(place: Place) -> str:
    return f"{place.container}/{place.key}"


def _check(ref: LockRef) -> None:
    if not ref.place.may_have_lock or not ref.stamp:
        raise StoreError(f"{_told(ref.place)} is not a lock that was read: nothing is done to it")
