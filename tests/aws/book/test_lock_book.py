"""What only the DynamoDB books know: their table's items, its index, and what goes wrong with them."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import boto3
import msgspec
import pytest
from botocore.config import Config

from chalicelib.aws.book.digest_book import DynamoDigestBook
from chalicelib.aws.book.group_book import DynamoGroupBook
from chalicelib.aws.book.lock_book import DynamoLockBook
from chalicelib.core.alerts.digest import LINES, OLDEST, Digest, Named, short_name
from chalicelib.core.alerts.message import Posted
from chalicelib.core.alerts.transitions import endings, telling
from chalicelib.core.clicks.claim import Restorer
from chalicelib.core.clicks.deletion import LockObject
from chalicelib.core.clicks.ending import Ending, Outcome
from chalicelib.ports.book import BookError
from tests.aws_fixtures import lock_book_table
from tests.book_writes import kept, page_after, put_back
from tests.builders import ALICE, CHANNEL, TAKEN, a_claim, a_lock, a_ref, a_sending

LOCK = a_lock()
KEY = {"StatePath": LOCK.ref.state_path, "LockIdentity": LOCK.ref.identity}
GONE = Ending(outcome=Outcome.GONE, at=TAKEN)
ALERTED = a_sending(at=TAKEN, channel=CHANNEL)
DIGEST = Digest(channel=CHANNEL, locks=(LOCK.ref.name,), oldest=(), at=TAKEN, held=1)
DAY = 24 * 3600
NOW = int(TAKEN.timestamp())


@pytest.fixture
def table() -> Iterator[Any]:
    with lock_book_table() as table:
        yield table


def indexed(table: Any) -> list[str]:
    return [item["StatePath"] for item in table.scan(IndexName="held")["Items"]]


def test_only_what_is_held_or_untold_is_in_the_index_whatever_else_is_in_the_table(table: Any) -> None:
    book = DynamoLockBook(table)
    DynamoDigestBook(table).claim(DIGEST)
    DynamoGroupBook(table).replace("S1", frozenset())
    book.write(telling.remember(LOCK))
    book.write(endings.end(LOCK, GONE))
    assert indexed(table) == [LOCK.ref.state_path]
    book.write(endings.ending_told(LOCK.ref))
    assert indexed(table) == []


def test_an_item_that_the_index_has_too_late_or_too_long_is_believed_by_what_it_says(table: Any) -> None:
    book = DynamoLockBook(table)
    book.write(endings.end(LOCK, GONE))
    book.write(endings.ending_told(LOCK.ref))
    book.write(telling.remember(LOCK))
    assert indexed(table) == [LOCK.ref.state_path]
    assert book.open_pages() == []


def test_the_index_is_read_to_its_last_page(table: Any) -> None:
    book = DynamoLockBook(table)
    locks = [a_lock(key=f"{number}.tflock", body=b'{"Who":"' + b"x" * 15_000 + b'"}') for number in range(150)]
    for lock in locks:
        book.write(telling.remember(lock))
    assert {page.lock.ref.place.key for page in book.open_pages()} == {lock.ref.place.key for lock in locks}


def test_an_ended_lock_and_its_bytes_are_kept_for_30_days_and_a_held_one_as_long_as_it_is_held(table: Any) -> None:
    book = DynamoLockBook(table)
    book.write(endings.begin_release(LOCK, a_claim(), LockObject(b"x" * 16 * 1024), None))
    assert "ExpiresAt" not in table.get_item(Key=KEY)["Item"]
    book.write(endings.end(LOCK, GONE, a_claim()))
    assert table.get_item(Key=KEY)["Item"]["ExpiresAt"] == NOW + 30 * DAY
    book.write(endings.reopen(LOCK, TAKEN))
    assert "ExpiresAt" not in table.get_item(Key=KEY)["Item"]


def test_a_restored_lock_s_old_page_leaves_the_index(table: Any) -> None:
    book = DynamoLockBook(table)
    book.write(endings.end(LOCK, GONE))
    new = a_lock(taken=TAKEN + timedelta(hours=1))
    put_back(book, page_after(book, telling.remember(LOCK)), new, Restorer(ALICE, "click"))
    items = table.scan(IndexName="held")["Items"]
    assert [item["LockIdentity"] for item in items] == [new.ref.identity]


def test_digests_expire_after_a_month_and_groups_after_a_day(table: Any) -> None:
    digests = DynamoDigestBook(table)
    digests.claim(DIGEST)
    digests.save(msgspec.structs.replace(DIGEST, posted=Posted(CHANNEL, "1.1")))
    digests.claim(DIGEST)
    DynamoGroupBook(table, lambda: NOW + 0.5).replace("S1", frozenset())
    expiries = sorted(int(item["ExpiresAt"]) - NOW for item in table.scan()["Items"])
    assert expiries == [DAY, 30 * DAY, 30 * DAY]


def test_a_digest_of_as_many_locks_as_there_can_be_with_the_longest_keys_is_no_larger_than_an_item_can_be(
    table: Any,
) -> None:
    longest = a_ref(508 * '/"' + ".tflock", bucket="b" * 63)
    locks = tuple(short_name(a_ref(f"{number}.tflock")) for number in range(LINES))
    digest = msgspec.structs.replace(DIGEST, locks=locks, oldest=(Named(longest.name, TAKEN),) * OLDEST)
    book = DynamoDigestBook(table)
    assert book.claim(digest)
    assert book.open() == [digest]


def test_a_group_that_nobody_looked_up_for_a_day_is_unknown_before_dynamodb_deletes_it(table: Any) -> None:
    DynamoGroupBook(table, lambda: NOW).replace("S1", frozenset({ALICE}))
    assert DynamoGroupBook(table, lambda: NOW + DAY - 1).members() == {"S1": {ALICE}}
    assert DynamoGroupBook(table, lambda: NOW + DAY).members() == {}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Lock", "{"),
        ("Lock", '{"x":' + "[" * 100_000),
        ("Restoring", "{}"),
        ("QuietAt", "late"),
        ("Sending", '{"saying":"x"}'),
        ("Posted", 1),
        ("Ending", "{}"),
        ("AlertedAt", "yesterday"),
        ("ClaimedUntil", 1),
        ("Kept", "null"),
    ],
)
def test_an_item_that_cannot_be_read_is_told_as_that(table: Any, name: str, value: object) -> None:
    book = DynamoLockBook(table)
    book.write(telling.remember(LOCK))
    table.put_item(Item=table.get_item(Key=KEY)["Item"] | {name: value})
    with pytest.raises(BookError, match="cannot be read"):
        kept(book, LOCK.ref) if name == "Kept" else book.find(LOCK.ref)


def test_a_page_that_cannot_be_read_is_told_in_the_log_and_keeps_nobody_from_the_others(
    table: Any, caplog: pytest.LogCaptureFixture
) -> None:
    book, other = DynamoLockBook(table), a_lock(key="other.tflock")
    book.write(telling.remember(LOCK))
    book.write(telling.remember(other))
    assert len(book.open_pages()) == 2
    assert caplog.records == []
    table.put_item(Item=table.get_item(Key=KEY)["Item"] | {"Lock": "{"})
    assert [page.lock for page in book.open_pages()] == [other]
    assert [(line.levelno, vars(line)["state_path"]) for line in caplog.records] == [
        (logging.ERROR, LOCK.ref.state_path)
    ]
    with pytest.raises(BookError, match="cannot be read"):
        book.pages_of(LOCK.ref.state_path, LOCK.ref.since)


def test_a_digest_or_a_group_that_cannot_be_read_is_told_as_that(table: Any) -> None:
    table.put_item(Item={"StatePath": "#digests", "LockIdentity": "x", "Digest": "{"})
    table.put_item(Item={"StatePath": "#groups", "LockIdentity": "x"})
    with pytest.raises(BookError, match="cannot be read"):
        DynamoDigestBook(table).open()
    with pytest.raises(BookError, match="cannot be read"):
        DynamoGroupBook(table).members()


def test_a_claim_of_an_older_release_with_fewer_fields_can_still_be_settled(table: Any) -> None:
    book = DynamoLockBook(table)
    book.write(telling.claim(LOCK, ALERTED))
    older = '{"about":"it","saying":[{"topic":"alert"}],"at":"2026-11-21T03:18:57Z","channel":"C0PLATFORM"}'
    table.put_item(Item=table.get_item(Key=KEY)["Item"] | {"Sending": older})
    (page,) = book.open_pages()
    assert page.sending is not None
    book.write(telling.drop_claim(LOCK.ref, page.sending))
    assert book.write(telling.claim(LOCK, ALERTED)).taken


def test_a_table_that_is_not_there_or_cannot_be_reached_is_told_as_that(table: Any) -> None:
    nowhere = Config(retries={"total_max_attempts": 1}, connect_timeout=1)
    unreachable = boto3.resource(
        "dynamodb",
        region_name="eu-central-1",
        endpoint_url="http://127.0.0.1:9",
        aws_access_key_id="x",
        aws_secret_access_key="x",
        config=nowhere,
    ).Table("book")
    table.delete()
    for book in (DynamoLockBook(table), DynamoLockBook(unreachable)):
        with pytest.raises(BookError, match="could not be reached"):
            book.open_pages()
        with pytest.raises(BookError, match="could not be reached"):
            book.write(telling.claim(LOCK, ALERTED))
    with pytest.raises(BookError, match="could not be reached"):
        DynamoDigestBook(table).forget(DIGEST)
