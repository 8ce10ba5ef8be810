"""Events of buckets in other accounts and regions: who may tell of which bucket."""

import json
from typing import Any

import msgspec
import pytest

from chalicelib.aws import passed_over
from chalicelib.aws.events.s3 import UnknownNotificationError, lock_events
from chalicelib.core.audit.event import ToldBy
from chalicelib.core.locks.account import HOME, Account
from chalicelib.core.locks.place import Kind
from chalicelib.core.locks.target import Target
from chalicelib.core.policy import Rules
from tests.aws.test_recorded import BRIDGED, recorded
from tests.builders import some_rules

STACK, MEMBER, STRANGER = "222222222222", "111111111111", "333333333333"
BUCKET = "acme-far"


def targets(account: Account = HOME) -> Rules:
    targets = (Target(Kind.S3, BUCKET, region="eu-west-1", account=account),)
    return msgspec.structs.replace(some_rules(), targets=targets).at_home(STACK, "us-east-1")


def bridged(account: str, bucket: str = BUCKET, **more: Any) -> str:
    """AWS's own event, as recorded. Account and region are the bucket's, wherever the queue is."""
    event = BRIDGED["put"]
    stored = event["detail"]["object"] | {"key": "a b+c.tflock"}
    detail = event["detail"] | {"bucket": {"name": bucket}, "object": stored}
    return json.dumps(event | {"account": account, "region": "eu-west-1", "detail": detail} | more)


def test_an_event_of_another_account_and_region_is_taken_and_its_key_is_not_decoded() -> None:
    [event] = lock_events(bridged(MEMBER), targets(Account(MEMBER, "network", "role/reaper")))
    assert (event.told_by, event.principal, event.place) == (
        ToldBy.EVENTBRIDGE,
        "",
        targets().targets[0].place("a b+c.tflock"),
    )


def test_an_event_of_the_stacks_own_account_is_taken_from_any_region() -> None:
    assert len(lock_events(bridged(STACK), targets())) == 1


@pytest.mark.parametrize("account", [STRANGER, STACK, "", "x\n" * 500])
def test_an_account_cannot_tell_of_the_bucket_of_another_and_that_is_said(
    account: str, caplog: pytest.LogCaptureFixture
) -> None:
    passed_over._say_once.cache_clear()
    assert lock_events(bridged(account), targets(Account(MEMBER, "network", "role/reaper"))) == []
    [said] = caplog.messages
    assert f"a target in network ({MEMBER})" in said
    assert "\n" not in said


def test_of_a_bucket_that_is_no_target_nothing_is_said_because_nothing_is_recorded(
    caplog: pytest.LogCaptureFixture,
) -> None:
    passed_over._say_once.cache_clear()
    assert len(lock_events(bridged(STRANGER, "acme-unknown"), targets())) == 1
    assert caplog.messages == []


@pytest.mark.parametrize("raw", [True, False])
def test_a_topic_in_another_account_and_region_tells_the_identity(raw: bool) -> None:
    envelope = recorded("s3-over-sns")
    [record] = envelope["Message"]["Records"]
    message = json.dumps({"Records": [record | {"awsRegion": "eu-west-1"}]})
    body = message if raw else enveloped(topic(MEMBER), message)
    [event] = lock_events(body, targets(Account(MEMBER, role="role/reaper")))
    assert (event.told_by, event.principal) == (ToldBy.S3, "<principal-id:2>")


def enveloped(topic: str, message: str) -> str:
    return json.dumps(recorded("s3-over-sns") | {"TopicArn": topic, "Message": message})


def direct(bucket: str = BUCKET) -> str:
    [record] = recorded("s3-over-sns")["Message"]["Records"]
    there = {"bucket": {"name": bucket}, "object": record["s3"]["object"] | {"key": "a.tflock"}}
    return json.dumps({"Records": [record | {"s3": there}]})


def topic(account: str, name: str = "tflock-reaper-prod") -> str:
    return f"arn:aws:sns:eu-west-1:{account}:{name}"


@pytest.mark.parametrize(
    ("sender", "taken"),
    [
        (topic(MEMBER), True),
        (topic(STRANGER), False),
        (topic(STACK), False),
        (topic(STRANGER, "state-events"), True),  # the queue knows it by its ARN: LockEventTopicArns
    ],
)
def test_a_topic_that_the_queue_knows_by_its_name_tells_only_of_buckets_of_its_account(
    sender: str, taken: bool
) -> None:
    rules = targets(Account(MEMBER, "network", "role/reaper"))
    assert bool(lock_events(enveloped(sender, direct()), rules)) == taken
    assert len(lock_events(enveloped(sender, direct("acme-unknown")), rules)) == 1


def test_an_envelope_that_somebody_published_in_an_envelope_counts_for_nothing() -> None:
    made_up = enveloped(topic(MEMBER), direct())
    assert lock_events(enveloped(topic(STRANGER), made_up), targets(Account(MEMBER, role="role/reaper"))) == []


def test_of_a_message_that_is_readable_only_in_part_no_more_is_believed() -> None:
    message = json.dumps({"Records": [*json.loads(direct())["Records"], {}]})
    with pytest.raises(UnknownNotificationError) as raised:
        lock_events(enveloped(topic(STRANGER), message), targets(Account(MEMBER, role="role/reaper")))
    assert raised.value.events == ()
