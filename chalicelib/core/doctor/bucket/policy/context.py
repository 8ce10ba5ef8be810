"""What is known of a request's condition keys."""

from collections.abc import Mapping
from enum import Enum


class Value(Enum):
    """Values that are no texts."""

    ABSENT = "the request lacks the key"
    PRESENT = "the request has the key, with a value that is not known here"
    PASSES = "the key is as the lock's own put had it, so no statement that let that put pass denies this one"


Known = tuple[str | Value, ...]
"""The alternatives for one key."""
Context = Mapping[str, Known]
"""By key, in lower case. A key that is not there is not known at all; nor is any other where ``*`` is a key."""

ABSENT, PRESENT, PASSES = (Value.ABSENT,), (Value.PRESENT,), (Value.PASSES,)
_NEVER_SENT = (
    "s3:x-amz-",
    "s3:object-lock-",
    "s3:requestobjecttag",
    "s3:existingobjecttag/",
    "aws:requesttag/",
    "aws:tagkeys",
)
"""Beginnings of keys for headers and tags that nobody sends with a lock, unless the context says so."""


def known_of(key: str, context: Context) -> Known:
    """Return the alternatives for a key; none: nobody knows."""
    name = key.lower()
    return context.get(name, ABSENT if name.startswith(_NEVER_SENT) and "*" not in context else ())
