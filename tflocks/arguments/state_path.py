"""Read which state an operator means."""

import re

from chalicelib.core.locks.terraform.lock_info import LOCK_SUFFIX

_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", re.ASCII)
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*)://", re.ASCII | re.IGNORECASE)
_KEY_LIMIT = 1024
_FORM = "expected <bucket>/<state key>, as in acme-tfstate/prod/network/terraform.tfstate"


class StatePathError(ValueError):
    """The text names no state; the message says why."""


def split(text: str, instead: str = "") -> tuple[str, str]:
    """Return the bucket and the state's key of ``bucket/key``, with or without ``s3://`` and ``.tflock``.

    ``instead`` is what a command offers to somebody who names only a bucket.

    Raises:
        StatePathError: with what is wrong.
    """
    scheme = _SCHEME.match(text)
    if scheme and scheme[1].lower() != "s3":
        raise StatePathError(f"{scheme[0]} is not S3; {_FORM}")
    name, _, key = text[scheme.end() if scheme else 0 :].partition("/")
    key = key.removesuffix(LOCK_SUFFIX)
    check_bucket(name)
    if not key:
        raise StatePathError(f"no state key after the bucket; {_FORM}{instead}")
    if _length(key) > _KEY_LIMIT:
        raise StatePathError(f"the key is longer than the {_KEY_LIMIT} bytes that S3 allows")
    return name, key


def check_bucket(name: str, form: str = _FORM) -> None:
    """Raise StatePathError if S3 would not accept the name for a bucket; ``form`` says what a command expects."""
    if not _BUCKET.fullmatch(name):
        raise StatePathError(f"{name!r} is not the name of a bucket (3 to 63 of a-z, 0-9, '.', '-'); {form}")


def _length(key: str) -> int:
    try:
        return len(key.encode())
    except UnicodeEncodeError as error:
        # Python turns bytes of the command line that are not UTF-8 into surrogates.
        raise StatePathError("the key is not UTF-8, as all keys in S3 are") from error
