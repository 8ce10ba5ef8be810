"""Put S3's errors into words for an operator, with whose own credentials S3 was asked."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.aws.errors_in_words import in_words as aws_in_words
from chalicelib.aws.locks.sent_once import code_of
from chalicelib.ports.locks import StoreError


class NoBucketError(StoreError):
    """There is no such bucket."""


_ANOTHER_REGION = "the bucket is in another region, and S3 does not say in which: try it as --region"
_GONE = "it is gone by now"
_MEANINGS = {
    "NoSuchBucket": "there is no such bucket",
    "PermanentRedirect": _ANOTHER_REGION,
    "AuthorizationHeaderMalformed": _ANOTHER_REGION,
    "IllegalLocationConstraintException": _ANOTHER_REGION,
    "InvalidAccessKeyId": "AWS does not know these credentials",
    "ExpiredToken": "the credentials have expired: sign in again",
    "NoSuchKey": _GONE,
    "NoSuchVersion": _GONE,
    "PreconditionFailed": _GONE,
    "InvalidRequest": "S3 does not show it: it may be encrypted with a key of its writer's own (SSE-C)",
}


@contextmanager
def in_words(what: str, right: str, where: str) -> Iterator[None]:
    """Turn every error of S3 into a StoreError; the request needs the ``right`` on ``where``."""
    try:
        yield
    except ClientError as error:
        kind = NoBucketError if code_of(error) == "NoSuchBucket" else StoreError
        raise kind(f"{what}: {_meaning(error, right, where)}") from error
    except (BotoCoreError, OSError) as error:
        raise StoreError(f"{what}: {aws_in_words('S3', error)}") from error


def _meaning(error: ClientError, right: str, where: str) -> str:
    if code_of(error) in {"AccessDenied", "403"}:
        denied = f"access denied: your credentials may not {right} on s3://{where}"
        return f"{denied} (by their own policies, the bucket's, or those of its key)"
    return _MEANINGS.get(code_of(error)) or aws_in_words("S3", error)
