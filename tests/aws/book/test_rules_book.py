from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.aws.book.lock_book import DynamoLockBook
from chalicelib.aws.book.rules_book import DynamoRulesBook
from chalicelib.ports.book import BookError
from tests.aws_fixtures import lock_book_table


@pytest.fixture
def table() -> Iterator[Any]:
    with lock_book_table() as made:
        yield made


def test_before_the_first_watch_there_are_no_rules(table: Any) -> None:
    assert DynamoRulesBook(table).rules() is None


def test_the_rules_that_were_stored_last_are_read_byte_for_byte_and_are_no_lock(table: Any) -> None:
    for rules in (b"{}", b'{"routes": "' + b"x" * 1_000_000 + b'"}\n'):
        DynamoRulesBook(table).replace(rules)
    assert DynamoRulesBook(table).rules() == rules
    assert DynamoLockBook(table).open_pages() == []


@pytest.mark.parametrize("stored", [b"not packed", "text"])
def test_rules_that_cannot_be_unpacked_are_an_error_that_says_what_to_do(table: Any, stored: Any) -> None:
    table.put_item(Item={"StatePath": "#rules", "LockIdentity": "checked", "Rules": stored})
    with pytest.raises(BookError, match="delete it"):
        DynamoRulesBook(table).rules()
