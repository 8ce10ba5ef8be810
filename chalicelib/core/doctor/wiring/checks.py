"""The checks of notifications and streams."""

from chalicelib.core.doctor.check import Check

_READ = "s3:GetBucketNotification"
_TOPIC = ("sns:GetTopicAttributes", "sns:ListSubscriptionsByTopic", "sns:GetSubscriptionAttributes")
_RULE = ("events:ListRuleNamesByTarget", "events:DescribeRule")
_WAYS = (_READ, "s3:GetBucketLocation", *_TOPIC, *_RULE)
_MAPPINGS = "lambda:ListEventSourceMappings"

NOTIFICATION = Check(
    id="wiring.notification",
    title="Tells the reaper of its locks",
    why="Without events a lock is seen only by the nightly sweep, and nobody can say who took it or let it go.",
    rights=_WAYS,
)
SHADOW = Check(
    id="wiring.shadow",
    title="No other notification takes the locks' events",
    why="S3 allows one notification for each key and event, so somebody else's can keep the reaper's out.",
    rights=_WAYS,
)
DELIVERY = Check(
    id="wiring.delivery",
    title="What it tells arrives",
    why="S3, SNS and EventBridge drop what they may not deliver, and say so to nobody.",
    rights=(*_WAYS, "sqs:GetQueueAttributes", "events:DescribeEventBus"),
)
TWICE = Check(
    id="wiring.twice",
    title="Tells in one way only",
    why="Of an event that comes in two ways the journal may keep the one that does not name the identity.",
    rights=_WAYS,
)
TERRAFORM = Check(
    id="wiring.terraform",
    title="Terraform keeps the notification",
    why="Terraform owns all notifications of a bucket, and its next apply removes those that it does not know.",
    rights=(_READ, "s3:GetBucketLocation"),
)
QUEUE = Check(
    id="wiring.queue",
    title="The queue of lock events is read",
    why="While Lambda does not read the queue, no event is recorded, and SQS deletes each after four days.",
    rights=("sqs:GetQueueAttributes", _MAPPINGS),
)
STREAM = Check(
    id="wiring.stream",
    title="The stream of the table",
    why="A stream that was switched off and on again is another one, of which the reaper hears nothing.",
    rights=("dynamodb:DescribeTable",),
)
MAPPING = Check(
    id="wiring.stream-mapping",
    title="Lambda reads the stream",
    why="Changes of a table that Lambda does not read for 24 hours are lost, and the journal has a hole.",
    rights=("dynamodb:DescribeTable", _MAPPINGS),
)
CHECKS: tuple[Check, ...] = (NOTIFICATION, SHADOW, DELIVERY, TWICE, TERRAFORM, QUEUE, STREAM, MAPPING)
