"""Locks in S3: list, read, and the only delete and the only put in the whole of the reaper.

The client that does these two must not retry by itself: botocore answers 404 to its own second delete after a lost
reply, and so would call "already gone" what it had deleted itself; a second put would meet its own lock, by 412.
"""

from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import msgspec
from botocore.exceptions import ClientError

from chalicelib.aws.answers import genuine
from chalicelib.aws.errors_in_words import in_words
from chalicelib.aws.locks.s3_answers import code_of, sent_once, store_error, told_as_store_error
from chalicelib.core.alerts.evidence import StateWritten
from chalicelib.core.clicks.deletion import Deletion, LockObject, Look, PutBack
from chalicelib.core.locks.lock import Body, StateLock
from chalicelib.core.locks.mark import MARK_BYTES
from chalicelib.core.locks.place import LockRef
from chalicelib.core.locks.scan import ListedPage
from chalicelib.core.locks.terraform.body import lock_of, unread
from chalicelib.core.locks.terraform.lock_info import BODY_LIMIT, is_lock_key
from chalicelib.ports.locks import StoreError

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client
    from types_boto3_s3.type_defs import GetObjectOutputTypeDef

_NO_VERSION = "null"
"""The version of what was put while versioning was off or suspended. A delete may overwrite it."""
# S3's codes, not its status: a proxy's page with a 404 says nothing about the lock.
_ABSENT = {"NoSuchKey", "NoSuchVersion"}
_NO_VERSION_ID = "InvalidArgument"
"""Of a version that an event made up: it says nothing of the lock that is there now."""
_DELETIONS = {404: Deletion.NOT_FOUND, 412: Deletion.CHANGED, 409: Deletion.CONFLICT}
_PUTS = {412: PutBack.OCCUPIED, 409: PutBack.CONFLICT}
_FORBIDDEN = 403
DEMANDED_ACLS = ("bucket-owner-full-control", "private")
"""Headers that a bucket policy may demand of whoever puts. S3 does not tell with which one an object was put."""
_AS_IT_WAS = (
    "ContentType",
    "ContentEncoding",
    "ContentLanguage",
    "ContentDisposition",
    "CacheControl",
    "StorageClass",
    "ServerSideEncryption",
    "SSEKMSKeyId",
    "WebsiteRedirectLocation",
)
"""What S3 says of an object in the very words in which a put takes it."""
# For a lock under a customer's own key (SSE-C), one that a policy denies, one in an archive; and also KMS.*.
_UNSHOWN = {"AccessDenied", "InvalidRequest", "InvalidObjectState", "InvalidArgument"}


ClientOf = Callable[[str], "S3Client"]
"""Gives a client for a bucket, in the bucket's region."""


class S3LockStore:
    """``ports.locks.LockStore`` over the state buckets.

    ``lister``, ``reader`` and ``writer`` give a client for a bucket, each with the patience its calls need; the
    writer's has none.
    """

    def __init__(self, lister: ClientOf, reader: ClientOf, writer: ClientOf) -> None:
        self._lister = lister
        self._reader = reader
        self._writer = writer

    def list_locks(self, bucket: str, prefixes: tuple[str, ...]) -> Iterator[ListedPage]:
        """All locks below the prefixes, each once, page by page."""
        with told_as_store_error(f"listing {bucket}"):
            pages = self._lister(bucket).get_paginator("list_objects_v2")
            seen: set[str] = set()
            for prefix in prefixes or ("",):
                for page in map(genuine, pages.paginate(Bucket=bucket, Prefix=prefix)):
                    listed = page.get("Contents", [])
                    keys = {entry["Key"] for entry in listed if is_lock_key(entry["Key"])}
                    yield ListedPage(tuple(sorted(keys - seen)), len(listed))
                    seen |= keys

    def read(self, bucket: str, key: str, version: str = "") -> StateLock | None:
        """Return the lock there now, or that version of it."""
        which = {"VersionId": version} if version else {}
        try:
            answer, body = self._get(bucket, key, **which)
        except ClientError as error:
            if code_of(error) in _ABSENT or (version and code_of(error) == _NO_VERSION_ID):
                return None
            return self._unreadable(bucket, key, error)
        return _lock(bucket, key, answer, body)

    def look(self, ref: LockRef) -> Look:
        """Return the lock there now and, if ``ref`` names it, its whole object; never one that may be a state."""
        _check(ref)
        try:
            answer, body = self._get(ref.bucket, ref.key)
        except ClientError as error:
            absent = code_of(error) in _ABSENT
            return Look(None if absent else self._unreadable(ref.bucket, ref.key, error))
        lock = _lock(ref.bucket, ref.key, answer, body)
        if lock.ref != ref or lock.body is Body.STATE:
            return Look(lock)
        try:
            tags = self._tags(ref) if answer.get("TagCount") else {}
        except StoreError:
            return Look(lock)
        return Look(lock, LockObject(body, _headers(answer), dict(answer.get("Metadata", {})), tags))

    def state_written(self, ref: LockRef) -> StateWritten:
        """When the state was last written: of all keys with the state's key as prefix, its own comes first."""
        with told_as_store_error(f"listing {ref.bucket}"):
            page = genuine(self._reader(ref.bucket).list_objects_v2(Bucket=ref.bucket, Prefix=ref.state_key, MaxKeys=1))
            times = [
                entry["LastModified"].replace(microsecond=0)
                for entry in page.get("Contents", [])
                if entry["Key"] == ref.state_key
            ]
        return StateWritten(times[0] if times else None)

    def delete(self, ref: LockRef) -> Deletion:
        """One conditional delete, sent once (AWS: see ``core.clicks.deletion.Deletion``)."""
        _check(ref)
        client = self._writing_client(ref)
        status = sent_once(
            "deleting",
            lambda: client.delete_object(Bucket=ref.bucket, Key=ref.key, IfMatch=ref.etag),
            expected=set(_DELETIONS),
            done=HTTPStatus.NO_CONTENT,
        )
        return _DELETIONS.get(status, Deletion.DELETED) if status else Deletion.UNKNOWN

    def put_back(self, ref: LockRef, kept: LockObject) -> PutBack:
        """One conditional put, sent once (AWS: see ``core.clicks.deletion.PutBack``), of an object as it was.

        Encryption goes by headers, even where it is the bucket's default: a bucket policy may demand them
        (opentofu#2970). It may demand an ACL as well, which many buckets do not take; so that is sent only where S3
        refused the put without one. A refused put has put nothing.
        """
        _check(ref)
        arguments = _put_arguments(kept)
        status = self._put(ref, arguments, {*_PUTS, _FORBIDDEN})
        for last, acl in enumerate(DEMANDED_ACLS, 1):
            if status == _FORBIDDEN:
                expected = set(_PUTS) if last == len(DEMANDED_ACLS) else {*_PUTS, _FORBIDDEN}
                status = self._put(ref, arguments | {"ACL": acl}, expected)
        return _PUTS.get(status, PutBack.DONE) if status else PutBack.UNKNOWN

    def _put(self, ref: LockRef, arguments: dict[str, Any], expected: set[int]) -> int | None:
        client = self._writing_client(ref)
        return sent_once(
            "putting back",
            lambda: client.put_object(Bucket=ref.bucket, Key=ref.key, IfNoneMatch="*", **arguments),
            expected=expected,
        )

    def _writing_client(self, ref: LockRef) -> "S3Client":
        with told_as_store_error(f"a client for {ref.bucket}"):
            return self._writer(ref.bucket)

    def _tags(self, ref: LockRef) -> dict[str, str]:
        with told_as_store_error(f"reading the tags of {ref.bucket}/{ref.key}"):
            found = genuine(self._reader(ref.bucket).get_object_tagging(Bucket=ref.bucket, Key=ref.key))
            return {tag["Key"]: tag["Value"] for tag in found["TagSet"]}

    def _get(self, bucket: str, key: str, **which: str) -> "tuple[GetObjectOutputTypeDef, bytes]":
        """An object and as much of its body as tells whether it is too large for a lock. Raises ClientError."""
        try:
            answer = genuine(self._reader(bucket).get_object(Bucket=bucket, Key=key, **which))  # type: ignore[arg-type]
            with answer["Body"] as stream:
                body = stream.read(BODY_LIMIT + MARK_BYTES + 1)
                if len(body) <= BODY_LIMIT + MARK_BYTES:
                    stream.read()  # botocore looks only at the end whether all of it came
                return answer, body
        except ClientError:
            raise
        except Exception as error:
            raise StoreError(f"reading {bucket}/{key}: {in_words('S3', error)}") from error

    def _unreadable(self, bucket: str, key: str, error: ClientError) -> StateLock | None:
        """A lock that S3 lists and will not show: another key's encryption, a denying policy."""
        if code_of(error) not in _UNSHOWN and not code_of(error).startswith("KMS"):
            raise store_error(f"reading {bucket}/{key}", error) from error
        with told_as_store_error(f"reading {bucket}/{key}"):
            page = genuine(self._reader(bucket).list_objects_v2(Bucket=bucket, Prefix=key, MaxKeys=1))
            for entry in page.get("Contents", []):
                if entry["Key"] == key:
                    ref = LockRef(bucket, key, entry["ETag"], entry["LastModified"].replace(microsecond=0))
                    lock = unread(ref, code_of(error), entry["Size"])
                    versioned = lock.body is Body.SEALED and self._is_versioned(bucket)
                    return msgspec.structs.replace(lock, versioned=versioned)
        return None

    def _is_versioned(self, bucket: str) -> bool:
        """Return whether a delete leaves a version behind: False also where the reaper may not ask."""
        try:
            return genuine(self._reader(bucket).get_bucket_versioning(Bucket=bucket)).get("Status") == "Enabled"
        except Exception:  # noqa: BLE001  what cannot be found out is not so
            return False


def _not_restored(answer: "GetObjectOutputTypeDef") -> str:
    """Return what a put could not bring back: the old version keeps its hold, the new one has none."""
    return "legal hold" if answer.get("ObjectLockLegalHoldStatus") == "ON" else ""


def _headers(answer: "GetObjectOutputTypeDef") -> dict[str, str]:
    headers = {name: str(value) for name in _AS_IT_WAS if (value := answer.get(name))}
    return headers | ({"BucketKeyEnabled": "true"} if answer.get("BucketKeyEnabled") else {})


def _put_arguments(kept: LockObject) -> dict[str, Any]:
    """Return what a put says of an object besides its key; as Terraform's own, where nothing else is known."""
    arguments: dict[str, Any] = {"ContentType": "application/json", **kept.headers, "Body": kept.body}
    if "BucketKeyEnabled" in arguments:
        arguments["BucketKeyEnabled"] = True
    others = {"Metadata": kept.metadata, "Tagging": urlencode(kept.tags)}
    return arguments | {name: value for name, value in others.items() if value}


def _lock(bucket: str, key: str, answer: "GetObjectOutputTypeDef", body: bytes) -> StateLock:
    with told_as_store_error(f"reading {bucket}/{key}"):
        ref = LockRef(bucket, key, answer["ETag"], answer["LastModified"].replace(microsecond=0))
        version = answer.get("VersionId", "")
        lock = lock_of(ref, body, "" if version == _NO_VERSION else version)
        return msgspec.structs.replace(lock, not_restored=_not_restored(answer))


def _check(ref: LockRef) -> None:
    if not is_lock_key(ref.key) or not ref.etag:
        raise StoreError(f"{ref.bucket}/{ref.key} is not a lock that was read: nothing is done to it")
