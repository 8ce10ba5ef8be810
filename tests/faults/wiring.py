"""Faults of the way from a bucket or a lock table to the reaper."""

import json
from collections.abc import Callable
from typing import Any

from chalicelib.core.doctor.finding import Colour
from chalicelib.core.doctor.wiring.checks import (
    DELIVERY,
    MAPPING,
    NOTIFICATION,
    QUEUE,
    SHADOW,
    TERRAFORM,
    TWICE,
)
from chalicelib.core.notifications.merging import EVENTS, Notifications, Wanted, connected
from tests.faults import Fault, Ground

_IMAGES, _DEV = "images", "tflock-events-dev"
_LOCKS = {"Key": {"FilterRules": [{"Name": "suffix", "Value": ".tflock"}]}}


def queue_beside(ground: Ground, name: str) -> str:
    """Another queue in the account, to which every bucket may send; it is as if it were somebody else's."""
    sqs = ground.client("sqs")
    arn = f"{ground.parts.event_queue.rpartition(':')[0]}:{name}"
    allow = {"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sqs:SendMessage"}
    policy = {"Version": "2012-10-17", "Statement": [allow | {"Resource": arn}]}
    sqs.create_queue(QueueName=name, Attributes={"Policy": json.dumps(policy)})
    return arn


def topic_beside(ground: Ground, name: str, *, subscribed: bool = True, **attributes: str) -> str:
    """A topic in the account on which S3 may publish, and which the reaper's queue has subscribed to."""
    sns = ground.client("sns")
    sns.delete_topic(TopicArn=sns.create_topic(Name=name)["TopicArn"])  # with its subscriptions, of an earlier fault
    arn = str(sns.create_topic(Name=name)["TopicArn"])
    allow = {"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sns:Publish"}
    policy = {"Version": "2012-10-17", "Statement": [allow | {"Resource": arn}]}
    sns.set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=json.dumps(policy))
    if subscribed:
        sns.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=ground.parts.event_queue, Attributes=attributes)
    return arn


def tell(ground: Ground, notifications: Notifications) -> None:
    """Replace all that the bucket tells."""
    s3 = ground.client("s3")
    s3.put_bucket_notification_configuration(Bucket=ground.bucket, NotificationConfiguration=notifications)


def queue(arn: str, id_: str, events: list[str] = EVENTS, filtered: Notifications = _LOCKS) -> Notifications:
    """One notification to a queue."""
    return {"QueueConfigurations": [{"Id": id_, "QueueArn": arn, "Events": events, "Filter": filtered}]}


def _told(**changed: Any) -> Callable[[Ground], None]:
    return lambda ground: tell(ground, queue(ground.parts.event_queue, "tflock-reaper", **changed))


def _to_other(name: str, id_: str) -> Callable[[Ground], None]:
    return lambda ground: tell(ground, queue(queue_beside(ground, name), id_))


def _to_topic(name: str, **how: Any) -> Callable[[Ground], None]:
    def seed(ground: Ground) -> None:
        arn = topic_beside(ground, name.format(stage=ground.parts.stage), **how)
        tell(ground, {"TopicConfigurations": [connected({}, Wanted(arn))["TopicConfigurations"][0]]})

    return seed


def _by_terraform(ground: Ground) -> None:
    """Terraform has made a notification for somebody else, of which it knows; of ours it does not."""
    images = queue_beside(ground, _IMAGES)
    filtered = {"Key": {"FilterRules": [{"Name": "prefix", "Value": "images/"}, {"Name": "suffix", "Value": ".png"}]}}
    theirs = queue(images, "tf-s3-queue-20260101000000000000000001", ["s3:ObjectCreated:Put"], filtered)
    tell(ground, connected(theirs, Wanted(ground.parts.event_queue)))


def _applied(ground: Ground) -> None:
    """What Terraform's apply of the doctor's HCL writes."""
    s3 = ground.client("s3")
    told = s3.get_bucket_notification_configuration(Bucket=ground.bucket)
    listed = [
        one | {"Id": one["Id"].replace("tflock-reaper", "tflock-reaper-in-terraform")}
        for one in told["QueueConfigurations"]
    ]
    tell(ground, {"QueueConfigurations": listed})


def rule(ground: Ground, name: str, *, enabled: bool = True, **object_: Any) -> None:
    """A rule of EventBridge that sends the bucket's lock events to the reaper's queue."""
    events = ground.client("events")
    for other in events.list_rule_names_by_target(TargetArn=ground.parts.event_queue)["RuleNames"]:
        events.remove_targets(Rule=other, Ids=["reaper"])
        events.delete_rule(Name=other)
    detail = {"bucket": {"name": [ground.bucket]}, "object": object_ or {"key": [{"suffix": ".tflock"}]}}
    pattern = {"source": ["aws.s3"], "detail-type": ["Object Created", "Object Deleted"], "detail": detail}
    events.put_rule(Name=name, EventPattern=json.dumps(pattern), State="ENABLED" if enabled else "DISABLED")
    events.put_targets(Rule=name, Targets=[{"Id": "reaper", "Arn": ground.parts.event_queue}])


def _by_rule(suffix: str = "", *, direct: bool = False, **how: Any) -> Callable[[Ground], None]:
    def seed(ground: Ground) -> None:
        rule(ground, f"tflock-reaper-{ground.parts.stage}{suffix}", **how)
        ours = connected({}, Wanted(ground.parts.event_queue)) if direct else {}
        tell(ground, {"EventBridgeConfiguration": {}, **ours})

    return seed


def _policy(document: dict[str, Any]) -> Callable[[Ground], None]:
    def seed(ground: Ground) -> None:
        url = ground.parts.outputs["LockEventsQueueUrl"]
        text = json.dumps(document) if document else ""
        ground.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": text})

    return seed


def _mappings(ground: Ground, function: str) -> list[str]:
    told = ground.client("lambda").list_event_source_mappings(FunctionName=ground.parts.functions[function])
    return [one["UUID"] for one in told["EventSourceMappings"]]


def _disabled(function: str) -> Callable[[Ground], None]:
    def seed(ground: Ground) -> None:
        for uuid in _mappings(ground, function):
            ground.client("lambda").update_event_source_mapping(UUID=uuid, Enabled=False)

    return seed


def _unmapped(function: str) -> Callable[[Ground], None]:
    def seed(ground: Ground) -> None:
        for uuid in _mappings(ground, function):
            ground.client("lambda").delete_event_source_mapping(UUID=uuid)

    return seed


_RED, _YELLOW = Colour.RED, Colour.YELLOW
_SOMEBODY = {
    "Sid": "Somebody",
    "Effect": "Allow",
    "Principal": {"AWS": "*"},
    "Action": "sqs:ReceiveMessage",
    "Resource": "*",
    "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}},
}
FAULTS: tuple[Fault, ...] = (
    Fault("the bucket tells nobody", NOTIFICATION.id, _RED, lambda ground: tell(ground, {})),
    Fault("releases are not told", NOTIFICATION.id, _RED, _told(events=["s3:ObjectCreated:*"])),
    Fault(
        "what lifecycle rules delete is not told",
        NOTIFICATION.id,
        _YELLOW,
        _told(events=["s3:ObjectCreated:*", "s3:ObjectRemoved:*"]),
    ),
    Fault(
        "only one folder is told",
        NOTIFICATION.id,
        _RED,
        _told(
            filtered={
                "Key": {"FilterRules": [{"Name": "prefix", "Value": "prod/"}, {"Name": "suffix", "Value": ".tflock"}]}
            }
        ),
    ),
    Fault("another stage's queue is told", NOTIFICATION.id, _RED, _to_other(_DEV, "tflock-reaper")),
    Fault("somebody else's notification has the locks", SHADOW.id, _RED, _to_other(_IMAGES, "everything")),
    Fault("Terraform does not know the notification", TERRAFORM.id, _YELLOW, _by_terraform, _applied),
    Fault("the queue's policy went with the queue that was deleted", DELIVERY.id, _RED, _policy({})),
    Fault(
        "the queue's policy is somebody's own",
        DELIVERY.id,
        _RED,
        _policy({"Version": "2012-10-17", "Statement": [_SOMEBODY]}),
    ),
    Fault("nobody subscribed to the topic", DELIVERY.id, _RED, _to_topic("tflock-reaper-{stage}", subscribed=False)),
    Fault(
        "the subscription filters by attributes, which S3 does not send",
        DELIVERY.id,
        _RED,
        _to_topic("tflock-reaper-{stage}", FilterPolicy='{"env":["prod"]}'),
    ),
    Fault("the rule of EventBridge is disabled", DELIVERY.id, _RED, _by_rule(enabled=False)),
    Fault(
        "the rule of EventBridge is for one state only",
        NOTIFICATION.id,
        _RED,
        _by_rule(key=["prod/terraform.tfstate.tflock"]),
    ),
    Fault("the bucket tells in two ways", TWICE.id, _YELLOW, _by_rule(direct=True)),
    Fault("Lambda's mapping of the queue is off", QUEUE.id, _RED, _disabled("RecordLockEvent")),
    Fault("the queue has no mapping", QUEUE.id, _RED, _unmapped("RecordLockEvent")),
    Fault("Lambda's mapping of the stream is off", MAPPING.id, _RED, _disabled("TableChanged")),
)
"""Each is seeded into a bucket that tells the queue, or that an earlier fault was mended in."""

AS_WELL = (Fault("the stream has no mapping", MAPPING.id, _RED, _unmapped("TableChanged")),)
"""What only an account of its own can have: nobody else may need the mapping that goes."""
