"""The wire form of the order to sweep a target."""

from datetime import datetime

import msgspec

from chalicelib.aws.orders.wire import VERSION, Order
from chalicelib.core.locks.account import HOME, Account
from chalicelib.core.locks.place import Kind
from chalicelib.core.locks.target import Target
from chalicelib.core.nights.sweep_order import Counts, SweepOrder


class _Account(msgspec.Struct, frozen=True, omit_defaults=True):
    id: str = ""
    name: str = ""
    role: str = ""
    external_id: str = ""


class _Target(msgspec.Struct, frozen=True, omit_defaults=True):
    kind: Kind
    container: str
    prefixes: tuple[str, ...] = ()
    region: str | None = None
    stream: str = ""
    account: _Account | None = None
    debris: bool = False


class _Found(msgspec.Struct, frozen=True, omit_defaults=True):
    locks: int = 0
    objects: int = 0
    listing_pages: int = 0
    alerts: int = 0


class _Sweep(Order, frozen=True, tag="sweep"):
    target: _Target
    night: datetime | None = None
    after: str = ""
    part: int = 1
    again: tuple[str, ...] = ()
    so_far: _Found | None = None


def write_sweep(order: SweepOrder) -> bytes:
    """Write an order to sweep a target."""
    sweep = _Sweep(
        v=VERSION,
        target=_write_target(order.target),
        night=order.night,
        after=order.after,
        part=order.part,
        again=order.again,
        so_far=msgspec.convert(order.so_far, _Found, from_attributes=True) if order.so_far != Counts() else None,
    )
    return msgspec.json.encode(sweep)


def read_sweep(message: str) -> SweepOrder:
    """Read an order to sweep a target.

    Raises:
        msgspec.MsgspecError: it is something else, or of another version.
    """
    order = msgspec.json.decode(message, type=_Sweep)
    so_far = msgspec.convert(order.so_far, Counts, from_attributes=True) if order.so_far else Counts()
    return SweepOrder(_read_target(order.target), order.night, order.after, order.part, order.again, so_far)


def _write_target(target: Target) -> _Target:
    there = target.account
    account = _Account(there.id, there.name, there.role, there.external_id) if there != HOME else None
    return _Target(target.kind, target.container, target.prefixes, target.region, target.stream, account, target.debris)


def _read_target(wire: _Target) -> Target:
    there = wire.account
    account = Account(there.id, there.name, there.role, there.external_id) if there else HOME
    return Target(wire.kind, wire.container, wire.prefixes, wire.region, wire.stream, account, wire.debris)
