"""Write and remove the canary's own locks.

Every request names a canary's key and has a condition, so that nothing else can be hit.
"""

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.aws.errors_in_words import in_words
from chalicelib.core.canary import is_canary, run_of
from chalicelib.core.clicks.deletion import Deletion
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import Kind, Place
from chalicelib.core.locks.terraform.item import INFO, LOCK_ID
from chalicelib.ports.locks import LockStore, StoreError
from tflocks.live.canary.waiting import StepFailedError

BY = "canary"
ANOTHER_ETAG = '"00000000000000000000000000000000"'
_NAMES = {"#id": LOCK_ID, "#info": INFO}


class Writer(Protocol):
    """Writes to one kind of place. Each method returns the error code of a refusal; "": it was done."""

    def put(self, place: Place, body: bytes) -> str:
        """Put a lock where nothing is."""

    def replace(self, place: Place, stamp: str, before: bytes, body: bytes) -> str:
        """Put a lock in the place of the one with that stamp and body."""

    def delete_another(self, place: Place) -> str:
        """Ask to delete a lock, on the condition that it is another one than is there."""


class BucketWriter:
    """Writes objects."""

    def __init__(self, s3: Any) -> None:
        self._s3 = s3

    def put(self, place: Place, body: bytes) -> str:
        """Put an object where nothing is."""
        return _code("S3", lambda: self._put(place, body, IfNoneMatch="*"))

    def replace(self, place: Place, stamp: str, before: bytes, body: bytes) -> str:  # noqa: ARG002  as Writer has it
        """Put an object in the place of the one with that ETag."""
        return _code("S3", lambda: self._put(place, body, IfMatch=stamp))

    def delete_another(self, place: Place) -> str:
        """Ask to delete an object with another ETag."""
        where = {"Bucket": place.container, "Key": place.key}
        return _code("S3", lambda: self._s3.delete_object(**where, IfMatch=ANOTHER_ETAG))

    def _put(self, place: Place, body: bytes, **condition: str) -> Any:
        what = {"Bucket": place.container, "Key": place.key, "Body": body, "ContentType": "application/json"}
        return self._s3.put_object(**what, **condition)


class TableWriter:
    """Writes items."""

    def __init__(self, dynamodb: Any) -> None:
        self._dynamodb = dynamodb

    def put(self, place: Place, body: bytes) -> str:
        """Put an item where nothing is."""
        only_if = {"ConditionExpression": "attribute_not_exists(#id)", "ExpressionAttributeNames": {"#id": LOCK_ID}}
        return self._put(place, body, only_if)

    def replace(self, place: Place, stamp: str, before: bytes, body: bytes) -> str:  # noqa: ARG002  as Writer has it
        """Put an item in the place of the one with that ``Info``."""
        return self._put(place, body, _unchanged(before))

    def delete_another(self, place: Place) -> str:
        """Ask to delete an item with another ``Info``."""
        key = {LOCK_ID: {"S": place.key}}
        what = {"TableName": place.container, "Key": key, **_unchanged(b"another lock")}
        return _code("DynamoDB", lambda: self._dynamodb.delete_item(**what))

    def _put(self, place: Place, body: bytes, only_if: dict[str, Any]) -> str:
        item = {LOCK_ID: {"S": place.key}, INFO: {"S": body.decode()}}
        return _code("DynamoDB", lambda: self._dynamodb.put_item(TableName=place.container, Item=item, **only_if))


def _unchanged(before: bytes) -> dict[str, Any]:
    return {
        "ConditionExpression": "#info = :before",
        "ExpressionAttributeNames": {"#info": INFO},
        "ExpressionAttributeValues": {":before": {"S": before.decode()}},
    }


class Hand:
    """Puts and takes away the canary's locks in one target."""

    def __init__(self, writer: Writer, store: LockStore) -> None:
        self.writer = writer
        self._store = store

    def put(self, place: Place, body: bytes) -> HeldLock:
        """Put a lock where nothing is; return it. Raises StepFailedError."""
        _check(place)
        # An answer may be lost, and the request sent again: then it is refused, and the lock that is there is ours.
        return self._own(place, body, f"could not be put: {code}" if (code := self.writer.put(place, body)) else "")

    def replace(self, lock: HeldLock, before: bytes, body: bytes) -> HeldLock:
        """Put another lock in the place of one of ours; return it. Raises StepFailedError."""
        place = lock.ref.place
        _check(place)
        if code := self.writer.replace(place, lock.ref.stamp, before, body):
            raise StepFailedError(f"{place.address} could not be replaced: {code}")
        return self._own(place, body)

    def read(self, place: Place) -> HeldLock | None:
        """Return what is at a place. Raises StepFailedError."""
        try:
            return self._store.read(place)
        except StoreError as error:
            raise StepFailedError(f"{place.address} could not be read: {error}") from error

    def remove(self, lock: HeldLock) -> str:
        """Remove the very lock; return why it could not be, "" if it is gone. A lock that is no canary's stays."""
        ref = lock.ref
        _check(ref.place)
        if not is_canary(lock):
            return f"{ref.place.address} is no canary's, and was left alone"
        try:
            done = self._store.delete(ref, BY)
        except StoreError as error:
            return f"{ref.place.address}: {error}"
        if done in {Deletion.DELETED, Deletion.NOT_FOUND}:
            return ""
        current = None
        with suppress(StepFailedError):
            current = self.read(ref.place)
            if current is None:
                return ""
        return f"{ref.place.address}: it could not be deleted ({done})"

    def _own(self, place: Place, body: bytes, refused: str = "") -> HeldLock:
        """Return the lock that is there, if it is the one with this body: somebody else may have taken the place."""
        held = self.read(place)
        if held is None or held.info is None or not is_canary(held) or json.loads(body)["ID"] != held.info.ID:
            raise StepFailedError(f"{place.address} {refused or 'was put, and is not there'}")
        return held


def writer_for(kind: Kind, client: Any) -> Writer:
    """Return what writes to a kind of place."""
    return BucketWriter(client) if kind is Kind.S3 else TableWriter(client)


def _check(place: Place) -> None:
    """Raise unless a key is a canary's. Nothing else is ever written or removed."""
    if not run_of(place.state_key):
        raise StepFailedError(f"{place.address} is no canary's: nothing is done to it")


def _code(service: str, request: Callable[[], Any]) -> str:
    """Return the error code with which a request is refused; "": it was not.

    Raises:
        StepFailedError: there is no answer.
    """
    try:
        request()
    except ClientError as error:
        return str(error.response.get("Error", {}).get("Code", "")) or "an error without a code"
    except BotoCoreError as error:
        raise StepFailedError(in_words(service, error)) from error
    return ""
