"""The application with an account as the stack makes it, in moto, and a Slack that signs what it sends."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import boto3
import pytest
from chalice.test import Client, HTTPResponse
from moto import mock_aws
from slack_sdk.signature import SignatureVerifier

import app
from chalicelib import wiring
from chalicelib.checked_rules import NAME, encode
from chalicelib.config.file import parse
from tests.aws_fixtures import REGION, create_bucket, create_lock_book
from tests.builders import BUCKET
from tests.config.test_file import LEAST
from tests.slack.test_requests import payload

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"


@contextmanager
def an_account(folder: Path, toml: str = LEAST, *, settle_seconds: int = 0) -> Iterator[Any]:
    """Gives a client of its queues, which are named like the environment variables they stand in."""
    rules = folder / NAME
    write_rules(rules, toml)
    environment = {
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "RULES_FILE": str(rules),
        "AWS_REGION": REGION,
        "ACCOUNT_ID": "123456789012",
        "STAGE": "test",
        "LOCK_BOOK_TABLE": "book",
        "SETTLE_SECONDS": str(settle_seconds),
        "RELEASE_ROLE_ID": "AROARELEASE",
        "ANSWER_ROLE_ID": "AROAANSWER",
        "SLACK_SIGNING_SECRET_PARAMETER": "/reaper/signing-secret",
        "SLACK_BOT_TOKEN_PARAMETER": "/reaper/bot-token",
    }
    with mock_aws(), pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        for name in ("signing-secret", "bot-token"):
            boto3.client("ssm").put_parameter(Name=f"/reaper/{name}", Value=f"{SECRET}\n", Type="SecureString")
        client = boto3.client("sqs")
        for variable in ("SWEEP_QUEUE_URL", "RELEASE_QUEUE_URL", "CLICK_QUEUE_URL", "EVENT_QUEUE_URL"):
            patch.setenv(variable, client.create_queue(QueueName=variable.replace("_", "-"))["QueueUrl"])
        create_lock_book(boto3.client("dynamodb"))
        create_bucket(boto3.client("s3"), BUCKET)
        yield client


def forget_everything() -> None:
    """Have the application build all that it keeps for a process anew."""
    for built in vars(wiring).values():
        if hasattr(built, "cache_clear"):
            built.cache_clear()


def write_rules(file: Path, toml: str) -> None:
    """Write the checked rules of a configuration, as ``make package`` does."""
    file.write_bytes(encode(parse(toml)))


def send(path: str, body: bytes, **headers: str) -> HTTPResponse:
    """A request as Slack signs it, but for the headers given."""
    timestamp = str(int(time.time()))
    signature = SignatureVerifier(SECRET).generate_signature(timestamp=timestamp, body=body)
    signed = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": str(signature),
    }
    with Client(app.app) as client:
        return client.http.post(path, headers=signed | headers, body=body)


def post(body: bytes, **headers: str) -> int:
    return int(send("/slack/actions", body, **headers).status_code)


def form(**changes: Any) -> bytes:
    return urlencode({"payload": json.dumps(payload(**changes))}).encode()


def left_on(queues: Any, name: str) -> list[str]:
    url = queues.get_queue_url(QueueName=name)["QueueUrl"]
    messages = queues.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    for message in messages:
        queues.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return [message["Body"] for message in messages]


def a_batch(*bodies: str) -> dict[str, Any]:
    """Each message younger than the one after it, as a queue may deliver them."""
    event: dict[str, Any] = json.loads((Path(__file__).parent.parent / "events" / "sqs.json").read_text())
    [template] = event["Records"]
    records = [
        template
        | {
            "messageId": f"m{index}",
            "body": body,
            "attributes": template["attributes"] | {"SentTimestamp": str(99 - index)},
        }
        for index, body in enumerate(bodies)
    ]
    return {"Records": records}


class Remaining:
    """Lambda's context, with so much time left at each look."""

    def __init__(self, *milliseconds: int) -> None:
        self._milliseconds = list(milliseconds)

    def get_remaining_time_in_millis(self) -> int:
        return self._milliseconds.pop(0) if self._milliseconds else 120_000


def printed(capsys: pytest.CaptureFixture[str], begin: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith(begin)]
