"""Count what locks leave behind in a bucket that keeps versions. No function of the reaper deletes any of it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from chalicelib.aws.genuine import genuine
from chalicelib.aws.locks.s3_answers import store_error
from chalicelib.aws.locks.sent_once import code_of
from chalicelib.core.locks.target import Target
from chalicelib.core.nights.debris import Debris
from chalicelib.ports.locks import StoreError, StoreRefusedError

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

_DENIED = "needs the right s3:ListBucketVersions (docs/operating.md, Lock debris)"


class S3DebrisCounter:
    """``ports.debris.DebrisCounter``. ``lister`` returns a client for a target, in its account and region."""

    def __init__(self, lister: "Callable[[Target], S3Client]") -> None:
        self._lister = lister

    def count(self, target: Target) -> Iterator[Debris]:
        """Yield the debris as counted so far, after each listing page of ListObjectVersions."""
        so_far = Debris()
        prefixes = target.prefixes or ("",)
        try:
            for number, prefix in enumerate(prefixes, 1):
                pages = self._lister(target).get_paginator("list_object_versions")
                for page in map(genuine, pages.paginate(Bucket=target.container, Prefix=prefix)):
                    last = number == len(prefixes) and not page.get("IsTruncated")
                    so_far = _with(so_far, page, target, last=last)
                    yield so_far
        except Exception as error:
            raise _error(target, error) from error


def _with(so_far: Debris, page: Mapping[str, Any], target: Target, *, last: bool) -> Debris:
    old = [entry for entry in page.get("Versions", ()) if not entry["IsLatest"]]
    return so_far.plus(_locks(old, target), _locks(page.get("DeleteMarkers", ()), target), whole=last)


def _locks(entries: Sequence[Mapping[str, Any]], target: Target) -> int:
    return sum(target.place(entry["Key"]).may_have_lock for entry in entries)


def _error(target: Target, error: Exception) -> StoreError:
    if isinstance(error, ClientError) and code_of(error) == "AccessDenied":
        return StoreRefusedError(_DENIED)
    return store_error(f"listing the versions of {target.container}", error)
