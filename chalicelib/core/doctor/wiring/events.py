"""Compare what a notification tells with what the reaper has to hear, event by event; pure.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html
"""

from collections.abc import Iterable
from urllib.parse import unquote_plus

from chalicelib.core.locks.terraform.lock_info import LOCK_SUFFIX
from chalicelib.core.notifications.merging import Notifications, rules

_REMOVED = ("s3:ObjectRemoved:Delete", "s3:ObjectRemoved:DeleteMarkerCreated")
_COPIED = ("s3:ObjectCreated:Post", "s3:ObjectCreated:Copy", "s3:ObjectCreated:CompleteMultipartUpload")
_EXPIRED = ("s3:LifecycleExpiration:Delete", "s3:LifecycleExpiration:DeleteMarkerCreated")
BY_TERRAFORM = frozenset({"s3:ObjectCreated:Put", *_REMOVED})
"""What Terraform itself does to a lock. The others come of people and of lifecycle rules."""
ALL = ("s3:ObjectCreated:Put", *_COPIED, *_REMOVED, *_EXPIRED)

Told = tuple[str, str]
"""A prefix of keys, and one of ``ALL`` the events."""


def told_by(entry: Notifications, prefixes: Iterable[str]) -> frozenset[Told]:
    """Return what a notification tells of all locks below each prefix."""
    begins, ends = _filter(entry)
    if not LOCK_SUFFIX.endswith(ends):
        return frozenset()
    return frozenset((one, event) for one in prefixes if one.startswith(begins) for event in _events(entry))


def overlaps(entry: Notifications, prefixes: Iterable[str]) -> bool:
    """Return whether S3 refuses a notification for the locks below the prefixes beside this one."""
    begins, ends = _filter(entry)
    of_locks = LOCK_SUFFIX.endswith(ends) or ends.endswith(LOCK_SUFFIX)
    return of_locks and bool(_events(entry)) and any(_one_of(begins, prefix) for prefix in prefixes)


def begins_all(entry: Notifications, prefixes: Iterable[str]) -> bool:
    """Return whether a notification's own prefix is the beginning of all these."""
    return all(one.startswith(_filter(entry)[0]) for one in prefixes)


def in_words(missing: Iterable[Told]) -> str:
    """Return what is not told, as people read it."""
    prefixes: dict[str, set[str]] = {}
    for prefix, event in missing:
        prefixes.setdefault(prefix, set()).add(event)
    return "; ".join(f"{_named(events)}{_of(prefix)}" for prefix, events in sorted(prefixes.items()))


def _filter(entry: Notifications) -> tuple[str, str]:
    sides = {name: unquote_plus(value) for name, value in rules(entry)}
    return sides.get("prefix", ""), sides.get("suffix", "")


def _events(entry: Notifications) -> frozenset[str]:
    named = entry["Events"]
    stars = tuple(name[:-1] for name in named if name.endswith("*"))
    return frozenset(event for event in ALL if event in named or (stars and event.startswith(stars)))


def _one_of(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def _of(prefix: str) -> str:
    return f" under {prefix}" if prefix else ""


def _named(events: set[str]) -> str:
    if events == set(ALL):
        return "every lock"
    whole = {
        f"{group}:*": {one for one in ALL if one.startswith(group)}
        for group in ("s3:ObjectCreated", "s3:ObjectRemoved", "s3:LifecycleExpiration")
    }
    groups = [name for name, members in whole.items() if members <= events]
    singly = [one for one in ALL if one in events and not any(one in whole[name] for name in groups)]
    return ", ".join(groups + singly)
