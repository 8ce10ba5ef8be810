"""The wire form of orders: JSON with an order's name and the version of its form in every message.

No struct of ``core`` is on the wire, so that a field renamed there changes no message; only enums have the same values.
Whoever changes a form gives it a new version: what another version left in a queue is then refused, and said.
"""

from datetime import datetime
from typing import Literal

import msgspec

from chalicelib.core.locks.place import LockRef

VERSION: Literal[1] = 1


class Order(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="order"):
    """One message; its class gives it a tag, which is the order's name."""

    v: Literal[1]


class Lock(msgspec.Struct, frozen=True):
    """Which lock an order is about."""

    bucket: str
    key: str
    etag: str
    last_modified: datetime


def lock_of(ref: LockRef) -> Lock:
    """Return the wire form of a lock's reference."""
    return Lock(bucket=ref.bucket, key=ref.key, etag=ref.etag, last_modified=ref.last_modified)


def ref_of(lock: Lock) -> LockRef:
    """Return the reference that a wire form stands for."""
    return LockRef(bucket=lock.bucket, key=lock.key, etag=lock.etag, last_modified=lock.last_modified)
