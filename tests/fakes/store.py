"""S3 in memory, with the clock in the test's hand. ``contracts/test_lock_store.py`` holds it to what S3 does."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

import msgspec

from chalicelib.core.alerts.evidence import StateWritten
from chalicelib.core.clicks.deletion import Deletion, LockObject, Look, PutBack
from chalicelib.core.locks.lock import Body, HeldLock
from chalicelib.core.locks.mark import MARK_BYTES, marked
from chalicelib.core.locks.place import LockRef, Place
from chalicelib.core.locks.scan import Scanned
from chalicelib.core.locks.target import Target
from chalicelib.core.locks.terraform.body import lock_of, unread
from chalicelib.core.locks.terraform.lock_info import BODY_LIMIT
from chalicelib.ports.locks import ContainerGoneError, StoreError, StoreRefusedError

_Answer = TypeVar("_Answer", Deletion, PutBack)


@dataclass
class FakeStore:
    """S3 with the clock in the test's hand.

    ``answers`` are given by the next deletes before they do anything, ``put_answers`` by the next puts.
    """

    now: datetime
    objects: dict[tuple[str, str], tuple[bytes, datetime]] = field(default_factory=dict)
    versions: dict[str, tuple[bytes, datetime]] = field(default_factory=dict)
    buckets_refused: dict[str, str] = field(default_factory=dict)
    buckets_gone: set[str] = field(default_factory=set)
    buckets_failing: set[str] = field(default_factory=set)
    keys_failing: set[str] = field(default_factory=set)
    keys_refused: set[str] = field(default_factory=set)
    keys_sealed: set[str] = field(default_factory=set)
    """Under a customer's own key (SSE-C)."""
    encrypted: bool = False
    """By KMS: an ETag is then another for each put."""
    versioned_buckets: set[str] = field(default_factory=set)
    answers: list[Deletion | StoreError] = field(default_factory=list)
    lost_replies: int = 0
    deleted: list[LockRef] = field(default_factory=list)
    put_answers: list[PutBack | StoreError] = field(default_factory=list)
    lost_put_replies: int = 0
    restored: list[LockRef] = field(default_factory=list)
    read_keys: list[str] = field(default_factory=list)
    listed: list[str] = field(default_factory=list)

    def put(self, bucket: str, key: str, body: bytes) -> str:
        self.objects[bucket, key] = (body, self.now.replace(microsecond=0))
        version = f"v{len(self.versions)}"
        self.versions[version] = self.objects[bucket, key]
        return version

    def remove(self, bucket: str, key: str) -> None:
        del self.objects[bucket, key]

    def scan(self, target: Target, after: str = "") -> Iterator[Scanned]:
        bucket = target.container
        self._check(bucket)
        self.listed.append(bucket)
        prefixes, seen = target.prefixes or ("",), set[Place]()
        for number in range(int(after or -1) + 1, len(prefixes)):
            listed = [
                key for owner, key in sorted(self.objects) if owner == bucket and key.startswith(prefixes[number])
            ]
            places = [Place(target.kind, bucket, key) for key in listed]
            locks = tuple(place for place in places if place.may_have_lock and place not in seen)
            more = str(number) if number + 1 < len(prefixes) else ""
            yield Scanned(locks, len(listed), more)
            seen.update(locks)

    def read(self, place: Place, version: str = "") -> HeldLock | None:
        bucket, key = place.container, place.key
        self._check(bucket)
        self.read_keys.append(key)
        if key in self.keys_failing:
            raise StoreError(f"reading {key}: S3 failed")
        found = self.versions.get(version) if version else self.objects.get((bucket, key))
        if found is None:
            return None
        body, taken = found
        ref = LockRef(place, self._etag(found), taken)
        versioned = bucket in self.versioned_buckets
        if key in self.keys_refused | self.keys_sealed:
            lock = unread(ref, "AccessDenied" if key in self.keys_refused else "InvalidRequest", len(body))
            return msgspec.structs.replace(lock, versioned=versioned and lock.body is Body.SEALED)
        kept = next(known for known, one in self.versions.items() if one == found) if versioned else ""
        return lock_of(ref, body[: BODY_LIMIT + MARK_BYTES + 1], kept)

    def look(self, ref: LockRef) -> Look:
        self._check_ref(ref)
        lock = self.read(ref.place)
        if lock is None or lock.ref != ref or lock.body in {Body.STATE, Body.SEALED, Body.DENIED}:
            return Look(lock)
        return Look(lock, LockObject(self.objects[ref.place.container, ref.place.key][0]))

    def state_written(self, ref: LockRef) -> StateWritten:
        self._check(ref.place.container)
        found = self.objects.get((ref.place.container, ref.place.state_key))
        return StateWritten(found[1] if found else None)

    def delete(self, ref: LockRef) -> Deletion:
        self._check_ref(ref)
        if self.answers:
            return _answered(self.answers.pop(0))
        found = self.objects.get((ref.place.container, ref.place.key))
        if found is None:
            return Deletion.NOT_FOUND
        if self._etag(found) != ref.stamp:
            return Deletion.CHANGED
        self.remove(ref.place.container, ref.place.key)
        self.deleted.append(ref)
        if self.lost_replies:
            self.lost_replies -= 1
            return Deletion.UNKNOWN
        return Deletion.DELETED

    def put_back(self, ref: LockRef, kept: LockObject, mark: str) -> PutBack:
        self._check_ref(ref)
        if self.put_answers:
            return _answered(self.put_answers.pop(0))
        if (ref.place.container, ref.place.key) in self.objects:
            return PutBack.OCCUPIED
        self.put(ref.place.container, ref.place.key, marked(kept.body, mark))
        self.restored.append(ref)
        if self.lost_put_replies:
            self.lost_put_replies -= 1
            return PutBack.UNKNOWN
        return PutBack.DONE

    def _etag(self, found: tuple[bytes, datetime]) -> str:
        version = next((name for name, one in self.versions.items() if one is found), "") if self.encrypted else ""
        return f'"{hashlib.md5(version.encode() + found[0]).hexdigest()}"'  # noqa: S324

    def _check_ref(self, ref: LockRef) -> None:
        self._check(ref.place.container)
        if not ref.place.may_have_lock or not ref.stamp:
            raise StoreError("not a lock that was read")

    def _check(self, bucket: str) -> None:
        if bucket in self.buckets_gone:
            raise ContainerGoneError("there is no such bucket")
        if bucket in self.buckets_refused:
            raise StoreRefusedError(self.buckets_refused[bucket])
        if bucket in self.buckets_failing:
            raise StoreError("S3 failed")


def _answered(answer: _Answer | StoreError) -> _Answer:
    if isinstance(answer, StoreError):
        raise answer
    return answer
