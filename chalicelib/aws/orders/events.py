"""The wire forms of the two orders about an event, in the queue of S3's events: to record it, and to settle it."""

from datetime import datetime
from typing import Any

import msgspec

from chalicelib.aws.orders.wire import VERSION, Order, Place, read_place, write_place
from chalicelib.core.audit.event import LockEvent, ToldBy
from chalicelib.core.locks import place as core
from chalicelib.core.locks.lock import Body, HeldLock
from chalicelib.core.locks.place import LockRef
from chalicelib.core.locks.terraform.lock_info import LockInfo

_UNREADABLE = (msgspec.MsgspecError, RecursionError, ValueError, OverflowError, TypeError)


class _Info(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a lock says of itself. Its body is not sent: it may have 400 KB, and a message of SQS has 256 KB."""

    id: str = ""
    operation: str = ""
    note: str = ""
    who: str = ""
    version: str = ""
    created: str = ""
    path: str = ""


class _Held(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    stamp: str
    since: datetime
    info: _Info | None = None
    flaw: str = ""
    body: Body = Body.LOCK
    mark: str = ""


class _Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    place: Place
    at: datetime
    told_by: ToldBy
    acquired: bool = False
    sequencer: str = ""
    version: str = ""
    permanent: bool = False
    by_lifecycle: bool = False
    stamp: str = ""
    principal: str = ""
    account: str = ""
    source_address: str = ""
    lock: _Held | None = None


class _Record(Order, frozen=True, tag="record"):
    event: _Event


class _Settle(Order, frozen=True, tag="settle"):
    event: _Event


def write_recording(event: LockEvent) -> bytes:
    """Write an order to record an event."""
    return msgspec.json.encode(_Record(v=VERSION, event=_written(event)))


def read_recording(message: str) -> LockEvent | None:
    """Return the event that a message orders to record; None: the message is something else."""
    return _event_of(message, _Record)


def write_settling(event: LockEvent) -> bytes:
    """Write an order to settle an event."""
    return msgspec.json.encode(_Settle(v=VERSION, event=_written(event)))


def read_settling(message: str) -> LockEvent | None:
    """Return the event that a message orders to settle; None: the message is something else."""
    return _event_of(message, _Settle)


def _event_of(message: str, order: type[_Record | _Settle]) -> LockEvent | None:
    try:
        wire = msgspec.json.decode(message, type=order).event
    except _UNREADABLE:
        return None
    place = read_place(wire.place)
    lock = _read_lock(wire.lock, place) if wire.lock else None
    return LockEvent(**_same_on_both_sides(wire), place=place, lock=lock)


def _written(event: LockEvent) -> _Event:
    held = _write_lock(event.lock) if event.lock else None
    return _Event(**_same_on_both_sides(event), place=write_place(event.place), lock=held)


def _write_lock(lock: HeldLock) -> _Held:
    ref, said = lock.ref, lock.info
    info = None
    if said:
        info = _Info(said.ID, said.Operation, said.Info, said.Who, said.Version, said.Created, said.Path)
    return _Held(stamp=ref.stamp, since=ref.since, info=info, flaw=lock.flaw, body=lock.body, mark=lock.mark)


def _read_lock(held: _Held, place: core.Place) -> HeldLock:
    info = LockInfo(*msgspec.structs.astuple(held.info)) if held.info else None
    return HeldLock(LockRef(place, held.stamp, held.since), info, held.flaw, held.body, mark=held.mark)


def _same_on_both_sides(event: LockEvent | _Event) -> dict[str, Any]:
    """Return the fields by their names, which are the same now; if one side gets another name, mypy stops here."""
    return {
        "acquired": event.acquired,
        "at": event.at,
        "told_by": event.told_by,
        "sequencer": event.sequencer,
        "version": event.version,
        "permanent": event.permanent,
        "by_lifecycle": event.by_lifecycle,
        "stamp": event.stamp,
        "principal": event.principal,
        "account": event.account,
        "source_address": event.source_address,
    }
