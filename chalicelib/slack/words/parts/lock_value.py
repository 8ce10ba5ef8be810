"""Write and read a lock as the value of a Slack button. Everything in it is checked again at the click."""

import base64
import binascii

from chalicelib.core.locks.place import PARTS, LockRef, ref_of

_VERSION, _SHOWN = "1", 10
"""The version of the value's form, and the most characters of another version that its error quotes."""


def encode(ref: LockRef) -> str:
    """Return the value for a lock.

    It has at most 1,600 characters for the longest key of S3 (1,024 bytes); Slack allows 2,000. It is Base64, because
    Slack escapes ``&``, ``<`` and ``>`` in payloads (slackapi/bolt-python issue 513).
    """
    return base64.urlsafe_b64encode("\n".join((_VERSION, *ref.parts())).encode()).decode()


def decode(value: str) -> LockRef:
    """Return the lock that ``encode`` was given.

    Raises:
        ValueError: the value is anything else.
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
