"""Add our notifications to a bucket's notification configuration, or remove them. Pure: the structure is S3's.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketNotificationConfiguration.html
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote_plus

from chalicelib.core.locks.terraform.lock_info import LOCK_SUFFIX

Notifications = dict[str, Any]
"""Topic, queue and Lambda configurations and EventBridge, as in botocore's ``NotificationConfiguration``."""

_QUEUES = "QueueConfigurations"
EVENTS = ["s3:ObjectCreated:*", "s3:ObjectRemoved:*", "s3:LifecycleExpiration:*"]
"""What happens to a lock. ``ObjectRemoved`` leaves out what a lifecycle rule deletes, which has an event of its own:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html"""
# In a filter a space is "+", and all but these characters are percent-encoded, also the colon of "env:/":
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-filtering.html
_SAFE = "/!-_.*'()"


def ours(queue_arn: str, prefixes: Sequence[str], notification_id: str) -> list[Notifications]:
    """Return one notification for each prefix, or one for the whole bucket. A number makes their Ids differ."""
    return [
        {
            "Id": notification_id if number == 1 else f"{notification_id}-{number}",
            "QueueArn": queue_arn,
            "Events": EVENTS,
            "Filter": _filter(prefix),
        }
        for number, prefix in enumerate(prefixes or ("",), start=1)
    ]


def _filter(prefix: str) -> Notifications:
    rules = [{"Name": "prefix", "Value": quote_plus(prefix, safe=_SAFE)}] if prefix else []
    return {"Key": {"FilterRules": [*rules, {"Name": "suffix", "Value": LOCK_SUFFIX}]}}


def wired(existing: Notifications, queue_arn: str, prefixes: Sequence[str], notification_id: str) -> Notifications:
    """Return the configuration with our notifications, which replace earlier ones of ours and nobody else's."""
    rest = unwired(existing, notification_id)
    return rest | {_QUEUES: [*rest.get(_QUEUES, []), *ours(queue_arn, prefixes, notification_id)]}


def is_ours(entry: Notifications, notification_id: str) -> bool:
    """Return whether a notification is ours: its Id is our Id, or our Id with a number."""
    return re.fullmatch(re.escape(notification_id) + r"(-\d+)?", entry.get("Id", "")) is not None


def unwired(existing: Notifications, notification_id: str) -> Notifications:
    """Return the configuration without our notifications."""
    kept = {name: value for name, value in existing.items() if name not in {_QUEUES, "ResponseMetadata"}}
    queues = [queue for queue in existing.get(_QUEUES, []) if not is_ours(queue, notification_id)]
    return kept | ({_QUEUES: queues} if queues else {})


def same(one: Notifications, other: Notifications) -> bool:
    """Return whether two configurations mean the same. S3 returns filter names capitalised, and lists in any order."""
    return _comparable(one) == _comparable(other)


def _comparable(notifications: Notifications) -> Notifications:
    return {
        name: sorted(repr(_entry(entry)) for entry in value) if isinstance(value, list) else repr(value)
        for name, value in notifications.items()
        if name != "ResponseMetadata" and value != []
    }


def _entry(entry: Notifications) -> list[tuple[str, object]]:
    rules = entry.get("Filter", {}).get("Key", {}).get("FilterRules", [])
    plain = {**entry, "Events": sorted(entry["Events"]), "Filter": _rules(rules)}
    return sorted(plain.items())


def _rules(rules: Iterable[dict[str, str]]) -> list[tuple[str, str]]:
    return sorted((rule["Name"].lower(), rule["Value"]) for rule in rules)
