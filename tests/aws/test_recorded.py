"""What AWS was recorded to say, through the adapters: tests/recorded/README.md says where it comes from."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import boto3
import pytest
from boto3.dynamodb.conditions import Attr
from botocore.stub import Stubber

from chalicelib.aws import passed_over
from chalicelib.aws.book.table import BookTable, Update
from chalicelib.aws.events.s3 import lock_events
from chalicelib.aws.locks.dynamodb import DynamoLockStore
from chalicelib.aws.locks.s3 import S3LockStore
from chalicelib.core.alerts.owner import session_name
from chalicelib.core.audit.event import LockEvent, ToldBy
from chalicelib.core.clicks.deletion import Deletion, LockObject, PutBack
from chalicelib.core.locks.mark import mark_of
from chalicelib.core.locks.place import Kind
from chalicelib.core.locks.target import Target
from chalicelib.ports.locks import StoreError
from tests.aws_fixtures import REGION
from tests.builders import ALICE, BUCKET, KEY, TAKEN, a_ref, a_table_ref, an_item

RECORDED = Path(__file__).parent.parent / "recorded"
PLACEHOLDERS = {
    "date": "2026-11-21T03:18:57.357Z",
    "datetime": TAKEN.isoformat(),
    "sequencer": "0055AED6DCD90281E5",
    "object-sequencer": "0055AED6DCD90281E5",
    "<requester>": "111111111111",
}


def filled(value: Any) -> Any:
    """A recording with values in the places of LocalStack's words for what differs each time."""
    if isinstance(value, dict):
        return {name: filled(part) for name, part in value.items()}
    if isinstance(value, list):
        return [filled(part) for part in value]
    return PLACEHOLDERS.get(value, value) if isinstance(value, str) else value


def recorded(file: str) -> Any:
    return filled(json.loads((RECORDED / f"{file}.json").read_text()))


def told(event: LockEvent) -> tuple[bool, bool, str, str]:
    return event.acquired, event.permanent, event.version, event.stamp.strip('"')


DIRECT = recorded("s3-notifications")
BRIDGED = recorded("s3-over-eventbridge")
NO_LOCK_S_BUSINESS = {"restore asked", "restore done"}


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ("put", (True, False, "", "437b930db84b8079c2dd804a71936b5f")),
        ("copy", (True, False, "", "437b930db84b8079c2dd804a71936b5f")),
        ("multipart", (True, False, "", "8eabe9d6b43316e840b079170916c079-1")),
        ("encoded key", (True, False, "", "437b930db84b8079c2dd804a71936b5f")),
        ("delete, unversioned", (False, False, "", "")),
        ("put, versioned", (True, False, "version-id", "6869c34ca384e0ed836d49214f881e87")),
        ("delete of a version", (False, True, "version-id", "")),
        ("delete marker", (False, False, "", "")),
        ("put, suspended", (True, False, "", "2fb1d4988881168bbcd6432d7593be5a")),
        ("delete of a delete marker", (False, True, "version-id", "")),
    ],
)
def test_a_direct_notification_is_what_it_was(what: str, expected: tuple[bool, bool, str, str]) -> None:
    [event] = lock_events(json.dumps({"Records": [DIRECT[what]]}))
    assert told(event) == expected
    assert (event.principal, event.source_address) == ("<principal-id:2>", "<ip-address:1>")
    assert (event.told_by, event.sequencer) == (ToldBy.S3, "0055AED6DCD90281E5")


def test_every_recording_of_a_notification_is_tried() -> None:
    [mark] = test_a_direct_notification_is_what_it_was.pytestmark  # type: ignore[attr-defined]
    assert {what for what, _ in mark.args[1]} | NO_LOCK_S_BUSINESS == set(DIRECT)


def test_an_encoded_key_is_decoded() -> None:
    [event] = lock_events(json.dumps({"Records": [DIRECT["encoded key"]]}))
    assert event.place.key == "a@b"


@pytest.mark.parametrize("what", sorted(NO_LOCK_S_BUSINESS))
def test_a_restore_from_an_archive_is_no_lock_s_business_and_said(what: str, caplog: pytest.LogCaptureFixture) -> None:
    passed_over._say_once.cache_clear()
    assert lock_events(json.dumps({"Records": [DIRECT[what]]})) == []
    assert lock_events(json.dumps(BRIDGED[what])) == []
    assert [message.split(" is neither")[0] for message in caplog.messages] == [
        f"S3's event '{DIRECT[what]['eventName']}'",
        f"EventBridge's '{BRIDGED[what]['detail-type']}' of S3",
    ]


def test_a_notification_comes_through_a_topic_with_its_identity() -> None:
    envelope = recorded("s3-over-sns")
    [raw] = lock_events(json.dumps(envelope["Message"]))
    [event] = lock_events(json.dumps(envelope | {"Message": json.dumps(envelope["Message"])}))
    assert event == raw
    assert (told(event), event.principal) == (
        (True, False, "", "c8e3a3027a133355210f85cfbb1acc35"),
        "<principal-id:2>",
    )


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ("put", (True, False, "", "8d777f385d3dfec8815d20f7496026dc")),
        ("delete, unversioned", (False, False, "", "")),
        ("delete of a delete marker", (False, True, "<version-id:3>", "")),
    ],
)
def test_eventbridge_s_event_is_what_it_was_and_names_an_account(
    what: str, expected: tuple[bool, bool, str, str]
) -> None:
    [event] = lock_events(json.dumps(BRIDGED[what]))
    assert told(event) == expected
    assert (event.told_by, event.principal, event.account) == (ToldBy.EVENTBRIDGE, "", "111111111111")


def answered(stubber: Stubber, operation: str, what: str) -> None:
    """Have S3 answer as it was recorded."""
    answer = recorded("s3-preconditions")[what]
    status = answer["ResponseMetadata"]["HTTPStatusCode"]
    if error := answer.get("Error"):
        stubber.add_client_error(operation, error["Code"], error["Message"], http_status_code=status)
        return
    stubber.add_response(operation, {name: part for name, part in answer.items() if name != "ResponseMetadata"})


@pytest.mark.parametrize(
    ("what", "deletion"),
    [
        ("delete, unversioned", Deletion.DELETED),
        ("delete, versioned", Deletion.DELETED),
        ("delete If-Match, another ETag", Deletion.CHANGED),
    ],
)
def test_a_conditional_delete_amounts_to_what_s3_answered(
    stubbed: tuple[S3LockStore, Stubber], what: str, deletion: Deletion
) -> None:
    store, stubber = stubbed
    answered(stubber, "delete_object", what)
    assert store.delete(a_ref(body=b"x"), ALICE) is deletion


@pytest.mark.parametrize(
    ("what", "put_back"),
    [
        ("put If-None-Match, nothing there", PutBack.DONE),
        ("put If-None-Match, versioned, delete marker there", PutBack.DONE),
        ("put If-None-Match, something there", PutBack.OCCUPIED),
        ("put If-None-Match, versioned, something there", PutBack.OCCUPIED),
    ],
)
def test_a_conditional_put_amounts_to_what_s3_answered(
    stubbed: tuple[S3LockStore, Stubber], what: str, put_back: PutBack
) -> None:
    store, stubber = stubbed
    answered(stubber, "put_object", what)
    assert store.put_back(a_ref(body=b"x"), LockObject(b"x"), mark_of("1"), ALICE) is put_back


def test_what_s3_does_not_implement_it_has_not_done(stubbed: tuple[S3LockStore, Stubber]) -> None:
    store, stubber = stubbed
    answered(stubber, "delete_object", "delete if last modified")
    with pytest.raises(StoreError, match="deleting"):
        store.delete(a_ref(body=b"x"), ALICE)
    answered(stubber, "put_object", "put If-None-Match of an ETag")
    with pytest.raises(StoreError, match="putting back"):
        store.put_back(a_ref(body=b"x"), LockObject(b"x"), mark_of("1"), ALICE)


def test_a_listing_goes_on_where_s3_said_that_there_is_more(stubbed: tuple[S3LockStore, Stubber]) -> None:
    store, stubber = stubbed
    first, last = (
        {name: part for name, part in page.items() if name != "ResponseMetadata"}
        for page in recorded("s3-listing").values()
    )
    stubber.add_response("list_objects_v2", first, {"Bucket": BUCKET, "Prefix": ""})
    more = {"Bucket": BUCKET, "Prefix": "", "ContinuationToken": first["NextContinuationToken"]}
    stubber.add_response("list_objects_v2", last, more)
    assert [part.looked_at for part in store.scan(Target(Kind.S3, BUCKET))] == [2, 1]


def test_a_condition_that_is_not_met_is_no_failure_and_gives_the_item_as_it_is() -> None:
    answer = recorded("dynamodb-conditions")["condition not met"]
    table = boto3.resource("dynamodb", region_name=REGION, aws_access_key_id="x", aws_secret_access_key="x").Table(
        "book"
    )
    with Stubber(table.meta.client) as stubber:
        error, status = answer["Error"], answer["ResponseMetadata"]["HTTPStatusCode"]
        told = {"http_status_code": status, "modeled_fields": {"Item": answer["Item"]}}
        stubber.add_client_error("update_item", error["Code"], error["Message"], **told)
        key = {"StatePath": KEY, "LockIdentity": "1"}
        written = BookTable(table).write(key, Update(put={"Told": True}), Attr("Ending").exists())
    assert written == (False, {"id": "456", "price": Decimal(650), "product": "sporting goods"})


def test_a_lock_that_changed_before_its_delete_is_told_from_one_that_is_gone_by_the_item_in_the_error() -> None:
    answer = recorded("dynamodb-conditions")["condition not met"]
    client = boto3.client("dynamodb", region_name=REGION, aws_access_key_id="x", aws_secret_access_key="x")
    store = DynamoLockStore(*[lambda *_: client] * 3)
    error, status = answer["Error"], answer["ResponseMetadata"]["HTTPStatusCode"]
    answers = []
    with Stubber(client) as stubber:
        for fields in ({"Item": answer["Item"]}, {}):
            stubber.add_response("get_item", {"Item": an_item()})
            told = {"http_status_code": status, "modeled_fields": fields}
            stubber.add_client_error("delete_item", error["Code"], error["Message"], **told)
            answers.append(store.delete(a_table_ref(), ALICE))
    assert answers == [Deletion.CHANGED, Deletion.NOT_FOUND]


def test_a_session_of_a_role_is_named_behind_the_role_s_unique_id() -> None:
    session = recorded("sts-assume-role")["assumed role"]
    named = {name: text.replace("<role-id:1>", "AROAEXAMPLE") for name, text in session.items()}
    assert session_name(f"AWS:{named['AssumedRoleId']}") == named["Arn"].rpartition("/")[2] != ""
