"""What lock tables do that buckets do not: items that are no locks, and attributes of every type."""

import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from chalicelib.core.clicks.deletion import Deletion, PutBack
from chalicelib.core.locks.lock import Body
from chalicelib.core.locks.mark import mark_of
from chalicelib.core.locks.place import NO_TIME
from chalicelib.core.locks.terraform.item import MARK, Item
from tests.builders import ALICE, BUCKET, SAMPLES, STATE_KEY, STATE_PATH, sample
from tests.contracts.lock_homes import TABLES, TableHome

GENUINE_ITEMS = ("ddb-only-dynamodb-lock-item", "ddb-only-dynamodb-md5-item")
GENUINE = sample("s3-apply-default").decode()
DIGEST: Item = {"Digest": {"S": "1a350cba57b33e854fe37027140ed666"}}
INFO: Item = {"Info": {"S": GENUINE}}
LARGE = "x" * 404_000
"""As much as an item can have beside a lock, in moto, which takes 400 KB for 405,000 bytes."""
OTHERS: Item = {
    "ExpiresAt": {"N": "1795231137"},
    "Team": {"SS": ["network", "platform"]},
    "Key": {"B": "AP8="},
    "Deep": {"M": {"list": {"L": [{"BOOL": True}, {"NULL": True}, {"NS": ["1", "2"]}]}}},
}
ODD_ITEMS: dict[str, tuple[Item, Body, str]] = {
    "nothing but its key": ({}, Body.EMPTY, "is empty"),
    "an empty Info": ({"Info": {"S": ""}}, Body.EMPTY, "is empty"),
    "a blank Info": ({"Info": {"S": " \n"}}, Body.EMPTY, "is blank"),
    "a NULL": ({"Info": {"NULL": True}}, Body.EMPTY, "is empty"),
    "no Info, but other attributes": (OTHERS, Body.FOREIGN, "attributes that no lock has"),
    "an empty Info and other attributes": ({"Info": {"S": ""}, **OTHERS}, Body.FOREIGN, "attributes that no lock has"),
    "no JSON": ({"Info": {"S": "locked by hand"}}, Body.FOREIGN, "is not JSON"),
    "JSON that breaks off": ({"Info": {"S": GENUINE[:-9]}}, Body.FOREIGN, "it breaks off"),
    "a number": ({"Info": {"N": "42"}}, Body.FOREIGN, "has a number where the text of a lock belongs"),
    "bytes": ({"Info": {"B": "e30="}}, Body.FOREIGN, "has bytes where"),
    "true or false": ({"Info": {"BOOL": False}}, Body.FOREIGN, "has true or false where"),
    "a list": ({"Info": {"L": [{"S": GENUINE}]}}, Body.FOREIGN, "has a list where"),
    "a map": ({"Info": {"M": {"ID": {"S": "x"}, "Raw": {"B": "AP8="}}}}, Body.FOREIGN, "has a map where"),
    "a set of texts": ({"Info": {"SS": ["b", "a"]}}, Body.FOREIGN, "has a set where"),
    "a set of numbers": ({"Info": {"NS": ["2", "1"]}}, Body.FOREIGN, "has a set where"),
    "a set of bytes": ({"Info": {"BS": ["AP8=", "AA=="]}}, Body.FOREIGN, "has a set where"),
    "a lock of another's making": ({**INFO, **OTHERS}, Body.LOCK, ""),
    "400 KB": ({"Info": {"S": LARGE}}, Body.STATE, "is larger than 16 KB"),
    "a map of 400 KB": ({"Info": {"M": {"a": {"S": LARGE}}}}, Body.STATE, "is larger than 16 KB"),
    "a state as text": ({"Info": {"S": '{"version": 4, "lineage": "x"}'}}, Body.STATE, "looks like a Terraform state"),
    "a state as bytes": ({"Info": {"B": "eyJsaW5lYWdlIjogIngifQ=="}}, Body.STATE, "looks like a Terraform state"),
    "a state as a map": ({"Info": {"M": {"lineage": {"S": "x"}}}}, Body.STATE, "looks like a Terraform state"),
    "a digest beside it": ({**INFO, **DIGEST}, Body.DIGEST, "has the digest of a state"),
    "a digest that is NULL": ({**INFO, "Digest": {"NULL": True}}, Body.DIGEST, "has the digest of a state"),
}
"""By what they have: the attributes, what they are shown as, and what is said of them."""
ODD_LOCK_IDS = [
    "no-slash-at-all",
    " ",
    "/",
    "//",
    "/leading/slash",
    f"{BUCKET}//double",
    f"{BUCKET}/",
    f"{BUCKET}/app.tfstate-md5",
    "%2F + é 日本",
    "\n\t\x00\x7f",
    "é" * 1024,
]


@pytest.fixture(params=TABLES)
def table(request: pytest.FixtureRequest) -> Iterator[TableHome]:
    with TABLES[request.param]() as home:
        yield home


@pytest.mark.parametrize("digest_key", [f"{STATE_PATH}-md5", "no suffix", "-md5"])
def test_a_digest_is_never_listed_read_kept_deleted_or_written_over(table: TableHome, digest_key: str) -> None:
    table.has(INFO)
    kept = table.store.look(table.ref()).kept
    assert kept is not None
    ref = msgspec.structs.replace(table.ref(), place=msgspec.structs.replace(table.place(), key=digest_key))
    digest = {"LockID": {"S": digest_key}, **DIGEST}
    table.put_item(digest)
    assert table.listed() == [STATE_PATH]
    assert table.store.read(ref.place) is None
    assert table.store.look(ref) == (None, None)
    assert table.store.delete(ref, ALICE) is Deletion.NOT_FOUND
    assert table.store.put_back(ref, kept, mark_of("1"), ALICE) is PutBack.OCCUPIED
    assert table.item_at(digest_key) == digest


def test_a_genuine_item_is_a_lock_since_its_client_s_time_and_its_digest_is_none(table: TableHome) -> None:
    for name in GENUINE_ITEMS:
        table.put_item(json.loads((SAMPLES / f"{name}.json").read_text()))
    [key] = table.listed()
    lock = table.store.read(msgspec.structs.replace(table.place(), key=key))
    assert lock is not None
    assert lock.info is not None
    assert (lock.ref.state_path, lock.info.ID) == (lock.info.Path, "a71fa9d4-19b5-1655-daab-38f36a038182")
    assert lock.ref.since.isoformat() == "2026-11-21T03:19:04+00:00"


@pytest.mark.parametrize("name", ODD_ITEMS)
def test_an_odd_item_is_listed_as_what_it_is_and_stops_no_other(table: TableHome, name: str) -> None:
    attributes, body, flaw = ODD_ITEMS[name]
    table.has(attributes, "odd")
    table.has(INFO)
    assert table.listed() == sorted([table.key("odd"), table.key()])
    lock, other = table.lock("odd"), table.lock()
    assert lock is not None
    assert other is not None
    assert (lock.body, other.body) == (body, Body.LOCK)
    assert flaw in lock.flaw
    assert bool(flaw) == bool(lock.flaw)
    assert (lock.ref.since == NO_TIME) == (lock.info is None)


@pytest.mark.parametrize("name", [name for name, (_, body, _) in ODD_ITEMS.items() if body is not Body.DIGEST])
def test_an_odd_item_is_deleted_only_as_it_was_read_and_comes_back_with_every_attribute(
    table: TableHome, name: str
) -> None:
    attributes, body, _ = ODD_ITEMS[name]
    table.has(attributes)
    ref = table.ref()
    was, kept = table.item_at(table.key()), table.store.look(ref).kept
    assert (kept is None) == (body is Body.STATE)
    other: Item = {"Info": {"S": "null"}}
    table.has({**attributes, **other})
    assert table.store.delete(ref, ALICE) is Deletion.CHANGED
    table.has(attributes)
    assert table.store.delete(ref, ALICE) is Deletion.DELETED
    assert table.listed() == []
    if kept:
        assert table.store.put_back(ref, kept, mark_of("1"), ALICE) is PutBack.DONE
        assert comparable(table.item_at(table.key())) == comparable({**was, MARK: {"S": mark_of("1")}})


def comparable(item: Item) -> Any:
    """Sets are in no order."""
    if isinstance(item, dict):
        return {name: sorted(part) if name in {"SS", "NS", "BS"} else comparable(part) for name, part in item.items()}
    return [comparable(part) for part in item] if isinstance(item, list) else item


LOOK_ALIKES: list[tuple[Item, Item]] = [
    ({}, {"Info": {"NULL": True}}),
    ({}, {"Info": {"S": ""}}),
    ({"Info": {"S": "1"}}, {"Info": {"N": "1"}}),
    ({"Info": {"S": "AA=="}}, {"Info": {"B": "AA=="}}),
    ({"Info": {"SS": ["1"]}}, {"Info": {"NS": ["1"]}}),
    ({"Info": {"L": [{"S": "a"}, {"S": "b"}]}}, {"Info": {"L": [{"S": "b"}, {"S": "a"}]}}),
    ({"Info": {"M": {"SS": {"S": "a"}}}}, {"Info": {"M": {"SS": {"SS": ["a"]}}}}),
    (INFO, {"Info": {"S": f"{GENUINE} "}}),
    (INFO, {**INFO, MARK: {"S": "0" * 16}}),
    ({**INFO, MARK: {"S": "0" * 16}}, {**INFO, MARK: {"S": "1" * 16}}),
    ({**INFO, MARK: {"S": "0" * 16}}, INFO),
    ({**INFO, MARK: {"N": "1"}}, {**INFO, MARK: {"S": "1"}}),
    ({**INFO, MARK: {"S": ""}}, INFO),
]


@pytest.mark.parametrize(("shown", "now"), LOOK_ALIKES)
def test_what_is_not_the_same_to_the_last_character_and_type_is_another_lock(
    table: TableHome, shown: Item, now: Item
) -> None:
    table.has(shown)
    ref = table.ref()
    table.has(now)
    assert table.ref() != ref
    assert table.store.delete(ref, ALICE) is Deletion.CHANGED
    assert table.store.delete(table.ref(), ALICE) is Deletion.DELETED


@pytest.mark.parametrize("mark", [{"N": "1"}, {"NULL": True}, {"S": "not one of ours"}, {"L": []}, {"B": "AP8="}])
def test_a_mark_that_the_reaper_never_wrote_tells_the_lock_apart_and_names_no_click(
    table: TableHome, mark: dict[str, Any]
) -> None:
    table.has({**INFO, MARK: mark})
    lock = table.lock()
    assert lock is not None
    assert (lock.mark, lock.body) == ("", Body.LOCK)
    kept = table.store.look(lock.ref).kept
    assert kept is not None
    assert table.store.delete(lock.ref, ALICE) is Deletion.DELETED
    assert table.store.put_back(lock.ref, kept, mark_of("1"), ALICE) is PutBack.DONE
    assert table.item_at(table.key())[MARK] == {"S": mark_of("1")}


def test_a_digest_that_came_to_a_lock_s_item_after_the_lock_was_shown_stays_with_it(table: TableHome) -> None:
    table.has(INFO)
    ref = table.ref()
    table.has({**INFO, **DIGEST})
    before = table.item_at(table.key())
    assert table.store.delete(ref, ALICE) is Deletion.CHANGED
    assert table.store.look(ref).kept is None
    assert table.item_at(table.key()) == before


def test_an_item_that_is_too_large_for_the_book_is_released_and_not_kept(table: TableHome) -> None:
    table.has({**INFO, "Notes": {"S": LARGE}})
    look = table.store.look(table.ref())
    assert look.lock == table.lock()
    assert look.lock is not None
    assert (look.lock.body, look.kept) == (Body.LOCK, None)
    assert table.store.delete(table.ref(), ALICE) is Deletion.DELETED


@pytest.mark.parametrize("lock_id", ODD_LOCK_IDS, ids=range(len(ODD_LOCK_IDS)))
def test_an_odd_key_is_listed_read_deleted_and_put_back_as_it_is(table: TableHome, lock_id: str) -> None:
    table.put_item({"LockID": {"S": lock_id}, **INFO})
    assert table.listed() == [lock_id]
    lock = table.store.read(msgspec.structs.replace(table.place(), key=lock_id))
    assert lock is not None
    assert lock.ref.state_path == lock_id
    kept = table.store.look(lock.ref).kept
    assert kept is not None
    table.store.state_written(lock.ref)
    assert table.store.delete(lock.ref, ALICE) is Deletion.DELETED
    assert table.store.put_back(lock.ref, kept, mark_of("1"), ALICE) is PutBack.DONE
    assert table.listed() == [lock_id]


def test_a_table_keeps_no_versions(table: TableHome) -> None:
    table.has(INFO)
    assert table.store.read(table.place(), "v1") is None


def test_a_listing_counts_the_digests_too_because_dynamodb_reads_them(table: TableHome) -> None:
    table.has(INFO)
    for number in range(3):
        table.has(DIGEST, f"{number}-md5")
    assert sum(part.looked_at for part in table.store.scan(table.target())) == 4


@pytest.mark.parametrize(
    ("item", "written", "digest"), [(INFO, False, False), (DIGEST, True, True), (None, True, False)]
)
def test_the_evidence_says_whether_there_is_a_digest_of_the_state(
    table: TableHome, item: Item | None, written: bool, digest: bool
) -> None:
    table.has(INFO)
    if item:
        table.has(item, f"{STATE_KEY}-md5")
    if written:
        table.put_object(STATE_KEY, b"state")
    state = table.store.state_written(table.ref())
    assert (state.at is not None, state.digest, state.elsewhere) == (written, digest, False)


@pytest.mark.parametrize("lock_id", ["another-bucket/app.tfstate", "no-slash", "/", "another-bucket/"])
def test_of_a_state_whose_bucket_is_no_target_the_evidence_says_so(table: TableHome, lock_id: str) -> None:
    table.put_item({"LockID": {"S": lock_id}, **INFO})
    table.put_item({"LockID": {"S": f"{lock_id}-md5"}, **DIGEST})
    lock = table.store.read(msgspec.structs.replace(table.place(), key=lock_id))
    assert lock is not None
    state = table.store.state_written(lock.ref)
    assert (state.at, state.digest, state.elsewhere) == (None, True, True)
