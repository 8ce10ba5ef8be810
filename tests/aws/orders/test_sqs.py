"""What only the adapter knows: that a message waits, and what goes wrong with it."""

from datetime import timedelta

import boto3
import pytest
from botocore.config import Config
from botocore.stub import ANY, Stubber

from chalicelib.aws.orders.sqs import SqsOrders
from chalicelib.core.clicks.order import EndUndo
from chalicelib.core.locks.place import Kind
from chalicelib.core.locks.target import Target
from chalicelib.core.nights.sweep_order import SweepOrder
from chalicelib.ports.orders import OrderError
from tests.aws_fixtures import REGION, moto
from tests.builders import a_ref

END = EndUndo(a_ref())
SWEEP = SweepOrder(Target(Kind.S3, "a"))


@pytest.mark.parametrize(("delay", "waits"), [(0, 0), (0.2, 1), (600, 600), (899.9, 900), (900, 900)])
def test_a_message_waits_at_least_as_long_as_it_was_told_to(delay: float, waits: int) -> None:
    client = boto3.client("sqs", region_name=REGION, aws_access_key_id="x", aws_secret_access_key="x")
    with Stubber(client) as stubber:
        sent = {"QueueUrl": "https://sqs/clicks", "MessageBody": ANY, "DelaySeconds": waits}
        stubber.add_response("send_message", {}, sent)
        SqsOrders(client, lambda queue: f"https://sqs/{queue}").end_undo(END, timedelta(seconds=delay))
        stubber.assert_no_pending_responses()


def test_a_message_that_waits_is_not_delivered_yet() -> None:
    with moto("sqs") as client:
        url = client.create_queue(QueueName="q")["QueueUrl"]
        SqsOrders(client, lambda _: url).end_undo(END, timedelta(minutes=10))
        assert "Messages" not in client.receive_message(QueueUrl=url)


def test_a_message_that_could_not_be_left_is_an_error() -> None:
    with moto("sqs") as client, pytest.raises(OrderError, match=r"could not be left.*NonExistentQueue"):
        SqsOrders(client, lambda _: "https://sqs.eu-central-1.amazonaws.com/1/none").sweep(SWEEP)


def test_an_order_that_no_queue_takes_is_an_error_that_says_so() -> None:
    long = SweepOrder(Target(Kind.S3, "a"), after="é" * 132_000)
    with moto("sqs") as client, pytest.raises(OrderError, match=r"has 26\d+ bytes"):
        SqsOrders(client, lambda _: client.create_queue(QueueName="q")["QueueUrl"]).sweep(long)


def test_a_queue_that_cannot_be_reached_is_an_error() -> None:
    client = boto3.client(
        "sqs",
        region_name=REGION,
        endpoint_url="http://127.0.0.1:9",
        aws_access_key_id="x",
        aws_secret_access_key="x",
        config=Config(retries={"total_max_attempts": 1}, connect_timeout=1),
    )
    with pytest.raises(OrderError, match="could not be left"):
        SqsOrders(client, lambda _: "http://127.0.0.1:9/q").sweep(SWEEP)
