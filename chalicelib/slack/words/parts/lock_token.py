"""A lock as the value of a Slack button: which lock was shown, and nothing that is not checked again at the click."""

import base64
import binascii
from datetime import datetime

from chalicelib.core.locks.place import LockRef


def encode(ref: LockRef) -> str:
    """At most 1,600 characters for the longest key S3 takes (1,024 bytes); Slack allows 2,000.

    Base64, because Slack gives payloads back with ``&``, ``<`` and ``>`` escaped (slackapi/bolt-python issue 513).
    """
    parts = [ref.etag, ref.last_modified.isoformat(), ref.bucket, ref.key]
    return base64.urlsafe_b64encode("\n".join(parts).encode()).decode()


def decode(token: str) -> LockRef:
    """The lock that ``encode`` was given.

    Raises:
        ValueError: when it is anything else.
    """
    try:
        etag, last_modified, bucket, key = base64.urlsafe_b64decode(token.encode()).decode().split("\n", 3)
        return LockRef(bucket, key, etag, _with_zone(datetime.fromisoformat(last_modified)))
    except (ValueError, binascii.Error) as error:
        raise ValueError(f"not a lock token: {error}") from None


def _with_zone(time: datetime) -> datetime:
    if time.tzinfo is None:
        raise ValueError("a time without its zone")
    return time
