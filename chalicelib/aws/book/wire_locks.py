"""A lock as the table stores it, in other values too. A field of ``core`` can be renamed without a change here.

All wire forms leave out what is empty: a value that was written before a field was added has the same text as now.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Generic, NamedTuple, TypeVar

import msgspec

from chalicelib.core.locks.lock import Body, HeldLock
from chalicelib.core.locks.place import Kind, LockRef, Place
from chalicelib.core.locks.terraform.lock_info import LockInfo

_Value = TypeVar("_Value")
_Wire = TypeVar("_Wire")


class Wire(msgspec.Struct, omit_defaults=True):
    """A value as JSON text: much of it is other people's text, and DynamoDB has opinions about types."""


class Form(NamedTuple, Generic[_Value, _Wire]):
    """A kind of value and its wire form."""

    wire: type[_Wire]
    of: Callable[[_Value], _Wire]
    read: Callable[[_Wire], _Value]

    def encoded(self, value: _Value) -> str:
        """Return the text of a value."""
        return msgspec.json.encode(self.of(value)).decode()

    def decoded(self, text: str) -> _Value:
        """Return the value of a text."""
        return self.read(msgspec.json.decode(text, type=self.wire))


class RefWire(Wire):
    """The wire form of a ``LockRef``."""

    kind: str
    container: str
    key: str
    stamp: str
    since: datetime
    account: str = ""
    region: str = ""


class InfoWire(Wire):
    """The wire form of a ``LockInfo``, by Terraform's names."""

    ID: str = ""
    Operation: str = ""
    Info: str = ""
    Who: str = ""
    Version: str = ""
    Created: str = ""
    Path: str = ""


class LockWire(Wire):
    """The wire form of a ``HeldLock``."""

    ref: RefWire
    info: InfoWire | None = None
    flaw: str = ""
    body: str = "lock"
    version_id: str = ""
    versioned: bool = False
    mark: str = ""
    not_restored: str = ""


class HolderWire(msgspec.Struct):
    """Of a stored lock only what its holder says: of thousands, nothing else is read."""

    info: InfoWire | None = None

    @property
    def who(self) -> str:
        """Return the client's word for the holder, "" where there is none."""
        return self.info.Who if self.info else ""


def _of_ref(it: LockRef) -> RefWire:
    place = it.place
    return RefWire(place.kind.value, place.container, place.key, it.stamp, it.since, place.account, place.region)


def _read_ref(it: RefWire) -> LockRef:
    return LockRef(Place(Kind(it.kind), it.container, it.key, it.account, it.region), it.stamp, it.since)


def _of_info(it: LockInfo) -> InfoWire:
    return InfoWire(it.ID, it.Operation, it.Info, it.Who, it.Version, it.Created, it.Path)


def _read_info(it: InfoWire) -> LockInfo:
    return LockInfo(it.ID, it.Operation, it.Info, it.Who, it.Version, it.Created, it.Path)


def _of_lock(it: HeldLock) -> LockWire:
    ref, info = REF.of(it.ref), _of_info(it.info) if it.info else None
    return LockWire(ref, info, it.flaw, it.body.value, it.version_id, it.versioned, it.mark, it.not_restored)


def _read_lock(it: LockWire) -> HeldLock:
    ref, info = REF.read(it.ref), _read_info(it.info) if it.info else None
    return HeldLock(ref, info, it.flaw, Body(it.body), it.version_id, it.versioned, it.mark, it.not_restored)


REF = Form[LockRef, RefWire](RefWire, _of_ref, _read_ref)
LOCK = Form[HeldLock, LockWire](LockWire, _of_lock, _read_lock)
