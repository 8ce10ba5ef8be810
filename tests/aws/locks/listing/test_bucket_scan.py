"""The whole scan over HTTP, against the bench's own server."""

import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import zip_longest
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from bench.list_server.keys import Keys, Listed, flat, tree
from bench.list_server.server import World, serving
from chalicelib.aws.locks.listing.bucket_scan import listed
from chalicelib.aws.locks.listing.pages import Bucket
from chalicelib.aws.locks.listing.ranges import KeyRange, Ranges
from chalicelib.aws.locks.s3 import S3LockStore
from chalicelib.aws.patience import THREADS
from chalicelib.core.locks.place import Kind
from chalicelib.core.locks.scan import Scanned
from chalicelib.core.locks.target import Target
from chalicelib.ports.locks import ContainerGoneError, StoreError
from tests.aws.locks.listing.listings import ODD_KEYS

pytestmark = pytest.mark.thorough


def client(url: str, attempts: int = 4) -> Any:
    config = Config(
        retries={"mode": "standard", "total_max_attempts": attempts},
        s3={"addressing_style": "path"},
        max_pool_connections=THREADS + 1,
    )
    keys: Any = {"aws_access_key_id": "x", "aws_secret_access_key": "x", "region_name": "us-east-1"}
    return boto3.client("s3", endpoint_url=url, config=config, **keys)


@contextmanager
def a_store(**buckets: Keys) -> Iterator[tuple[S3LockStore, World]]:
    world = World(buckets, seconds=0.02)
    with serving(world) as url:
        asked = client(url)
        yield S3LockStore(*[lambda *_: asked] * 3), world
        _wait_for_no_threads()
        asked.close()


def keys_of(parts: list[Scanned]) -> list[str]:
    return [place.key for part in parts for place in part.places]


def locks_of(keys: Keys, prefix: str = "") -> list[str]:
    every = (keys[position] for position in range(len(keys)))
    return [key for key in every if key.endswith(".tflock") and key.startswith(prefix)]


@pytest.mark.parametrize("keys", [flat(40), tree(40)], ids=["numbered", "teams"])
def test_a_giant_bucket_is_listed_in_several_places_and_each_lock_is_found_once(keys: Keys) -> None:
    with a_store(giant=keys) as (store, world):
        parts = list(store.scan(Target(Kind.S3, "giant")))
    assert sorted(keys_of(parts)) == locks_of(keys)
    assert parts[-1].cursor == ""
    assert 40 < world.requests["200"] <= 40 * 1.3 + 20


def test_a_giant_bucket_whose_pages_come_at_once_is_not_split() -> None:
    world = World({"giant": flat(40)})
    with serving(world) as url, closing(client(url)) as asked:
        at_once = Bucket(asked, "giant", "", idle=lambda: 0.0)
        found = [key for locks, _ in listed(at_once, Ranges("", [KeyRange()])) for key in locks]
    assert sorted(found) == locks_of(flat(40))
    assert world.requests == {"200": 40}


def test_only_what_is_below_the_prefixes_is_listed_of_a_giant_bucket() -> None:
    keys = tree(40)
    with a_store(giant=keys) as (store, _):
        parts = list(store.scan(Target(Kind.S3, "giant", ("env:/prod/", "env:/dev/team-b6/"))))
    assert sorted(keys_of(parts)) == sorted(locks_of(keys, "env:/prod/") + locks_of(keys, "env:/dev/team-b6/"))


def test_odd_keys_at_the_borders_of_pages_are_found() -> None:
    filled = sorted({*ODD_KEYS, *(f"{number:05}" for number in range(995))} - {".tflock"})
    with a_store(odd=Listed(filled)) as (store, _):
        assert sorted(keys_of(list(store.scan(Target(Kind.S3, "odd"))))) == [
            key for key in filled if key.endswith(".tflock")
        ]


def test_a_scan_of_a_giant_bucket_goes_on_from_each_of_its_cursors() -> None:
    keys = flat(24)
    with a_store(giant=keys) as (store, _):
        target, before = Target(Kind.S3, "giant"), list[str]()
        parts = list(store.scan(target))
        for number, part in enumerate(parts):
            before += [place.key for place in part.places]
            if part.cursor and number % 4 == 0:
                rest = keys_of(list(store.scan(target, part.cursor)))
                assert sorted(before + rest) == locks_of(keys)


def test_refused_pages_are_asked_for_again_until_all_locks_are_found() -> None:
    keys = flat(30)
    with a_store(giant=keys) as (store, world):
        world.refused = 0.2
        assert sorted(keys_of(list(store.scan(Target(Kind.S3, "giant"))))) == locks_of(keys)
        assert world.requests["503"] > 3


def test_a_page_that_is_refused_for_good_is_an_error_after_some_pauses() -> None:
    slept: list[float] = []
    world = World({"busy": flat(1)}, refused=1.0)
    with serving(world) as url, closing(client(url, attempts=1)) as asked:
        with pytest.raises(ClientError, match="SlowDown"):
            Bucket(asked, "busy", "", slept.append).page("")
        world.refused = 0.0
        with pytest.raises(ClientError, match="NoSuchBucket"):
            Bucket(asked, "gone", "", slept.append).page("")
    assert (slept, world.requests) == ([1.0, 3.0], {"503": 3, "404": 1})


def test_whoever_stops_early_leaves_no_thread_behind() -> None:
    with a_store(giant=flat(100)) as (store, _):
        parts = store.scan(Target(Kind.S3, "giant"))
        for _ in range(20):
            next(parts)
        assert _threads() > 0
        parts.close()  # type: ignore[attr-defined]
        _wait_for_no_threads()


def test_many_giant_buckets_at_once_share_the_threads_of_the_process() -> None:
    most, giants = 0, [f"giant{number}" for number in range(6)]
    with a_store(**dict.fromkeys(giants, flat(40))) as (store, world):
        scans = {name: store.scan(Target(Kind.S3, name)) for name in giants}
        found = {name: list[Scanned]() for name in giants}
        for turn in zip_longest(*scans.values()):
            for name, part in zip(giants, turn, strict=True):
                found[name] += [part] if part else []
            most = max(most, world.waiting)
    assert most <= THREADS + len(giants)
    assert [sorted(keys_of(parts)) == locks_of(flat(40)) for parts in found.values()] == [True] * len(giants)


def test_a_failure_while_a_giant_bucket_is_listed_is_an_error_and_ends_the_others() -> None:
    with a_store(giant=flat(100)) as (store, world):
        parts = store.scan(Target(Kind.S3, "giant"))
        for _ in range(15):
            next(parts)
        world.buckets = {}
        with pytest.raises(ContainerGoneError, match="listing giant: there is no such bucket"):
            list(parts)


def test_a_damaged_cursor_is_an_error_that_names_the_bucket() -> None:
    with a_store(giant=flat(1)) as (store, _), pytest.raises(StoreError, match=r"listing giant: .* damaged"):
        list(store.scan(Target(Kind.S3, "giant"), "2.1.x"))


def _threads() -> int:
    return sum(thread.name.startswith("listing") for thread in threading.enumerate())


def _wait_for_no_threads() -> None:
    until = time.monotonic() + 10
    while _threads() and time.monotonic() < until:
        time.sleep(0.01)
    assert _threads() == 0
