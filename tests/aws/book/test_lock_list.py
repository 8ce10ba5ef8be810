"""Test what only DynamoDB's list of locks does."""

from typing import Any

import pytest

from chalicelib.aws.book.lock_book import DynamoLockBook
from chalicelib.aws.book.lock_list import DynamoLockList
from chalicelib.core.alerts.listing import HeldEntry
from chalicelib.core.alerts.transitions import telling
from chalicelib.core.locks.lock import HeldLock
from chalicelib.ports.book import BookError
from tests.aws_fixtures import lock_book_table
from tests.builders import a_lock


def entry(lock: HeldLock, **known: str) -> HeldEntry:
    return HeldEntry(lock.ref.state_path, lock.ref.identity, **known)


def test_thousands_of_locks_are_listed_each_once() -> None:
    """More than one page of DynamoDB's answer (1 MB)."""
    with lock_book_table() as table:
        with table.batch_writer() as writer:
            for number in range(1200):
                writer.put_item(Item=_page(number))
        assert len({one.state_path for one in DynamoLockList(table).held(holders=False)}) == 1200


def _page(number: int) -> dict[str, Any]:
    return {"StatePath": f"b/{number}", "LockIdentity": "x", "HeldSince": "x", "Home": "x", "Lock": "y" * 1200}


def test_a_page_that_cannot_be_read_is_not_listed_and_hides_no_other() -> None:
    with lock_book_table() as table:
        table.put_item(Item=_page(1))
        DynamoLockBook(table).write(telling.remember(a_lock()))
        locks = DynamoLockList(table)
        assert [page.lock for page in locks.pages([HeldEntry("b/1", "x"), entry(a_lock())])] == [a_lock()]
        with pytest.raises(BookError):
            locks.held(holders=True)
