"""Test whatever remembers what the target rules found."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from chalicelib.aws.book.target_book import DynamoTargetBook
from chalicelib.core.locks.place import Kind
from chalicelib.core.targets.remembered import Container, Remembered
from chalicelib.ports.targets import TargetBook
from tests.aws_fixtures import lock_book_table
from tests.builders import TAKEN
from tests.fakes.targets import FakeTargetBook

HOSTILE = "\x00<!channel>\n\"'} \U0001f600\uffff #by :by"


@pytest.fixture(params=["fake", "DynamoDB in moto"])
def targets(request: pytest.FixtureRequest) -> Iterator[TargetBook]:
    if request.param == "fake":
        yield FakeTargetBook()
        return
    times = iter(datetime(2026, 11, 21, 3, tzinfo=UTC) + timedelta(seconds=step) for step in range(1000))
    with lock_book_table() as table:
        yield DynamoTargetBook(table, lambda: next(times))


def a_container(name: str = "acme-tfstate", kind: Kind = Kind.S3) -> Container:
    return Container(kind, name, "eu-west-1", "111122223333", HOSTILE, "0123456789ab")


def test_before_a_rule_has_looked_nothing_is_remembered(targets: TargetBook) -> None:
    assert targets.remembered() is None


@pytest.mark.parametrize("number", [0, 1, 10_000])
def test_all_that_was_found_is_remembered(targets: TargetBook, number: int) -> None:
    names = [f"{step * 7919**5 % 10**12:012x}-tfstate" for step in range(number)]
    found = tuple(a_container(name, kind) for name, kind in zip(names, [*Kind] * number, strict=False))
    targets.replace(Remembered(at=TAKEN, containers=found, reported=HOSTILE))
    assert targets.remembered() == Remembered(at=TAKEN, containers=found, reported=HOSTILE)


def test_a_later_set_takes_the_place_of_an_earlier_one(targets: TargetBook) -> None:
    first = Remembered(at=TAKEN, containers=(a_container("a"), a_container("b")))
    targets.replace(first)
    assert targets.remembered() == first
    then = msgspec.structs.replace(first, at=TAKEN + timedelta(days=1), containers=(a_container("b"),))
    targets.replace(then)
    assert targets.remembered() == then
