"""Read which buckets and tables an operator means."""

import re

from chalicelib.core.locks.place import Kind
from chalicelib.core.locks.target import Target
from tflocks.arguments.state_path import StatePathError, check_bucket

_FORM = "expected <bucket> or <bucket>/<prefix>, as in acme-tfstate/prod/"
_TABLE = re.compile(r"[A-Za-z0-9_.-]{3,255}", re.ASCII)


def bucket_target(text: str) -> Target:
    """Return the target of ``bucket`` or ``bucket/prefix``, also with ``s3://`` before it.

    Raises:
        StatePathError: it names no bucket.
    """
    name, _, prefix = text.removeprefix("s3://").partition("/")
    check_bucket(name, _FORM)
    try:
        prefix.encode()
    except UnicodeEncodeError as error:
        raise StatePathError("the prefix is not UTF-8, as all keys in S3 are") from error
    return Target(Kind.S3, name, (prefix,) if prefix else ())


def table_target(text: str) -> Target:
    """Return the target of a lock table.

    Raises:
        StatePathError: it is no name of a table.
    """
    if not _TABLE.fullmatch(text):
        raise StatePathError(f"{text!r} is not the name of a table (3 to 255 of a-z, A-Z, 0-9, '_', '.', '-')")
    return Target(Kind.DYNAMODB, text)
