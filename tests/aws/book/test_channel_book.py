"""Test what only DynamoDB's book of channels does."""

import pytest

from chalicelib.aws.book.channel_book import DynamoChannelBook
from chalicelib.ports.book import BookError
from tests.aws_fixtures import lock_book_table


def test_a_channel_s_trouble_that_cannot_be_read_is_a_book_error() -> None:
    with lock_book_table() as table:
        table.put_item(Item={"StatePath": "#channels", "LockIdentity": "x", "Trouble": "{"})
        with pytest.raises(BookError, match="cannot be read"):
            DynamoChannelBook(table).troubled()
