"""Add our notifications to a bucket's notification configuration, or remove them. Pure: the structure is S3's.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketNotificationConfiguration.html
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote_plus

import msgspec

from chalicelib.core.locks.terraform.lock_info import LOCK_SUFFIX

Notifications = dict[str, Any]
"""Topic, queue and Lambda configurations and EventBridge, as in botocore's ``NotificationConfiguration``."""

LISTS = {
    "QueueConfigurations": "QueueArn",
    "TopicConfigurations": "TopicArn",
    "LambdaFunctionConfigurations": "LambdaFunctionArn",
}
"""Each list of notifications, with the name of the ARN that its entries send to."""
_OF_SERVICE = {"sqs": "QueueConfigurations", "sns": "TopicConfigurations"}
DEFAULT_ID = "tflock-reaper"
EVENTS = ["s3:ObjectCreated:*", "s3:ObjectRemoved:*", "s3:LifecycleExpiration:*"]
"""What happens to a lock. ``ObjectRemoved`` leaves out what a lifecycle rule deletes, which has an event of its own:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html"""
# In a filter a space is "+", and all but these characters are percent-encoded, also the colon of "env:/":
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-filtering.html
_SAFE = "/!-_.*'()"


class TakenError(Exception):
    """A bucket already sends its lock events to another queue or topic; the text says to which."""


class Wanted(msgspec.Struct, frozen=True):
    """The notifications that a bucket is to have."""

    destination: str
    """The ARN of a queue or a topic."""
    prefixes: tuple[str, ...] = ()
    """Only keys that begin so; without any, all keys."""
    notification_id: str = DEFAULT_ID


def ours(wanted: Wanted) -> list[Notifications]:
    """Return one notification for each prefix, or one for the whole bucket. A number makes their Ids differ."""
    name = LISTS[_list_of(wanted)]
    return [
        {
            "Id": wanted.notification_id if number == 1 else f"{wanted.notification_id}-{number}",
            name: wanted.destination,
            "Events": EVENTS,
            "Filter": _filter(prefix),
        }
        for number, prefix in enumerate(_widest(wanted.prefixes) or ("",), start=1)
    ]


def _list_of(wanted: Wanted) -> str:
    return _OF_SERVICE[wanted.destination.split(":")[2]]


def _widest(prefixes: Iterable[str]) -> list[str]:
    """Return the prefixes without those that another one covers: S3 refuses notifications that overlap."""
    given = list(dict.fromkeys(prefixes))
    return [one for one in given if not any(one != other and one.startswith(other) for other in given)]


def _filter(prefix: str) -> Notifications:
    rules = [{"Name": "prefix", "Value": quote_plus(prefix, safe=_SAFE)}] if prefix else []
    return {"Key": {"FilterRules": [*rules, {"Name": "suffix", "Value": LOCK_SUFFIX}]}}


def connected(existing: Notifications, wanted: Wanted) -> Notifications:
    """Return the configuration with our notifications, which replace earlier ones of ours and nobody else's.

    Somebody else's notification that says the same under another Id stays, and ours is not added to it.

    Raises:
        TakenError: ours go to another queue or topic, which would get no more events.
    """
    name = _list_of(wanted)
    theirs = [_entry(entry) for entry in existing.get(name, []) if not is_ours(entry, wanted.notification_id)]
    if all(_entry(entry) in theirs for entry in ours(wanted)):
        return disconnected(existing, wanted.notification_id)
    if others := destinations(existing, wanted.notification_id) - {wanted.destination}:
        raise TakenError(f"it sends its lock events to {', '.join(sorted(others))}: `tflocks disconnect` it first")
    rest = disconnected(existing, wanted.notification_id)
    return rest | {name: [*rest.get(name, []), *ours(wanted)]}


def destinations(existing: Notifications, notification_id: str = DEFAULT_ID) -> set[str]:
    """Return the ARNs that our notifications of a bucket go to."""
    return {arn for _, entry, arn in entries(existing) if is_ours(entry, notification_id)}


def entries(existing: Notifications) -> Iterator[tuple[str, Notifications, str]]:
    """Yield each notification with the name of its list before it, and after it the ARN that it goes to."""
    for name, arn in LISTS.items():
        for entry in existing.get(name, []):
            yield name, entry, str(entry[arn])


def is_ours(entry: Notifications, notification_id: str = DEFAULT_ID) -> bool:
    """Return whether a notification is ours: its Id is our Id, or our Id with a number."""
    return re.fullmatch(re.escape(notification_id) + r"(-\d+)?", entry.get("Id", "")) is not None


def disconnected(existing: Notifications, notification_id: str = DEFAULT_ID) -> Notifications:
    """Return the configuration without our notifications."""
    told = {name: value for name, value in existing.items() if name != "ResponseMetadata"}
    left = {name: _of_others(told.get(name, []), notification_id) for name in LISTS}
    return {name: left.get(name, value) for name, value in told.items() if left.get(name, True)}


def _of_others(listed: Iterable[Notifications], notification_id: str) -> list[Notifications]:
    return [entry for entry in listed if not is_ours(entry, notification_id)]


def same(one: Notifications, other: Notifications) -> bool:
    """Return whether two configurations mean the same. S3 returns filter names capitalised, and lists in any order."""
    return _comparable(one) == _comparable(other)


def _comparable(notifications: Notifications) -> Notifications:
    return {
        name: sorted(repr((entry.get("Id"), _entry(entry))) for entry in value)
        if isinstance(value, list)
        else repr(value)
        for name, value in notifications.items()
        if name != "ResponseMetadata" and value != []
    }


def _entry(entry: Notifications) -> list[tuple[str, object]]:
    """Return all that a notification says but its Id, in one order."""
    plain = {**entry, "Events": sorted(entry["Events"]), "Filter": sorted(rules(entry))}
    return sorted((name, value) for name, value in plain.items() if name != "Id")


def rules(entry: Notifications) -> list[tuple[str, str]]:
    """Return the rules of a notification's filter: each ``prefix`` or ``suffix``, and its value, never empty."""
    told = entry.get("Filter", {}).get("Key", {}).get("FilterRules", [])
    return [(rule["Name"].lower(), rule["Value"]) for rule in told if rule["Value"]]
