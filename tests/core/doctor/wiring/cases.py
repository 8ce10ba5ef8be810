"""A bucket and all that its events pass through, as a test arranges them."""

from typing import Any

from chalicelib.core.doctor.finding import Finding
from chalicelib.core.doctor.parts import Parts
from chalicelib.core.doctor.wiring.case import Bus, Case, Queue, Rule, Subscription, Topic
from chalicelib.core.doctor.wiring.delivery import delivery
from chalicelib.core.doctor.wiring.senders import stacks_policy
from chalicelib.core.doctor.wiring.ways import Heard, heard
from chalicelib.core.notifications.merging import EVENTS, Notifications

HOME, MEMBER = "999999999999", "111122223333"
QUEUE = f"arn:aws:sqs:eu-west-1:{HOME}:tflock-events-prod"
BUS = f"arn:aws:events:eu-west-1:{HOME}:event-bus/tflock-reaper-prod"
LOCKS = {"source": ["aws.s3"], "detail": {"object": {"key": [{"suffix": ".tflock"}]}}}


def some_parts(partition: str = "aws", **parameters: str) -> Parts:
    given = {"StateBucketArns": f"arn:{partition}:s3:::acme-tfstate", "EventAccounts": MEMBER}
    return Parts(
        stack="tflock-reaper-prod",
        stage="prod",
        account=HOME,
        region="eu-west-1",
        partition=partition,
        outputs={
            "LockEventsQueueArn": QUEUE.replace("aws", partition, 1),
            "LockEventsQueueUrl": f"https://sqs.eu-west-1.amazonaws.com/{HOME}/tflock-events-prod",
            "LockEventBusArn": BUS.replace("aws", partition, 1),
            "LogGroupName": "/tflock-reaper/prod",
        },
        parameters=given | parameters,
        roles={},
        functions={"RecordLockEvent": "record-prod", "TableChanged": "changed-prod"},
    )


def some_case(notifications: Notifications | None = None, **changed: Any) -> Case:
    told: dict[str, Any] = {
        "bucket": "acme-tfstate",
        "account": HOME,
        "region": "eu-west-1",
        "prefixes": ("",),
        "parts": some_parts(),
        "notifications": to(QUEUE) if notifications is None else notifications,
    }
    return Case(**(told | changed))


def to(arn: str, id_: str = "tflock-reaper", events: list[str] = EVENTS, **filtered: str) -> Notifications:
    """A notification; without anything else it is of all that end in .tflock."""
    rules = [{"Name": name.capitalize(), "Value": value} for name, value in ({"suffix": ".tflock"} | filtered).items()]
    kind = {"sqs": "Queue", "sns": "Topic", "lambda": "LambdaFunction"}[arn.split(":")[2]]
    name = f"{kind}Arn"
    entry = {"Id": id_, name: arn, "Events": events, "Filter": {"Key": {"FilterRules": rules}}}
    return {f"{kind}Configurations": [entry]}


def some_topic(arn: str, **changed: Any) -> Topic:
    allow = {"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sns:Publish", "Resource": arn}
    told: dict[str, Any] = {"arn": arn, "policy": {"Statement": [allow]}, "subscription": Subscription(arn=f"{arn}:1")}
    return Topic(**(told | changed))


def some_rule(target: str = QUEUE, **changed: Any) -> Rule:
    told: dict[str, Any] = {
        "name": "tflock-reaper-prod",
        "arn": f"arn:aws:events:eu-west-1:{HOME}:rule/tflock-reaper-prod",
        "enabled": True,
        "pattern": LOCKS,
        "target": target,
    }
    return Rule(**(told | changed))


def hears(case: Case, *topics: Topic, rules: tuple[Rule, ...] = ()) -> Heard:
    return heard(case, {topic.arn: topic for topic in topics}, rules)


def delivered(case: Case, found: Heard, policy: Any = None, bus: Bus | None = None) -> list[Finding]:
    """What is found of the delivery; the queue has the policy of the stack, if the test has no other."""
    allowed = stacks_policy(case.parts) if policy is None else policy
    return list(delivery(case, found, Queue(exists=True, policy=allowed), bus or Bus()))
