"""Tell AWS's answers from a proxy's, of which botocore makes an empty answer of AWS's."""

from collections.abc import Mapping
from typing import Any, TypeVar

T = TypeVar("T", bound=Mapping[str, Any])


class NotFromAwsError(Exception):
    """Something else than AWS answered."""


def genuine(answer: T) -> T:
    """Return an answer in which AWS has named the request, as it does in each. Raises NotFromAwsError."""
    about = answer.get("ResponseMetadata", {})
    if "HTTPHeaders" in about and not about.get("RequestId"):  # no headers: it never went over HTTP
        raise NotFromAwsError(
            f"HTTP {about.get('HTTPStatusCode')} without AWS's request ID, so perhaps a proxy's answer"
        )
    return answer
