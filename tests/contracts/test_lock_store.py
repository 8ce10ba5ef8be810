import gzip
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from chalicelib.core.clicks.deletion import Deletion, LockObject, PutBack
from chalicelib.core.locks.lock import Body
from chalicelib.core.locks.mark import mark_of
from chalicelib.core.locks.place import TRAITS, Kind, LockRef
from chalicelib.core.locks.target import Target
from chalicelib.ports.locks import StoreError
from tests.builders import ALICE, BUCKET, KEY, STATE_KEY, sample
from tests.contracts.lock_homes import BUCKETS, HOMES, Home

A_STATE = b'{"version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": "x", "resources": []}'
MARK = mark_of("1")
ODD_STATE_KEYS = [
    "team a/r&d+1/terraform.tfstate",
    "env:/dev/app.tfstate",
    "é/日本/state",
    "x" * 893,
    "a%2Fb",
    "<!channel>",
    "{'\"}\t",
    "app.tfstate-md5",
]


@pytest.fixture(params=HOMES)
def home(request: pytest.FixtureRequest) -> Iterator[Home]:
    with HOMES[request.param]() as home:
        yield home


@pytest.fixture(params=BUCKETS)
def bucket(request: pytest.FixtureRequest) -> Iterator[Home]:
    with BUCKETS[request.param]() as home:
        yield home


def test_every_kind_of_place_runs_here_in_memory_and_with_a_store_of_its_own() -> None:
    kinds = Counter[Kind]()
    for of in HOMES.values():
        with of() as home:
            kinds[home.kind] += 1
    assert kinds == dict.fromkeys(Kind, 2)


def test_each_lock_is_listed_once(home: Home) -> None:
    for state_key in (STATE_KEY, "b/x"):
        home.put(b"{}", state_key)
    assert home.listed() == sorted([home.key("b/x"), home.key()])


def test_in_a_bucket_only_what_is_at_a_lock_s_key_is_listed_and_under_two_prefixes_once(bucket: Home) -> None:
    for key in (KEY, STATE_KEY, "a.tflock/not-a-lock", ".tflock", "b/x.tflock"):
        bucket.put_object(key, b"{}")
    assert bucket.listed() == ["b/x.tflock", KEY]
    assert bucket.listed(("b/", "b/x")) == ["b/x.tflock"]


def test_a_listing_says_how_many_objects_it_took(bucket: Home) -> None:
    for key in (KEY, STATE_KEY, "b/x.tflock"):
        bucket.put_object(key, b"{}")
    assert sum(part.looked_at for part in bucket.store.scan(bucket.target())) == 3
    assert sum(part.looked_at for part in bucket.store.scan(bucket.target(("b/",)))) == 1


def test_a_scan_goes_on_where_another_stopped(bucket: Home) -> None:
    for state_key in ("a/1", "a/2", "b/1", "c/1"):
        bucket.put(b"{}", state_key)
    target = bucket.target(("a/", "b/", "c/"))
    parts = list(bucket.store.scan(target))
    assert parts[-1].cursor == ""
    for number, part in enumerate(parts[:-1], 1):
        rest = [place.key for later in bucket.store.scan(target, part.cursor) for place in later.places]
        assert rest == [place.key for later in parts[number:] for place in later.places]


@pytest.mark.parametrize("state_key", ODD_STATE_KEYS, ids=range(len(ODD_STATE_KEYS)))
def test_odd_keys_are_listed_read_and_deleted_as_they_are(home: Home, state_key: str) -> None:
    home.put(sample("s3-plan-special-chars"), state_key)
    assert home.listed() == [home.key(state_key)]
    assert home.store.delete(home.ref(state_key), ALICE) is Deletion.DELETED
    assert home.listed() == []


def test_a_genuine_lock_is_read_with_what_tells_it_from_every_other(home: Home) -> None:
    home.put(sample("s3-apply-default"))
    lock = home.lock()
    assert lock is not None
    assert lock.info is not None
    assert lock.info.ID == "78653438-8ad9-5195-0db7-201620792a67"
    assert (lock.ref.place, lock.ref.since.microsecond) == (home.place(), 0)
    assert lock.ref.state_path == f"{BUCKET}/{STATE_KEY}"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", Body.EMPTY),
        (b"[]", Body.FOREIGN),
        (b"x" * 100_000, Body.STATE),
        (b" " * 100_000, Body.STATE),
        (A_STATE, Body.STATE),
        (gzip.compress(A_STATE, mtime=0), Body.STATE),
    ],
    ids=["empty", "a list", "too large", "blanks, and then who knows", "a state", "a packed state"],
)
def test_what_is_at_a_lock_s_key_is_listed_as_what_it_is(home: Home, body: bytes, kind: Body) -> None:
    home.put(body)
    lock = home.lock()
    assert lock is not None
    assert lock.info is None
    assert lock.flaw
    assert lock.body is kind


def test_what_a_versioned_bucket_keeps_of_a_lock_has_its_version(bucket: Home) -> None:
    versions = [bucket.put(body) for body in (b"garbage", b"more of it")]
    lock = bucket.lock()
    assert lock is not None
    assert (lock.version_id, lock.versioned) == (versions[-1], True)


def test_a_lock_that_is_not_there_is_none(home: Home) -> None:
    assert home.lock() is None


def test_a_version_can_be_read_after_its_lock_was_released(bucket: Home) -> None:
    version = bucket.put(sample("s3-plan-default"))
    bucket.remove()
    lock = bucket.store.read(bucket.place(), version)
    assert lock is not None
    assert lock.operation == "plan"


def test_the_state_s_time_is_its_own_and_not_a_neighbour_s(home: Home) -> None:
    ref = LockRef(home.place(), '"e"', datetime.now(UTC))
    home.put_object(f"{STATE_KEY}.backup", b"")
    assert home.store.state_written(ref).at is None
    home.put_object(STATE_KEY, b"state")
    assert home.store.state_written(ref).at is not None


def test_the_lock_that_was_read_is_deleted_once(home: Home) -> None:
    home.put(sample("s3-apply-default"))
    ref = home.ref()
    assert [home.store.delete(ref, ALICE), home.store.delete(ref, ALICE)] == [Deletion.DELETED, Deletion.NOT_FOUND]


def test_a_lock_that_changed_since_it_was_read_is_left_alone(home: Home) -> None:
    home.put(sample("s3-apply-default"))
    ref = home.ref()
    home.put(sample("s3-plan-default"))
    assert home.store.delete(ref, ALICE) is Deletion.CHANGED
    assert home.lock() is not None


NO_KEYS_OF_LOCKS = {Kind.S3: (STATE_KEY, ".tflock"), Kind.DYNAMODB: ("",)}


def test_nothing_is_done_to_what_is_no_lock_that_was_read(home: Home) -> None:
    home.put_object(STATE_KEY, b"state")
    home.put(b"{}")
    ref = home.ref()
    places = [msgspec.structs.replace(ref.place, key=key) for key in NO_KEYS_OF_LOCKS[home.kind]]
    changes: list[dict[str, Any]] = [*({"place": place} for place in places), {"stamp": ""}]
    for other in (msgspec.structs.replace(ref, **change) for change in changes):
        for act in (
            lambda ref: home.store.delete(ref, ALICE),
            home.store.look,
            lambda ref: home.store.put_back(ref, LockObject(b"{}"), MARK, ALICE),
        ):
            with pytest.raises(StoreError, match="not a lock that was read"):
                act(other)


@pytest.mark.parametrize(
    "body", [sample("s3-apply-default"), b"", b"\x00\xff" * 8192], ids=["genuine", "empty", "16 KB"]
)
@pytest.mark.parametrize("state_key", [STATE_KEY, *ODD_STATE_KEYS], ids=range(len(ODD_STATE_KEYS) + 1))
def test_a_released_lock_can_be_put_back_byte_for_byte_with_a_mark(home: Home, state_key: str, body: bytes) -> None:
    home.put(body, state_key)
    ref = home.ref(state_key)
    kept = home.store.look(ref).kept
    assert kept is not None
    assert home.body_of(kept.body) == body
    was = home.lock(state_key)
    for click in ("1", "2"):
        home.store.delete(home.ref(state_key), ALICE)
        assert home.store.put_back(ref, kept, mark_of(click), ALICE) is PutBack.DONE
        lock = home.lock(state_key)
        assert lock is not None
        assert was is not None
        assert (lock.info, lock.flaw, lock.mark) == (was.info, was.flaw, mark_of(click))
        assert lock.ref.stamp != ref.stamp
        assert home.store.delete(ref, ALICE) is Deletion.CHANGED
        again = home.store.look(lock.ref).kept
        assert again is not None
        assert home.body_of(again.body) == body


def test_a_lock_is_put_back_only_where_nobody_holds_the_state(home: Home) -> None:
    home.put(sample("s3-apply-default"))
    ref = home.ref()
    kept = home.store.look(ref).kept
    assert kept is not None
    home.store.delete(ref, ALICE)
    home.put(sample("s3-plan-default"))
    assert home.store.put_back(ref, kept, MARK, ALICE) is PutBack.OCCUPIED
    lock = home.lock()
    assert lock is not None
    assert lock.operation == "plan"


def test_a_lock_is_put_back_once(home: Home) -> None:
    ref = LockRef(home.place(), '"e"', datetime.now(UTC))
    answers = [home.store.put_back(ref, LockObject(b"{}"), MARK, ALICE) for _ in range(2)]
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
def test_what_is_not_the_lock_that_was_read_or_no_lock_is_not_kept(home: Home, body: bytes) -> None:
    home.put(sample("s3-apply-default"))
    ref = home.ref()
    home.put(body)
    assert home.store.look(ref) == (home.lock(), None)
    same_bytes = (
        home.ref()
        if body != sample("s3-plan-default")
        else msgspec.structs.replace(home.ref(), since=ref.since - timedelta(seconds=1))
    )
    assert home.store.look(same_bytes) == (home.lock(), None)


def test_one_look_gives_the_lock_as_a_read_does_and_all_of_its_object(home: Home) -> None:
    home.put(sample("s3-apply-default"))
    look = home.store.look(home.ref())
    assert look.lock == home.lock()
    assert look.kept is not None
    assert home.body_of(look.kept.body) == sample("s3-apply-default")


def test_a_lock_that_is_gone_is_not_kept(home: Home) -> None:
    home.put(b"{}")
    ref = home.ref()
    home.remove()
    assert home.store.look(ref) == (None, None)


def test_a_container_that_is_not_there_is_an_error_that_says_so(home: Home) -> None:
    ref = LockRef(home.place(container="missing"), '"e"', datetime.now(UTC))
    asked: list[Callable[[], object]] = [
        lambda: list(home.store.scan(Target(home.kind, "missing"))),
        lambda: home.store.read(ref.place),
        lambda: home.store.look(ref),
        lambda: home.store.put_back(ref, LockObject(b"{}"), MARK, ALICE),
    ]
    for ask in asked:
        with pytest.raises(StoreError, match=f"no such {TRAITS[home.kind].container}"):
            ask()
