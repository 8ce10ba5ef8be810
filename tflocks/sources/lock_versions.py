"""Read the versions of a lock object from S3."""

from typing import TYPE_CHECKING

import msgspec

from chalicelib.core.locks.terraform.body import read_body
from chalicelib.core.locks.terraform.lock_info import BODY_LIMIT, LOCK_SUFFIX, LockInfo
from chalicelib.ports.locks import StoreError
from tflocks.holds.hold import Hold
from tflocks.holds.versions import NO_VERSION, LockVersions, Version
from tflocks.sources.s3_errors import in_words

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client


def list_versions(s3: "S3Client", state_path: str) -> LockVersions:
    """Return all that S3 has of one state's lock.

    Raises:
        StoreError: it could not be listed; the message says why.
    """
    bucket, _, state_key = state_path.partition("/")
    key = state_key + LOCK_SUFFIX
    versions: list[Version] = []
    deleted = []
    with in_words(f"listing the versions of {bucket}/{key}", "s3:ListBucketVersions", bucket):
        for listing in s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=key):
            own = (entry for entry in listing.get("Versions", []) if entry["Key"] == key)
            versions += [
                Version(one["LastModified"], one["ETag"].strip('"'), one["VersionId"], one["IsLatest"]) for one in own
            ]
            deleted += [entry["LastModified"] for entry in listing.get("DeleteMarkers", []) if entry["Key"] == key]
    return LockVersions(tuple(reversed(versions)), tuple(reversed(deleted)))


def keeps_versions(s3: "S3Client", bucket: str) -> bool | None:
    """Return whether the bucket keeps versions; None if the operator may not ask."""
    try:
        with in_words(f"the versioning of {bucket}", "s3:GetBucketVersioning", bucket):
            return "Status" in s3.get_bucket_versioning(Bucket=bucket)
    except StoreError:
        return None


def with_lock_body(hold: Hold, s3: "S3Client") -> tuple[Hold, str]:
    """Return a hold with what its lock body says, and why the body could not be read, or ""."""
    try:
        reading = read_body(_body(hold, s3))
    except StoreError as error:
        return hold, f"a version of the lock {error} ({hold.version_id})"
    why = f"a version of the lock {reading.flaw} ({hold.version_id})" if reading.flaw else ""
    return _with_info(hold, reading.info) if reading.info else hold, why


def _body(hold: Hold, s3: "S3Client") -> bytes:
    """Return the body of a hold's version.

    A bucket that keeps no versions has only the current one, which is asked for by its ETag.
    """
    bucket, _, key = hold.state_path.partition("/")
    current = hold.version_id == NO_VERSION and hold.still_held
    which = {"IfMatch": f'"{hold.etag}"'} if current else {"VersionId": hold.version_id}
    right = "s3:GetObject" if current else "s3:GetObjectVersion"
    with in_words("could not be read", right, f"{bucket}/{key}{LOCK_SUFFIX}"):
        answer = s3.get_object(Bucket=bucket, Key=key + LOCK_SUFFIX, **which)  # type: ignore[arg-type]
        with answer["Body"] as stream:
            return stream.read(BODY_LIMIT + 1)


def _with_info(hold: Hold, info: LockInfo) -> Hold:
    return msgspec.structs.replace(
        hold,
        unread=False,
        lock_id=info.ID,
        operation=info.Operation,
        who=info.Who,
        terraform_version=info.Version,
    )
