"""Which state an operator means."""

import re

from chalicelib.core.lock import LOCK_SUFFIX

_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", re.ASCII)
_KEY_LIMIT = 1024
_FORM = "expected <bucket>/<state key>, as in acme-tfstate/prod/network/terraform.tfstate"


class StatePathError(ValueError):
    """What was given names no state; the message says why."""


def split(text: str) -> tuple[str, str]:
    """The bucket and the state's key of ``bucket/key``, with or without ``s3://`` and ``.tflock``.

    Raises:
        StatePathError: with what is wrong.
    """
    scheme, colon, rest = text.partition("://")
    if colon and scheme.lower() != "s3":
        raise StatePathError(f"{scheme}:// is not S3; {_FORM}")
    name, _, key = (rest if colon else text).partition("/")
    key = key.removesuffix(LOCK_SUFFIX)
    check_bucket(name)
    if not key:
        raise StatePathError(f"no state key after the bucket; {_FORM}. For a whole bucket: --bucket {name}")
    if len(key.encode(errors="replace")) > _KEY_LIMIT:
        raise StatePathError(f"the key is longer than the {_KEY_LIMIT} bytes that S3 allows")
    return name, key


def check_bucket(name: str) -> None:
    """Raise StatePathError for what S3 would not take for a bucket's name."""
    if not _BUCKET.fullmatch(name):
        raise StatePathError(f"{name!r} is not the name of a bucket (3 to 63 of a-z, 0-9, '.', '-'); {_FORM}")
