"""Locks in a table, from genuine items (``tests/samples/README.md``)."""

import json
from collections.abc import Mapping
from typing import Any

from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import Kind, Place
from chalicelib.core.locks.terraform.item import LOCK_ID, lock_of_item
from tests.builders import SAMPLES, TABLE


def sample_item(name: str) -> dict[str, Any]:
    """A genuine item in DynamoDB's JSON, by the name of its file without its ending."""
    item: dict[str, Any] = json.loads((SAMPLES / f"{name}.json").read_bytes())
    return item


def lock_in_table(item: Mapping[str, Any]) -> HeldLock:
    """The lock that an item is."""
    lock = lock_of_item(Place(Kind.DYNAMODB, TABLE, item[LOCK_ID]["S"]), item)
    assert lock is not None
    return lock
