import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import pytest

from chalicelib.aws.events.s3 import UnknownNotificationError, lock_events
from chalicelib.core.audit.event import LockEvent, ToldBy

EVENTS = Path(__file__).parents[2] / "events"
ODD_KEYS = ["team a/r&d+1/x.tflock", "env:/dev/x.tflock", "a%2Fb+c.tflock", "é/日本.tflock", "a\nb.tflock"]


def a_body(name: str = "ObjectCreated:Put", key: str = "a.tflock", **stored: str | None) -> str:
    """As docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html has it."""
    record: dict[str, Any] = {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": "eu-central-1",
        "eventTime": "2026-11-21T03:18:57.357Z",
        "eventName": name,
        "userIdentity": {"principalId": "AWS:AROAEXAMPLE:ci-run-7"},
        "requestParameters": {"sourceIPAddress": "203.0.113.9"},
        "responseElements": {"x-amz-request-id": "C3D13FE58DE4C810"},
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": "tflock-reaper",
            "bucket": {"name": "acme-tfstate", "arn": "arn:aws:s3:::acme-tfstate"},
            "object": {"key": quote_plus(key), "sequencer": "0055AED6DCD90281E5", **stored},
        },
    }
    return json.dumps({"Records": [record]})


def a_bridge_body(
    detail_type: str = "Object Created", key: str = "a.tflock", stored: dict[str, Any] | None = None, **detail: Any
) -> str:
    """As docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html has it."""
    event = sample("eventbridge-created")
    told = {"source-ip-address": "203.0.113.9", "requester": "123456789012"}
    event |= {"detail-type": detail_type, "time": "2026-11-21T03:18:57Z"}
    object_ = {"key": key, "sequencer": "617f08299329d189"} | (stored or {})
    event["detail"] = {"bucket": {"name": "acme-tfstate"}, "object": object_} | told | detail
    return json.dumps(event)


def sample(name: str) -> Any:
    return json.loads((EVENTS / f"{name}.json").read_text())


def told_by(name: str) -> LockEvent:
    [event] = lock_events((EVENTS / f"{name}.json").read_text())
    return event


def test_a_created_object_is_an_acquire_with_all_that_s3_tells() -> None:
    [event] = lock_events(a_body(versionId="v1", eTag="e", size="219"))
    assert (event.acquired, event.place.container, event.place.key) == (True, "acme-tfstate", "a.tflock")
    assert (event.principal, event.source_address) == ("AWS:AROAEXAMPLE:ci-run-7", "203.0.113.9")
    assert (event.version, event.stamp) == ("v1", '"e"')
    assert event.at.isoformat() == "2026-11-21T03:18:57.357000+00:00"


# What was removed and how, in both formats, and what it was: permanent, by_lifecycle, version.
REMOVALS = {
    "unversioned": ("ObjectRemoved:Delete", "DeleteObject", None, (False, False, "")),
    "delete marker": ("ObjectRemoved:DeleteMarkerCreated", "DeleteObject", "marker", (False, False, "")),
    "a version by its ID": ("ObjectRemoved:Delete", "DeleteObject", "old", (True, False, "old")),
    "the version that is none, by its ID": ("ObjectRemoved:Delete", "DeleteObject", "null", (True, False, "null")),
    "versioning suspended": ("ObjectRemoved:DeleteMarkerCreated", "DeleteObject", "null", (False, False, "")),
    "lifecycle, unversioned": ("LifecycleExpiration:Delete", "Lifecycle Expiration", None, (False, True, "")),
    "lifecycle, delete marker": (
        "LifecycleExpiration:DeleteMarkerCreated",
        "Lifecycle Expiration",
        "marker",
        (False, True, ""),
    ),
    "lifecycle, an old version": ("LifecycleExpiration:Delete", "Lifecycle Expiration", "old", (True, True, "old")),
}


@pytest.mark.parametrize("removal", REMOVALS)
def test_a_removal_is_a_release_unless_it_was_history_and_both_formats_say_so_alike(removal: str) -> None:
    name, reason, version, expected = REMOVALS[removal]
    kind = "Delete Marker Created" if name.endswith("DeleteMarkerCreated") else "Permanently Deleted"
    # A marker has an ETag of its own, that of nothing, which is not the lock's.
    direct = {"versionId": version, "eTag": "d41d8cd98f00b204e9800998ecf8427e"} if version else {}
    bridge = {"version-id": version, "etag": "d41d8cd98f00b204e9800998ecf8427e"} if version else {}
    bodies = (
        a_body(name, **direct),
        a_bridge_body("Object Deleted", stored=bridge, reason=reason, **{"deletion-type": kind}),
    )
    for body in bodies:
        [event] = lock_events(body)
        assert (event.acquired, event.stamp) == (False, "")
        assert (event.permanent, event.by_lifecycle, event.version) == expected


@pytest.mark.parametrize("key", ODD_KEYS)
def test_a_key_is_decoded_once_where_it_is_encoded(key: str) -> None:
    assert lock_events(a_body(key=key))[0].place.key == key
    assert lock_events(a_bridge_body(key=key))[0].place.key == key


@pytest.mark.parametrize("version", ["null", None])
def test_a_lock_that_is_no_version_of_its_own_is_not_read_by_one(version: str | None) -> None:
    assert lock_events(a_body(versionId=version))[0].version == ""
    assert lock_events(a_bridge_body(stored={"version-id": version}))[0].version == ""


def test_the_test_event_of_a_newly_wired_bucket_tells_nothing() -> None:
    assert lock_events('{"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"acme-tfstate"}') == []


@pytest.mark.parametrize(
    "name", ["ObjectTagging:Put", "ObjectRestore:Delete", "LifecycleTransition", "", "ObjectCreate"]
)
def test_what_else_happens_to_an_object_is_neither_an_acquire_nor_a_release(name: str) -> None:
    assert lock_events(a_body(name)) == []


@pytest.mark.parametrize("detail_type", ["Object Tags Added", "Object Restore Expired", "Object Created Twice", ""])
def test_what_eventbridge_tells_beside_acquires_and_releases_is_passed_over(detail_type: str) -> None:
    assert lock_events(json.dumps({"source": "aws.s3", "detail-type": detail_type, "detail": "anything"})) == []


def test_one_message_can_tell_of_many_changes() -> None:
    records = [*json.loads(a_body())["Records"], *json.loads(a_body("ObjectRemoved:Delete"))["Records"]]
    assert [event.acquired for event in lock_events(json.dumps({"Records": records}))] == [True, False]


def test_eventbridge_tells_the_account_and_no_identity() -> None:
    [event] = lock_events(a_bridge_body(stored={"etag": "e", "version-id": "v1"}))
    assert (event.acquired, event.place.container, event.place.key) == (True, "acme-tfstate", "a.tflock")
    assert (event.principal, event.account, event.source_address) == ("", "123456789012", "203.0.113.9")
    assert (event.version, event.stamp, event.told_by) == ("v1", '"e"', ToldBy.EVENTBRIDGE)
    assert event.at.isoformat() == "2026-11-21T03:18:57+00:00"


@pytest.mark.parametrize("requester", ["s3.amazonaws.com", "1234567890123", "12345678901２", "", None])  # noqa: RUF001
def test_a_requester_that_is_no_account_is_left_out(requester: str | None) -> None:
    assert lock_events(a_bridge_body(requester=requester))[0].account == ""


def test_the_same_event_is_the_same_in_both_formats() -> None:
    [direct] = lock_events(a_body(sequencer="00617F08299329D189"))
    [bridge] = lock_events(a_bridge_body())
    assert direct.at - bridge.at == timedelta(milliseconds=357)
    assert direct.event_id == bridge.event_id


@pytest.mark.parametrize("sequencer", ["", None, "0" * 40, "\x00\n~\U0010ffff"])
def test_an_event_with_any_sequencer_or_none_is_read(sequencer: str | None) -> None:
    [event] = lock_events(a_bridge_body(stored={"sequencer": sequencer}))
    assert event.sequencer.lstrip("0") == (sequencer or "").lstrip("0").upper()


def test_a_time_of_another_zone_is_told_in_utc() -> None:
    body = json.loads(a_bridge_body()) | {"time": "2026-11-21T05:18:57+02:00"}
    [event] = lock_events(json.dumps(body))
    assert event.second == "2026-11-21T03:18:57Z"


def test_aws_s_own_samples_are_understood() -> None:
    created, expired = told_by("s3-created"), told_by("s3-expired")
    assert (created.acquired, created.principal, created.version[:4]) == (True, "AIDAJDPLRKLG7UEXAMPLE", "096f")
    assert (expired.acquired, expired.by_lifecycle, expired.permanent) == (False, True, False)
    created, deleted, expired = (told_by(f"eventbridge-{name}") for name in ("created", "deleted", "expired"))
    assert (created.acquired, created.account, created.version[:4]) == (True, "123456789012", "IYV3")
    assert (deleted.acquired, deleted.permanent, deleted.by_lifecycle, deleted.account[:3]) == (
        False,
        False,
        False,
        "123",
    )
    assert (expired.acquired, expired.permanent, expired.by_lifecycle, expired.account) == (False, False, True, "")
    assert lock_events(json.dumps(sample("s3-test"))) == lock_events(json.dumps(sample("eventbridge-restored"))) == []


def test_missing_optional_fields_are_no_error() -> None:
    record = json.loads(a_body())["Records"][0]
    for optional in ("userIdentity", "requestParameters", "responseElements"):
        del record[optional]
    del record["s3"]["object"]["sequencer"]
    [event] = lock_events(json.dumps({"Records": [record]}))
    assert (event.principal, event.source_address) == ("", "")


@pytest.mark.parametrize(
    "body",
    [
        "",
        "hello",
        "[]",
        "{}",
        '{"Records":5}',
        '{"Records":[{}]}',
        "[" * 5000,
        '{"detail-type":"Object Created"}',
        '{"source":"aws.s3","detail-type":"Object Created"}',
        '{"source":"aws.s3","detail-type":"Object Deleted","time":"2026-11-21T03:18:57Z","detail":[]}',
        '{"source":"aws.s3","detail-type":5}',
        a_body().replace("57.357Z", "57.357"),
        a_bridge_body().replace("2026-11-21T03:18:57Z", "0001-01-01T00:00:00+01:00"),
        a_bridge_body().replace("2026-11-21T03:18:57Z", "9999-12-31T23:59:59Z"),
        a_body().replace("2026-11-21T03:18:57.357Z", "0001-01-02T00:00:00Z"),
    ],
)
def test_what_is_not_a_notification_is_left_for_the_dead_letters(body: str) -> None:
    with pytest.raises(UnknownNotificationError, match="not an S3 event"):
        lock_events(body)


def test_an_event_of_another_service_is_named_with_what_to_do() -> None:
    with pytest.raises(
        UnknownNotificationError, match=r"an event of 'aws\.ec2\\n', not of S3: take it out of the rule"
    ):
        lock_events('{"source":"aws.ec2\\n","detail-type":"Object Created"}')
