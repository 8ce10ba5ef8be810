"""What holds of whoever counts lock debris: locks only, old versions and delete markers apart, each once."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from chalicelib.aws.locks.s3_versions import S3DebrisCounter
from chalicelib.core.locks.place import Kind
from chalicelib.core.locks.target import Target
from chalicelib.core.nights.debris import Debris
from chalicelib.ports.debris import DebrisCounter
from tests.aws_fixtures import create_bucket, moto
from tests.builders import BUCKET, KEY
from tests.fakes.debris import FakeDebrisCounter


@dataclass(frozen=True)
class Bucket:
    """A bucket that keeps versions, and who counts in it."""

    counter: DebrisCounter
    put: Callable[[str], object]
    remove: Callable[[str], object]

    def cycle(self, key: str) -> None:
        """Take a lock and let it go."""
        self.put(key)
        self.remove(key)

    def counted(self, *prefixes: str) -> Debris:
        return list(self.counter.count(Target(Kind.S3, BUCKET, prefixes)))[-1]


@pytest.fixture(params=["fake", "S3 in moto"])
def bucket(request: pytest.FixtureRequest) -> Iterator[Bucket]:
    if request.param == "fake":
        fake = FakeDebrisCounter()
        yield Bucket(fake, lambda key: fake.put(BUCKET, key), lambda key: fake.remove(BUCKET, key))
        return
    with moto("s3") as client:
        create_bucket(client, BUCKET, versioned=True)
        yield Bucket(
            S3DebrisCounter(lambda _: client),
            lambda key: client.put_object(Bucket=BUCKET, Key=key, Body=b"x"),
            lambda key: client.delete_object(Bucket=BUCKET, Key=key),
        )


def test_an_empty_bucket_has_none(bucket: Bucket) -> None:
    assert bucket.counted() == Debris(whole=True)


def test_each_lock_that_was_let_go_leaves_an_old_version_and_a_delete_marker(bucket: Bucket) -> None:
    for _ in range(3):
        bucket.cycle(KEY)
    bucket.put(KEY)
    bucket.put("held.tflock")
    assert bucket.counted() == Debris(versions=3, markers=3, whole=True)


def test_states_and_other_objects_are_no_debris_of_locks(bucket: Bucket) -> None:
    for key in ("prod/terraform.tfstate", ".tflock", "a.tflock.bak"):
        bucket.cycle(key)
    assert bucket.counted() == Debris(whole=True)


def test_only_what_is_below_the_prefixes_is_counted(bucket: Bucket) -> None:
    for key in ("a/1.tflock", "b/1.tflock", "c/1.tflock"):
        bucket.cycle(key)
    assert bucket.counted("a/", "c/") == Debris(versions=2, markers=2, whole=True)
