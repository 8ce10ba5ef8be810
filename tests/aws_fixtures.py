"""AWS in memory, for one adapter at a time: moto, which the fast tests use."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from moto import mock_aws

REGION = "eu-central-1"
# One session for all: each would read the services' models anew, which takes longer than a test.
_SESSION = boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing", region_name=REGION)


@contextmanager
def moto(service: Any) -> Iterator[Any]:
    """A client of one service of an empty account."""
    with mock_aws():
        yield _SESSION.client(service)


@contextmanager
def moto_clients(*services: Any) -> Iterator[list[Any]]:
    """A client of each of these services of one empty account."""
    with mock_aws():
        yield [_SESSION.client(service) for service in services]


def client_in(account: str, service: Any, region: str = REGION) -> Any:
    """A client in an account, within ``mock_aws``; without its ID: in the default one, 123456789012."""
    if not account:
        return _SESSION.client(service, region_name=region)
    member = f"arn:aws:iam::{account}:role/member"
    keys = _SESSION.client("sts").assume_role(RoleArn=member, RoleSessionName="look")["Credentials"]
    return _SESSION.client(
        service,
        region_name=region,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )


def create_lock_table(client: Any, table: str) -> None:
    """A lock table as Terraform's documentation has it."""
    client.create_table(
        TableName=table,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "LockID", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "LockID", "KeyType": "HASH"}],
    )


def create_bucket(client: Any, bucket: str, *, versioned: bool = False) -> None:
    client.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    if versioned:
        client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})


@contextmanager
def lock_book_table() -> Iterator[Any]:
    """The lock book's table, empty, for as long as a test needs it."""
    with moto("dynamodb") as client:
        create_lock_book(client)
        yield lock_book()


def lock_book(table: str = "book") -> Any:
    """The lock book's table, within ``mock_aws``."""
    return _SESSION.resource("dynamodb").Table(table)


def table_of_lock_book(table: str) -> Any:
    """A table as the book's rooms take it, within ``mock_aws``."""
    return _SESSION.resource("dynamodb").Table(table)


def create_lock_book(client: Any, table: str = "book") -> None:
    """The table as .chalice/resources.yaml has it."""
    names = ("StatePath", "LockIdentity", "HeldSince", "Home")
    held = {"IndexName": "held", "KeySchema": _keys("Home", "HeldSince"), "Projection": {"ProjectionType": "ALL"}}
    client.create_table(
        TableName=table,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in names],
        KeySchema=_keys("StatePath", "LockIdentity"),
        GlobalSecondaryIndexes=[held],
    )


def _keys(partition: str, sort: str) -> list[dict[str, str]]:
    return [{"AttributeName": partition, "KeyType": "HASH"}, {"AttributeName": sort, "KeyType": "RANGE"}]
