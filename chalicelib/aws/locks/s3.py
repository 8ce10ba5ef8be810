"""Locks in S3: list and read them, and send the only delete and the only put of the whole reaper.

The client for these two must not retry by itself. After a lost answer, botocore's second delete would get 404 for what
its first one had deleted, and so the lock would be called "already gone"; a second put would get 412 because of the
first one's lock.
"""

from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict

import msgspec
from botocore.exceptions import ClientError

from chalicelib.aws.accounts.errand import Errand, Verb
from chalicelib.aws.genuine import genuine
from chalicelib.aws.locks.listing import bucket_scan
from chalicelib.aws.locks.s3_answers import asked_once, store_error
from chalicelib.aws.locks.s3_objects import kept_of, not_restored, put_arguments
from chalicelib.aws.locks.sent_once import code_of
from chalicelib.core.alerts.evidence import StateWritten
from chalicelib.core.clicks.deletion import Deletion, LockObject, Look, PutBack
from chalicelib.core.locks.lock import Body, HeldLock
from chalicelib.core.locks.mark import MARK_BYTES
from chalicelib.core.locks.place import LockRef, Place
from chalicelib.core.locks.scan import Scanned
from chalicelib.core.locks.target import Target
from chalicelib.core.locks.terraform.body import lock_of, unread
from chalicelib.core.locks.terraform.lock_info import BODY_LIMIT
from chalicelib.ports.locks import StoreError

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client
    from types_boto3_s3.type_defs import GetObjectOutputTypeDef

_NO_VERSION = "null"
"""The version of an object that was put while versioning was off or suspended. A delete may overwrite it."""
# These are S3's codes, because the status alone may be a proxy's: its 404 says nothing about the lock.
_ABSENT = {"NoSuchKey", "NoSuchVersion"}
_NO_VERSION_ID = "InvalidArgument"
"""S3's code for a version ID that does not exist. It says nothing about the lock that is there now."""
_DELETIONS = {404: Deletion.NOT_FOUND, 412: Deletion.CHANGED, 409: Deletion.CONFLICT}
_PUTS = {412: PutBack.OCCUPIED, 409: PutBack.CONFLICT}
_FORBIDDEN = 403
DEMANDED_ACLS = ("bucket-owner-full-control", "private")
"""ACLs that a bucket policy may demand of a put. S3 does not tell with which one an object was put."""
# S3's codes for a lock under a customer's own key (SSE-C), behind a denying policy, or in an archive; also KMS.*.
_UNSHOWN = {"AccessDenied", "InvalidRequest", "InvalidObjectState", "InvalidArgument"}

ListerOf = Callable[[Target], "S3Client"]
"""Returns a client for a target, in its account and region."""
ReaderOf = Callable[[Place], "S3Client"]
"""Returns a client for a place, in its account and region."""
WriterOf = Callable[[LockRef, Errand], "S3Client"]
"""Returns a client for one delete or put of one lock, on behalf of somebody."""


class _Named(TypedDict):
    Bucket: str
    Key: str


class _Object(NamedTuple):
    """An object at a lock's place."""

    lock: HeldLock
    answer: "GetObjectOutputTypeDef"
    body: bytes


class S3LockStore:
    """``ports.locks.LockStore`` over the state buckets.

    ``lister``, ``reader`` and ``writer`` return clients with the time-outs and retries that their calls need; the
    writer's client never retries.
    """

    def __init__(self, lister: ListerOf, reader: ReaderOf, writer: WriterOf) -> None:
        self._lister = lister
        self._reader = reader
        self._writer = writer

    def scan(self, target: Target, after: str = "") -> Iterator[Scanned]:
        """Yield the places of all locks below the prefixes, one part for each listing page."""
        try:
            yield from bucket_scan.scan(target, after, self._lister)
        except Exception as error:
            raise store_error(f"listing {target.container}", error) from error

    def read(self, place: Place, version: str = "") -> HeldLock | None:
        """Return the lock at a place, or that version of it."""
        which = {"VersionId": version} if version else {}
        try:
            return self._get(place, **which).lock
        except ClientError as error:
            if code_of(error) in _ABSENT or (version and code_of(error) == _NO_VERSION_ID):
                return None
            return self._unreadable(place, error)

    def look(self, ref: LockRef) -> Look:
        """Return the lock there now and, if ``ref`` names it, its whole object, unless it may be a state."""
        _check(ref)
        try:
            lock, answer, body = self._get(ref.place)
        except ClientError as error:
            absent = code_of(error) in _ABSENT
            return Look(None if absent else self._unreadable(ref.place, error))
        if lock.ref != ref or lock.body is Body.STATE:
            return Look(lock)
        try:
            tags = self._tags(ref) if answer.get("TagCount") else {}
        except StoreError:
            return Look(lock)
        return Look(lock, kept_of(answer, body, tags))

    def state_written(self, ref: LockRef) -> StateWritten:
        """Return when the state was last written. A listing with the state's key as prefix has the state first."""
        bucket, state_key = ref.place.container, ref.place.state_key
        try:
            page = genuine(self._reader(ref.place).list_objects_v2(Bucket=bucket, Prefix=state_key, MaxKeys=1))
            listed = page.get("Contents", [])
            times = [entry["LastModified"].replace(microsecond=0) for entry in listed if entry["Key"] == state_key]
        except Exception as error:
            raise store_error(f"listing {bucket}", error) from error
        return StateWritten(times[0] if times else None)

    def delete(self, ref: LockRef, by: str) -> Deletion:
        """Send one conditional delete once (``core.clicks.deletion.Deletion`` has AWS's answers)."""
        _check(ref)
        where, client = _named(ref.place), self._writing_client(ref, Errand(Verb.RELEASE, by))
        status = asked_once(
            "deleting",
            lambda: client.delete_object(**where, IfMatch=ref.stamp),
            expected=set(_DELETIONS),
            done=HTTPStatus.NO_CONTENT,
        )
        return _DELETIONS.get(status, Deletion.DELETED) if status else Deletion.UNKNOWN

    def put_back(self, ref: LockRef, kept: LockObject, mark: str, by: str) -> PutBack:
        """Send one conditional put of an object as it was (``core.clicks.deletion.PutBack`` has AWS's answers).

        Encryption is always named in headers, even if it is the bucket's default, because a bucket policy may demand
        them (opentofu#2970). A policy may demand an ACL too, which many buckets do not take; so an ACL is sent only
        after S3 refused the put without one. A refused put has put nothing.
        """
        _check(ref)
        arguments, client = put_arguments(kept, mark), self._writing_client(ref, Errand(Verb.RESTORE, by))
        status = _put(client, ref, arguments, {*_PUTS, _FORBIDDEN})
        for last, acl in enumerate(DEMANDED_ACLS, 1):
            if status == _FORBIDDEN:
                expected = set(_PUTS) if last == len(DEMANDED_ACLS) else {*_PUTS, _FORBIDDEN}
                status = _put(client, ref, arguments | {"ACL": acl}, expected)
        return _PUTS.get(status, PutBack.DONE) if status else PutBack.UNKNOWN

    def _writing_client(self, ref: LockRef, errand: Errand) -> "S3Client":
        try:
            return self._writer(ref, errand)
        except Exception as error:
            raise store_error(f"a client for {ref.place.container}", error) from error

    def _tags(self, ref: LockRef) -> dict[str, str]:
        try:
            found = genuine(self._reader(ref.place).get_object_tagging(**_named(ref.place)))
            return {tag["Key"]: tag["Value"] for tag in found["TagSet"]}
        except Exception as error:
            raise store_error(f"reading the tags of {_told(ref.place)}", error) from error

    def _get(self, place: Place, **which: str) -> "_Object":
        """Return an object, with only one byte more of its body than a lock may have. Raises ClientError."""
        asked: Any = {**_named(place), **which}
        try:
            answer = genuine(self._reader(place).get_object(**asked))
            with answer["Body"] as stream:
                body = stream.read(BODY_LIMIT + MARK_BYTES + 1)
                if len(body) <= BODY_LIMIT + MARK_BYTES:
                    stream.read()  # only at the end does botocore check whether the whole body came
            return _Object(_lock(place, answer, body), answer, body)
        except ClientError:
            raise
        except Exception as error:
            raise store_error(f"reading {_told(place)}", error) from error

    def _unreadable(self, place: Place, error: ClientError) -> HeldLock | None:
        """Return a lock that S3 lists and will not show: another key's encryption, a denying policy."""
        if code_of(error) not in _UNSHOWN and not code_of(error).startswith("KMS"):
            raise store_error(f"reading {_told(place)}", error) from error
        bucket = place.container
        try:
            page = genuine(self._reader(place).list_objects_v2(Bucket=bucket, Prefix=place.key, MaxKeys=1))
            for entry in page.get("Contents", []):
                if entry["Key"] == place.key:
                    ref = LockRef(place, entry["ETag"], entry["LastModified"].replace(microsecond=0))
                    lock = unread(ref, code_of(error), entry["Size"])
                    versioned = lock.body is Body.SEALED and _is_versioned(self._reader(place), bucket)
                    return msgspec.structs.replace(lock, versioned=versioned)
        except Exception as failure:
            raise store_error(f"reading {_told(place)}", failure) from failure
        return None


def _put(client: "S3Client", ref: LockRef, arguments: dict[str, Any], expected: set[int]) -> int | None:
    arguments = {**_named(ref.place), **arguments}
    return asked_once("putting back", lambda: client.put_object(IfNoneMatch="*", **arguments), expected=expected)


def _is_versioned(client: "S3Client", bucket: str) -> bool:
    """Return whether a delete leaves a version behind; False also if the reaper may not ask."""
    try:
        return genuine(client.get_bucket_versioning(Bucket=bucket)).get("Status") == "Enabled"
    except Exception:  # noqa: BLE001  without an answer no version may be counted on
        return False


def _lock(place: Place, answer: "GetObjectOutputTypeDef", body: bytes) -> HeldLock:
    ref = LockRef(place, answer["ETag"], answer["LastModified"].replace(microsecond=0))
    version = answer.get("VersionId", "")
    lock = lock_of(ref, body, "" if version == _NO_VERSION else version)
    return msgspec.structs.replace(lock, not_restored=not_restored(answer))


def _named(place: Place) -> "_Named":
    return {"Bucket": place.container, "Key": place.key}


def _told(place: Place) -> str:
    return f"{place.container}/{place.key}"


def _check(ref: LockRef) -> None:
    if not ref.place.may_have_lock or not ref.stamp:
        raise StoreError(f"{_told(ref.place)} is not a lock that was read: nothing is done to it")
