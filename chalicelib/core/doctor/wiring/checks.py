"""The checks of notifications and streams."""

from chalicelib.core.doctor.check import Check

_READ = "s3:GetBucketNotification"
_TOPIC = ("sns:GetTopicAttributes", "sns:ListSubscriptionsByTopic", "sns:GetSubscriptionAttributes")
_RULE = ("events:ListRuleNamesByTarget", "events:DescribeRule")
_WAYS = (_READ, "s3:GetBucketLocation", *_TOPIC, *_RULE)
_KEY = ("kms:DescribeKey", "kms:GetKeyPolicy")
_MAPPINGS = "lambda:ListEventSourceMappings"

NOTIFICATION = Check(
    id="wiring.notification",
    title="Notification of locks",
    why="Without events a lock is seen only by the nightly sweep, and nobody can say who took it or let it go.",
    rights=_WAYS,
)
SHADOW = Check(
    id="wiring.shadow",
    title="Other notifications",
    why="S3 allows one notification for each key and event, so somebody else's can keep the reaper's out.",
    rights=_WAYS,
)
DELIVERY = Check(
    id="wiring.delivery",
    title="Delivery of lock events",
    why="S3, SNS and EventBridge drop what they may not deliver, and say so to nobody.",
    rights=(*_WAYS, "sqs:GetQueueAttributes", "events:DescribeEventBus", *_KEY),
)
TWICE = Check(
    id="wiring.twice",
    title="Lock events told twice",
    why="When an event comes in two ways, the journal may keep the one that does not say who took the lock.",
    rights=_WAYS,
)
TERRAFORM = Check(
    id="wiring.terraform",
    title="Terraform and the notification",
    why="Terraform owns all notifications of a bucket, and its next apply removes those that it does not know.",
    rights=(_READ, "s3:GetBucketLocation"),
)
QUEUE = Check(
    id="wiring.queue",
    title="Queue of lock events",
    why="While Lambda does not read the queue, no event is recorded, and SQS deletes each after four days.",
    rights=("sqs:GetQueueAttributes", _MAPPINGS, _KEY[0]),
)
STREAM = Check(
    id="wiring.stream",
    title="Stream of the table",
    why="A stream that was switched off and on again is a new one, and the reaper still listens to the old one.",
    rights=("dynamodb:DescribeTable",),
)
MAPPING = Check(
    id="wiring.stream-mapping",
    title="Mapping of the stream",
    why="A stream keeps changes for 24 hours: those that Lambda has not read by then are missing in the journal.",
    rights=("dynamodb:DescribeTable", _MAPPINGS),
)
CHECKS: tuple[Check, ...] = (NOTIFICATION, SHADOW, DELIVERY, TWICE, TERRAFORM, QUEUE, STREAM, MAPPING)
