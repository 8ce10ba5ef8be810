"""Locks in S3: list, read, and the only delete in the whole of the reaper.

The clients that it is given must not retry by themselves where they delete: botocore answers 404 to its own second
attempt after a lost reply, and so would call "already gone" what it had deleted itself.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

from chalicelib.core.alert import StateWritten
from chalicelib.core.lock import (
    BODY_LIMIT,
    LockRef,
    NotALockError,
    StateLock,
    UnreadableLockError,
    is_lock_key,
    read_body,
)
from chalicelib.core.release import Deletion
from chalicelib.ports import StoreError, StoreRefusedError

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client
    from types_boto3_s3.type_defs import GetObjectOutputTypeDef

_ABSENT = {"NoSuchKey", "NoSuchVersion", "404"}
_DELETE_ANSWERS = {404: Deletion.NOT_FOUND, 412: Deletion.CHANGED, 409: Deletion.CONFLICT}
# For a lock under a customer's own key (SSE-C), one that a policy denies, one in an archive; and also KMS.*.
_UNSHOWN = {"AccessDenied", "InvalidRequest", "InvalidObjectState", "InvalidArgument"}
_MEANINGS = {
    "AccessDenied": "access denied: the bucket's policy or key, or the role of this function, does not allow it",
    "NoSuchBucket": "there is no such bucket",
    "PermanentRedirect": "the bucket is in another region: name it in the target",
    "AuthorizationHeaderMalformed": "the bucket is in another region: name it in the target",
    "IllegalLocationConstraintException": "the bucket is in another region: name it in the target",
}


ClientOf = Callable[[str], "S3Client"]
"""Gives a client for a bucket, in the bucket's region."""


class S3LockStore:
    """``ports.LockStore`` over the state buckets.

    ``lister``, ``reader`` and ``deleter`` give a client for a bucket, each with the patience its calls need.
    """

    def __init__(self, lister: ClientOf, reader: ClientOf, deleter: ClientOf) -> None:
        self._lister = lister
        self._reader = reader
        self._deleter = deleter

    def lock_keys(self, bucket: str, prefixes: tuple[str, ...]) -> Iterator[str]:
        """The keys of all locks below the prefixes, each once."""
        with _told_as_store_error(f"listing {bucket}"):
            pages = self._lister(bucket).get_paginator("list_objects_v2")
            seen: set[str] = set()
            for prefix in prefixes or ("",):
                for page in pages.paginate(Bucket=bucket, Prefix=prefix):
                    keys = {entry["Key"] for entry in page.get("Contents", []) if is_lock_key(entry["Key"])}
                    yield from sorted(keys - seen)
                    seen |= keys

    def read(self, bucket: str, key: str, version: str = "") -> StateLock | None:
        """The lock there now, or that version of it."""
        which = {"VersionId": version} if version else {}
        try:
            answer = self._reader(bucket).get_object(Bucket=bucket, Key=key, **which)  # type: ignore[arg-type]
            with answer["Body"] as stream:
                body = stream.read(BODY_LIMIT + 1)
        except ClientError as error:
            if _code(error) in _ABSENT:
                return None
            return self._unreadable(bucket, key, error)
        except (BotoCoreError, OSError) as error:
            raise StoreError(f"reading {bucket}/{key}: {error}") from error
        return _lock(_ref(bucket, key, answer), body)

    def state_written(self, ref: LockRef) -> StateWritten:
        """When the state was last written: of all keys with the state's key as prefix, its own comes first."""
        with _told_as_store_error(f"listing {ref.bucket}"):
            page = self._reader(ref.bucket).list_objects_v2(Bucket=ref.bucket, Prefix=ref.state_key, MaxKeys=1)
        times = [
            entry["LastModified"].replace(microsecond=0)
            for entry in page.get("Contents", [])
            if entry["Key"] == ref.state_key
        ]
        return StateWritten(times[0] if times else None)

    def delete(self, ref: LockRef) -> Deletion:
        """One conditional delete, sent once (AWS: see ``core.release.Deletion``)."""
        if not is_lock_key(ref.key) or not ref.etag:
            raise StoreError(f"{ref.bucket}/{ref.key} is not a lock that was read: nothing is deleted")
        try:
            self._deleter(ref.bucket).delete_object(Bucket=ref.bucket, Key=ref.key, IfMatch=ref.etag)
        except ClientError as error:
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            if _code(error) == "NoSuchBucket" or status not in _DELETE_ANSWERS:
                return _unknown_or_refused(status, error)
            return _DELETE_ANSWERS[status]
        except HTTPClientError:  # sent, or half sent, and no answer: a time-out, a closed connection
            return Deletion.UNKNOWN
        except BotoCoreError as error:  # never sent
            raise StoreError(f"deleting: {error}") from error
        return Deletion.DELETED

    def _unreadable(self, bucket: str, key: str, error: ClientError) -> StateLock | None:
        """A lock that S3 lists and will not show: another key's encryption, a denying policy."""
        if _code(error) not in _UNSHOWN and not _code(error).startswith("KMS"):
            raise _store_error(f"reading {bucket}/{key}", error) from error
        with _told_as_store_error(f"reading {bucket}/{key}"):
            page = self._reader(bucket).list_objects_v2(Bucket=bucket, Prefix=key, MaxKeys=1)
        for entry in page.get("Contents", []):
            if entry["Key"] == key:
                ref = LockRef(bucket, key, entry["ETag"], entry["LastModified"].replace(microsecond=0))
                return StateLock(ref, flaw=f"cannot be read by the reaper ({_code(error)})", opaque=True)
        return None


def _lock(ref: LockRef, body: bytes) -> StateLock:
    try:
        return StateLock(ref, read_body(body))
    except UnreadableLockError as error:
        return StateLock(ref, flaw=str(error), opaque=isinstance(error, NotALockError))


def _ref(bucket: str, key: str, answer: "GetObjectOutputTypeDef") -> LockRef:
    return LockRef(bucket, key, answer["ETag"], answer["LastModified"].replace(microsecond=0))


def _unknown_or_refused(status: int, error: ClientError) -> Deletion:
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:  # S3 failed on its side; how far it came, nobody knows
        return Deletion.UNKNOWN
    raise _store_error("deleting", error) from error


def _code(error: ClientError) -> str:
    return error.response["Error"].get("Code", "unknown error")


def _store_error(what: str, error: ClientError) -> StoreError:
    kind = StoreRefusedError if _code(error) in _MEANINGS else StoreError
    return kind(f"{what}: {_MEANINGS.get(_code(error), str(error))}")


@contextmanager
def _told_as_store_error(what: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        raise _store_error(what, error) from error
    except (BotoCoreError, OSError) as error:
        raise StoreError(f"{what}: {error}") from error
