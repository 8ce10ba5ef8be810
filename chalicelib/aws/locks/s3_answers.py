"""Tell what S3's answers mean: errors in words for a person, and answers to requests that are sent only once."""

from collections.abc import Callable, Mapping, Set
from http import HTTPStatus
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.aws.errors_in_words import in_words
from chalicelib.aws.locks.listing.pages import ListingError
from chalicelib.aws.locks.sent_once import AnswerLostError, code_of, sent_once, status_of
from chalicelib.ports.locks import ContainerGoneError, StoreError, StoreRefusedError

_MEANINGS = {
    "AccessDenied": "access denied: the bucket's policy or key, or the role that the reaper asks by, does not allow it",
    "NoSuchBucket": "there is no such bucket: take it out of reaper.toml and deploy, or create it again",
    "PermanentRedirect": "the bucket is in another region: name it in the target",
    "AuthorizationHeaderMalformed": "the bucket is in another region: name it in the target",
    "IllegalLocationConstraintException": "the bucket is in another region: name it in the target",
}


def store_error(what: str, error: Exception) -> StoreError:
    """Return a failure as the port's, also what botocore makes of an answer that is not S3's."""
    if isinstance(error, StoreError):
        return error
    if isinstance(error, ListingError):
        return StoreError(f"{what}: {error}")
    if not isinstance(error, ClientError):
        return StoreError(f"{what}: {in_words('S3', error)}")
    kind = StoreRefusedError if code_of(error) in _MEANINGS else StoreError
    if code_of(error) == "NoSuchBucket":
        kind = ContainerGoneError
    return kind(f"{what}: {_MEANINGS.get(code_of(error)) or in_words('S3', error)}")


def asked_once(
    what: str, send: Callable[[], Mapping[str, Any]], expected: Set[int], done: int = HTTPStatus.OK
) -> int | None:
    """Return the status of a request that is sent once; None: it may or may not have been carried out.

    Raises:
        StoreError: it was refused with a status other than those ``expected``, or never sent.
    """
    try:
        refusal = sent_once(send, done)
    except AnswerLostError:
        return None
    except BotoCoreError as error:
        raise store_error(what, error) from error
    status = status_of(refusal.response) if refusal else HTTPStatus.OK
    if refusal and (status not in expected or code_of(refusal) == "NoSuchBucket"):
        raise store_error(what, refusal) from refusal
    return status
