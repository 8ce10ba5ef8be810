"""What AWS answers, in words for a person: nothing of boto3's own sentences."""

import re

import pytest
from botocore import exceptions
from botocore.exceptions import BotoCoreError, ClientError
from urllib3.exceptions import ReadTimeoutError as Urllib3Timeout

from chalicelib.aws.book.table import book_error
from chalicelib.aws.errors_in_words import in_words
from chalicelib.aws.locks.s3_answers import store_error
from chalicelib.ports.locks import ContainerGoneError, StoreError, StoreRefusedError


def client_error(code: str) -> ClientError:
    told = {
        "Error": {"Code": code, "Message": "Reduce your request rate."},
        "ResponseMetadata": {"HTTPStatusCode": 503},
    }
    return ClientError(told, "GetObject")  # type: ignore[arg-type]


URL = "https://bucket.s3.eu-west-1.amazonaws.com/key?X-Amz-Security-Token=secret"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (client_error("SlowDown"), "S3 is overloaded just now (SlowDown)"),
        (client_error("ThrottlingException"), "S3 is overloaded just now (ThrottlingException)"),
        (client_error("InternalError"), "S3 failed on its side (InternalError)"),
        (client_error("ExpiredToken"), "S3 does not take these credentials, or not any more (ExpiredToken)"),
        (client_error("KMS.DisabledException"), "S3 cannot use the KMS key that it is encrypted with"),
        (client_error("AccessDenied"), "S3 denies it: no policy allows it, or one forbids it (AccessDenied)"),
        (client_error("ResourceNotFoundException"), "S3 does not have it: it was deleted"),
        (client_error("SomethingNew"), "S3 refused it: Reduce your request rate (SomethingNew)"),
        (ClientError({}, "GetObject"), "S3 refused it (no code)"),
        (exceptions.ReadTimeoutError(endpoint_url=URL), "S3 did not answer in time (ReadTimeoutError)"),
        (exceptions.ConnectTimeoutError(endpoint_url=URL), "S3 did not answer in time (ConnectTimeoutError)"),
        (exceptions.EndpointConnectionError(endpoint_url=URL), "S3 could not be reached (EndpointConnectionError)"),
        (exceptions.ConnectionClosedError(endpoint_url=URL), "S3 hung up before its answer was complete"),
        (exceptions.NoCredentialsError(), "S3 cannot be asked: there are no AWS credentials here"),
        (exceptions.NoRegionError(), "S3 cannot be asked: no region is set, by AWS_REGION"),
        (exceptions.ProfileNotFound(profile="x"), "S3 cannot be asked: there is no such profile"),
        (exceptions.UnauthorizedSSOTokenError(), "S3 cannot be asked: nobody is signed in any more; `aws sso login`"),
        (exceptions.SSLError(endpoint_url=URL, error=ValueError("bad")), "S3 could not be reached: the certificate"),
        (exceptions.ParamValidationError(report="Invalid bucket name"), "S3 could not be asked (ParamValidationError)"),
        (ConnectionResetError(104, "Connection reset by peer"), "S3 hung up before its answer was complete"),
        (TimeoutError("timed out"), "S3 did not answer in time (TimeoutError)"),
        (OSError(5, "Input/output error"), "S3 could not be asked (OSError)"),
    ],
)
def test_every_error_says_what_happened_and_has_its_name_behind(
    error: ClientError | BotoCoreError | OSError, words: str
) -> None:
    said = in_words("S3", error)
    assert said.startswith(words)
    assert re.search(r"\([\w. ]+\)$", said)
    for of_the_library in ("An error occurred", "operation", "Errno", "http", "secret", "reached max retries"):
        assert of_the_library not in said


def test_a_bucket_that_is_gone_is_told_apart_with_what_to_do() -> None:
    error = store_error("listing acme", client_error("NoSuchBucket"))
    assert type(error) is ContainerGoneError
    assert (
        str(error) == "listing acme: there is no such bucket: take it out of reaper.toml and deploy, or create it again"
    )


@pytest.mark.parametrize(
    ("code", "kind"), [("AccessDenied", StoreRefusedError), ("SlowDown", StoreError), ("InternalError", StoreError)]
)
def test_what_a_later_try_may_get_is_no_refusal(code: str, kind: type[StoreError]) -> None:
    assert type(store_error("x", client_error(code))) is kind


def test_a_port_s_failure_says_what_was_tried_and_what_went_wrong() -> None:
    timed_out = exceptions.ReadTimeoutError(endpoint_url=URL, error=Urllib3Timeout(None, URL, "timed out"))  # type: ignore[arg-type]
    assert str(store_error("reading a/b", timed_out)) == ("reading a/b: S3 did not answer in time (ReadTimeoutError)")
    assert str(book_error(client_error("ThrottlingException"))).startswith(
        "the lock book could not be reached: DynamoDB is overloaded just now"
    )
    assert str(book_error(KeyError("Lock"))).startswith(
        "the lock book has an item that cannot be read (KeyError): delete it"
    )
