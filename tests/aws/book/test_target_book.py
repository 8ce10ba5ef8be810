"""Test how the packed parts of what the target rules found are kept apart."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.aws.book.lock_book import DynamoLockBook
from chalicelib.aws.book.target_book import DynamoTargetBook
from chalicelib.core.locks.place import Kind
from chalicelib.core.targets.remembered import Container, Remembered
from chalicelib.ports.book import BookError
from tests.aws_fixtures import lock_book_table
from tests.builders import TAKEN

pytestmark = pytest.mark.thorough


class Clock:
    now: datetime = TAKEN

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def table() -> Iterator[Any]:
    with lock_book_table() as made:
        yield made


def some(count: int, step: int = 7919) -> Remembered:
    """Return so many containers, with names that cannot be packed to nothing."""
    names = (f"{(number + 1) * step**9 % 16**24:024x}" for number in range(count))
    return Remembered(at=TAKEN, containers=tuple(Container(Kind.S3, name, "eu-west-1") for name in names))


def items(table: Any) -> dict[str, Any]:
    return {item["LockIdentity"]: item for item in table.scan()["Items"]}


def test_ten_thousand_targets_are_in_items_that_dynamodb_takes(table: Any) -> None:
    DynamoTargetBook(table, Clock()).replace(some(30_000))
    sizes = [len(bytes(item["Packed"])) for item in items(table).values() if "Packed" in item]
    assert len(sizes) > 1
    assert max(sizes) < 400_000 - 1_000
    assert DynamoLockBook(table).open_pages() == []


def test_a_writer_that_is_stopped_before_its_head_leaves_what_was_there(table: Any) -> None:
    clock = Clock()
    book = DynamoTargetBook(table, clock, 1_000)
    book.replace(some(100))
    old_head = items(table)["head"]
    clock.now += timedelta(days=1)
    book.replace(some(100, 104729))
    table.put_item(Item=old_head)  # as if the second writer had not got to its head
    assert DynamoTargetBook(table, clock).remembered() == some(100)
    assert book.remembered() == some(100)


def test_parts_expire_a_day_after_another_set_took_their_place_and_the_new_ones_never(table: Any) -> None:
    clock = Clock()
    book = DynamoTargetBook(table, clock, 1_000)
    book.replace(some(100))
    first = {name for name in items(table) if name != "head"}
    clock.now += timedelta(days=1)
    book.replace(some(100))
    expiring = {name: item["ExpiresAt"] for name, item in items(table).items() if "ExpiresAt" in item}
    assert len(first) > 1
    assert expiring == dict.fromkeys(first, (clock.now + timedelta(days=1)).timestamp())


def test_of_two_writers_the_later_one_stays_whichever_writes_its_head_last(table: Any) -> None:
    early, late = Clock(), Clock()
    late.now += timedelta(seconds=1)
    DynamoTargetBook(table, late).replace(some(2))
    DynamoTargetBook(table, early).replace(some(1))
    assert DynamoTargetBook(table, late).remembered() == some(2)


def test_what_has_not_changed_is_read_once(table: Any) -> None:
    book = DynamoTargetBook(table, Clock())
    book.replace(some(3))
    assert book.remembered() is book.remembered()


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("head", {"Parts": 2}),
        ("head", {"Parts": "many"}),
        ("head", {"Digest": "0"}),
        ("head", {"Generation": "2020"}),
        ("head", {"Generation": "zzz"}),
        ("head", {"Generation": 5}),
        ("part", {"Packed": b"damaged"}),
        ("part", {"Packed": 5}),
    ],
)
def test_damaged_items_are_an_error_and_the_next_night_replaces_them(table: Any, name: str, change: Any) -> None:
    clock = Clock()
    book = DynamoTargetBook(table, clock)
    book.replace(some(3))
    [item] = [item for there, item in items(table).items() if (there == "head") is (name == "head")]
    table.put_item(Item=item | change)
    with pytest.raises(BookError, match="delete it"):
        DynamoTargetBook(table, clock).remembered()
    clock.now += timedelta(days=1)
    book.replace(some(4))
    assert DynamoTargetBook(table, clock).remembered() == some(4)
