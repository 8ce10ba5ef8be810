"""Ask AWS on the doctor's behalf, with whatever rights there are."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.aws.errors_in_words import in_words
from chalicelib.ports.doctor import NotAllowedError, NotKnownError

_DENIED = {
    "AccessDenied",
    "AccessDeniedException",
    "AccessDeniedFault",
    "AuthorizationError",
    "AuthorizationErrorException",
    "UnauthorizedOperation",
    "Forbidden",
    "403",
}


@dataclass(frozen=True)
class Reach:
    """The clients for one account, and where they are."""

    client: Callable[[str, str], Any]
    """Returns the client of a service in a region; "" is the reach's own region."""
    account: str
    region: str
    partition: str = "aws"


def asked(service: str, right: str, request: Callable[[], Any], absent: Mapping[str, Any] | None = None) -> Any:
    """Return the answer to a request, or, for an error code in ``absent``, the value that it means.

    Raises:
        NotAllowedError: AWS denies it; it takes ``right`` (``s3:GetBucketVersioning``).
        NotKnownError: AWS answers with another error, or not at all.
    """
    try:
        return request()
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        if absent is not None and code in absent:
            return absent[code]
        if code in _DENIED:
            raise NotAllowedError(right, in_words(service, error)) from error
        raise NotKnownError(in_words(service, error)) from error
    except BotoCoreError as error:
        raise NotKnownError(in_words(service, error)) from error
