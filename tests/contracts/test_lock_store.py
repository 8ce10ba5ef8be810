from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec
import pytest

from chalicelib.aws.s3_locks import S3LockStore
from chalicelib.core.lock import LockRef
from chalicelib.core.release import Deletion
from chalicelib.ports import LockStore, StoreError
from tests.aws_fixtures import create_bucket, moto
from tests.builders import BUCKET, KEY, STATE_KEY, sample
from tests.fake_store import FakeStore

ODD_KEYS = [
    "team a/r&d+1/terraform.tfstate.tflock",
    "env:/dev/app.tfstate.tflock",
    "é/日本/state.tflock",
    "x" * 893 + ".tflock",
    "a%2Fb.tflock",
    "<!channel>.tflock",
]


@dataclass
class Bucket:
    """A store and a way to put things into its bucket behind its back."""

    store: LockStore
    put: Callable[[str, bytes], str]
    remove: Callable[[str], None]


@pytest.fixture(params=["fake", "S3 in moto"])
def bucket(request: pytest.FixtureRequest) -> Iterator[Bucket]:
    if request.param == "fake":
        fake = FakeStore(datetime.now(UTC), buckets_refused={"missing": "no such bucket"})
        yield Bucket(fake, lambda key, body: fake.put(BUCKET, key, body), lambda key: fake.remove(BUCKET, key))
        return
    with moto("s3") as client:
        create_bucket(client, BUCKET, versioned=True)
        store = S3LockStore(*[lambda _bucket: client] * 3)
        yield Bucket(
            store,
            lambda key, body: client.put_object(Bucket=BUCKET, Key=key, Body=body)["VersionId"],
            lambda key: client.delete_object(Bucket=BUCKET, Key=key),
        )


def read(bucket: Bucket, key: str = KEY) -> LockRef:
    lock = bucket.store.read(BUCKET, key)
    assert lock is not None
    return lock.ref


def test_only_locks_are_listed_and_each_once(bucket: Bucket) -> None:
    for key in (KEY, STATE_KEY, "a.tflock/not-a-lock", ".tflock", "b/x.tflock"):
        bucket.put(key, b"{}")
    assert sorted(bucket.store.lock_keys(BUCKET, ())) == ["b/x.tflock", KEY]
    assert sorted(bucket.store.lock_keys(BUCKET, ("b/", "b/x"))) == ["b/x.tflock"]


@pytest.mark.parametrize("key", ODD_KEYS, ids=range(len(ODD_KEYS)))
def test_odd_keys_are_listed_read_and_deleted_as_they_are(bucket: Bucket, key: str) -> None:
    bucket.put(key, sample("s3-plan-special-chars"))
    assert list(bucket.store.lock_keys(BUCKET, ())) == [key]
    assert bucket.store.delete(read(bucket, key)) is Deletion.DELETED
    assert list(bucket.store.lock_keys(BUCKET, ())) == []


def test_a_genuine_lock_is_read_with_what_tells_it_from_every_other(bucket: Bucket) -> None:
    bucket.put(KEY, sample("s3-apply-default"))
    lock = bucket.store.read(BUCKET, KEY)
    assert lock is not None
    assert lock.info is not None
    assert lock.info.ID == "78653438-8ad9-5195-0db7-201620792a67"
    assert (lock.ref.bucket, lock.ref.key, lock.ref.last_modified.microsecond) == (BUCKET, KEY, 0)


@pytest.mark.parametrize("body", [b"", b"[]", b"x" * 100_000])
def test_a_corrupt_lock_is_a_lock(bucket: Bucket, body: bytes) -> None:
    bucket.put(KEY, body)
    lock = bucket.store.read(BUCKET, KEY)
    assert lock is not None
    assert lock.info is None
    assert lock.flaw
    assert not lock.opaque


def test_a_lock_that_is_not_there_is_none(bucket: Bucket) -> None:
    assert bucket.store.read(BUCKET, KEY) is None


def test_a_version_can_be_read_after_its_lock_was_released(bucket: Bucket) -> None:
    version = bucket.put(KEY, sample("s3-plan-default"))
    bucket.remove(KEY)
    lock = bucket.store.read(BUCKET, KEY, version)
    assert lock is not None
    assert lock.operation == "plan"


def test_the_state_s_time_is_its_own_and_not_a_neighbour_s(bucket: Bucket) -> None:
    ref = LockRef(BUCKET, KEY, '"e"', datetime.now(UTC))
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
    assert bucket.store.read(BUCKET, KEY) is not None


@pytest.mark.parametrize("changes", [{"key": STATE_KEY}, {"etag": ""}])
def test_what_is_no_lock_that_was_read_is_never_deleted(bucket: Bucket, changes: dict[str, str]) -> None:
    bucket.put(STATE_KEY, b"state")
    bucket.put(KEY, b"{}")
    with pytest.raises(StoreError):
        bucket.store.delete(msgspec.structs.replace(read(bucket), **changes))


def test_a_bucket_that_is_not_there_is_an_error_that_says_so(bucket: Bucket) -> None:
    with pytest.raises(StoreError, match="no such bucket"):
        list(bucket.store.lock_keys("missing", ()))
    with pytest.raises(StoreError, match="no such bucket"):
        bucket.store.read("missing", KEY)
