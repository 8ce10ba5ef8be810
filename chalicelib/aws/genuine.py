"""Check that an answer is AWS's. botocore reads a proxy's answer as an empty answer of AWS."""

from collections.abc import Mapping
from typing import Any, TypeVar

T = TypeVar("T", bound=Mapping[str, Any])


class NotFromAwsError(Exception):
    """The answer came from something other than AWS."""


def genuine(answer: T) -> T:
    """Return the answer if it has a request ID, as all of AWS's have. Raises NotFromAwsError."""
    about = answer.get("ResponseMetadata", {})
    if "HTTPHeaders" in about and not about.get("RequestId"):  # no headers: it never went over HTTP
        raise NotFromAwsError(
            f"HTTP {about.get('HTTPStatusCode')} without AWS's request ID, so perhaps a proxy's answer"
        )
    return answer
