"""Tell what S3's answers mean: errors in words for a person, and answers to requests that are sent only once."""

from collections.abc import Callable, Mapping, Set
from http import HTTPStatus
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

from chalicelib.aws.errors_in_words import in_words
from chalicelib.aws.genuine import genuine
from chalicelib.ports.locks import ContainerGoneError, StoreError, StoreRefusedError

_NO_CODE = "unknown error"
_MEANINGS = {
    "AccessDenied": "access denied: the bucket's policy or key, or the role of this function, does not allow it",
    "NoSuchBucket": "there is no such bucket: take it out of reaper.toml and deploy, or create it again",
    "PermanentRedirect": "the bucket is in another region: name it in the target",
    "AuthorizationHeaderMalformed": "the bucket is in another region: name it in the target",
    "IllegalLocationConstraintException": "the bucket is in another region: name it in the target",
}


def code_of(error: ClientError) -> str:
    """Return S3's own name for an error."""
    return str(error.response.get("Error", {}).get("Code") or _NO_CODE)


def store_error(what: str, error: Exception) -> StoreError:
    """Return a failure as the port's, also what botocore makes of an answer that is not S3's."""
    if not isinstance(error, ClientError):
        return StoreError(f"{what}: {in_words('S3', error)}")
    kind = StoreRefusedError if code_of(error) in _MEANINGS else StoreError
    if code_of(error) == "NoSuchBucket":
        kind = ContainerGoneError
    return kind(f"{what}: {_MEANINGS.get(code_of(error)) or in_words('S3', error)}")


def sent_once(
    what: str, send: Callable[[], Mapping[str, Any]], expected: Set[int], done: int = HTTPStatus.OK
) -> int | None:
    """Return the status of a request that is sent once; None: it may or may not have been carried out.

    ``done`` is S3's status for success; another status of success cannot be S3's.

    Raises:
        StoreError: it was refused with a status other than those ``expected``, or never sent.
    """
    try:
        answer = send()
        status = _status(answer)
        genuine(answer)
    except ClientError as error:
        return _refused(what, error, expected)
    except HTTPClientError:  # sent at least in part, and not answered: a time-out, a closed connection
        return None
    except BotoCoreError as error:
        raise store_error(what, error) from error
    except Exception:  # noqa: BLE001  sent, and botocore fails to read the answer: it has many errors for that
        return None
    return HTTPStatus.OK if status in {None, done} else None


def _refused(what: str, error: ClientError, expected: Set[int]) -> int | None:
    status = _status(error.response)
    if status is None or not _is_refusal(status, code_of(error)):
        return None
    if status not in expected or code_of(error) == "NoSuchBucket":
        raise store_error(what, error) from error
    return status


def _is_refusal(status: int, code: str) -> bool:
    """Return whether S3 says that it has not carried out the request, and will not."""
    if status == HTTPStatus.NOT_IMPLEMENTED:  # S3 does not know a header, so it has done nothing
        return code == "NotImplemented"
    # With 500 and above S3 itself failed, and may have done it. A refusal without S3's own code is a proxy's.
    refused = HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.INTERNAL_SERVER_ERROR
    return refused and code not in {_NO_CODE, str(status)}


def _status(answer: object) -> int | None:
    match answer:
        case {"ResponseMetadata": {"HTTPStatusCode": int(status)}}:
            return status
    return None
