"""A lock as the value of a Slack button: which lock was shown, and nothing that is not checked again at the click."""

import base64
import binascii

from chalicelib.core.locks.place import PARTS, LockRef, ref_of

_VERSION, _SHOWN = "1", 10
"""Of the form of the value. A button of another version is answered with what to do instead."""


def encode(ref: LockRef) -> str:
    """Return at most 1,600 characters for the longest key S3 takes (1,024 bytes); Slack allows 2,000.

    Base64, because Slack gives payloads back with ``&``, ``<`` and ``>`` escaped (slackapi/bolt-python issue 513).
    """
    return base64.urlsafe_b64encode("\n".join((_VERSION, *ref.parts())).encode()).decode()


def decode(value: str) -> LockRef:
    """Return the lock that ``encode`` was given.

    Raises:
        ValueError: when it is anything else.
    """
    try:
        version, *parts = base64.urlsafe_b64decode(value.encode()).decode().split("\n", PARTS)
        return _ref(version, parts)
    except (ValueError, binascii.Error) as error:
        raise ValueError(f"not the value of a lock's button: {error}") from None


def _ref(version: str, parts: list[str]) -> LockRef:
    if version != _VERSION:
        raise ValueError(f"its version is {version[:_SHOWN]!r}, and not {_VERSION}")
    return ref_of(tuple(parts))
