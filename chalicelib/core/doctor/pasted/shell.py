"""Write commands for a shell. Each value is quoted, whatever is in it."""

import json
import shlex
from typing import Any


def aws(service: str, operation: str, **options: Any) -> str:
    """Return a line of the AWS command line; ``bucket_name`` becomes ``--bucket-name``. None leaves an option out."""
    words = ["aws", service, operation]
    for name, value in options.items():
        if value is not None:
            words += [f"--{name.replace('_', '-')}", *_quoted(value)]
    return " ".join(words)


def compact(value: Any) -> str:
    """Return a structure as JSON on one line. Times, which S3 gives as such, become ISO 8601."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=lambda one: one.isoformat())


def _quoted(value: Any) -> list[str]:
    """Return the words for a value. True is a flag without a value; a structure is JSON."""
    if value is True:
        return []
    return [shlex.quote(value if isinstance(value, str) else compact(value))]
