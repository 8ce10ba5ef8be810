"""The wire form of orders: every message is JSON with the order's name and the version of its form.

No struct of ``core`` is on the wire, so a field that is renamed there changes no message; only the values of enums
are shared. Whoever changes a form gives it a new version. A message of another version is then refused, and people are
told.
"""

from datetime import datetime
from typing import Any, Literal

import msgspec

from chalicelib.core.locks import place as core
from chalicelib.core.locks.place import Kind

Version = Literal[1]
VERSION: Version = 1
TAG = "order"
"""The field that has an order's name."""


class Order(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field=TAG):
    """One message. The tag of its class is the order's name."""

    v: Version


class Place(msgspec.Struct, frozen=True, omit_defaults=True):
    """The wire form of a place."""

    kind: Kind
    container: str
    key: str
    account: str = ""
    region: str = ""


class Lock(msgspec.Struct, frozen=True):
    """The wire form of a lock's reference."""

    place: Place
    stamp: str
    since: datetime


def write_place(place: core.Place) -> Place:
    """Return the wire form of a place."""
    return Place(**_same_on_both_sides(place))


def read_place(place: Place) -> core.Place:
    """Return the place that a wire form stands for."""
    return core.Place(**_same_on_both_sides(place))


def write_lock(ref: core.LockRef) -> Lock:
    """Return the wire form of a lock's reference."""
    return Lock(place=write_place(ref.place), stamp=ref.stamp, since=ref.since)


def read_lock(lock: Lock) -> core.LockRef:
    """Return the reference that a wire form stands for."""
    return core.LockRef(place=read_place(lock.place), stamp=lock.stamp, since=lock.since)


def _same_on_both_sides(place: core.Place | Place) -> dict[str, Any]:
    """Return the fields by their names, which are the same now; if one side gets another name, mypy stops here."""
    home = {"account": place.account, "region": place.region}
    return home | {"kind": place.kind, "container": place.container, "key": place.key}
