"""What a function meets in AWS, on this machine: a local cloud, a Slack, and the variables that the stack sets."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from demo.deployed import Decided
from demo.local_cloud import ACCOUNT, REGION, LocalCloud
from demo.slack_standin import SlackStandIn
from tests.aws.events.test_dynamodb import STREAM
from tests.aws_fixtures import create_lock_book, create_lock_table
from tests.builders import TABLE, sample

BUCKET = "acme-tfstate"
KEY = "prod/network/terraform.tfstate.tflock"
_PARAMETERS = "/tflock-reaper/bench"
_QUEUES = ("SWEEP", "RELEASE", "CLICK", "EVENT")


class Stack(NamedTuple):
    """The running stack, without its functions."""

    slack: SlackStandIn
    cloud: LocalCloud
    environment: dict[str, str]
    """Of every function: all that ``.chalice/resources.yaml`` sets for each."""
    configuration: str
    """TOML."""
    put: dict[str, Any]
    """S3's answer when the one lock was taken."""


@contextmanager
def running(folder: Path) -> Iterator[Stack]:
    """Give a stack in which one lock is held."""
    decided = Decided((BUCKET,), ("1d",))
    with SlackStandIn(decided.workspace) as slack, LocalCloud(folder / "cloud") as cloud:
        create_lock_book(cloud.client("dynamodb"))
        create_lock_table(cloud.client("dynamodb"), TABLE)
        s3 = cloud.client("s3")
        s3.create_bucket(Bucket=BUCKET)
        s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        put = s3.put_object(Bucket=BUCKET, Key=KEY, Body=sample("s3-apply-default"))
        yield Stack(slack, cloud, _environment(cloud, slack), decided.toml(slack.api_url, STREAM), put)


def _environment(cloud: LocalCloud, slack: SlackStandIn) -> dict[str, str]:
    secrets = {"bot-token": slack.workspace.bot_token, "signing-secret": slack.workspace.signing_secret}
    for name, value in secrets.items():
        cloud.client("ssm").put_parameter(Name=f"{_PARAMETERS}/{name}", Value=value, Type="SecureString")
    sqs = cloud.client("sqs")
    queues = {f"{name}_QUEUE_URL": sqs.create_queue(QueueName=name)["QueueUrl"] for name in _QUEUES}
    return (
        cloud.environment
        | queues
        | {
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "ACCOUNT_ID": ACCOUNT,
            "STAGE": "bench",
            "STACK_NAME": "bench",
            "POWERTOOLS_SERVICE_NAME": "tflock-reaper",
            "LOCK_BOOK_TABLE": "book",
            "SETTLE_SECONDS": "120",
            "RELEASE_ROLE_ID": "AROARELEASE",
            "ANSWER_ROLE_ID": "AROAANSWER",
            "SLACK_BOT_TOKEN_PARAMETER": f"{_PARAMETERS}/bot-token",
            "SLACK_SIGNING_SECRET_PARAMETER": f"{_PARAMETERS}/signing-secret",
            # What the app of bolt-python reads.
            "SLACK_API_URL": slack.api_url,
            "SLACK_BOT_TOKEN": slack.workspace.bot_token,
            "SLACK_SIGNING_SECRET": slack.workspace.signing_secret,
        }
    )


def request(stack: Stack, path: str, body: bytes) -> dict[str, Any]:
    """Return what API Gateway hands to a function for a request that Slack signed."""
    headers = stack.slack.signed_request(body)
    return {
        "requestContext": {"resourcePath": path, "httpMethod": "POST"},
        "headers": headers | {"Content-Type": "application/x-www-form-urlencoded"},
        "multiValueQueryStringParameters": None,
        "pathParameters": None,
        "stageVariables": None,
        "body": body.decode(),
        "isBase64Encoded": False,
    }
