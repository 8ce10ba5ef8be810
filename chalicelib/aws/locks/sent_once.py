"""Send a request once, and tell whether the service carried it out, refused it, or may have done either."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

from chalicelib.aws.genuine import genuine

_NO_CODE = "unknown error"


class AnswerLostError(Exception):
    """The request was sent, and its answer does not tell whether it was carried out."""


def sent_once(send: Callable[[], Mapping[str, Any]], done: int = HTTPStatus.OK) -> ClientError | None:
    """Return the service's refusal of a request that is sent once; None: it was carried out.

    ``done`` is the service's status for success; another status of success cannot be the service's.

    Raises:
        AnswerLostError: it may or may not have been carried out.
        BotoCoreError: it was never sent.
    """
    try:
        answer = send()
        status = status_of(answer)
        genuine(answer)
    except ClientError as error:
        return _refused(error)
    except HTTPClientError as error:  # sent at least in part, and not answered: a time-out, a closed connection
        raise AnswerLostError from error
    except BotoCoreError:
        raise
    except Exception as error:  # sent, and botocore fails to read the answer: it has many errors for that
        raise AnswerLostError from error
    if status not in {None, done}:
        raise AnswerLostError
    return None


def code_of(error: ClientError) -> str:
    """Return the service's own name for an error."""
    return str(error.response.get("Error", {}).get("Code") or _NO_CODE)


def status_of(answer: object) -> int | None:
    """Return the HTTP status of an answer; None if it never went over HTTP."""
    match answer:
        case {"ResponseMetadata": {"HTTPStatusCode": int(status)}}:
            return status
    return None


def _refused(error: ClientError) -> ClientError:
    status = status_of(error.response)
    if status is None or not _is_refusal(status, code_of(error)):
        raise AnswerLostError from error
    return error


def _is_refusal(status: int, code: str) -> bool:
    """Return whether the service says that it has not carried out the request, and will not."""
    if status == HTTPStatus.NOT_IMPLEMENTED:  # S3 does not know a header, so it has done nothing
        return code == "NotImplemented"
    # With 500 and above the service itself failed, and may have done it. A refusal without a code is a proxy's.
    refused = HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.INTERNAL_SERVER_ERROR
    return refused and code not in {_NO_CODE, str(status)}
