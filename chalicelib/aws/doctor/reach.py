"""Ask AWS on the doctor's behalf, with whatever rights there are."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import ParseError

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from chalicelib.aws.errors_in_words import in_words
from chalicelib.aws.genuine import NotFromAwsError, genuine
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
        NotKnownError: AWS answers with another error, or not at all. An answer of a proxy, which boto3 reads as an
            empty one of AWS, is none.
    """
    try:
        found = request()
        return genuine(found) if isinstance(found, dict) else found
    except NotFromAwsError as error:
        raise NotKnownError(f"{service} did not answer, something else did: {error}") from error
    except LookupError as error:
        raise NotKnownError(f"{service}'s answer lacks {error}") from error
    except (ResponseParserError, ParseError) as error:  # its text has the whole answer
        raise NotKnownError(f"{service}'s answer cannot be read ({type(error).__name__})") from error
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        if absent is not None and code in absent:
            return absent[code]
        if code in _DENIED:
            raise NotAllowedError(right, in_words(service, error)) from error
        raise NotKnownError(in_words(service, error)) from error
    except BotoCoreError as error:
        raise NotKnownError(in_words(service, error)) from error
