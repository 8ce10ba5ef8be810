"""The books that several contracts are about, each in memory and in DynamoDB."""

from collections.abc import Iterator

import pytest

from chalicelib.aws.book.lock_book import DynamoLockBook
from chalicelib.ports.book import LockBook
from tests.aws_fixtures import lock_book_table
from tests.fakes.book import FakeBook


@pytest.fixture(params=["fake", "DynamoDB in moto"])
def book(request: pytest.FixtureRequest) -> Iterator[LockBook]:
    if request.param == "fake":
        yield FakeBook()
        return
    with lock_book_table() as table:
        yield DynamoLockBook(table)
