"""What the target rules found, in the lock book's table: packed, in several items.

A reader never sees half of a new set: the parts are written first, under a new generation, and then the head, which
names the generation. DynamoDB deletes the parts of earlier generations a day later.
"""

import hashlib
import zlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import msgspec
from boto3.dynamodb.conditions import Attr, ConditionBase

from chalicelib.aws.book.table import BookTable, Update, sortable, unreadable
from chalicelib.core.targets.remembered import Remembered
from chalicelib.ports.book import DamagedError

if TYPE_CHECKING:
    from types_boto3_dynamodb.service_resource import Table

_PARTITION = "#targets"
"""A partition key that cannot be a state path (see ``digest_book``)."""
_HEAD = "head"
PART_BYTES = 300_000
"""Most packed bytes of one item. An item has at most 400 KB."""
_MOST = 64 * 1024 * 1024
"""Most bytes that are unpacked; a container has about one hundred."""
_LEFT_FOR_READERS = timedelta(days=1)
_MOST_SKEW = timedelta(hours=1)


class _Head(msgspec.Struct, frozen=True):
    generation: str
    parts: int
    digest: str


class DynamoTargetBook:
    """``ports.targets.TargetBook``. It keeps what it read last, and reads the parts only of another generation."""

    def __init__(self, table: "Table", clock: Callable[[], datetime], part_bytes: int = PART_BYTES) -> None:
        self._table = BookTable(table)
        self._clock = clock
        self._part_bytes = part_bytes
        self._read: tuple[_Head, Remembered] | None = None

    def remembered(self) -> Remembered | None:
        """Return what was remembered last, whole; the same object as long as nothing is written."""
        head, last = self._head(), self._read
        if head is None:
            return None
        if last is None or last[0] != head:
            last = self._read = (head, self._unpacked(head))
        return last[1]

    def replace(self, remembered: Remembered) -> None:
        """Replace all that is remembered in one step: by the head. Of two at once, the later one stays."""
        size, packed = self._part_bytes, zlib.compress(msgspec.json.encode(remembered))
        pieces = [packed[at : at + size] for at in range(0, len(packed), size)]
        head = _Head(f"{sortable(self._clock())} {uuid4().hex[:8]}", len(pieces), _digest(packed))
        for number, piece in enumerate(pieces):
            self._table.change(_part(head, number), Update(put={"Packed": piece}))
        named = {"Generation": head.generation, "Parts": head.parts, "Digest": head.digest}
        self._table.change(_key(_HEAD), Update(put=named), self._later_than_stored(head))
        self._let_expire(head)

    def _head(self) -> _Head | None:
        item: Any = self._table.get(_key(_HEAD))
        if item is None:
            return None
        try:
            return _Head(str(item["Generation"]), int(item["Parts"]), str(item["Digest"]))
        except Exception as error:
            raise DamagedError(str(unreadable(error))) from error

    def _unpacked(self, head: _Head) -> Remembered:
        items: list[Any] = [self._table.get(_part(head, number)) for number in range(head.parts)]
        try:
            packed = b"".join(bytes(item["Packed"]) for item in items)
            if _digest(packed) != head.digest:
                raise ValueError("its parts are not those that were written")  # noqa: TRY301  told like all others
            return msgspec.json.decode(zlib.decompressobj().decompress(packed, _MOST), type=Remembered)
        except Exception as error:
            raise DamagedError(str(unreadable(error))) from error

    def _later_than_stored(self, head: _Head) -> ConditionBase:
        """Return the condition that the stored head is an earlier one, or none that was ever written."""
        stored, future = Attr("Generation"), sortable(self._clock() + _MOST_SKEW)
        return ~stored.attribute_type("S") | stored.lt(head.generation) | stored.gt(future)

    def _let_expire(self, head: _Head) -> None:
        """Let the parts of earlier generations expire, also those whose writer never came to write its head."""
        expiry = int((self._clock() + _LEFT_FOR_READERS).timestamp())
        for item in self._table.query(_PARTITION):
            name = item["LockIdentity"]
            if name != _HEAD and name < _first(head) and "ExpiresAt" not in item:
                self._table.change(_key(name), Update(put={"ExpiresAt": expiry}), Attr("Packed").exists())


def _key(name: str) -> dict[str, str]:
    return {"StatePath": _PARTITION, "LockIdentity": name}


def _first(head: _Head) -> str:
    return f"{head.generation} "


def _part(head: _Head, number: int) -> dict[str, str]:
    return _key(f"{_first(head)}{number:04}")


def _digest(packed: bytes) -> str:
    return hashlib.sha256(packed).hexdigest()
