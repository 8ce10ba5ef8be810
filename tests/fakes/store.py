"""S3 in memory, with the clock in the test's hand. ``contracts/test_lock_store.py`` holds it to what S3 does."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

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
from chalicelib.ports.locks import StoreError
from tests.fakes.changes import Changes, check


@dataclass
class FakeStore(Changes):
    """S3 with the clock in the test's hand."""

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

    def delete(self, ref: LockRef, by: str) -> Deletion:
        self._check_ref(ref)
        found = self.objects.get((ref.place.container, ref.place.key))
        changed = Deletion.CHANGED if found and self._etag(found) != ref.stamp else None
        refusal = changed if found else Deletion.NOT_FOUND
        return self._change(ref, refusal, lambda: self.remove(ref.place.container, ref.place.key))

    def put_back(self, ref: LockRef, kept: LockObject, mark: str, by: str) -> PutBack:
        self._check_ref(ref)
        bucket, key = ref.place.container, ref.place.key
        occupied = (bucket, key) in self.objects
        return self._put(ref, lambda: self.put(bucket, key, marked(kept.body, mark)), occupied=occupied)

    def _etag(self, found: tuple[bytes, datetime]) -> str:
        version = next((name for name, one in self.versions.items() if one is found), "") if self.encrypted else ""
        return f'"{hashlib.md5(version.encode() + found[0]).hexdigest()}"'  # noqa: S324

    def _check(self, container: str) -> None:
        check(container, "bucket", self.buckets_gone, self.buckets_refused)
        if container in self.buckets_failing:
            raise StoreError("S3 failed")
