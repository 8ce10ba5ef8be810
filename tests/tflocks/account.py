"""An account in memory: buckets and tables with locks, and a deployed reaper."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

import pytest
from click.testing import CliRunner, Result
from moto import mock_aws

from chalicelib import checked_rules
from chalicelib.aws.book.lock_book import DynamoLockBook
from chalicelib.aws.book.rules_book import DynamoRulesBook
from chalicelib.checked_rules import Config
from chalicelib.core.policy import Rules
from tests.aws_fixtures import REGION, client_in, create_bucket, create_lock_book, lock_book
from tests.builders import sample
from tests.odd_server import OddServer, an_odd_server, http
from tflocks.main import main

STACK = "tflock-reaper-prod"
BOOK, LOG_GROUP, QUEUE = "book", "/tflock-reaper/prod", "tflock-clicks-prod"
ACCOUNT_ID = "123456789012"
"""What moto takes it for."""
EVENT_QUEUE = f"arn:aws:sqs:{REGION}:{ACCOUNT_ID}:tflock-events-prod"
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_REGION": REGION,
    "AWS_DEFAULT_REGION": REGION,
    "AWS_PROFILE": None,
    "COLUMNS": "200",
}


@dataclass
class Account:
    """What tests put into the account. ``stacks`` answers in the place of CloudFormation, which moto lacks here."""

    stacks: OddServer

    def client(self, service: Any, region: str = REGION) -> Any:
        return _client(service, region)

    def bucket(self, name: str, *, versioned: bool = False) -> None:
        create_bucket(self.client("s3"), name, versioned=versioned)

    def lock(self, bucket: str, key: str, name: str = "s3-apply-default", body: bytes | None = None) -> None:
        body = sample(name) if body is None else body
        self.client("s3").put_object(Bucket=bucket, Key=f"{key}.tflock", Body=body)

    def state(self, bucket: str, key: str) -> None:
        self.client("s3").put_object(Bucket=bucket, Key=key, Body=b"{}")

    def objects(self, bucket: str) -> set[str]:
        listed = self.client("s3").list_objects_v2(Bucket=bucket).get("Contents", [])
        return {entry["Key"] for entry in listed}

    def lock_table(self, name: str, region: str = REGION) -> None:
        self.client("dynamodb", region).create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "LockID", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "LockID", "KeyType": "HASH"}],
        )

    def item(self, table: str, lock_id: str, region: str = REGION, **attributes: Any) -> None:
        self.client("dynamodb", region).put_item(TableName=table, Item={"LockID": {"S": lock_id}, **attributes})

    def items(self, table: str) -> dict[str, dict[str, Any]]:
        found = self.client("dynamodb").scan(TableName=table)["Items"]
        return {item["LockID"]["S"]: item for item in found}

    def reaper(self, rules: Rules | None) -> DynamoLockBook:
        """Deploy a reaper: the outputs of its stack, its book, its log group and its queue."""
        create_lock_book(self.client("dynamodb"), BOOK)
        self.client("logs").create_log_group(logGroupName=LOG_GROUP)
        url = self.client("sqs").create_queue(QueueName=QUEUE)["QueueUrl"]
        outputs = {"LockBookTable": BOOK, "LogGroupName": LOG_GROUP, "ClickQueueUrl": url}
        outputs |= {"ReleaseQueueUrl": url, "WatchLocksFunction": "watch"}
        stack = _stack(outputs | {"LockEventsQueueArn": EVENT_QUEUE})
        self.stacks.answer = lambda asked: _NO_RESOURCES if asked["Action"] == "ListStackResources" else stack
        table = lock_book(BOOK)
        if rules:
            DynamoRulesBook(table).replace(checked_rules.encode(Config("A0DEMO", "https://slack.com/api/", rules)))
        return DynamoLockBook(table)

    def stack(self, **outputs: str) -> None:
        """Deploy a stack with these outputs, and nothing else."""
        self.stacks.always(_stack(outputs))

    def journaled(self) -> list[dict[str, Any]]:
        logs = self.client("logs")
        streams = logs.describe_log_streams(logGroupName=LOG_GROUP)["logStreams"]
        events = [
            event
            for stream in streams
            for event in logs.get_log_events(logGroupName=LOG_GROUP, logStreamName=stream["logStreamName"])["events"]
        ]
        return [json.loads(event["message"]) for event in events]

    def ordered(self) -> list[dict[str, Any]]:
        sqs = self.client("sqs")
        url = sqs.get_queue_url(QueueName=QUEUE)["QueueUrl"]
        messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        return [json.loads(message["Body"]) for message in messages]


_REQUEST = "<ResponseMetadata><RequestId>1</RequestId></ResponseMetadata>"
"""As in every answer of AWS, and in none of a proxy."""


@cache
def _client(service: Any, region: str) -> Any:
    """One for all tests; a client takes longer to make than most of them take."""
    return client_in("", service, region)


def _stack(outputs: dict[str, str]) -> bytes:
    told = "".join(
        f"<member><OutputKey>{name}</OutputKey><OutputValue>{escape(value)}</OutputValue></member>"
        for name, value in outputs.items()
    )
    about = "<CreationTime>2026-01-01T00:00:00Z</CreationTime><StackStatus>CREATE_COMPLETE</StackStatus>"
    stack = f"<member><StackName>{STACK}</StackName>{about}<Outputs>{told}</Outputs></member>"
    result = f"<DescribeStacksResult><Stacks>{stack}</Stacks></DescribeStacksResult>"
    return http(f"<DescribeStacksResponse>{result}{_REQUEST}</DescribeStacksResponse>", Content_Type="text/xml")


_NO_RESOURCES = http(
    "<ListStackResourcesResponse><ListStackResourcesResult><StackResourceSummaries/></ListStackResourcesResult>"
    f"{_REQUEST}</ListStackResourcesResponse>",
    Content_Type="text/xml",
)


def refused_stack(code: str, message: str) -> bytes:
    error = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
    return http(f"<ErrorResponse>{error}</ErrorResponse>", "400 Bad Request", Content_Type="text/xml")


NO_STACK = refused_stack("ValidationError", f"Stack with id {STACK} does not exist")


@contextmanager
def an_account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    for name, value in ENVIRONMENT.items():
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    with mock_aws(), an_odd_server() as stacks:
        stacks.always(NO_STACK)
        monkeypatch.setenv("AWS_ENDPOINT_URL_CLOUDFORMATION", stacks.api_url.removesuffix("/api/"))
        yield Account(stacks)


def info(name: str = "s3-apply-default") -> dict[str, str]:
    """The ``Info`` of an item that has a genuine lock."""
    return {"S": sample(name).decode()}


def run(*arguments: str, said: str | None = None) -> Result:
    return CliRunner().invoke(main, arguments, input=said)


def document(done: Result) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(done.stdout)
    return told
