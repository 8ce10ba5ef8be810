"""Lock tables in memory. ``contracts/test_lock_store.py`` holds them to what DynamoDB does."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec

from chalicelib.core.alerts.evidence import StateWritten
from chalicelib.core.clicks.deletion import Deletion, LockObject, Look, PutBack
from chalicelib.core.locks.lock import Body, HeldLock
from chalicelib.core.locks.place import Kind, LockRef, Place
from chalicelib.core.locks.scan import Scanned
from chalicelib.core.locks.target import Target
from chalicelib.core.locks.terraform.item import (
    DIGEST,
    DIGEST_SUFFIX,
    INFO,
    LOCK_ID,
    MARK,
    Item,
    is_lock,
    lock_of_item,
    stamp_of,
)
from chalicelib.ports.locks import StoreError
from tests.fakes.changes import Changes, check

KEPT_LIMIT = 64 * 1024


@dataclass
class FakeTables(Changes):
    """Lock tables in memory, with the knobs of ``FakeStore``."""

    items: dict[Place, dict[str, Any]] = field(default_factory=dict)
    tables_refused: dict[str, str] = field(default_factory=dict)
    tables_gone: set[str] = field(default_factory=set)
    tables_failing: set[str] = field(default_factory=set)
    keys_failing: set[str] = field(default_factory=set)
    read_keys: list[str] = field(default_factory=list)
    listed: list[str] = field(default_factory=list)
    items_a_page: int = 1000

    def put(self, table: str, key: str, body: bytes, region: str = "") -> Place:
        """Put a lock as Terraform does."""
        return self.put_item(table, key, {INFO: {"S": body.decode()}}, region)

    def put_digest(self, table: str, state_path: str, region: str = "") -> Place:
        """Put a digest as Terraform does."""
        return self.put_item(table, f"{state_path}{DIGEST_SUFFIX}", {DIGEST: {"S": "0" * 32}}, region)

    def put_item(self, table: str, key: str, attributes: Item, region: str = "") -> Place:
        place = Place(Kind.DYNAMODB, table, key, region=region)
        self.items[place] = {LOCK_ID: {"S": key}, **attributes}
        return place

    def remove(self, table: str, key: str, region: str = "") -> None:
        del self.items[Place(Kind.DYNAMODB, table, key, region=region)]

    def scan(self, target: Target, after: str = "") -> Iterator[Scanned]:
        self._check(target.container)
        self.listed.append(target.container)
        all_of_it = sorted(place for place in self.items if place == target.place(place.key) and place.key > after)
        while True:
            page, all_of_it = all_of_it[: self.items_a_page], all_of_it[self.items_a_page :]
            locks = tuple(place for place in page if is_lock(self.items[place]))
            yield Scanned(locks, len(page), page[-1].key if all_of_it else "")
            if not all_of_it:
                return

    def read(self, place: Place, version: str = "") -> HeldLock | None:
        self._check(place.container)
        self.read_keys.append(place.key)
        if place.key in self.keys_failing:
            raise StoreError(f"reading {place.key}: DynamoDB failed")
        item = None if version else self.items.get(place)
        return None if item is None else lock_of_item(place, item)

    def look(self, ref: LockRef) -> Look:
        self._check_ref(ref)
        lock = self.read(ref.place)
        if lock is None or lock.ref != ref or lock.body in {Body.STATE, Body.DIGEST}:
            return Look(lock)
        kept = json.dumps(self.items[ref.place], separators=(",", ":")).encode()
        return Look(lock, LockObject(kept) if len(kept) <= KEPT_LIMIT else None)

    def state_written(self, ref: LockRef) -> StateWritten:
        self._check(ref.place.container)
        digest = self.items.get(msgspec.structs.replace(ref.place, key=f"{ref.place.key}{DIGEST_SUFFIX}"), {})
        return StateWritten(None, digest=DIGEST in digest)

    def delete(self, ref: LockRef, by: str) -> Deletion:
        self._check_ref(ref)
        item = self.items.get(ref.place)
        there = item is not None and is_lock(item)
        changed = Deletion.CHANGED if item and (stamp_of(item) != ref.stamp or DIGEST in item) else None
        return self._change(ref, changed if there else Deletion.NOT_FOUND, lambda: self.items.pop(ref.place))

    def put_back(self, ref: LockRef, kept: LockObject, mark: str, by: str) -> PutBack:
        self._check_ref(ref)
        item = {**json.loads(kept.body), LOCK_ID: {"S": ref.place.key}, MARK: {"S": mark}}
        return self._put(ref, lambda: self.items.update({ref.place: item}), occupied=ref.place in self.items)

    def _check(self, container: str) -> None:
        check(container, "table", self.tables_gone, self.tables_refused)
        if container in self.tables_failing:
            raise StoreError("DynamoDB failed")
