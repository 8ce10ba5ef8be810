"""What only the adapter knows: S3's refusals and lost answers, by botocore's Stubber."""

import pytest
from botocore.response import StreamingBody
from botocore.stub import Stubber

from chalicelib.aws.s3_locks import S3LockStore
from chalicelib.core.mark import MARK_BYTES
from chalicelib.core.release import Deletion
from chalicelib.ports import StoreError
from tests.aws.lost_answers import a_server_that_hangs_up, a_store_at
from tests.builders import BUCKET, KEY, TAKEN, a_ref


@pytest.mark.parametrize(
    ("status", "code", "deletion"),
    [
        (404, "NoSuchKey", Deletion.NOT_FOUND),
        (412, "PreconditionFailed", Deletion.CHANGED),
        (409, "ConditionalRequestConflict", Deletion.CONFLICT),
        (500, "InternalError", Deletion.UNKNOWN),
        (503, "SlowDown", Deletion.UNKNOWN),
    ],
)
def test_each_answer_of_s3_to_a_delete_has_its_meaning(
    stubbed: tuple[S3LockStore, Stubber], status: int, code: str, deletion: Deletion
) -> None:
    store, stubber = stubbed
    ref = a_ref(body=b"x")
    sent = {"Bucket": BUCKET, "Key": KEY, "IfMatch": ref.etag}
    stubber.add_client_error("delete_object", code, http_status_code=status, expected_params=sent)
    assert store.delete(ref) is deletion


@pytest.mark.parametrize(("status", "code"), [(403, "AccessDenied"), (404, "NoSuchBucket"), (400, "BadDigest")])
def test_a_delete_that_s3_refuses_is_an_error(stubbed: tuple[S3LockStore, Stubber], status: int, code: str) -> None:
    store, stubber = stubbed
    stubber.add_client_error("delete_object", code, http_status_code=status)
    with pytest.raises(StoreError, match="deleting"):
        store.delete(a_ref(body=b"x"))


def test_a_delete_whose_answer_is_lost_is_unknown_and_sent_once() -> None:
    with a_server_that_hangs_up() as (url, taken):
        assert a_store_at(url).delete(a_ref(body=b"x")) is Deletion.UNKNOWN
    assert [request.split(b" ")[0] for request in taken] == [b"DELETE"]


def test_a_delete_that_could_not_be_sent_is_an_error() -> None:
    with pytest.raises(StoreError, match="deleting"):
        a_store_at("http://127.0.0.1:9").delete(a_ref(body=b"x"))


@pytest.mark.parametrize(("status", "code"), [(403, "AccessDenied"), (400, "InvalidRequest")])
def test_a_lock_that_s3_lists_and_will_not_show_is_an_opaque_lock(
    stubbed: tuple[S3LockStore, Stubber], status: int, code: str
) -> None:
    store, stubber = stubbed
    stubber.add_client_error("get_object", code, http_status_code=status)
    stubber.add_response("list_objects_v2", {"Contents": [{"Key": KEY, "ETag": '"e"', "LastModified": TAKEN}]})
    lock = store.read(BUCKET, KEY)
    assert lock is not None
    assert (lock.opaque, lock.ref.etag, code in lock.flaw) == (True, '"e"', True)


@pytest.mark.parametrize(("status", "code"), [(503, "SlowDown"), (403, "ExpiredToken"), (500, "InternalError")])
def test_a_read_that_merely_failed_is_an_error_and_no_opaque_lock(
    stubbed: tuple[S3LockStore, Stubber], status: int, code: str
) -> None:
    store, stubber = stubbed
    stubber.add_client_error("get_object", code, http_status_code=status)
    with pytest.raises(StoreError, match="reading"):
        store.read(BUCKET, KEY)


def test_a_lock_neither_shown_nor_listed_is_none(stubbed: tuple[S3LockStore, Stubber]) -> None:
    store, stubber = stubbed
    stubber.add_client_error("get_object", "AccessDenied", http_status_code=403)
    stubber.add_response("list_objects_v2", {"Contents": [{"Key": f"{KEY}x", "ETag": '"e"', "LastModified": TAKEN}]})
    assert store.read(BUCKET, KEY) is None


@pytest.mark.parametrize(
    ("code", "said"),
    [("AccessDenied", "access denied"), ("NoSuchBucket", "no such bucket"), ("PermanentRedirect", "another region")],
)
def test_a_listing_that_s3_refuses_says_what_is_wrong(
    stubbed: tuple[S3LockStore, Stubber], code: str, said: str
) -> None:
    store, stubber = stubbed
    stubber.add_client_error("list_objects_v2", code, http_status_code=403)
    with pytest.raises(StoreError, match=said):
        list(store.list_locks(BUCKET, ()))


def test_no_more_of_a_body_is_read_than_a_lock_can_have(stubbed: tuple[S3LockStore, Stubber]) -> None:
    class Endless:
        taken = 0

        def read(self, amount: int) -> bytes:
            self.taken += amount
            return b"x" * amount

        def close(self) -> None:
            pass

    stream = Endless()
    store, stubber = stubbed
    body = StreamingBody(stream, None)  # type: ignore[arg-type]
    stubber.add_response("get_object", {"Body": body, "ETag": '"e"', "LastModified": TAKEN})
    lock = store.read(BUCKET, KEY)
    assert lock is not None
    assert lock.flaw == "is larger than 16 KB, which no Terraform lock is"
    assert stream.taken == 16 * 1024 + MARK_BYTES + 1
