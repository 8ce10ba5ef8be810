"""Ask for one listing page at a time."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import msgspec
from botocore.exceptions import ClientError

from chalicelib.aws.genuine import genuine
from chalicelib.aws.locks.listing.only_locks import KEYS, only_locks_wanted
from chalicelib.aws.locks.sent_once import code_of
from chalicelib.core.locks.place import Kind, Place

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

_BUSY = {"SlowDown", "503", "ServiceUnavailable"}
_PAUSES = (1.0, 3.0)
"""Seconds before each new try of a page that a busy S3 refused as often as botocore tried."""


class ListingError(Exception):
    """A bucket cannot be listed to its end, or not from where a cursor says; the message says why, for a person."""


class Page(msgspec.Struct, frozen=True):
    """What one listing page says."""

    locks: tuple[str, ...]
    """The keys of locks, as S3 listed them."""
    keys: int
    first: str
    """The first key; "" on a page without keys."""
    last: str
    token: str
    """The way to the next page; "" at the end."""
    sampled: tuple[str, ...] = ()
    """Keys of the page that were parsed, locks or not."""
    in_order: bool = True
    waited: float = 1.0
    """Seconds that its request took, without those in which this thread computed."""


def _idle() -> float:
    return time.perf_counter() - time.thread_time()


@dataclass(frozen=True)
class Bucket:
    """What is listed: all keys of a bucket below a prefix."""

    client: Any
    name: str
    prefix: str
    sleep: Callable[[float], None] = time.sleep
    idle: Callable[[], float] = _idle
    """Returns for how many seconds this thread has not computed; only differences have a meaning."""

    def page(self, after: str, token: str = "") -> Page:
        """Ask for the page after a key, or for the one that a token leads to. Raises botocore's errors.

        Of a thousand pages of a busy S3, one or two are refused as often as botocore tries; so they are tried again.
        """
        for pause in _PAUSES:
            try:
                return self._page(after, token)
            except ClientError as error:
                if code_of(error) not in _BUSY:
                    raise
                self.sleep(pause)
        return self._page(after, token)

    def _page(self, after: str, token: str) -> Page:
        begin = {"ContinuationToken": token} if token else {"StartAfter": after} if after else {}
        client: S3Client = self.client
        began = self.idle()
        with only_locks_wanted():
            answer = genuine(client.list_objects_v2(Bucket=self.name, Prefix=self.prefix, **begin))  # type: ignore[arg-type]
        return msgspec.structs.replace(_page(answer, self.name), waited=self.idle() - began)


def _page(answer: Any, bucket: str) -> Page:
    listed = [entry["Key"] for entry in answer.get("Contents", [])]
    told = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get(KEYS)
    token = answer.get("NextContinuationToken", "") if answer.get("IsTruncated") else ""
    if answer.get("IsTruncated") and not token:
        raise ListingError("S3 says that there are more keys, and not how to go on")
    return Page(
        locks=tuple(key for key in listed if Place(Kind.S3, bucket, key).may_have_lock),
        keys=int(told) if told else len(listed),
        first=listed[0] if listed else "",
        last=listed[-1] if listed else "",
        token=token,
        sampled=tuple(listed),
        in_order=all(one < other for one, other in pairwise(listed)),
    )
