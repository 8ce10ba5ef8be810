"""What only the adapter knows of keeping a lock and putting it back: S3's refusals and lost answers, its headers."""

import io

import pytest
from botocore.response import StreamingBody
from botocore.stub import Stubber

from chalicelib.aws.s3_locks import S3LockStore
from chalicelib.core.release import LockObject, PutBack
from chalicelib.ports import StoreError
from tests.aws.lost_answers import a_server_that_hangs_up, a_store_at
from tests.builders import BUCKET, KEY, TAKEN, a_ref


@pytest.mark.parametrize(
    ("status", "code", "answer"),
    [
        (412, "PreconditionFailed", PutBack.OCCUPIED),
        (409, "ConditionalRequestConflict", PutBack.CONFLICT),
        (500, "InternalError", PutBack.UNKNOWN),
        (503, "SlowDown", PutBack.UNKNOWN),
    ],
)
def test_each_answer_of_s3_to_a_put_has_its_meaning(
    stubbed: tuple[S3LockStore, Stubber], status: int, code: str, answer: PutBack
) -> None:
    store, stubber = stubbed
    sent = {"Bucket": BUCKET, "Key": KEY, "Body": b"{}", "ContentType": "application/json", "IfNoneMatch": "*"}
    stubber.add_client_error("put_object", code, http_status_code=status, expected_params=sent)
    assert store.put_back(a_ref(), LockObject(b"{}")) is answer


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [
        (403, "AccessDenied", "access denied"),
        (404, "NoSuchBucket", "no such bucket"),
        (301, "PermanentRedirect", "another region"),
        (400, "KMS.DisabledException", "KMS.DisabledException"),
        (404, "NoSuchKey", "NoSuchKey"),
    ],
)
def test_a_put_that_s3_refuses_is_an_error_that_says_why(
    stubbed: tuple[S3LockStore, Stubber], status: int, code: str, said: str
) -> None:
    store, stubber = stubbed
    stubber.add_client_error("put_object", code, http_status_code=status)
    with pytest.raises(StoreError, match=f"putting back: .*{said}"):
        store.put_back(a_ref(), LockObject(b"{}"))


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"ServerSideEncryption": "AES256"},
        {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": "arn:aws:kms:eu-central-1:111122223333:key/k"},
        {"ServerSideEncryption": "aws:kms:dsse", "SSEKMSKeyId": "arn:aws:kms:eu-central-1:111122223333:key/k"},
    ],
)
def test_a_lock_is_put_back_encrypted_as_it_was(stubbed: tuple[S3LockStore, Stubber], headers: dict[str, str]) -> None:
    store, stubber = stubbed
    body = StreamingBody(io.BytesIO(b"{}"), 2)
    got = {"Body": body, "ETag": a_ref().etag, "LastModified": TAKEN, **headers}
    stubber.add_response("get_object", got, {"Bucket": BUCKET, "Key": KEY, "IfMatch": a_ref().etag})
    kept = store.keep(a_ref())
    assert kept is not None
    sent = {"Bucket": BUCKET, "Key": KEY, "Body": b"{}", "ContentType": "application/json", "IfNoneMatch": "*"}
    stubber.add_response("put_object", {}, sent | headers)
    assert store.put_back(a_ref(), kept) is PutBack.DONE


@pytest.mark.parametrize(("status", "code"), [(412, "PreconditionFailed"), (404, "NoSuchKey")])
def test_a_lock_that_is_another_by_now_is_not_kept(
    stubbed: tuple[S3LockStore, Stubber], status: int, code: str
) -> None:
    store, stubber = stubbed
    stubber.add_client_error("get_object", code, http_status_code=status)
    assert store.keep(a_ref()) is None


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [(403, "AccessDenied", "access denied"), (503, "SlowDown", "SlowDown"), (404, "NoSuchBucket", "no such bucket")],
)
def test_a_lock_that_s3_would_not_give_to_keep_is_an_error(
    stubbed: tuple[S3LockStore, Stubber], status: int, code: str, said: str
) -> None:
    store, stubber = stubbed
    stubber.add_client_error("get_object", code, http_status_code=status)
    with pytest.raises(StoreError, match=f"reading .*{said}"):
        store.keep(a_ref())


def test_a_put_whose_answer_is_lost_is_unknown_and_sent_once_with_its_condition() -> None:
    with a_server_that_hangs_up() as (url, taken):
        assert a_store_at(url).put_back(a_ref(), LockObject(b"{}", "AES256")) is PutBack.UNKNOWN
    (request,) = taken
    headers = request.lower().split(b"\r\n")
    assert headers[0].startswith(b"put ")
    assert {b"if-none-match: *", b"content-type: application/json", b"x-amz-server-side-encryption: aes256"} <= set(
        headers
    )


def test_a_put_that_could_not_be_sent_is_an_error() -> None:
    with pytest.raises(StoreError, match="putting back"):
        a_store_at("http://127.0.0.1:9").put_back(a_ref(), LockObject(b"{}"))
