"""The wire form of the order to settle a release, in the queue of S3's events."""

from datetime import datetime
from typing import Any

import msgspec

from chalicelib.aws.orders.wire import VERSION, Order, Place, read_place, write_place
from chalicelib.core.audit.event import LockEvent, ToldBy

_UNREADABLE = (msgspec.MsgspecError, RecursionError, ValueError, OverflowError, TypeError)


class _Release(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    place: Place
    at: datetime
    told_by: ToldBy
    sequencer: str = ""
    version: str = ""
    permanent: bool = False
    by_lifecycle: bool = False
    stamp: str = ""
    principal: str = ""
    account: str = ""
    source_address: str = ""


class _Settle(Order, frozen=True, tag="settle"):
    release: _Release


def write_settling(release: LockEvent) -> bytes:
    """Write an order to settle a release."""
    wire = _Release(**_same_on_both_sides(release), place=write_place(release.place))
    return msgspec.json.encode(_Settle(v=VERSION, release=wire))


def read_settling(message: str) -> LockEvent | None:
    """Return the release that a message orders to settle; None: the message is something else."""
    try:
        wire = msgspec.json.decode(message, type=_Settle).release
    except _UNREADABLE:
        return None
    return LockEvent(acquired=False, **_same_on_both_sides(wire), place=read_place(wire.place))


def _same_on_both_sides(release: LockEvent | _Release) -> dict[str, Any]:
    """Return the fields by their names, which are the same now; if one side gets another name, mypy stops here."""
    return {
        "at": release.at,
        "told_by": release.told_by,
        "sequencer": release.sequencer,
        "version": release.version,
        "permanent": release.permanent,
        "by_lifecycle": release.by_lifecycle,
        "stamp": release.stamp,
        "principal": release.principal,
        "account": release.account,
        "source_address": release.source_address,
    }
