"""A wired bucket, a lock table with its stream, and the reaper's queue with Lambda's mappings, all well, in memory."""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from moto import mock_aws
from moto.s3.models import s3_backends

from chalicelib.aws.doctor.reach import Reach
from chalicelib.aws.doctor.wiring import bucket_wiring, reaper_wiring, table_wiring
from chalicelib.core.doctor.finding import Finding
from chalicelib.core.doctor.parts import Parts
from chalicelib.core.doctor.wiring.senders import stacks_policy
from chalicelib.core.notifications.merging import Wanted, connected
from chalicelib.jobs.doctor.examine import examine
from chalicelib.ports.doctor import Examination
from tests.aws_fixtures import REGION, client_in, create_bucket, create_lock_table
from tests.faults import Ground

ACCOUNT = "123456789012"
BUCKET, TABLE = "acme-tfstate", "terraform-locks"
QUEUE = f"arn:aws:sqs:{REGION}:{ACCOUNT}:tflock-events-prod"


def parts(**more: Any) -> Parts:
    told: dict[str, Any] = {
        "stack": "tflock-reaper-prod",
        "stage": "prod",
        "account": ACCOUNT,
        "region": REGION,
        "partition": "aws",
        "outputs": {
            "LockEventsQueueArn": QUEUE,
            "LockEventsQueueUrl": f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/tflock-events-prod",
            "LockEventBusArn": f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/tflock-reaper-prod",
            "LogGroupName": "/tflock-reaper/prod",
        },
        "parameters": {"StateBucketArns": f"arn:aws:s3:::{BUCKET}", "EventAccounts": "", "EventBatchingSeconds": "10"},
        "roles": {},
        "functions": {"RecordLockEvent": "record-prod", "TableChanged": "changed-prod"},
    }
    return Parts(**(told | more))


@contextmanager
def healthy() -> Iterator[Ground]:
    with mock_aws(config={"lambda": {"use_docker": False}}):
        ground = Ground(cache(lambda service: client_in("", service)), BUCKET, TABLE, parts())
        ground.client("sqs").create_queue(
            QueueName="tflock-events-prod",
            Attributes={"Policy": json.dumps(stacks_policy(ground.parts)), "SqsManagedSseEnabled": "true"},
        )
        _functions(ground)
        create_bucket(ground.client("s3"), BUCKET)
        ground.client("s3").put_bucket_notification_configuration(
            Bucket=BUCKET, NotificationConfiguration=connected({}, Wanted(QUEUE))
        )
        create_lock_table(ground.client("dynamodb"), TABLE)
        _map(ground, "record-prod", QUEUE)
        _map(ground, "changed-prod", switch_on(ground), StartingPosition="TRIM_HORIZON")
        yield ground


def switch_on(ground: Ground, view: str = "NEW_AND_OLD_IMAGES") -> str:
    wanted: Any = {"StreamEnabled": True, "StreamViewType": view}
    told = ground.client("dynamodb").update_table(TableName=ground.table, StreamSpecification=wanted)
    return str(told["TableDescription"]["LatestStreamArn"])


def reach(ground: Ground, client: Callable[[str, str], Any] | None = None) -> Reach:
    return Reach(client or (lambda service, _region: _client(ground, service)), ACCOUNT, REGION)


def looked(ground: Ground, stream: str = "", through: Reach | None = None) -> list[Finding]:
    """What all looks find. ``stream`` is what ``reaper.toml`` has."""
    asked = through or reach(ground)
    looks = {
        f"bucket {ground.bucket}": bucket_wiring(ground.bucket, (), asked, ground.parts),
        f"table {ground.table}": table_wiring(ground.table, REGION, stream, asked, ground.parts),
        f"reaper {ground.parts.stack}": reaper_wiring(asked, ground.parts),
    }
    return examine([Examination(*one) for one in looks.items()], lambda _: True, lambda _: None)


def stream_of(ground: Ground) -> str:
    return str(ground.client("dynamodb").describe_table(TableName=ground.table)["Table"]["LatestStreamArn"])


def _client(ground: Ground, service: str) -> Any:
    return _S3(ground) if service == "s3" else ground.client(service)


class _S3:
    """S3 as moto has it, and tells of EventBridge too, which moto keeps and does not tell."""

    def __init__(self, ground: Ground) -> None:
        self._s3 = ground.client("s3")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._s3, name)

    def get_bucket_notification_configuration(self, **asked: Any) -> dict[str, Any]:
        told: dict[str, Any] = self._s3.get_bucket_notification_configuration(**asked)
        kept = s3_backends[ACCOUNT]["aws"].buckets[asked["Bucket"]].notification_configuration
        on = kept is not None and kept.event_bridge is not None
        return told | {"EventBridgeConfiguration": {}} if on else told


def _functions(ground: Ground) -> None:
    trust = {"Version": "2012-10-17", "Statement": []}
    role = ground.client("iam").create_role(RoleName="lambda", AssumeRolePolicyDocument=json.dumps(trust))["Role"]
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as packed:
        packed.writestr("app.py", "")
    for name in ("record-prod", "changed-prod"):
        ground.client("lambda").create_function(
            FunctionName=name,
            Runtime="python3.11",
            Role=role["Arn"],
            Handler="app.handler",
            Code={"ZipFile": code.getvalue()},
        )


def _map(ground: Ground, function: str, source: str, **more: Any) -> None:
    ground.client("lambda").create_event_source_mapping(FunctionName=function, EventSourceArn=source, **more)
