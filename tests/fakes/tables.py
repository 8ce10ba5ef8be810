"""Lock tables in memory. ``contracts/test_lock_store.py`` holds them to what DynamoDB does."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

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
from chalicelib.ports.locks import ContainerGoneError, StoreError, StoreRefusedError

KEPT_LIMIT = 64 * 1024
_Answer = TypeVar("_Answer", Deletion, PutBack)


@dataclass
class FakeTables:
    """Lock tables in memory, with the knobs of ``FakeStore``.

    ``answers`` are given by the next deletes before they do anything, ``put_answers`` by the next puts.
    """

    items: dict[Place, dict[str, Any]] = field(default_factory=dict)
    tables_refused: dict[str, str] = field(default_factory=dict)
    tables_gone: set[str] = field(default_factory=set)
    tables_failing: set[str] = field(default_factory=set)
    keys_failing: set[str] = field(default_factory=set)
    answers: list[Deletion | StoreError] = field(default_factory=list)
    lost_replies: int = 0
    deleted: list[LockRef] = field(default_factory=list)
    put_answers: list[PutBack | StoreError] = field(default_factory=list)
    lost_put_replies: int = 0
    restored: list[LockRef] = field(default_factory=list)
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

    def delete(self, ref: LockRef) -> Deletion:
        self._check_ref(ref)
        if self.answers:
            return _answered(self.answers.pop(0))
        item = self.items.get(ref.place)
        if item is None or not is_lock(item):
            return Deletion.NOT_FOUND
        if stamp_of(item) != ref.stamp or DIGEST in item:
            return Deletion.CHANGED
        del self.items[ref.place]
        self.deleted.append(ref)
        if self.lost_replies:
            self.lost_replies -= 1
            return Deletion.UNKNOWN
        return Deletion.DELETED

    def put_back(self, ref: LockRef, kept: LockObject, mark: str) -> PutBack:
        self._check_ref(ref)
        if self.put_answers:
            return _answered(self.put_answers.pop(0))
        if ref.place in self.items:
            return PutBack.OCCUPIED
        self.items[ref.place] = {**json.loads(kept.body), LOCK_ID: {"S": ref.place.key}, MARK: {"S": mark}}
        self.restored.append(ref)
        if self.lost_put_replies:
            self.lost_put_replies -= 1
            return PutBack.UNKNOWN
        return PutBack.DONE

    def _check_ref(self, ref: LockRef) -> None:
        self._check(ref.place.container)
        if not ref.place.may_have_lock or not ref.stamp:
            raise StoreError("not a lock that was read")

    def _check(self, table: str) -> None:
        if table in self.tables_gone:
            raise ContainerGoneError("there is no such table")
        if table in self.tables_refused:
            raise StoreRefusedError(self.tables_refused[table])
        if table in self.tables_failing:
            raise StoreError("DynamoDB failed")


def _answered(answer: _Answer | StoreError) -> _Answer:
    if isinstance(answer, StoreError):
        raise answer
    return answer
