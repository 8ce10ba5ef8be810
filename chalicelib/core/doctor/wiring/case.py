"""What was read of a bucket and of all that its events pass through on their way to the reaper's queue."""

from enum import StrEnum
from functools import cached_property
from typing import Any

import msgspec

from chalicelib.core.doctor.parts import Parts
from chalicelib.core.doctor.wiring.events import ALL, Told
from chalicelib.core.notifications.merging import Notifications

Document = dict[str, Any]
"""A policy or a pattern, as AWS's JSON has it."""


class Case(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """A bucket, what it tells, and the reaper that is to hear of it."""

    bucket: str
    account: str
    region: str
    prefixes: tuple[str, ...]
    """The prefixes of the target; never empty: ``""`` is the whole bucket."""
    parts: Parts
    notifications: Notifications

    @property
    def subject(self) -> str:
        """Return the bucket as the report calls it."""
        return f"bucket {self.bucket}"

    @property
    def arn(self) -> str:
        """Return the bucket's ARN."""
        return f"arn:{self.parts.partition}:s3:::{self.bucket}"

    @property
    def queue(self) -> str:
        """Return the ARN of the reaper's queue."""
        return self.parts.event_queue

    @property
    def bus(self) -> str:
        """Return the ARN of the bus for events from elsewhere."""
        return self.parts.outputs.get("LockEventBusArn", "")

    @property
    def is_near(self) -> bool:
        """Return whether S3 can notify the queue: both are in one region."""
        return self.region == self.queue.split(":")[3]

    @property
    def named(self) -> str:
        """Return the name that the stack gives to its bus, and lets topics and rules have."""
        return f"tflock-reaper-{self.parts.stage}"

    @property
    def topic(self) -> str:
        """Return the ARN of the topic in the bucket's region that ``deploy/events-from-elsewhere.yaml`` makes."""
        return f"arn:{self.parts.partition}:sns:{self.region}:{self.account}:{self.named}"

    @property
    def tells_eventbridge(self) -> bool:
        """Return whether the bucket sends all of its events to EventBridge."""
        return "EventBridgeConfiguration" in self.notifications

    @cached_property
    def needed(self) -> frozenset[Told]:
        """Return all that the reaper has to hear."""
        return frozenset((prefix, event) for prefix in self.prefixes for event in ALL)


class Subscription(msgspec.Struct, frozen=True, kw_only=True):
    """The subscription of the reaper's queue to a topic."""

    arn: str
    """"": it was never confirmed."""
    filter: Document | None = None
    filters_body: bool = False
    """Whether the filter is about the message; else about its attributes, and S3 sends none."""


class Topic(msgspec.Struct, frozen=True, kw_only=True):
    """A topic that the bucket tells."""

    arn: str
    exists: bool = True
    policy: Document = {}
    subscription: Subscription | None = None
    """None: the reaper's queue has not subscribed to it."""


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule of EventBridge in the bucket's region that sends to the reaper's queue or bus."""

    name: str
    arn: str
    enabled: bool
    pattern: Document
    target: str
    """The ARN of the queue or of the bus."""


class QueueKey(msgspec.Struct, frozen=True, kw_only=True):
    """A KMS key of one's own that encrypts the queue, as KMS tells of it."""

    arn: str
    state: str = "Enabled"
    policy: Document | None = None
    """None: it could not be read."""


class Queue(msgspec.Struct, frozen=True, kw_only=True):
    """The reaper's queue of lock events."""

    exists: bool
    policy: Document = {}
    key: str = ""
    """The KMS key that its messages are encrypted with; "": SQS's own."""
    own_key: QueueKey | None = None
    """That key, where it is neither SQS's own nor ``alias/aws/sqs``."""


class Bus(msgspec.Struct, frozen=True, kw_only=True):
    """The reaper's bus for events from elsewhere, and its rule that sends them to the queue."""

    policy: Document = {}
    rule: Rule | None = None


class Kind(StrEnum):
    """In which way the events of a bucket reach the queue."""

    QUEUE = "S3's own notification"
    TOPIC = "the SNS topic"
    EVENTBRIDGE = "EventBridge"


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """One way to the queue, whether all of it works or not."""

    kind: Kind
    through: str
    """The topic's ARN, or the rule's name; "": nothing is between S3 and the queue."""
    told: frozenset[Told]
    unsure: frozenset[Told] = frozenset()
    """What may be told or not: a pattern is beyond what the doctor can judge."""
    topic: Topic | None = None
    rule: Rule | None = None

    @property
    def is_off(self) -> bool:
        """Return whether somebody switched its rule off."""
        return self.rule is not None and not self.rule.enabled

    @property
    def called(self) -> str:
        """Return the way as people call it."""
        names = {Kind.QUEUE: "", Kind.TOPIC: f" {self.through}", Kind.EVENTBRIDGE: f" (rule {self.through})"}
        return f"{self.kind}{names[self.kind]}"
