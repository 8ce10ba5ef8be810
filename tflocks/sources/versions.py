"""The versions of a lock object: what a versioned bucket still knows of holds that the journal does not."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from chalicelib.core.clicks.ending import LetGoBy
from chalicelib.core.locks.terraform.body import read_body
from chalicelib.core.locks.terraform.lock_info import BODY_LIMIT, LOCK_SUFFIX, LockInfo
from chalicelib.ports.locks import StoreError
from tflocks.holds.hold import Hold, Source
from tflocks.holds.pairing import alternate
from tflocks.sources.s3_words import in_words

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

AT_ONCE = 8
"""Requests to S3."""
_NO_VERSION = "null"


class Version(msgspec.Struct, frozen=True):
    """One version of a lock object; ``latest`` is the lock that is there now."""

    at: datetime
    etag: str
    version_id: str
    latest: bool


class Listed(msgspec.Struct, frozen=True):
    """Versions and delete markers of one key, each oldest first, in the order that S3 has them."""

    versions: tuple[Version, ...] = ()
    deleted_at: tuple[datetime, ...] = ()

    @property
    def versioned(self) -> bool:
        """Whether the bucket remembers what was deleted, as far as this key shows."""
        return bool(self.deleted_at) or any(version.version_id != _NO_VERSION for version in self.versions)


def list_versions(s3: "S3Client", bucket: str, state_key: str) -> Listed:
    """All that S3 has of one state's lock.

    Raises:
        StoreError: it could not be listed; the message says why.
    """
    key = state_key + LOCK_SUFFIX
    versions: list[Version] = []
    deleted: list[datetime] = []
    with in_words(f"listing the versions of {bucket}/{key}", "s3:ListBucketVersions", bucket):
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=key):
            own = (entry for entry in page.get("Versions", []) if entry["Key"] == key)
            versions += [
                Version(one["LastModified"], one["ETag"].strip('"'), one["VersionId"], one["IsLatest"]) for one in own
            ]
            deleted += [entry["LastModified"] for entry in page.get("DeleteMarkers", []) if entry["Key"] == key]
    return Listed(tuple(reversed(versions)), tuple(reversed(deleted)))


def remembers(s3: "S3Client", bucket: str) -> bool | None:
    """Whether the bucket keeps versions; None for an operator who may not ask."""
    try:
        with in_words(f"the versioning of {bucket}", "s3:GetBucketVersioning", bucket):
            return "Status" in s3.get_bucket_versioning(Bucket=bucket)
    except StoreError:
        return None


def version_holds(state_path: str, listed: Listed) -> list[Hold]:
    """The holds that a lock's versions show, oldest first; a delete marker is a release by nobody knows whom."""
    past = [_begun(state_path, version) for version in listed.versions if not version.latest]
    pairs = alternate(past, listed.deleted_at, lambda at: at)
    # Whatever its second says, the latest version comes after every delete marker.
    there = (_begun(state_path, version) for version in listed.versions if version.latest)
    held = [msgspec.structs.replace(hold, still_held=True) for hold in there]
    return [*(_ended(begin, until) for begin, until in pairs if begin), *held]


def with_locks(holds: Iterable[Hold], s3: "S3Client") -> tuple[list[Hold], list[str]]:
    """The same holds with what their lock bodies say, and why some could not be read."""

    def read(hold: Hold) -> tuple[Hold, str]:
        try:
            reading = read_body(_body(hold, s3))
        except StoreError as error:
            return hold, f"a version of the lock {error} ({hold.version_id})"
        why = f"a version of the lock {reading.flaw} ({hold.version_id})" if reading.flaw else ""
        return _told(hold, reading.info) if reading.info else hold, why

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(read, holds))
    return [hold for hold, _ in answers], sorted({why for _, why in answers if why})


def _body(hold: Hold, s3: "S3Client") -> bytes:
    """What a version has in it. The only one of a bucket without versions has no ID to ask by, but its ETag."""
    bucket, _, key = hold.state_path.partition("/")
    plain = hold.version_id == _NO_VERSION and hold.still_held
    which = {"IfMatch": f'"{hold.etag}"'} if plain else {"VersionId": hold.version_id}
    right = "s3:GetObject" if plain else "s3:GetObjectVersion"
    with in_words("could not be read", right, f"{bucket}/{key}{LOCK_SUFFIX}"):
        answer = s3.get_object(Bucket=bucket, Key=key + LOCK_SUFFIX, **which)  # type: ignore[arg-type]
        with answer["Body"] as stream:
            return stream.read(BODY_LIMIT + 1)


def _begun(state_path: str, version: Version) -> Hold:
    return Hold(
        state_path=state_path,
        source=Source.VERSIONS,
        since=version.at.astimezone(UTC),
        etag=version.etag,
        version_id=version.version_id,
        unread=True,
    )


def _ended(hold: Hold, until: datetime | None) -> Hold:
    if until is None:
        return hold
    return msgspec.structs.replace(hold, until=until.astimezone(UTC), released_by=LetGoBy.UNKNOWN.value)


def _told(hold: Hold, info: LockInfo) -> Hold:
    return msgspec.structs.replace(
        hold,
        unread=False,
        lock_id=info.ID,
        operation=info.Operation,
        who=info.Who,
        terraform_version=info.Version,
    )
