"""The books that several contracts are about, each in memory and in DynamoDB."""

from collections.abc import Iterator

import pytest

from chalicelib.aws.book.lock_book import DynamoLockBook
from chalicelib.ports.book import LockBook
from tests.aws_fixtures import lock_book_table
from tests.fakes.book import FakeBook
from tflocks.live.memory_book import MemoryBook


@pytest.fixture(params=["fake", "tflocks' own", "DynamoDB in moto"])
def book(request: pytest.FixtureRequest) -> Iterator[LockBook]:
    if request.param == "fake":
        yield FakeBook()
        return
    if request.param == "tflocks' own":
        yield MemoryBook()
        return
    with lock_book_table() as table:
        yield DynamoLockBook(table)
