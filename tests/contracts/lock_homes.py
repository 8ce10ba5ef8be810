"""What can keep locks: each in memory and behind the real store, with a way to put things there behind its back."""

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from chalicelib.aws.locks.dynamodb import DynamoLockStore
from chalicelib.aws.locks.places import Places
from chalicelib.aws.locks.s3 import S3LockStore
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.mark import split
from chalicelib.core.locks.place import Kind, LockRef, Place
from chalicelib.core.locks.target import Target
from chalicelib.core.locks.terraform.item import Item
from chalicelib.ports.locks import LockStore
from tests.aws_fixtures import create_bucket, create_lock_table, moto_clients
from tests.builders import BUCKET, STATE_KEY, TABLE
from tests.fakes.store import FakeStore
from tests.fakes.tables import FakeTables


@dataclass(kw_only=True)
class Home:
    """A store, and one of its containers."""

    kind: Kind
    container: str
    store: LockStore
    put_at: Callable[[str, bytes], str]
    """Puts a lock's bytes at a key; gives the version, "" where earlier ones are not kept."""
    remove_at: Callable[[str], None]
    put_object: Callable[[str, bytes], object]
    """Puts an object into the bucket of the states."""

    def key(self, state_key: str = STATE_KEY) -> str:
        return f"{state_key}.tflock" if self.kind is Kind.S3 else f"{BUCKET}/{state_key}"

    def place(self, state_key: str = STATE_KEY, container: str = "") -> Place:
        return Place(self.kind, container or self.container, self.key(state_key))

    def put(self, body: bytes, state_key: str = STATE_KEY) -> str:
        return self.put_at(self.key(state_key), body)

    def remove(self, state_key: str = STATE_KEY) -> None:
        self.remove_at(self.key(state_key))

    def lock(self, state_key: str = STATE_KEY) -> HeldLock | None:
        return self.store.read(self.place(state_key))

    def ref(self, state_key: str = STATE_KEY) -> LockRef:
        lock = self.lock(state_key)
        assert lock is not None
        return lock.ref

    def target(self, prefixes: tuple[str, ...] = ()) -> Target:
        return Target(self.kind, self.container, prefixes)

    def listed(self, prefixes: tuple[str, ...] = ()) -> list[str]:
        return sorted(place.key for part in self.store.scan(self.target(prefixes)) for place in part.places)

    def body_of(self, kept: bytes) -> bytes:
        """The lock's bytes in what the store keeps of it, without the mark of a put."""
        if self.kind is Kind.S3:
            return split(kept)[0]
        info = json.loads(kept)["Info"]
        return base64.b64decode(info["B"]) if "B" in info else str(info["S"]).encode()


@dataclass(kw_only=True)
class TableHome(Home):
    """A lock table."""

    put_item: Callable[[Item], object]
    """Puts any item, in DynamoDB's JSON."""
    item_at: Callable[[str], Item]

    def has(self, attributes: Item, state_key: str = STATE_KEY) -> None:
        self.put_item({"LockID": {"S": self.key(state_key)}, **attributes})


def typed(body: bytes) -> dict[str, Any]:
    """The attribute in which an item can have such bytes: a text, or bytes."""
    try:
        return {"S": body.decode()}
    except UnicodeDecodeError:
        return {"B": base64.b64encode(body).decode()}


@contextmanager
def of_fake_buckets() -> Iterator[Home]:
    fake = FakeStore(datetime.now(UTC), buckets_refused={"missing": "no such bucket"}, versioned_buckets={BUCKET})
    yield Home(
        kind=Kind.S3,
        container=BUCKET,
        store=Places({Kind.S3: fake}, lambda _: True),
        put_at=lambda key, body: fake.put(BUCKET, key, body),
        remove_at=lambda key: fake.remove(BUCKET, key),
        put_object=lambda key, body: fake.put(BUCKET, key, body),
    )


@contextmanager
def of_buckets() -> Iterator[Home]:
    with moto_clients("s3") as [client]:
        create_bucket(client, BUCKET, versioned=True)

        def put(key: str, body: bytes) -> str:
            return str(client.put_object(Bucket=BUCKET, Key=key, Body=body)["VersionId"])

        yield Home(
            kind=Kind.S3,
            container=BUCKET,
            store=Places({Kind.S3: S3LockStore(*[lambda *_: client] * 3)}, lambda _: True),
            put_at=put,
            remove_at=lambda key: client.delete_object(Bucket=BUCKET, Key=key),
            put_object=put,
        )


@contextmanager
def of_fake_tables() -> Iterator[TableHome]:
    tables, buckets = FakeTables(tables_refused={"missing": "no such table"}), FakeStore(datetime.now(UTC))

    def put(item: Item) -> str:
        tables.put_item(TABLE, item["LockID"]["S"], item)
        return ""

    yield TableHome(
        kind=Kind.DYNAMODB,
        container=TABLE,
        store=Places({Kind.S3: buckets, Kind.DYNAMODB: tables}, is_covered),
        put_at=lambda key, body: put({"LockID": {"S": key}, "Info": typed(body)}),
        remove_at=lambda key: tables.remove(TABLE, key),
        put_object=lambda key, body: buckets.put(BUCKET, key, body),
        put_item=put,
        item_at=lambda key: tables.items[Place(Kind.DYNAMODB, TABLE, key)],
    )


@contextmanager
def of_tables() -> Iterator[TableHome]:
    with moto_clients("dynamodb", "s3") as [client, s3]:
        create_lock_table(client, TABLE)
        create_bucket(s3, BUCKET)

        def put(item: Item) -> str:
            client.put_item(TableName=TABLE, Item=to_boto3(item))
            return ""

        yield TableHome(
            kind=Kind.DYNAMODB,
            container=TABLE,
            store=Places(
                {
                    Kind.S3: S3LockStore(*[lambda *_: s3] * 3),
                    Kind.DYNAMODB: DynamoLockStore(*[lambda *_: client] * 3),
                },
                is_covered,
            ),
            put_at=lambda key, body: put({"LockID": {"S": key}, "Info": typed(body)}),
            remove_at=lambda key: client.delete_item(TableName=TABLE, Key={"LockID": {"S": key}}),
            put_object=lambda key, body: s3.put_object(Bucket=BUCKET, Key=key, Body=body),
            put_item=put,
            item_at=lambda key: from_boto3(client.get_item(TableName=TABLE, Key={"LockID": {"S": key}})["Item"]),
        )


def is_covered(place: Place) -> bool:
    return place.kind is Kind.DYNAMODB or place.container == BUCKET


def to_boto3(item: Any) -> Any:
    """An item as boto3 takes it: bytes instead of base64."""
    return {name: _changed(value, base64.b64decode) for name, value in item.items()}


def from_boto3(item: Any) -> Any:
    return {name: _changed(value, lambda raw: base64.b64encode(raw).decode()) for name, value in item.items()}


def _changed(value: Any, change: Callable[[Any], Any]) -> Any:
    return {kind: change(inner) if kind == "B" else inner for kind, inner in value.items()}


BUCKETS: dict[str, Callable[[], AbstractContextManager[Home]]] = {
    "buckets in memory": of_fake_buckets,
    "S3 in moto": of_buckets,
}
TABLES: dict[str, Callable[[], AbstractContextManager[TableHome]]] = {
    "tables in memory": of_fake_tables,
    "DynamoDB in moto": of_tables,
}
HOMES: dict[str, Callable[[], AbstractContextManager[Home]]] = {**BUCKETS, **TABLES}
