"""What S3's answers mean: errors in words for a person, and the answers to what is sent only once."""

from collections.abc import Callable, Iterator, Set
from contextlib import contextmanager
from http import HTTPStatus

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

from chalicelib.aws.aws_words import in_words
from chalicelib.ports import BucketGoneError, StoreError, StoreRefusedError

_MEANINGS = {
    "AccessDenied": "access denied: the bucket's policy or key, or the role of this function, does not allow it",
    "NoSuchBucket": "there is no such bucket: take it out of reaper.toml and deploy, or create it again",
    "PermanentRedirect": "the bucket is in another region: name it in the target",
    "AuthorizationHeaderMalformed": "the bucket is in another region: name it in the target",
    "IllegalLocationConstraintException": "the bucket is in another region: name it in the target",
}


def code_of(error: ClientError) -> str:
    """S3's own name for an error."""
    return error.response["Error"].get("Code", "unknown error")


def store_error(what: str, error: ClientError) -> StoreError:
    """An error of S3 as one of the port."""
    kind = StoreRefusedError if code_of(error) in _MEANINGS else StoreError
    if code_of(error) == "NoSuchBucket":
        kind = BucketGoneError
    return kind(f"{what}: {_MEANINGS.get(code_of(error)) or in_words('S3', error)}")


@contextmanager
def told_as_store_error(what: str) -> Iterator[None]:
    """Whatever goes wrong as a StoreError."""
    try:
        yield
    except ClientError as error:
        raise store_error(what, error) from error
    except (BotoCoreError, OSError) as error:
        raise StoreError(f"{what}: {in_words('S3', error)}") from error


def sent_once(what: str, send: Callable[[], object], expected: Set[int]) -> int | None:
    """The status of a request that must not be repeated blindly; None: it may or may not have been carried out.

    Raises:
        StoreError: it was refused with a status other than those ``expected``, or never sent.
    """
    try:
        send()
    except ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:  # S3 failed on its side; how far it came, nobody knows
            return None
        if status not in expected or code_of(error) == "NoSuchBucket":
            raise store_error(what, error) from error
        return status
    except HTTPClientError:  # sent, or half sent, and no answer: a time-out, a closed connection
        return None
    except BotoCoreError as error:
        raise StoreError(f"{what}: {in_words('S3', error)}") from error
    return HTTPStatus.OK
