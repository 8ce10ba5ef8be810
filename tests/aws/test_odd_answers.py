"""Whatever comes back from AWS, or from what stands between, is one of the ports' failures, and never an answer."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.stub import Stubber

from chalicelib import wiring
from chalicelib.aws import clients
from chalicelib.aws.book.channel_book import DynamoChannelBook
from chalicelib.aws.book.digest_book import DynamoDigestBook
from chalicelib.aws.book.group_book import DynamoGroupBook
from chalicelib.aws.book.lock_book import DynamoLockBook
from chalicelib.aws.book.table import BookTable, Update
from chalicelib.aws.locks.dynamodb import DynamoLockStore
from chalicelib.aws.locks.s3 import S3LockStore
from chalicelib.aws.orders.sqs import SqsOrders
from chalicelib.core.alerts.transitions import telling
from chalicelib.core.clicks.deletion import Deletion, LockObject, PutBack
from chalicelib.core.locks.mark import mark_of
from chalicelib.core.locks.place import Kind, Place
from chalicelib.core.locks.target import Target
from chalicelib.core.nights.sweep_order import SweepOrder
from chalicelib.jobs.sweep import SweepIncompleteError
from chalicelib.ports.book import BookError
from chalicelib.ports.locks import StoreError
from chalicelib.ports.orders import OrderError
from chalicelib.ports.people import MessengerError
from chalicelib.ports.world import World
from tests.aws_fixtures import REGION
from tests.builders import (
    ALICE,
    BUCKET,
    CHANNEL,
    KEY,
    TAKEN,
    a_lock,
    a_sending,
    a_table,
    a_table_lock,
    sample,
    some_rules,
)
from tests.fakes.world import FakeWorld
from tests.odd_server import ODD_ANSWERS, PAGE, UNCLEAR, OddServer, http
from tests.sweeps import sweep

ONCE = Config(retries={"total_max_attempts": 1}, connect_timeout=1, read_timeout=2, s3={"addressing_style": "path"})
FROM_AWS = {"x_amz_request_id": "4442587FB7D0A2F9"}
SATURDAY = "Sat, 21 Nov 2026 03:18:57 GMT"
XML = '<?xml version="1.0" encoding="UTF-8"?>'
OF_ANY_SERVER = (
    "nothing at all",
    "no HTTP",
    "a header without end",
    "200 with nothing",
    "204",
    "a proxy's page",
    "a page that begins like JSON",
    "a page that is not UTF-8",
    "cut in the middle",
    "garbage in chunks",
    "packed although nobody asked",
    "a length that is no number",
    "a redirect to a page",
    "JSON null",
    "JSON, a list",
    "JSON, a number",
    "JSON nested too deep",
    "an empty object",
    "a bare 500",
    "a 503 that is not UTF-8",
    "a 403 of a firewall",
)
"""Each costs botocore some twenty milliseconds: those that differ in what it makes of them."""
ODD = {
    **{name: UNCLEAR[name] for name in OF_ANY_SERVER},
    "a 404 of a proxy": http(PAGE, "404 Not Found", Content_Type="text/html"),
    "a 404 with nothing": http("", "404 Not Found"),
    "a 412 of a proxy": http(PAGE, "412 Precondition Failed", Content_Type="text/html"),
    "a 409 with JSON": http('{"error":"conflict"}', "409 Conflict"),
    "a 429 of a proxy": http(PAGE, "429 Too Many Requests", Content_Type="text/html", Retry_After="soon"),
    "XML cut in the middle": http(f"{XML}<ListBucketResult><Contents><Key>a.tf", Content_Type="application/xml"),
    "an XML error without its code": http(f"{XML}<Error></Error>", "403 Forbidden", Content_Type="application/xml"),
    "an XML error cut in the middle": http(f"{XML}<Error><Code>Acc", "403 Forbidden", Content_Type="application/xml"),
    "XML of another service": http(f"{XML}<Login/>", Content_Type="application/xml"),
    "a listing with an entry of nothing": http(
        f"{XML}<ListBucketResult><Contents></Contents></ListBucketResult>", Content_Type="application/xml", **FROM_AWS
    ),
    "a listing with odd times": http(
        f"{XML}<ListBucketResult><Contents><Key>{KEY}</Key><LastModified>soon</LastModified></Contents></ListBucketResult>",
        Content_Type="application/xml",
        **FROM_AWS,
    ),
    "an object without its ETag": http(sample("s3-apply-default"), Last_Modified=SATURDAY, **FROM_AWS),
    "an object without its time": http(sample("s3-apply-default"), ETag='"x"', **FROM_AWS),
    "an object with an odd time": http(sample("s3-apply-default"), ETag='"x"', Last_Modified="soon", **FROM_AWS),
    "an object cut in the middle": http(b"{", ETag='"x"', Last_Modified=SATURDAY, Content_Length="500", **FROM_AWS),
}
LOCK = a_lock()
S3: dict[str, Callable[[S3LockStore], Any]] = {
    "scan": lambda store: list(store.scan(Target(Kind.S3, BUCKET))),
    "read": lambda store: store.read(Place(Kind.S3, BUCKET, KEY)),
    "look": lambda store: store.look(LOCK.ref),
    "state_written": lambda store: store.state_written(LOCK.ref),
    "delete": lambda store: store.delete(LOCK.ref, ALICE),
    "put_back": lambda store: store.put_back(LOCK.ref, LockObject(b"{}"), mark_of("1"), ALICE),
}
TABLE_LOCK = a_table_lock()
TABLES: dict[str, Callable[[DynamoLockStore], Any]] = {
    "scan": lambda store: list(store.scan(a_table())),
    "read": lambda store: store.read(TABLE_LOCK.ref.place),
    "look": lambda store: store.look(TABLE_LOCK.ref),
    "digest": lambda store: store.state_written(TABLE_LOCK.ref),
    "delete": lambda store: store.delete(TABLE_LOCK.ref, ALICE),
    "put_back": lambda store: store.put_back(TABLE_LOCK.ref, LockObject(b"{}"), mark_of("1"), ALICE),
}
ODD_ITEMS = {
    "an item of a type that nobody knows": '{"Item":{"LockID":{"S":"x"},"Info":{"X":1}}}',
    "an item that is a text": '{"Item":"x"}',
    "an attribute without a type": '{"Item":{"Info":{}}}',
    "items that are none": '{"Items":[null],"ScannedCount":1}',
    "a page without its count": '{"Items":[]}',
    "a key of another type": '{"Items":[],"ScannedCount":1,"LastEvaluatedKey":{"LockID":{"N":"1"}}}',
}
# A page that lists nothing: S3 leaves out all that is empty, so this cannot be told from an empty listing.
LIKE_AN_EMPTY_LISTING = {"XML of another service"}
DYNAMODB: dict[str, Callable[[Any], Any]] = {
    "open_pages": lambda table: DynamoLockBook(table).open_pages(),
    "find": lambda table: DynamoLockBook(table).find(LOCK.ref),
    "write": lambda table: DynamoLockBook(table).write(telling.claim(LOCK, a_sending())),
    "forget": lambda table: DynamoChannelBook(table).forget("C0"),
}


pytestmark = ODD_ANSWERS


def at(server: OddServer) -> dict[str, Any]:
    keys = {"aws_access_key_id": "x", "aws_secret_access_key": "x", "region_name": REGION}
    return {"endpoint_url": server.api_url.removesuffix("/api/"), "config": ONCE, **keys}


@pytest.fixture(scope="module")
def store(odd_server: OddServer) -> S3LockStore:
    client = boto3.client("s3", **at(odd_server))
    return S3LockStore(*[lambda *_: client] * 3)


@pytest.fixture(scope="module")
def tables(odd_server: OddServer) -> DynamoLockStore:
    client = boto3.client("dynamodb", **at(odd_server))
    return DynamoLockStore(*[lambda *_: client] * 3)


@pytest.fixture(scope="module")
def table(odd_server: OddServer) -> Any:
    return boto3.resource("dynamodb", **at(odd_server)).Table("book")


@pytest.fixture(scope="module")
def orders(odd_server: OddServer) -> SqsOrders:
    return SqsOrders(boto3.client("sqs", **at(odd_server)), lambda _: f"{odd_server.api_url}queue")


@pytest.mark.parametrize("answer", ODD)
@pytest.mark.parametrize("method", S3)
def test_an_odd_answer_of_s3_is_no_lock_no_absence_and_no_deed(
    odd_server: OddServer, store: S3LockStore, answer: str, method: str
) -> None:
    odd_server.always(ODD[answer])
    try:
        told = S3[method](store)
    except StoreError:
        return
    if method == "delete":
        assert told is Deletion.UNKNOWN
    elif method == "put_back":
        assert told is PutBack.UNKNOWN or b"x-amz-request-id" in ODD[answer]  # S3 took it; nothing else of it is used
    else:
        assert answer in LIKE_AN_EMPTY_LISTING, told


@pytest.mark.parametrize("answer", ODD)
@pytest.mark.parametrize("method", TABLES)
def test_an_odd_answer_of_dynamodb_is_no_lock_no_absence_and_no_deed(
    odd_server: OddServer, tables: DynamoLockStore, answer: str, method: str
) -> None:
    odd_server.always(ODD[answer])
    try:
        told = TABLES[method](tables)
    except StoreError:
        return
    assert (method, told) == ("put_back", PutBack.UNKNOWN)  # a delete reads first, and that failed


@pytest.mark.parametrize("answer", ODD_ITEMS)
@pytest.mark.parametrize("method", ["scan", "read", "look", "digest", "delete"])
def test_an_item_that_cannot_be_is_a_failure_and_no_absence(
    odd_server: OddServer, tables: DynamoLockStore, answer: str, method: str
) -> None:
    odd_server.always(http(ODD_ITEMS[answer], Content_Type="application/x-amz-json-1.0", x_amzn_requestid="1"))
    if (method == "scan") == ("Items" in ODD_ITEMS[answer]):
        with pytest.raises(StoreError):
            TABLES[method](tables)


@pytest.mark.parametrize("answer", ODD)
@pytest.mark.parametrize("method", DYNAMODB)
def test_an_odd_answer_of_dynamodb_is_a_failure_of_the_book(
    odd_server: OddServer, table: Any, answer: str, method: str
) -> None:
    odd_server.always(ODD[answer])
    with pytest.raises(BookError):
        DYNAMODB[method](table)


@pytest.mark.parametrize("answer", ODD)
def test_an_odd_answer_of_sqs_is_a_failure_to_leave_the_order(
    odd_server: OddServer, orders: SqsOrders, answer: str
) -> None:
    odd_server.always(ODD[answer])
    with pytest.raises(OrderError):
        orders.sweep(SweepOrder(Target(Kind.S3, "a")))


@pytest.mark.parametrize("answer", ["a proxy's page", "a 404 of a proxy", "XML cut in the middle", "JSON null"])
def test_one_bucket_s_odd_answers_keep_no_other_from_its_alerts(
    odd_server: OddServer, store: S3LockStore, answer: str
) -> None:
    world = FakeWorld(TAKEN)
    world.store.put("acme-other", KEY, sample("s3-apply-default"))
    odd_server.always(ODD[answer])
    odd, fine = some_rules().targets
    world.later(hours=3)
    with pytest.raises(SweepIncompleteError):
        sweep(odd, reading_from(store, world), some_rules(), world.now)
    sweep(fine, world.ports, some_rules(), world.now)
    assert [posted.channel for posted in world.messenger.shown] == [CHANNEL]


def reading_from(store: S3LockStore, world: FakeWorld) -> World:
    return replace(world.ports, store=store)


def test_pages_of_the_book_that_never_end_are_a_failure_and_no_endless_loop() -> None:
    client = boto3.resource("dynamodb", region_name=REGION, aws_access_key_id="x", aws_secret_access_key="x")
    table = client.Table("book")
    with Stubber(table.meta.client) as stubber:
        for _ in range(2):
            stubber.add_response("query", {"Items": [], "LastEvaluatedKey": {"StatePath": {"S": "again"}}})
        with pytest.raises(BookError, match="the same page again"):
            BookTable(table).query("acme/x")


def test_a_page_without_its_items_is_a_failure_of_the_book(odd_server: OddServer, table: Any) -> None:
    for body in ("{}", '{"Items":null}', '{"Items":[null]}', '{"Items":[{"Lock":{"X":1}}]}'):
        odd_server.always(http(body, Content_Type="application/x-amz-json-1.0", **FROM_AWS))
        for read in (DynamoLockBook(table).open_pages, DynamoDigestBook(table).open, DynamoGroupBook(table).members):
            with pytest.raises(BookError):
                read()
    odd_server.always(http("{}", Content_Type="application/x-amz-json-1.0", **FROM_AWS))
    with pytest.raises(BookError):
        BookTable(table).change({"StatePath": "x", "LockIdentity": "x"}, Update(put={"A": "b"}))


@pytest.mark.parametrize("answer", ["a proxy's page", "JSON null"])
def test_a_token_that_ssm_does_not_give_is_a_failure_of_the_messenger(
    odd_server: OddServer, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    odd_server.always(ODD[answer])
    monkeypatch.setenv("SLACK_BOT_TOKEN_PARAMETER", "/reaper/bot-token")
    for name, value in (
        ("ENDPOINT_URL_SSM", at(odd_server)["endpoint_url"]),
        ("ACCESS_KEY_ID", "x"),
        ("MAX_ATTEMPTS", "1"),
    ):
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    clients.new_secrets.cache_clear()
    with pytest.raises(MessengerError, match="bot token"):
        wiring.bot_token()
    clients.new_secrets.cache_clear()


def test_a_token_without_a_place_to_read_it_from_is_a_failure_of_the_messenger(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SLACK_BOT_TOKEN_PARAMETER", raising=False)
    with pytest.raises(MessengerError, match="bot token"):
        wiring.bot_token()
