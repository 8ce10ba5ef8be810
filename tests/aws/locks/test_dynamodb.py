"""What only the adapter knows: DynamoDB's refusals, pages and lost answers."""

import io
import json
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.config import Config
from botocore.stub import Stubber

from chalicelib.aws.locks.dynamodb import DynamoLockStore
from chalicelib.aws.patience import WRITING
from chalicelib.core.clicks.deletion import Deletion, LockObject, PutBack
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.mark import mark_of
from chalicelib.core.locks.place import Kind, Place
from chalicelib.core.locks.target import Target
from chalicelib.core.locks.terraform.item import MARK
from chalicelib.ports.locks import ContainerGoneError, StoreError, StoreRefusedError
from tests.aws.lost_answers import a_server_that_hangs_up
from tests.aws_fixtures import REGION, create_lock_table, moto_clients
from tests.builders import ALICE, STATE_PATH, TABLE, a_table, a_table_ref, an_item

KEYS: dict[str, Any] = {"aws_access_key_id": "x", "aws_secret_access_key": "x", "region_name": REGION}
KEY = {"LockID": {"S": STATE_PATH}}
FOUND = {"Item": an_item()}
DIGEST = {"Digest": {"S": "0" * 32}}
Stubbed = tuple[DynamoLockStore, Stubber]
SOME_PAGES = 3


@pytest.fixture
def stubbed() -> Iterator[Stubbed]:
    client = boto3.client("dynamodb", **KEYS)
    with Stubber(client) as stubber:
        yield DynamoLockStore(*[lambda *_: client] * 3), stubber
        stubber.assert_no_pending_responses()


def a_client_at(url: str) -> Any:
    """With the very settings that the package writes with."""
    return boto3.client("dynamodb", endpoint_url=url, config=WRITING, **KEYS)


def test_a_delete_compares_info_as_it_was_read_and_spares_digests(stubbed: Stubbed) -> None:
    store, stubber = stubbed
    stubber.add_response("get_item", FOUND, {"TableName": TABLE, "Key": KEY, "ConsistentRead": True})
    sent = {
        "TableName": TABLE,
        "Key": KEY,
        "ConditionExpression": "#info = :Info AND attribute_not_exists(#digest) AND attribute_not_exists(#mark)",
        "ExpressionAttributeNames": {"#info": "Info", "#mark": MARK, "#digest": "Digest"},
        "ExpressionAttributeValues": {":Info": an_item()["Info"]},
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    stubber.add_response("delete_item", {}, sent)
    assert store.delete(a_table_ref(), ALICE) is Deletion.DELETED


@pytest.mark.parametrize(
    ("status", "code", "item", "deletion"),
    [
        (400, "ConditionalCheckFailedException", an_item(), Deletion.CHANGED),
        (400, "ConditionalCheckFailedException", {}, Deletion.NOT_FOUND),
        (400, "TransactionConflictException", {}, Deletion.CONFLICT),
        (500, "InternalServerError", {}, Deletion.UNKNOWN),
        (503, "ServiceUnavailable", {}, Deletion.UNKNOWN),
        (400, "400", {}, Deletion.UNKNOWN),  # a proxy's, without a code of DynamoDB's
    ],
)
def test_each_answer_of_dynamodb_to_a_delete_has_its_meaning(
    stubbed: Stubbed, status: int, code: str, item: dict[str, Any], deletion: Deletion
) -> None:
    store, stubber = stubbed
    stubber.add_response("get_item", FOUND)
    stubber.add_client_error(
        "delete_item", code, http_status_code=status, modeled_fields={"Item": item} if item else {}
    )
    assert store.delete(a_table_ref(), ALICE) is deletion


@pytest.mark.parametrize(
    ("status", "code", "put"),
    [
        (400, "ConditionalCheckFailedException", PutBack.OCCUPIED),
        (400, "TransactionConflictException", PutBack.CONFLICT),
        (500, "InternalServerError", PutBack.UNKNOWN),
    ],
)
def test_each_answer_of_dynamodb_to_a_put_has_its_meaning(
    stubbed: Stubbed, status: int, code: str, put: PutBack
) -> None:
    store, stubber = stubbed
    sent = {
        "TableName": TABLE,
        "Item": {**an_item(), MARK: {"S": mark_of("1")}},
        "ConditionExpression": "attribute_not_exists(#id)",
        "ExpressionAttributeNames": {"#id": "LockID"},
    }
    stubber.add_client_error("put_item", code, http_status_code=status, expected_params=sent)
    kept = LockObject(json.dumps(an_item()).encode())
    assert store.put_back(a_table_ref(), kept, mark_of("1"), ALICE) is put


REFUSALS: list[tuple[str, str, type[StoreError]]] = [
    ("AccessDeniedException", "access denied", StoreRefusedError),
    ("ResourceNotFoundException", "no such table in this region and account", ContainerGoneError),
    ("ValidationException", "its key is not LockID alone", StoreRefusedError),
    ("ProvisionedThroughputExceededException", "is overloaded just now", StoreError),
    ("ThrottlingException", "is overloaded just now", StoreError),
    ("ExpiredTokenException", "credentials", StoreError),
]
ASKED: dict[str, Callable[[DynamoLockStore], object]] = {
    "scan": lambda store: list(store.scan(a_table())),
    "get_item": lambda store: store.read(a_table_ref().place),
    "put_item": lambda store: store.put_back(a_table_ref(), LockObject(b"{}"), mark_of("1"), ALICE),
    "delete_item": lambda store: store.delete(a_table_ref(), ALICE),
}


@pytest.mark.parametrize("operation", ASKED)
@pytest.mark.parametrize(("code", "said", "kind"), REFUSALS)
def test_whatever_dynamodb_refuses_is_told_with_what_to_do(
    stubbed: Stubbed, operation: str, code: str, said: str, kind: type[StoreError]
) -> None:
    store, stubber = stubbed
    if operation == "delete_item":
        stubber.add_response("get_item", FOUND)
    stubber.add_client_error(operation, code, http_status_code=400)
    with pytest.raises(StoreError, match=f"terraform-locks.*{said}") as caught:
        ASKED[operation](store)
    assert type(caught.value) is kind


@pytest.mark.parametrize(("key", "said"), [("x/app.tfstate-md5", True), ("x/app.tfstate", False)])
def test_a_lock_that_is_denied_because_its_key_is_like_a_digest_s_is_told_so(
    stubbed: Stubbed, key: str, said: bool
) -> None:
    store, stubber = stubbed
    stubber.add_response("get_item", {"Item": an_item(key)})
    stubber.add_client_error("delete_item", "AccessDeniedException", http_status_code=400)
    with pytest.raises(StoreRefusedError) as caught:
        store.delete(a_table_ref(key), ALICE)
    assert ("The key ends in -md5" in str(caught.value)) == said


def test_a_delete_whose_answer_is_lost_is_unknown_and_sent_once() -> None:
    client = boto3.client("dynamodb", **KEYS)
    with Stubber(client) as stubber, a_server_that_hangs_up() as (url, taken):
        stubber.add_response("get_item", FOUND)
        store = DynamoLockStore(lambda _: client, lambda _: client, lambda *_: a_client_at(url))
        assert store.delete(a_table_ref(), ALICE) is Deletion.UNKNOWN
    (request,) = taken
    assert b"dynamodb_20120810.deleteitem" in request.lower()


def test_a_put_whose_answer_is_lost_is_unknown_and_sent_once() -> None:
    with a_server_that_hangs_up() as (url, taken):
        store = DynamoLockStore(*[lambda *_: a_client_at(url)] * 3)
        assert store.put_back(a_table_ref(), LockObject(b"{}"), mark_of("1"), ALICE) is PutBack.UNKNOWN
    (request,) = taken
    assert b"dynamodb_20120810.putitem" in request.lower()


def test_what_could_not_be_sent_is_an_error() -> None:
    store = DynamoLockStore(*[lambda *_: a_client_at("http://127.0.0.1:9")] * 3)
    with pytest.raises(StoreError, match="putting back"):
        store.put_back(a_table_ref(), LockObject(b"{}"), mark_of("1"), ALICE)
    with pytest.raises(StoreError, match="reading"):
        store.delete(a_table_ref(), ALICE)


@pytest.mark.parametrize("kept", [b"", b"not JSON", b"[]", b'{"Digest":{"S":"x"}}', b'{"Info":"x"}', b'{"Info":{}}'])
def test_what_is_no_item_of_a_lock_is_never_put(stubbed: Stubbed, kept: bytes) -> None:
    store, _ = stubbed
    with pytest.raises(StoreError, match="putting back"):
        store.put_back(a_table_ref(), LockObject(kept), mark_of("1"), ALICE)


def test_an_item_is_put_under_the_key_of_its_place_whatever_is_kept_of_it(stubbed: Stubbed) -> None:
    store, stubber = stubbed
    stubber.add_client_error("put_item", "ConditionalCheckFailedException", http_status_code=400)
    stubber.add_response("put_item", {}, {"TableName": TABLE, "Item": {**KEY, MARK: {"S": mark_of("1")}}, **EMPTY})
    kept = LockObject(b'{"LockID":{"S":"another"},"TflockReaperMark":{"N":"1"}}')
    answers = [store.put_back(a_table_ref(), kept, mark_of("1"), ALICE) for _ in range(2)]
    assert answers == [PutBack.OCCUPIED, PutBack.DONE]


EMPTY = {"ConditionExpression": "attribute_not_exists(#id)", "ExpressionAttributeNames": {"#id": "LockID"}}


def test_a_scan_asks_for_the_keys_of_locks_alone_and_goes_on_where_a_page_ends(stubbed: Stubbed) -> None:
    store, stubber = stubbed
    asked = {
        "TableName": TABLE,
        "ConsistentRead": True,
        "FilterExpression": "attribute_exists(#info) OR attribute_not_exists(#digest)",
        "ProjectionExpression": "#id",
        "ExpressionAttributeNames": {"#id": "LockID", "#info": "Info", "#digest": "Digest"},
    }
    last = {"LockID": {"S": "b"}}
    stubber.add_response("scan", {"Items": [KEY], "ScannedCount": 9, "LastEvaluatedKey": last}, asked)
    stubber.add_response("scan", {"Items": [], "ScannedCount": 5}, {**asked, "ExclusiveStartKey": last})
    parts = list(store.scan(a_table()))
    assert [(len(part.places), part.looked_at, part.cursor) for part in parts] == [(1, 9, "b"), (0, 5, "")]


def test_pages_that_never_end_are_a_failure_and_no_endless_loop(stubbed: Stubbed) -> None:
    store, stubber = stubbed
    for _ in range(2):
        stubber.add_response("scan", {"Items": [], "ScannedCount": 1, "LastEvaluatedKey": KEY})
    with pytest.raises(StoreError, match="the same page again"):
        list(store.scan(a_table()))


@pytest.mark.parametrize("key", [[("ID", "S")], [("LockID", "N")], [("LockID", "S"), ("Sort", "S")]])
def test_a_table_that_is_no_lock_table_is_refused_and_says_why(key: list[tuple[str, Any]]) -> None:
    types: Any = zip(key, ("HASH", "RANGE"), strict=False)
    with moto_clients("dynamodb") as [client]:
        client.create_table(
            TableName=TABLE,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": kind} for name, kind in key],
            KeySchema=[{"AttributeName": name, "KeyType": place} for (name, _), place in types],
        )
        client.put_item(TableName=TABLE, Item={name: {kind: "1"} for name, kind in key})
        store = DynamoLockStore(*[lambda *_: client] * 3)
        with pytest.raises(StoreRefusedError, match="no lock table of Terraform"):
            all_locks(store)


def all_locks(store: DynamoLockStore) -> list[HeldLock | None]:
    return [store.read(place) for part in store.scan(a_table()) for place in part.places]


def test_each_table_is_asked_in_its_own_region() -> None:
    with moto_clients("dynamodb") as [client]:
        create_lock_table(client, TABLE)
        asked: list[str] = []

        def client_of(region: str | None) -> Any:
            asked.append(region or "")
            return client

        store = DynamoLockStore(
            lambda target: client_of(target.region),
            lambda place: client_of(place.region),
            lambda ref, _by: client_of(ref.place.region),
        )
        for region in ("", "eu-west-1"):
            target = Target(Kind.DYNAMODB, TABLE, region=region or None)
            client.put_item(TableName=TABLE, Item=an_item())
            [part] = store.scan(target)
            [place] = part.places
            assert place == Place(Kind.DYNAMODB, TABLE, STATE_PATH, region=region)
            assert store.delete(a_table_ref(region=region), ALICE) is Deletion.DELETED
            assert store.put_back(a_table_ref(region=region), LockObject(b"{}"), mark_of("1"), ALICE) is PutBack.DONE
            assert set(asked) == {region}
            asked.clear()


def in_pages(client: Any) -> None:
    """Fill a table until a scan has an empty page between pages with locks: DynamoDB reads 1 MB for each."""
    create_lock_table(client, TABLE)
    client.put_item(TableName=TABLE, Item=an_item("first"))
    for number in range(40):
        digest = {"LockID": {"S": f"{number}-md5"}, **DIGEST, "Pad": {"S": "x" * 100_000}}
        client.put_item(TableName=TABLE, Item=digest)
    client.put_item(TableName=TABLE, Item=an_item("last"))


def test_a_page_of_nothing_but_digests_does_not_end_a_scan_and_a_cursor_goes_on_after_it() -> None:
    with moto_clients("dynamodb") as [client]:
        in_pages(client)
        store = DynamoLockStore(*[lambda *_: client] * 3)
        parts = list(store.scan(a_table()))
        assert len(parts) >= SOME_PAGES
        assert any(not part.places for part in parts[1:-1])
        assert sorted(place.key for part in parts for place in part.places) == ["first", "last"]
        assert sum(part.looked_at for part in parts) == 42
        for number, part in enumerate(parts[:-1], 1):
            rest = [place.key for later in store.scan(a_table(), part.cursor) for place in later.places]
            assert rest == [place.key for later in parts[number:] for place in later.places]


@pytest.fixture
def throttled() -> Iterator[tuple[DynamoLockStore, list[AWSResponse]]]:
    """A table of some pages, and the answers that come before it gives its second."""
    with moto_clients("dynamodb") as [client]:
        in_pages(client)
        retrying = boto3.client(
            "dynamodb", config=Config(retries={"mode": "standard", "total_max_attempts": 3}), **KEYS
        )
        waiting: list[AWSResponse] = []
        requests = count()
        answer: Any = lambda **_: waiting.pop() if next(requests) and waiting else None  # noqa: E731
        retrying.meta.events.register_first("before-send.dynamodb.Scan", answer)
        yield DynamoLockStore(*[lambda *_: retrying] * 3), waiting


@pytest.mark.thorough
def test_a_scan_that_is_throttled_half_way_goes_on(throttled: tuple[DynamoLockStore, list[AWSResponse]]) -> None:
    store, waiting = throttled
    waiting += [overloaded(), overloaded()]
    assert sorted(place.key for part in store.scan(a_table()) for place in part.places) == ["first", "last"]
    assert not waiting


@pytest.mark.thorough
def test_a_scan_that_stays_throttled_gives_what_it_found_and_says_so(
    throttled: tuple[DynamoLockStore, list[AWSResponse]],
) -> None:
    store, waiting = throttled
    waiting += [overloaded() for _ in range(9)]
    parts = store.scan(a_table())
    assert next(parts).looked_at > 0
    with pytest.raises(StoreError, match=r"is overloaded just now \(ProvisionedThroughputExceededException\)"):
        next(parts)


class Raw(io.BytesIO):
    """An answer's bytes, as botocore reads them."""

    def stream(self) -> Iterator[bytes]:
        yield self.getvalue()


def overloaded() -> AWSResponse:
    body = Raw(b'{"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException"}')
    headers = HTTPHeaders.from_dict({"x-amzn-requestid": "1"})
    return AWSResponse("https://dynamodb/", 400, headers, body)
