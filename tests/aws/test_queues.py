"""What only the adapter knows: that a message waits, and what goes wrong with it."""

import boto3
import pytest
from botocore.config import Config
from botocore.stub import Stubber

from chalicelib.aws.queues import SqsQueue
from chalicelib.ports.orders import QueueError
from tests.aws_fixtures import REGION, moto


@pytest.mark.parametrize("delay", [0, 600, 900])
def test_a_message_waits_as_long_as_it_was_told_to(delay: int) -> None:
    client = boto3.client("sqs", region_name=REGION, aws_access_key_id="x", aws_secret_access_key="x")
    with Stubber(client) as stubber:
        sent = {"QueueUrl": "https://sqs/q", "MessageBody": "{}", "DelaySeconds": delay}
        stubber.add_response("send_message", {}, sent)
        SqsQueue(client, "https://sqs/q").send(b"{}", delay)
        stubber.assert_no_pending_responses()


def test_a_message_that_waits_is_not_delivered_yet() -> None:
    with moto("sqs") as client:
        url = client.create_queue(QueueName="q")["QueueUrl"]
        SqsQueue(client, url).send(b"{}", 600)
        assert "Messages" not in client.receive_message(QueueUrl=url)


def test_a_message_that_could_not_be_left_is_an_error() -> None:
    with moto("sqs") as client, pytest.raises(QueueError, match=r"could not be left.*NonExistentQueue"):
        SqsQueue(client, "https://sqs.eu-central-1.amazonaws.com/1/none").send(b"{}")


def test_a_queue_that_cannot_be_reached_is_an_error() -> None:
    client = boto3.client(
        "sqs",
        region_name=REGION,
        endpoint_url="http://127.0.0.1:9",
        aws_access_key_id="x",
        aws_secret_access_key="x",
        config=Config(retries={"total_max_attempts": 1}, connect_timeout=1),
    )
    with pytest.raises(QueueError, match="could not be left"):
        SqsQueue(client, "http://127.0.0.1:9/q").send(b"{}")
