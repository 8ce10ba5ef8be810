"""A lock as the value of a Slack button: which lock was shown, and nothing that is not checked again at the click."""

import base64
import binascii

from chalicelib.core.locks.place import PARTS, LockRef, ref_of


def encode(ref: LockRef) -> str:
    """At most 1,600 characters for the longest key S3 takes (1,024 bytes); Slack allows 2,000.

    Base64, because Slack gives payloads back with ``&``, ``<`` and ``>`` escaped (slackapi/bolt-python issue 513).
    """
    return base64.urlsafe_b64encode("\n".join(ref.parts()).encode()).decode()


def decode(token: str) -> LockRef:
    """Return the lock that ``encode`` was given.

    Raises:
        ValueError: when it is anything else.
    """
    try:
        return ref_of(tuple(base64.urlsafe_b64decode(token.encode()).decode().split("\n", PARTS - 1)))
    except (ValueError, binascii.Error) as error:
        raise ValueError(f"not a lock token: {error}") from None
