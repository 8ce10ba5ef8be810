"""List a few pages of a bucket: what is under a prefix, and what locks left behind. Never the whole of it."""

from itertools import islice
from typing import Any

from chalicelib.aws.doctor.reach import asked
from chalicelib.aws.locks.s3_versions import S3DebrisCounter
from chalicelib.core.doctor.bucket.rules.expiration import Kept, kept_in
from chalicelib.core.doctor.bucket.state_bucket import StateBucket
from chalicelib.core.locks.place import Kind
from chalicelib.core.locks.target import Target
from chalicelib.core.nights.debris import Debris
from chalicelib.ports.doctor import NotAllowedError, NotKnownError
from chalicelib.ports.locks import StoreError, StoreRefusedError

PAGES = 3
"""Listing pages of versions that a quick look counts."""


def kept_under(client: Any, bucket: str, prefix: str) -> Kept:
    """Return whether the first listing page under a prefix has locks or states, or what locks left behind.

    A state's key may have any name (``path/to/my/key``), but its lock's ends in ``.tflock``, and leaves versions.
    """
    try:
        page = asked("S3", "s3:ListBucketVersions", lambda: client.list_object_versions(Bucket=bucket, Prefix=prefix))
    except (NotAllowedError, NotKnownError):
        return Kept.UNKNOWN
    entries = (*page.get("Versions", ()), *page.get("DeleteMarkers", ()))
    return kept_in([entry["Key"] for entry in entries], whole=not page.get("IsTruncated"))


def debris_in(client: Any, bucket: StateBucket) -> Debris:
    """Return the debris in the first listing pages of versions."""
    target = Target(Kind.S3, bucket.name, bucket.prefixes)
    try:
        return [Debris(), *islice(S3DebrisCounter(lambda _: client).count(target), PAGES)][-1]
    except StoreRefusedError as error:
        raise NotAllowedError("s3:ListBucketVersions", f"S3 {error}") from error
    except StoreError as error:
        raise NotKnownError(str(error)) from error
