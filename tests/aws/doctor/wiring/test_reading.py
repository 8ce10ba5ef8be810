"""What AWS's answers are read as: topics, rules, regions and streams."""

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.aws.doctor.reach import Reach
from chalicelib.aws.doctor.wiring import bucket_wiring
from chalicelib.aws.doctor.wiring.passing import read_bus, read_topic
from chalicelib.aws.doctor.wiring.reading import read_queue
from chalicelib.core.doctor.finding import Colour
from chalicelib.core.doctor.wiring.case import QueueKey, Subscription
from chalicelib.core.doctor.wiring.checks import MAPPING, NOTIFICATION, STREAM
from chalicelib.jobs.doctor.examine import examine
from chalicelib.ports.doctor import Examination, NotKnownError
from tests.aws.doctor.wiring.ground import QUEUE, healthy, looked, parts, reach, stream_of, switch_on
from tests.aws_fixtures import create_lock_table
from tests.core.doctor.wiring.cases import some_case
from tests.pasting import commands_in

TOPIC = "arn:aws:sns:eu-central-1:123456789012:state-events"


class Sns:
    """A topic as SNS tells of it (sns/latest/api: ListSubscriptionsByTopic, GetSubscriptionAttributes)."""

    def __init__(self, *listed: str, pages: int = 1, **attributes: str) -> None:
        self._listed, self._pages, self._attributes = listed, pages, attributes

    def get_topic_attributes(self, **_: str) -> dict[str, Any]:
        return {"Attributes": {"TopicArn": TOPIC, "Policy": '{"Version":"2012-10-17","Statement":[]}'}}

    def get_paginator(self, _name: str) -> "Sns":
        return self

    def paginate(self, **_: str) -> Iterator[dict[str, Any]]:
        others = [{"SubscriptionArn": f"{TOPIC}:0", "Endpoint": "ops@acme.example", "Protocol": "email"}]
        for page in range(self._pages):
            ours = [{"SubscriptionArn": arn, "Endpoint": QUEUE, "Protocol": "sqs"} for arn in self._listed]
            yield {"Subscriptions": others + ours} | ({"NextToken": "more"} if page + 1 < self._pages else {})

    def get_subscription_attributes(self, **_: str) -> dict[str, Any]:
        return {"Attributes": {"PendingConfirmation": "false", "RawMessageDelivery": "true"} | self._attributes}


def read(sns: Any) -> Subscription | None:
    return read_topic(Reach(lambda _service, _region: sns, "123456789012", "eu-central-1"), TOPIC, QUEUE).subscription


@pytest.mark.parametrize(
    ("sns", "subscription"),
    [
        (Sns(), None),
        (Sns("PendingConfirmation"), Subscription(arn="")),
        (Sns(f"{TOPIC}:1", PendingConfirmation="true"), Subscription(arn="")),
        (Sns(f"{TOPIC}:1"), Subscription(arn=f"{TOPIC}:1")),
        (Sns(f"{TOPIC}:1", FilterPolicy="{}"), Subscription(arn=f"{TOPIC}:1")),
        (
            Sns(f"{TOPIC}:1", FilterPolicy='{"a":["b"]}', FilterPolicyScope="MessageBody"),
            Subscription(arn=f"{TOPIC}:1", filter={"a": ["b"]}, filters_body=True),
        ),
        (Sns(pages=3), None),
    ],
)
def test_a_subscription_is_read_as_sns_tells_of_it(sns: Sns, subscription: Subscription | None) -> None:
    assert read(sns) == subscription


@pytest.mark.parametrize("sns", [Sns(pages=10_000), Sns(f"{TOPIC}:1", FilterPolicy="{")])
def test_what_cannot_be_read_is_not_known(sns: Sns) -> None:
    with pytest.raises(NotKnownError):
        read(sns)


def test_a_topic_and_a_bus_that_are_gone_are_gone_and_no_failure() -> None:
    with healthy() as ground:
        assert not read_topic(reach(ground), TOPIC, QUEUE).exists
        assert read_bus(reach(ground), some_case(parts=parts())).rule is None


def test_the_stream_of_a_table_that_was_made_anew_is_another_one_though_the_mapping_is_on() -> None:
    with healthy() as ground:
        first = stream_of(ground)
        off: Any = {"StreamEnabled": False}
        ground.client("dynamodb").update_table(TableName=ground.table, StreamSpecification=off)
        found = {one.check: one for one in looked(ground, first)}
        assert (found[STREAM.id].colour, "is off" in found[STREAM.id].seen) == (Colour.RED, True)
        fix = found[STREAM.id].fix
        assert fix
        assert [words[:3] for words in commands_in(fix.cli)] == [
            ["aws", "dynamodb", "update-table"],
            ["aws", "dynamodb", "describe-table"],
        ]
        ground.client("dynamodb").delete_table(TableName=ground.table)
        create_lock_table(ground.client("dynamodb"), ground.table)
        second = switch_on(ground)
        found = {one.check: one for one in looked(ground, first)}
        assert [found[id_].colour for id_ in (STREAM.id, MAPPING.id)] == [Colour.RED, Colour.RED]
        assert found[STREAM.id].fix
        assert second in found[STREAM.id].seen
        assert {one.check: one for one in looked(ground, second)}[STREAM.id].colour is Colour.GREEN


@pytest.mark.parametrize(("told", "region"), [(None, "us-east-1"), ("EU", "eu-west-1"), ("ap-south-1", "ap-south-1")])
def test_a_bucket_in_another_region_than_the_queue_is_not_told_to_tell_it(told: str | None, region: str) -> None:
    class S3:
        def get_bucket_location(self, **_: str) -> dict[str, Any]:
            return {"LocationConstraint": told}

        def get_bucket_notification_configuration(self, **_: str) -> dict[str, Any]:
            return {"ResponseMetadata": {}}

    looks = bucket_wiring("acme", (), Reach(lambda _service, _region: S3(), "123456789012", "eu-central-1"), parts())
    [found] = examine([Examination("bucket acme", looks)], lambda check: check == NOTIFICATION.id, lambda _: None)
    assert found.fix
    assert f"--region {region} --stack-name tflock-reaper-prod-topic" in found.fix.cli


def test_a_key_of_the_queue_is_read_with_its_policy_and_one_that_is_not_there_is_gone() -> None:
    with healthy() as ground:
        key = ground.client("kms").create_key()["KeyMetadata"]["Arn"]
        url = parts().outputs["LockEventsQueueUrl"]
        ground.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"KmsMasterKeyId": key})
        own = read_queue(reach(ground), parts()).own_key
        assert own
        assert (own.arn, own.state) == (key, "Enabled")
        assert own.policy
        assert own.policy["Statement"]
        other = f"{key.rpartition('/')[0]}/00000000-0000-0000-0000-000000000000"
        ground.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"KmsMasterKeyId": other})
        assert read_queue(reach(ground), parts()).own_key == QueueKey(arn=other, state="gone")


def test_a_queue_under_sqs_s_own_key_has_none_of_one_s_own() -> None:
    with healthy() as ground:
        assert read_queue(reach(ground), parts()).own_key is None
