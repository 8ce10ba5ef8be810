"""A bucket whose events come to the reaper's queue by way of EventBridge, in its format."""

import json
from datetime import UTC, datetime

from demo.deployed import DeployedReaper
from tests.local_cloud.steps import APPLY


def tell_by_eventbridge(reaper: DeployedReaper, bucket: str, state_key: str) -> None:
    """What EventBridge tells of a hold, put onto the queue by a rule of somebody's own."""
    s3, key = reaper.cloud.client("s3"), f"{state_key}.tflock"
    put = s3.put_object(Bucket=bucket, Key=key, Body=APPLY)
    created = {"key": key, "etag": put["ETag"].strip('"'), "version-id": put["VersionId"], "sequencer": "0A"}
    _send(reaper, "Object Created", bucket, created)
    marker = s3.delete_object(Bucket=bucket, Key=key)["VersionId"]
    deleted = {"key": key, "etag": "d41d8cd98f00b204e9800998ecf8427e", "version-id": marker, "sequencer": "0B"}
    _send(reaper, "Object Deleted", bucket, deleted, **{"deletion-type": "Delete Marker Created"})


def _send(reaper: DeployedReaper, kind: str, bucket: str, stored: dict[str, str], **more: str) -> None:
    account = "000000000000"
    event = {
        "version": "0",
        "detail-type": kind,
        "source": "aws.s3",
        "account": account,
        "time": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "detail": {
            "bucket": {"name": bucket},
            "object": stored,
            "requester": account,
            "source-ip-address": "192.0.2.1",
            **more,
        },
    }
    reaper.cloud.client("sqs").send_message(
        QueueUrl=reaper.outputs["LockEventsQueueUrl"], MessageBody=json.dumps(event)
    )
