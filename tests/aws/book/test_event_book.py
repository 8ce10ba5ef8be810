"""Test what only DynamoDB's book of events does."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from chalicelib.aws.book.event_book import DynamoEventBook
from chalicelib.core.audit.event import LockEvent
from chalicelib.core.audit.hold import Journaled, NotedEvent
from chalicelib.core.locks.place import Kind, Place
from chalicelib.ports.book import BookError
from tests.aws_fixtures import lock_book_table
from tests.builders import BUCKET, KEY, TAKEN


@pytest.fixture
def table() -> Iterator[Any]:
    with lock_book_table() as table:
        yield table


def an_acquire(key: str = KEY) -> LockEvent:
    return LockEvent(acquired=True, place=Place(Kind.S3, BUCKET, key), at=TAKEN)


def test_a_book_that_is_not_there_is_a_book_error(table: Any) -> None:
    noted, events = NotedEvent(an_acquire()), DynamoEventBook(table)
    table.delete()
    with pytest.raises(BookError):
        events.claim(noted, TAKEN)
    with pytest.raises(BookError):
        events.journaled(noted.event, Journaled.HOLD)
    for ask in (events.find, events.before, events.remember_gone, events.gone_after):
        with pytest.raises(BookError):
            ask(noted.event)


def test_an_event_that_cannot_be_read_is_a_book_error(table: Any) -> None:
    events, event = DynamoEventBook(table), an_acquire("unreadable.tflock")
    events.claim(NotedEvent(event), TAKEN)
    key = {"StatePath": f"#events {event.place.name}", "LockIdentity": event.identity}
    table.put_item(Item=key | {"Noted": "{"})
    with pytest.raises(BookError, match="cannot be read"):
        events.before(msgspec.structs.replace(event, acquired=False, at=TAKEN + timedelta(seconds=1)))


def test_an_event_is_forgotten_when_it_cannot_be_delivered_any_more(table: Any) -> None:
    event = an_acquire("old.tflock")
    DynamoEventBook(table).claim(NotedEvent(event), TAKEN)
    key = {"StatePath": f"#events {event.place.name}", "LockIdentity": event.identity}
    assert table.get_item(Key=key)["Item"]["ExpiresAt"] == int((TAKEN + timedelta(days=21)).timestamp())


def test_an_event_of_a_place_with_the_longest_key_of_a_table_is_remembered(table: Any) -> None:
    events = DynamoEventBook(table)
    for name in ("t" * 255, "another"):
        event = LockEvent(acquired=True, place=Place(Kind.DYNAMODB, name, "k" * 2048), at=TAKEN)
        assert events.find(event) is None
        assert events.claim(NotedEvent(event), TAKEN)
        found = events.find(event)
        assert found is not None
        assert found.event == event
