"""What only the adapter knows of keeping a lock and putting it back: S3's refusals and lost answers, its headers."""

import io

import pytest
from botocore.response import StreamingBody
from botocore.stub import Stubber

from chalicelib.aws.locks.s3 import S3LockStore
from chalicelib.core.clicks.deletion import LockObject, PutBack
from chalicelib.core.locks.lock import Body
from chalicelib.core.locks.mark import mark_of, marked
from chalicelib.core.locks.place import Kind, Place
from chalicelib.ports.locks import StoreError
from tests.aws.lost_answers import a_server_that_hangs_up, a_store_at
from tests.builders import ALICE, BUCKET, KEY, TAKEN, a_ref

MARK = mark_of("1")


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
    sent = {
        "Bucket": BUCKET,
        "Key": KEY,
        "Body": marked(b"{}", MARK),
        "ContentType": "application/json",
        "IfNoneMatch": "*",
    }
    stubber.add_client_error("put_object", code, http_status_code=status, expected_params=sent)
    assert store.put_back(a_ref(), LockObject(b"{}"), MARK, ALICE) is answer


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [
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
        store.put_back(a_ref(), LockObject(b"{}"), MARK, ALICE)


GOT = {"ETag": a_ref().stamp, "LastModified": TAKEN}
PUT = {"Bucket": BUCKET, "Key": KEY, "Body": marked(b"{}", MARK), "ContentType": "application/json", "IfNoneMatch": "*"}


@pytest.mark.parametrize(
    "object_",
    [
        {},
        {"ServerSideEncryption": "AES256"},
        {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": "arn:aws:kms:eu-central-1:111122223333:key/k"},
        {"ServerSideEncryption": "aws:kms:dsse", "SSEKMSKeyId": "arn:aws:kms:eu-central-1:111122223333:key/k"},
        {"ServerSideEncryption": "aws:kms", "BucketKeyEnabled": True},
        {"StorageClass": "STANDARD_IA"},
        {"ContentType": "binary/octet-stream", "ContentEncoding": "identity", "CacheControl": "no-store"},
        {"ContentLanguage": "de", "ContentDisposition": "inline", "WebsiteRedirectLocation": "/elsewhere"},
        {"Metadata": {"team": "network", "x": "a, b=c"}},
    ],
)
def test_a_lock_is_put_back_as_the_object_it_was(
    stubbed: tuple[S3LockStore, Stubber], object_: dict[str, object]
) -> None:
    store, stubber = stubbed
    body = StreamingBody(io.BytesIO(b"{}"), 2)
    stubber.add_response("get_object", {"Body": body, **GOT, **object_}, {"Bucket": BUCKET, "Key": KEY})
    kept = store.look(a_ref()).kept
    assert kept is not None
    stubber.add_response("put_object", {}, PUT | object_)
    assert store.put_back(a_ref(), kept, MARK, ALICE) is PutBack.DONE


def test_a_lock_is_put_back_with_its_tags(stubbed: tuple[S3LockStore, Stubber]) -> None:
    store, stubber = stubbed
    body = StreamingBody(io.BytesIO(b"{}"), 2)
    stubber.add_response("get_object", {"Body": body, "TagCount": 2, **GOT})
    tags = [{"Key": "cost center", "Value": "a&b=c"}, {"Key": "é", "Value": ""}]
    stubber.add_response("get_object_tagging", {"TagSet": tags}, {"Bucket": BUCKET, "Key": KEY})
    kept = store.look(a_ref()).kept
    assert kept is not None
    stubber.add_response("put_object", {}, PUT | {"Tagging": "cost+center=a%26b%3Dc&%C3%A9="})
    assert store.put_back(a_ref(), kept, MARK, ALICE) is PutBack.DONE


def test_a_lock_whose_tags_s3_will_not_show_is_not_kept_without_them(stubbed: tuple[S3LockStore, Stubber]) -> None:
    store, stubber = stubbed
    stubber.add_response("get_object", {"Body": StreamingBody(io.BytesIO(b"{}"), 2), "TagCount": 1, **GOT})
    stubber.add_client_error("get_object_tagging", "AccessDenied", http_status_code=403)
    lock, kept = store.look(a_ref())
    assert lock is not None
    assert (lock.ref, kept) == (a_ref(), None)


@pytest.mark.parametrize("tried", [["bucket-owner-full-control"], ["bucket-owner-full-control", "private"]])
def test_where_a_bucket_policy_demands_an_acl_the_put_is_sent_again_with_it(
    stubbed: tuple[S3LockStore, Stubber], tried: list[str]
) -> None:
    store, stubber = stubbed
    for acl in ["", *tried[:-1]]:
        sent = PUT | ({"ACL": acl} if acl else {})
        stubber.add_client_error("put_object", "AccessDenied", http_status_code=403, expected_params=sent)
    stubber.add_response("put_object", {}, PUT | {"ACL": tried[-1]})
    assert store.put_back(a_ref(), LockObject(b"{}"), MARK, ALICE) is PutBack.DONE


def test_a_put_that_no_acl_opens_is_an_error_that_says_why(stubbed: tuple[S3LockStore, Stubber]) -> None:
    store, stubber = stubbed
    for _ in range(3):
        stubber.add_client_error("put_object", "AccessDenied", http_status_code=403)
    with pytest.raises(StoreError, match="putting back: access denied"):
        store.put_back(a_ref(), LockObject(b"{}"), MARK, ALICE)


def test_what_cannot_be_put_back_is_known_when_the_lock_is_read(stubbed: tuple[S3LockStore, Stubber]) -> None:
    store, stubber = stubbed
    for hold in ("ON", "OFF"):
        body = StreamingBody(io.BytesIO(b"{}"), 2)
        stubber.add_response("get_object", {"Body": body, "ObjectLockLegalHoldStatus": hold, **GOT})
    locks = [store.read(Place(Kind.S3, BUCKET, KEY)) for _ in range(2)]
    assert [lock.not_restored for lock in locks if lock] == ["legal hold", ""]


def test_of_a_lock_that_s3_will_not_show_nothing_is_kept(stubbed: tuple[S3LockStore, Stubber]) -> None:
    store, stubber = stubbed
    stubber.add_client_error("get_object", "AccessDenied", http_status_code=403)
    listed = {"Key": KEY, "ETag": a_ref().stamp, "LastModified": TAKEN, "Size": 2}
    stubber.add_response("list_objects_v2", {"Contents": [listed]})
    lock, kept = store.look(a_ref())
    assert lock is not None
    assert (lock.ref, lock.body, kept) == (a_ref(), Body.DENIED, None)


@pytest.mark.parametrize(
    ("status", "code", "said"), [(503, "SlowDown", "SlowDown"), (404, "NoSuchBucket", "no such bucket")]
)
def test_a_look_that_s3_does_not_grant_is_an_error(
    stubbed: tuple[S3LockStore, Stubber], status: int, code: str, said: str
) -> None:
    store, stubber = stubbed
    stubber.add_client_error("get_object", code, http_status_code=status)
    with pytest.raises(StoreError, match=f"reading .*{said}"):
        store.look(a_ref())


def test_a_put_whose_answer_is_lost_is_unknown_and_sent_once_with_its_condition() -> None:
    with a_server_that_hangs_up() as (url, taken):
        assert (
            a_store_at(url).put_back(a_ref(), LockObject(b"{}", {"ServerSideEncryption": "AES256"}), MARK, ALICE)
            is PutBack.UNKNOWN
        )
    (request,) = taken
    headers = request.lower().split(b"\r\n")
    assert headers[0].startswith(b"put ")
    assert {b"if-none-match: *", b"content-type: application/json", b"x-amz-server-side-encryption: aes256"} <= set(
        headers
    )


def test_a_put_that_could_not_be_sent_is_an_error() -> None:
    with pytest.raises(StoreError, match="putting back"):
        a_store_at("http://127.0.0.1:9").put_back(a_ref(), LockObject(b"{}"), MARK, ALICE)
