"""Test how a bucket is connected, in moto's S3."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from chalicelib.core.notifications.merging import Wanted, disconnected, ours
from tflocks.live.connecting import Bucket, ConnectError, connect, explain

pytestmark = pytest.mark.thorough

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client


@pytest.fixture
def s3() -> Iterator["S3Client"]:
    with mock_aws():
        client = boto3.client("s3", "us-east-1", aws_access_key_id="made", aws_secret_access_key="up")
        client.create_bucket(Bucket="acme-tfstate")
        yield client


@pytest.fixture
def queue_arn(s3: "S3Client") -> str:
    del s3  # moto is on
    sqs = boto3.client("sqs", "us-east-1", aws_access_key_id="made", aws_secret_access_key="up")
    url = sqs.create_queue(QueueName="tflock-events-prod")["QueueUrl"]
    return sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]


def _queues(s3: "S3Client") -> list[str | None]:
    notifications = s3.get_bucket_notification_configuration(Bucket="acme-tfstate")
    return [queue.get("Id") for queue in notifications.get("QueueConfigurations", [])]


def _bucket(s3: "S3Client", name: str = "acme-tfstate") -> Bucket:
    return Bucket(s3, name)


def test_connecting_is_read_back_done_once_and_undone(s3: "S3Client", queue_arn: str) -> None:
    assert connect(_bucket(s3), Wanted(queue_arn))
    assert _queues(s3) == ["tflock-reaper"]
    assert not connect(_bucket(s3), Wanted(queue_arn))
    _bucket(s3).write(disconnected(_bucket(s3).read()))
    assert _queues(s3) == []


def test_a_bucket_connected_before_lifecycle_rules_were_told_of_is_connected_anew(
    s3: "S3Client", queue_arn: str
) -> None:
    (earlier,) = ours(Wanted(queue_arn))
    earlier["Events"] = ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"]
    s3.put_bucket_notification_configuration(
        Bucket="acme-tfstate", NotificationConfiguration=cast("Any", {"QueueConfigurations": [earlier]})
    )
    assert connect(_bucket(s3), Wanted(queue_arn))
    (queue,) = s3.get_bucket_notification_configuration(Bucket="acme-tfstate")["QueueConfigurations"]
    assert "s3:LifecycleExpiration:*" in queue["Events"]
    assert not connect(_bucket(s3), Wanted(queue_arn))


def test_a_bucket_connected_to_another_stage_is_not_taken_from_it(s3: "S3Client", queue_arn: str) -> None:
    connect(_bucket(s3), Wanted(queue_arn))
    with pytest.raises(ConnectError, match=r"to .*tflock-events-prod: `tflocks disconnect` it first"):
        connect(_bucket(s3), Wanted(queue_arn.replace("prod", "test")))


def test_a_bucket_of_another_region_is_refused_before_anything_is_written(s3: "S3Client", queue_arn: str) -> None:
    with pytest.raises(ConnectError, match="only notifies within a region"):
        connect(_bucket(s3), Wanted(queue_arn.replace("us-east-1", "eu-west-1")))
    assert _queues(s3) == []


def test_a_bucket_that_does_not_exist_is_told(s3: "S3Client", queue_arn: str) -> None:
    with pytest.raises(ConnectError, match="no such bucket"):
        connect(_bucket(s3, "acme-other"), Wanted(queue_arn))


class AnotherWriter(Bucket):
    """A bucket that somebody else changes just after each write."""

    def write(self, after: Any) -> None:
        super().write({})
        super().write(after)

    def read(self) -> Any:
        return {}


def test_a_write_that_another_overwrote_is_told(s3: "S3Client", queue_arn: str) -> None:
    with pytest.raises(ConnectError, match="somebody else changes it"):
        connect(AnotherWriter(s3, "acme-tfstate"), Wanted(queue_arn))


@pytest.mark.parametrize(
    ("code", "message", "told"),
    [
        ("AccessDenied", "Access Denied", "s3:PutBucketNotification"),
        ("PermanentRedirect", "", "--region"),
        ("InvalidArgument", "Configurations overlap. ...", "already covers .tflock keys"),
        ("InvalidArgument", "Unable to validate the following destination configurations", "refuses this bucket"),
        ("InvalidArgument", "something new", "something new"),
        ("OperationAborted", "A conflicting conditional operation", "try again"),
        ("SlowDown", "Please reduce", "overloaded"),
    ],
)
def test_a_refusal_says_what_to_do(code: str, message: str, told: str) -> None:
    error = ClientError({"Error": {"Code": code, "Message": message}}, "PutBucketNotificationConfiguration")
    assert told in explain(error, "s3:PutBucketNotification")


class OfAnother:
    """An S3 that has the bucket in another account than ``ExpectedBucketOwner`` says."""

    def head_bucket(self, **asked: str) -> dict[str, Any]:
        about = {"HTTPHeaders": {"x-amz-bucket-region": "eu-west-1"}, "HTTPStatusCode": 200}
        if "ExpectedBucketOwner" in asked:
            raise ClientError({"Error": {"Code": "403"}, "ResponseMetadata": cast("Any", about)}, "HeadBucket")
        return {"ResponseMetadata": about}


def test_a_bucket_of_another_account_is_refused_and_its_profile_asked_for() -> None:
    with pytest.raises(ConnectError, match=r"another account .*111122223333.*--profile"):
        Bucket(cast("Any", OfAnother()), "acme-tfstate", "111122223333").region()
