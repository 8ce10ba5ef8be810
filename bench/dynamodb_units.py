"""Work out what a DynamoDB call is charged, from the items that it met.

docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html (rounding),
CapacityUnitCalculations.html (sizes) and GSI.html (indexes).
"""

from collections.abc import Mapping
from math import ceil
from typing import Any

Item = Mapping[str, Mapping[str, Any]]
"""An item as in requests: each value with its type."""

_WRITE, _READ = 1024, 4096
_WITH_EACH_ITEM = 100
"""Bytes that are stored beside each item, and paid for."""


def size_of(item: Item) -> int:
    """Return the size of an item in bytes: names and values."""
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def stored(item: Item) -> int:
    """Return the bytes that an item takes, and that are paid for by the month."""
    return size_of(item) + _WITH_EACH_ITEM


def written(before: Item | None, after: Item | None, index_key: str) -> int:
    """Return the write units of one change: the table's, and those of its index of all attributes.

    A change that was refused by its condition is charged for the item that it met, for 1 KB at least.
    """
    return _change(before, after) + _index_change(_indexed(before, index_key), _indexed(after, index_key), index_key)


def read(items: list[Item], *, consistent: bool) -> float:
    """Return the read units of one query or get, for all items read together; an empty answer is charged as 4 KB."""
    units = max(1, ceil(sum(map(size_of, items)) / _READ))
    return units if consistent else units / 2


def _change(before: Item | None, after: Item | None) -> int:
    return max(1, *(ceil(size_of(item) / _WRITE) for item in (before or {}, after or {})))


def _index_change(before: Item | None, after: Item | None, index_key: str) -> int:
    if before == after:
        return 0
    if before and after and before[index_key] != after[index_key]:
        return _change(before, None) + _change(None, after)  # the index takes the old item out and puts the new one in
    return _change(before, after)


def _indexed(item: Item | None, index_key: str) -> Item | None:
    return item if item and index_key in item else None


def _value_size(value: Mapping[str, Any]) -> int:
    [(kind, content)] = value.items()
    if kind == "S":
        return len(content.encode())
    if kind == "N":
        return ceil(len(content.strip("-0.")) / 2) + 1
    if kind in ("SS", "NS"):
        return sum(_value_size({kind[0]: one}) for one in content)
    if kind in ("BOOL", "NULL"):
        return 1
    raise TypeError(f"the size of a DynamoDB value of type {kind} is not known here: add it")
