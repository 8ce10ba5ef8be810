"""What only the adapter knows: S3's refusals and lost answers, by botocore's Stubber."""

import io
from typing import Any

import pytest
from botocore.response import StreamingBody
from botocore.stub import Stubber

from chalicelib.aws.locks.s3 import S3LockStore
from chalicelib.core.clicks.deletion import Deletion
from chalicelib.core.locks.lock import Body
from chalicelib.core.locks.mark import MARK_BYTES
from chalicelib.core.locks.place import Kind, Place
from chalicelib.core.locks.target import Target
from chalicelib.ports.locks import StoreError
from tests.aws.lost_answers import a_server_that_hangs_up, a_store_at
from tests.builders import ALICE, BUCKET, KEY, TAKEN, a_ref


def listed(size: int) -> dict[str, Any]:
    return {"Contents": [{"Key": KEY, "ETag": '"e"', "LastModified": TAKEN, "Size": size}]}


@pytest.mark.parametrize(
    ("status", "code", "deletion"),
    [
        (404, "NoSuchKey", Deletion.NOT_FOUND),
        (412, "PreconditionFailed", Deletion.CHANGED),
        (409, "ConditionalRequestConflict", Deletion.CONFLICT),
        (500, "InternalError", Deletion.UNKNOWN),
        (503, "SlowDown", Deletion.UNKNOWN),
        (501, "501", Deletion.UNKNOWN),  # a proxy's, without a code of S3's
    ],
)
def test_each_answer_of_s3_to_a_delete_has_its_meaning(
    stubbed: tuple[S3LockStore, Stubber], status: int, code: str, deletion: Deletion
) -> None:
    store, stubber = stubbed
    ref = a_ref(body=b"x")
    sent = {"Bucket": BUCKET, "Key": KEY, "IfMatch": ref.stamp}
    stubber.add_client_error("delete_object", code, http_status_code=status, expected_params=sent)
    assert store.delete(ref, ALICE) is deletion


@pytest.mark.parametrize(("status", "code"), [(403, "AccessDenied"), (404, "NoSuchBucket"), (400, "BadDigest")])
def test_a_delete_that_s3_refuses_is_an_error(stubbed: tuple[S3LockStore, Stubber], status: int, code: str) -> None:
    store, stubber = stubbed
    stubber.add_client_error("delete_object", code, http_status_code=status)
    with pytest.raises(StoreError, match="deleting"):
        store.delete(a_ref(body=b"x"), ALICE)


def test_a_version_that_somebody_made_up_is_not_there_whatever_lock_is(stubbed: tuple[S3LockStore, Stubber]) -> None:
    store, stubber = stubbed
    stubber.add_client_error("get_object", "InvalidArgument", http_status_code=400)  # "Invalid version id specified"
    assert store.read(Place(Kind.S3, BUCKET, KEY), "made up") is None
    stubber.assert_no_pending_responses()


def test_a_delete_whose_answer_is_lost_is_unknown_and_sent_once() -> None:
    with a_server_that_hangs_up() as (url, taken):
        assert a_store_at(url).delete(a_ref(body=b"x"), ALICE) is Deletion.UNKNOWN
    assert [request.split(b" ")[0] for request in taken] == [b"DELETE"]


def test_a_delete_that_could_not_be_sent_is_an_error() -> None:
    with pytest.raises(StoreError, match="deleting"):
        a_store_at("http://127.0.0.1:9").delete(a_ref(body=b"x"), ALICE)


@pytest.mark.parametrize(
    ("status", "code", "size", "kind"),
    [
        (403, "AccessDenied", 210, Body.DENIED),
        (400, "InvalidRequest", 210, Body.SEALED),
        (400, "InvalidRequest", 16 * 1024 + 1, Body.STATE),
        (400, "KMS.DisabledException", 210, Body.SEALED),
        (403, "InvalidObjectState", 210, Body.SEALED),
    ],
)
def test_a_lock_that_s3_lists_and_will_not_show_is_told_from_what_may_be_a_state_by_its_size(
    stubbed: tuple[S3LockStore, Stubber], status: int, code: str, size: int, kind: Body
) -> None:
    store, stubber = stubbed
    stubber.add_client_error("get_object", code, http_status_code=status)
    stubber.add_response("list_objects_v2", listed(size))
    if kind is Body.SEALED:
        stubber.add_response("get_bucket_versioning", {"Status": "Enabled"})
    lock = store.read(Place(Kind.S3, BUCKET, KEY))
    assert lock is not None
    assert (lock.body, lock.ref.stamp, lock.versioned) == (kind, '"e"', kind is Body.SEALED)
    assert code in lock.flaw
    stubber.assert_no_pending_responses()


@pytest.mark.parametrize("answer", [{"Status": "Suspended"}, {}, None], ids=["suspended", "never on", "may not ask"])
def test_a_sealed_lock_comes_back_only_where_the_bucket_says_that_it_keeps_versions(
    stubbed: tuple[S3LockStore, Stubber], answer: dict[str, str] | None
) -> None:
    store, stubber = stubbed
    stubber.add_client_error("get_object", "InvalidRequest", http_status_code=400)
    stubber.add_response("list_objects_v2", listed(210))
    if answer is None:
        stubber.add_client_error("get_bucket_versioning", "AccessDenied", http_status_code=403)
    else:
        stubber.add_response("get_bucket_versioning", answer)
    lock = store.read(Place(Kind.S3, BUCKET, KEY))
    assert lock is not None
    assert (lock.body, lock.versioned) == (Body.SEALED, False)


@pytest.mark.parametrize(("version", "kept"), [("v1", "v1"), ("null", ""), (None, "")])
def test_only_a_version_that_a_delete_leaves_alone_is_noted(
    stubbed: tuple[S3LockStore, Stubber], version: str | None, kept: str
) -> None:
    store, stubber = stubbed
    body = StreamingBody(io.BytesIO(b"garbage"), 7)
    answer = {"Body": body, "ETag": '"e"', "LastModified": TAKEN}
    stubber.add_response("get_object", answer if version is None else answer | {"VersionId": version})
    lock = store.read(Place(Kind.S3, BUCKET, KEY))
    assert lock is not None
    assert (lock.version_id, lock.versioned) == (kept, bool(kept))


@pytest.mark.parametrize(("status", "code"), [(503, "SlowDown"), (403, "ExpiredToken"), (500, "InternalError")])
def test_a_read_that_merely_failed_is_an_error_and_no_opaque_lock(
    stubbed: tuple[S3LockStore, Stubber], status: int, code: str
) -> None:
    store, stubber = stubbed
    stubber.add_client_error("get_object", code, http_status_code=status)
    with pytest.raises(StoreError, match="reading"):
        store.read(Place(Kind.S3, BUCKET, KEY))


def test_a_lock_neither_shown_nor_listed_is_none(stubbed: tuple[S3LockStore, Stubber]) -> None:
    store, stubber = stubbed
    stubber.add_client_error("get_object", "AccessDenied", http_status_code=403)
    stubber.add_response(
        "list_objects_v2", {"Contents": [{"Key": f"{KEY}x", "ETag": '"e"', "LastModified": TAKEN, "Size": 210}]}
    )
    assert store.read(Place(Kind.S3, BUCKET, KEY)) is None


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
        list(store.scan(Target(Kind.S3, BUCKET)))


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
    lock = store.read(Place(Kind.S3, BUCKET, KEY))
    assert lock is not None
    assert lock.flaw == "is larger than 16 KB, which no Terraform lock is"
    assert stream.taken == 16 * 1024 + MARK_BYTES + 1
