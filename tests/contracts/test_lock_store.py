import gzip
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from chalicelib.aws.locks.places import Places
from chalicelib.aws.locks.s3 import S3LockStore
from chalicelib.core.clicks.deletion import Deletion, LockObject, PutBack
from chalicelib.core.locks.lock import Body, HeldLock
from chalicelib.core.locks.mark import mark_of, split
from chalicelib.core.locks.place import TRAITS, Kind, LockRef, Place
from chalicelib.core.locks.target import Target
from chalicelib.ports.locks import LockStore, StoreError
from tests.aws_fixtures import create_bucket, moto
from tests.builders import BUCKET, KEY, STATE_KEY, sample
from tests.fakes.store import FakeStore

MARK = mark_of("1")
A_STATE = b'{"version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": "x", "resources": []}'
ODD_KEYS = [
    "team a/r&d+1/terraform.tfstate.tflock",
    "env:/dev/app.tfstate.tflock",
    "é/日本/state.tflock",
    "x" * 893 + ".tflock",
    "a%2Fb.tflock",
    "<!channel>.tflock",
    "{'\"}\t.tflock",
]


@dataclass
class Bucket:
    """A store and a way to put things into one of its containers behind its back."""

    kind: Kind
    store: LockStore
    put: Callable[[str, bytes], str]
    """Gives the version, "" where earlier ones are not kept."""
    remove: Callable[[str], None]

    def place(self, key: str = KEY, container: str = BUCKET) -> Place:
        return Place(self.kind, container, key)

    def lock(self, key: str = KEY) -> HeldLock | None:
        return self.store.read(self.place(key))


@contextmanager
def of_fake() -> Iterator[Bucket]:
    fake = FakeStore(datetime.now(UTC), buckets_refused={"missing": "no such bucket"}, versioned_buckets={BUCKET})
    yield Bucket(Kind.S3, fake, lambda key, body: fake.put(BUCKET, key, body), lambda key: fake.remove(BUCKET, key))


@contextmanager
def of_s3() -> Iterator[Bucket]:
    with moto("s3") as client:
        create_bucket(client, BUCKET, versioned=True)
        yield Bucket(
            Kind.S3,
            Places({Kind.S3: S3LockStore(*[lambda _bucket: client] * 3)}),
            lambda key, body: client.put_object(Bucket=BUCKET, Key=key, Body=body)["VersionId"],
            lambda key: client.delete_object(Bucket=BUCKET, Key=key),
        )


FAKE = "fake"
RUNS: dict[str, Callable[[], AbstractContextManager[Bucket]]] = {FAKE: of_fake, "S3 in moto": of_s3}


@pytest.fixture(params=RUNS)
def bucket(request: pytest.FixtureRequest) -> Iterator[Bucket]:
    with RUNS[request.param]() as bucket:
        yield bucket


def test_every_kind_of_place_runs_here_with_a_store_of_its_own() -> None:
    kinds = set()
    for name in RUNS.keys() - {FAKE}:
        with RUNS[name]() as bucket:
            kinds.add(bucket.kind)
    assert kinds == set(Kind)


def read(bucket: Bucket, key: str = KEY) -> LockRef:
    lock = bucket.lock(key)
    assert lock is not None
    return lock.ref


def listed(bucket: Bucket, prefixes: tuple[str, ...] = ()) -> list[str]:
    return sorted(place.key for part in bucket.store.scan(a_target(bucket, prefixes)) for place in part.places)


def a_target(bucket: Bucket, prefixes: tuple[str, ...] = ()) -> Target:
    return Target(bucket.kind, BUCKET, prefixes)


def test_only_locks_are_listed_and_each_once(bucket: Bucket) -> None:
    for key in (KEY, STATE_KEY, "a.tflock/not-a-lock", ".tflock", "b/x.tflock"):
        bucket.put(key, b"{}")
    assert listed(bucket) == ["b/x.tflock", KEY]
    assert listed(bucket, ("b/", "b/x")) == ["b/x.tflock"]


def test_a_listing_says_how_many_objects_it_took(bucket: Bucket) -> None:
    for key in (KEY, STATE_KEY, "b/x.tflock"):
        bucket.put(key, b"{}")
    assert sum(part.looked_at for part in bucket.store.scan(a_target(bucket))) == 3
    assert sum(part.looked_at for part in bucket.store.scan(a_target(bucket, ("b/",)))) == 1


def test_a_scan_goes_on_where_another_stopped(bucket: Bucket) -> None:
    for key in ("a/1.tflock", "a/2.tflock", "b/1.tflock", "c/1.tflock"):
        bucket.put(key, b"{}")
    target = a_target(bucket, ("a/", "b/", "c/"))
    parts = list(bucket.store.scan(target))
    assert parts[-1].cursor == ""
    for number, part in enumerate(parts[:-1], 1):
        rest = [place.key for later in bucket.store.scan(target, part.cursor) for place in later.places]
        assert rest == [place.key for later in parts[number:] for place in later.places]


@pytest.mark.parametrize("key", ODD_KEYS, ids=range(len(ODD_KEYS)))
def test_odd_keys_are_listed_read_and_deleted_as_they_are(bucket: Bucket, key: str) -> None:
    bucket.put(key, sample("s3-plan-special-chars"))
    assert listed(bucket) == [key]
    assert bucket.store.delete(read(bucket, key)) is Deletion.DELETED
    assert listed(bucket) == []


def test_a_genuine_lock_is_read_with_what_tells_it_from_every_other(bucket: Bucket) -> None:
    bucket.put(KEY, sample("s3-apply-default"))
    lock = bucket.lock()
    assert lock is not None
    assert lock.info is not None
    assert lock.info.ID == "78653438-8ad9-5195-0db7-201620792a67"
    assert (lock.ref.place.container, lock.ref.place.key, lock.ref.since.microsecond) == (BUCKET, KEY, 0)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", Body.EMPTY),
        (b"[]", Body.FOREIGN),
        (b"x" * 100_000, Body.STATE),
        (b" " * 100_000, Body.STATE),
        (gzip.compress(A_STATE, mtime=0), Body.STATE),
    ],
    ids=["empty", "a list", "too large", "blanks, and then who knows", "a packed state"],
)
def test_what_is_at_a_lock_s_key_is_listed_as_what_it_is(bucket: Bucket, body: bytes, kind: Body) -> None:
    bucket.put(KEY, body)
    lock = bucket.lock()
    assert lock is not None
    assert lock.info is None
    assert lock.flaw
    assert lock.body is kind


def test_what_a_versioned_bucket_keeps_of_a_lock_has_its_version(bucket: Bucket) -> None:
    versions = [bucket.put(KEY, body) for body in (b"garbage", b"more of it")]
    if not all(versions):
        pytest.skip("keeps no versions")
    lock = bucket.lock()
    assert lock is not None
    assert (lock.version_id, lock.versioned) == (versions[-1], True)


def test_a_lock_that_is_not_there_is_none(bucket: Bucket) -> None:
    assert bucket.lock() is None


def test_a_version_can_be_read_after_its_lock_was_released(bucket: Bucket) -> None:
    version = bucket.put(KEY, sample("s3-plan-default"))
    if not version:
        pytest.skip("keeps no versions")
    bucket.remove(KEY)
    lock = bucket.store.read(bucket.place(), version)
    assert lock is not None
    assert lock.operation == "plan"


def test_the_state_s_time_is_its_own_and_not_a_neighbour_s(bucket: Bucket) -> None:
    ref = LockRef(bucket.place(), '"e"', datetime.now(UTC))
    bucket.put(f"{STATE_KEY}.backup", b"")
    assert bucket.store.state_written(ref).at is None
    bucket.put(STATE_KEY, b"state")
    assert bucket.store.state_written(ref).at is not None


def test_the_lock_that_was_read_is_deleted_once(bucket: Bucket) -> None:
    bucket.put(KEY, sample("s3-apply-default"))
    ref = read(bucket)
    assert [bucket.store.delete(ref), bucket.store.delete(ref)] == [Deletion.DELETED, Deletion.NOT_FOUND]


def test_a_lock_that_changed_since_it_was_read_is_left_alone(bucket: Bucket) -> None:
    bucket.put(KEY, sample("s3-apply-default"))
    ref = read(bucket)
    bucket.put(KEY, sample("s3-plan-default"))
    assert bucket.store.delete(ref) is Deletion.CHANGED
    assert bucket.lock() is not None


def changed(ref: LockRef, key: str = KEY, **others: Any) -> LockRef:
    return msgspec.structs.replace(ref, place=msgspec.structs.replace(ref.place, key=key), **others)


@pytest.mark.parametrize(
    "changes",
    [{"key": STATE_KEY}, {"key": ".tflock"}, {"stamp": ""}],
)
def test_nothing_is_done_to_what_is_no_lock_that_was_read(bucket: Bucket, changes: dict[str, Any]) -> None:
    bucket.put(STATE_KEY, b"state")
    bucket.put(KEY, b"{}")
    ref = changed(read(bucket), **changes)
    for act in (
        bucket.store.delete,
        bucket.store.look,
        lambda ref: bucket.store.put_back(ref, LockObject(b"{}"), MARK),
    ):
        with pytest.raises(StoreError, match="not a lock that was read"):
            act(ref)


@pytest.mark.parametrize(
    "body", [sample("s3-apply-default"), b"", b"\x00\xff" * 8192], ids=["genuine", "empty", "16 KB"]
)
@pytest.mark.parametrize("key", [KEY, *ODD_KEYS], ids=range(len(ODD_KEYS) + 1))
def test_a_released_lock_can_be_put_back_byte_for_byte_with_a_mark_behind(
    bucket: Bucket, key: str, body: bytes
) -> None:
    bucket.put(key, body)
    ref = read(bucket, key)
    kept = bucket.store.look(ref).kept
    assert kept is not None
    assert kept.body == body
    was = bucket.lock(key)
    for click in ("1", "2"):
        bucket.store.delete(read(bucket, key))
        assert bucket.store.put_back(ref, kept, mark_of(click)) is PutBack.DONE
        lock = bucket.lock(key)
        assert lock is not None
        assert was is not None
        assert (lock.info, lock.flaw, lock.mark) == (was.info, was.flaw, mark_of(click))
        assert lock.ref.stamp != ref.stamp
        assert bucket.store.delete(ref) is Deletion.CHANGED
        again = bucket.store.look(lock.ref).kept
        assert again is not None
        assert split(again.body)[0] == body


def test_a_lock_is_put_back_only_where_nobody_holds_the_state(bucket: Bucket) -> None:
    bucket.put(KEY, sample("s3-apply-default"))
    ref = read(bucket)
    kept = bucket.store.look(ref).kept
    assert kept is not None
    bucket.store.delete(ref)
    bucket.put(KEY, sample("s3-plan-default"))
    assert bucket.store.put_back(ref, kept, MARK) is PutBack.OCCUPIED
    lock = bucket.lock()
    assert lock is not None
    assert lock.operation == "plan"


def test_a_lock_is_put_back_once(bucket: Bucket) -> None:
    ref = LockRef(bucket.place(), '"e"', datetime.now(UTC))
    answers = [bucket.store.put_back(ref, LockObject(b"{}"), MARK) for _ in range(2)]
    assert answers == [PutBack.DONE, PutBack.OCCUPIED]


@pytest.mark.parametrize(
    "body",
    [
        b"x" * (16 * 1024 + 1),
        b'{"version": 4, "terraform_version": "1.11.4", "lineage": "x"}',
        sample("s3-plan-default"),
    ],
    ids=["too large", "a state", "another lock"],
)
def test_what_is_not_the_lock_that_was_read_or_no_lock_is_not_kept(bucket: Bucket, body: bytes) -> None:
    bucket.put(KEY, sample("s3-apply-default"))
    ref = read(bucket)
    bucket.put(KEY, body)
    assert bucket.store.look(ref) == (bucket.lock(), None)
    same_bytes = (
        read(bucket)
        if body != sample("s3-plan-default")
        else msgspec.structs.replace(read(bucket), since=ref.since - timedelta(seconds=1))
    )
    assert bucket.store.look(same_bytes) == (bucket.lock(), None)


def test_one_look_gives_the_lock_as_a_read_does_and_all_of_its_object(bucket: Bucket) -> None:
    bucket.put(KEY, sample("s3-apply-default"))
    look = bucket.store.look(read(bucket))
    assert look.lock == bucket.lock()
    assert look.kept is not None
    assert look.kept.body == sample("s3-apply-default")


def test_a_lock_that_is_gone_is_not_kept(bucket: Bucket) -> None:
    bucket.put(KEY, b"{}")
    ref = read(bucket)
    bucket.remove(KEY)
    assert bucket.store.look(ref) == (None, None)


def test_a_container_that_is_not_there_is_an_error_that_says_so(bucket: Bucket) -> None:
    ref = LockRef(bucket.place(container="missing"), '"e"', datetime.now(UTC))
    asked: list[Callable[[], object]] = [
        lambda: list(bucket.store.scan(Target(bucket.kind, "missing"))),
        lambda: bucket.store.read(ref.place),
        lambda: bucket.store.look(ref),
        lambda: bucket.store.put_back(ref, LockObject(b"{}"), MARK),
    ]
    for ask in asked:
        with pytest.raises(StoreError, match=f"no such {TRAITS[bucket.kind].container}"):
            ask()
