import json
from typing import Any
from urllib.parse import quote_plus

import pytest

from chalicelib.aws.notifications import UnknownNotificationError, lock_changes


def a_body(name: str = "ObjectCreated:Put", key: str = "a.tflock", **stored: str) -> str:
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


def test_a_created_object_is_an_acquire_with_all_that_s3_tells() -> None:
    [change] = lock_changes(a_body(versionId="v1", eTag="e", size="219"))
    assert (change.acquired, change.bucket, change.key) == (True, "acme-tfstate", "a.tflock")
    assert (change.principal, change.source_address) == ("AWS:AROAEXAMPLE:ci-run-7", "203.0.113.9")
    assert (change.version, change.etag) == ("v1", "e")
    assert change.at.isoformat() == "2026-11-21T03:18:57.357000+00:00"


@pytest.mark.parametrize(
    ("name", "stored", "permanent"),
    [
        ("ObjectRemoved:Delete", {}, False),
        ("ObjectRemoved:DeleteMarkerCreated", {"versionId": "marker"}, False),
        ("ObjectRemoved:Delete", {"versionId": "old"}, True),
    ],
    ids=["unversioned", "delete marker", "a version by its ID"],
)
def test_a_removed_object_is_a_release_unless_it_was_history(
    name: str, stored: dict[str, str], permanent: bool
) -> None:
    [change] = lock_changes(a_body(name, **stored))
    assert (change.acquired, change.permanent, change.version) == (False, permanent, "")


@pytest.mark.parametrize(
    "key", ["team a/r&d+1/x.tflock", "env:/dev/x.tflock", "a%2Fb+c.tflock", "é/日本.tflock", "a\nb.tflock"]
)
def test_an_encoded_key_is_decoded_once(key: str) -> None:
    assert lock_changes(a_body(key=key))[0].key == key


def test_the_test_event_of_a_newly_wired_bucket_tells_nothing() -> None:
    assert lock_changes('{"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"acme-tfstate"}') == []


@pytest.mark.parametrize(
    "name", ["LifecycleExpiration:Delete", "LifecycleExpiration:DeleteMarkerCreated", "ObjectTagging:Put"]
)
def test_an_expiry_or_a_tag_is_neither_an_acquire_nor_a_release(name: str) -> None:
    assert lock_changes(a_body(name)) == []


def test_missing_optional_fields_are_no_error() -> None:
    record = json.loads(a_body())["Records"][0]
    for optional in ("userIdentity", "requestParameters", "responseElements"):
        del record[optional]
    del record["s3"]["object"]["sequencer"]
    [change] = lock_changes(json.dumps({"Records": [record]}))
    assert (change.principal, change.source_address) == ("", "")


@pytest.mark.parametrize(
    "body",
    ["", "hello", "[]", "{}", '{"Records":5}', '{"Records":[{}]}', "[" * 5000, '{"detail-type":"Object Created"}'],
)
def test_what_is_not_a_notification_is_left_for_the_dead_letters(body: str) -> None:
    with pytest.raises(UnknownNotificationError):
        lock_changes(body)
