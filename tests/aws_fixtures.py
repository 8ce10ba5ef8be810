"""AWS in memory, for one adapter at a time: moto, which the fast tests use."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from moto import mock_aws

REGION = "eu-central-1"


@contextmanager
def moto(service: Any) -> Iterator[Any]:
    """A client of one service of an empty account."""
    with mock_aws():
        yield boto3.client(service, region_name=REGION, aws_access_key_id="testing", aws_secret_access_key="testing")


def create_bucket(client: Any, bucket: str, *, versioned: bool = False) -> None:
    client.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    if versioned:
        client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})


def create_lock_book(client: Any, table: str = "book") -> None:
    """The table as .chalice/resources.yaml has it."""
    names = ("StatePath", "LockIdentity", "HeldSince")
    held = {"IndexName": "held", "KeySchema": _keys("StatePath", "HeldSince"), "Projection": {"ProjectionType": "ALL"}}
    client.create_table(
        TableName=table,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in names],
        KeySchema=_keys("StatePath", "LockIdentity"),
        GlobalSecondaryIndexes=[held],
    )


def _keys(partition: str, sort: str) -> list[dict[str, str]]:
    return [{"AttributeName": partition, "KeyType": "HASH"}, {"AttributeName": sort, "KeyType": "RANGE"}]
