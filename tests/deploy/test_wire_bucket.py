"""Test the wiring of a bucket in moto's S3."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from deploy.notifications import ours
from deploy.wire_bucket import WiringError, explain, main, unwire, wire

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


def test_wiring_is_read_back_done_once_and_undone(s3: "S3Client", queue_arn: str) -> None:
    assert wire(s3, "acme-tfstate", queue_arn)
    assert _queues(s3) == ["tflock-reaper"]
    assert not wire(s3, "acme-tfstate", queue_arn)
    assert unwire(s3, "acme-tfstate")
    assert _queues(s3) == []
    assert not unwire(s3, "acme-tfstate")


def test_a_bucket_wired_before_lifecycle_rules_were_told_of_is_wired_anew(s3: "S3Client", queue_arn: str) -> None:
    (earlier,) = ours(queue_arn, (), "tflock-reaper")
    earlier["Events"] = ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"]
    s3.put_bucket_notification_configuration(
        Bucket="acme-tfstate", NotificationConfiguration=cast("Any", {"QueueConfigurations": [earlier]})
    )
    assert wire(s3, "acme-tfstate", queue_arn)
    (queue,) = s3.get_bucket_notification_configuration(Bucket="acme-tfstate")["QueueConfigurations"]
    assert "s3:LifecycleExpiration:*" in queue["Events"]
    assert not wire(s3, "acme-tfstate", queue_arn)


def test_a_bucket_wired_to_another_stage_is_not_taken_from_it(s3: "S3Client", queue_arn: str) -> None:
    wire(s3, "acme-tfstate", queue_arn)
    with pytest.raises(WiringError, match=r"already wired to .*tflock-events-prod; unwire it first"):
        wire(s3, "acme-tfstate", queue_arn.replace("prod", "test"))


def test_a_bucket_of_another_region_is_refused_before_anything_is_written(s3: "S3Client", queue_arn: str) -> None:
    with pytest.raises(WiringError, match="only notifies within a region"):
        wire(s3, "acme-tfstate", queue_arn.replace("us-east-1", "eu-west-1"))
    assert _queues(s3) == []


def test_a_bucket_that_does_not_exist_is_named(s3: "S3Client", queue_arn: str) -> None:
    with pytest.raises(WiringError, match="acme-other: no such bucket"):
        wire(s3, "acme-other", queue_arn)


@pytest.mark.parametrize(
    ("code", "message", "told"),
    [
        ("AccessDenied", "Access Denied", "s3:PutBucketNotification"),
        ("PermanentRedirect", "", "AWS_REGION"),
        ("InvalidArgument", "Configurations overlap. ...", "already covers .tflock keys"),
        ("InvalidArgument", "Unable to validate the following destination configurations", "refuses this bucket"),
        ("InvalidArgument", "something new", "something new"),
        ("SlowDown", "Please reduce", "SlowDown: Please reduce"),
    ],
)
def test_a_refusal_says_what_to_do(code: str, message: str, told: str) -> None:
    error = ClientError({"Error": {"Code": code, "Message": message}}, "PutBucketNotificationConfiguration")
    assert told in explain("acme-tfstate", error)


def test_a_forgotten_bucket_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["", "--stage", "prod"])
    assert "BUCKET" in capsys.readouterr().err
