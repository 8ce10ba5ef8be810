"""``python -m bench.doctor [BUCKETS]``: how long ``tflocks doctor`` looks at many buckets, and what it asks of AWS.

AWS is moto's, in this process, and each answer comes a twentieth of a second late, as over the internet. Buckets and
lock tables are named, so no reaper is needed. The issue asks for 20 buckets in 10 seconds.
"""

import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import boto3
from moto import mock_aws

from bench.measured import timed
from chalicelib.core.doctor.finding import Finding
from chalicelib.core.locks.place import Kind
from chalicelib.core.locks.target import Target
from tflocks.live.aws import Aws
from tflocks.live.doctor.looks import Doctor
from tflocks.live.doctor.reaching import reached
from tflocks.live.doctor.setup import Setup

LATE = 0.05
"""Seconds until AWS answers."""
_REGION = "eu-central-1"
_NOBODY = "testing"
_TABLES = 2


def main(buckets: int) -> None:
    """Print how long the look took, and the requests for each kind of them."""
    with an_account(buckets) as (aws, targets, sent):
        seconds = timed(lambda: looked(aws, targets))
        print(f"{buckets} buckets and {_TABLES} lock tables: {seconds:.1f} s, {sent.total()} requests")
        for name, number in sent.most_common():
            print(f"  {number:>5}  {name}")


def looked(aws: Aws, targets: Sequence[Target]) -> list[Finding]:
    """Return what is found of some targets, as the command does where no reaper is deployed."""
    doctor = Doctor(aws, aws, Setup(), None, datetime.now(UTC))
    return doctor.look_at(reached(aws, targets), lambda _: True, lambda _done, _of: None, itself=False)


@contextmanager
def an_account(buckets: int, late: float = LATE) -> Iterator[tuple[Aws, list[Target], "Counter[str]"]]:
    """Make buckets and lock tables in memory; give the operator's clients, the targets, and what will be sent."""
    with mock_aws():
        names = [f"acme-tfstate-{number}" for number in range(buckets)]
        tables = [f"terraform-locks-{number}" for number in range(_TABLES)]
        _fill(names, tables)
        session = boto3.Session(_NOBODY, _NOBODY, region_name=_REGION)
        sent: Counter[str] = Counter()
        _slow(session, sent, late)
        named = {Kind.S3: names, Kind.DYNAMODB: tables}
        yield Aws(session), [Target(kind, one) for kind, some in named.items() for one in some], sent


def _fill(buckets: list[str], tables: list[str]) -> None:
    s3: Any = boto3.client("s3", region_name=_REGION)
    dynamodb = boto3.client("dynamodb", region_name=_REGION)
    for bucket in buckets:
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": _REGION})
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        s3.put_object(Bucket=bucket, Key="network/terraform.tfstate", Body=b"{}")
    for table in tables:
        dynamodb.create_table(
            TableName=table,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "LockID", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "LockID", "KeyType": "HASH"}],
        )


def _slow(session: Any, sent: "Counter[str]", late: float) -> None:
    def called(model: Any, **_: Any) -> None:
        sent[f"{model.service_model.service_name} {model.name}"] += 1
        time.sleep(late)

    session.events.register("before-call", called)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
