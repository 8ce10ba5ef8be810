"""The order to settle a release, as it waits among S3's events."""

from datetime import datetime

import msgspec

from chalicelib.aws.orders.wire import VERSION, Order, Place, read_place, write_place
from chalicelib.core.audit.event import LockChange, ToldBy

_UNREADABLE = (msgspec.MsgspecError, RecursionError, ValueError, OverflowError, TypeError)


class _Change(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    acquired: bool
    place: Place
    at: datetime
    principal: str = ""
    account: str = ""
    source_address: str = ""
    told_by: ToldBy = ToldBy.S3
    version: str = ""
    stamp: str = ""
    sequencer: str = ""
    by_lifecycle: bool = False
    permanent: bool = False
    reappeared: bool = False


class _Settle(Order, frozen=True, tag="settle"):
    release: _Change


def write_settling(release: LockChange) -> bytes:
    """Write an order to settle a release."""
    return msgspec.json.encode(_Settle(v=VERSION, release=_on_the_wire(release)))


def read_settling(message: str) -> LockChange | None:
    """Return the release that a message of the queue of events orders to settle; None: it is something else."""
    try:
        return _off_the_wire(msgspec.json.decode(message, type=_Settle).release)
    except _UNREADABLE:
        return None


def _on_the_wire(change: LockChange) -> _Change:
    return _Change(
        acquired=change.acquired,
        place=write_place(change.place),
        at=change.at,
        principal=change.principal,
        account=change.account,
        source_address=change.source_address,
        told_by=change.told_by,
        version=change.version,
        stamp=change.stamp,
        sequencer=change.sequencer,
        by_lifecycle=change.by_lifecycle,
        permanent=change.permanent,
        reappeared=change.reappeared,
    )


def _off_the_wire(change: _Change) -> LockChange:
    return LockChange(
        acquired=change.acquired,
        place=read_place(change.place),
        at=change.at,
        principal=change.principal,
        account=change.account,
        source_address=change.source_address,
        told_by=change.told_by,
        version=change.version,
        stamp=change.stamp,
        sequencer=change.sequencer,
        by_lifecycle=change.by_lifecycle,
        permanent=change.permanent,
        reappeared=change.reappeared,
    )
