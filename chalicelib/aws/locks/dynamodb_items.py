"""Translate items between boto3's form, which has bytes, and DynamoDB's JSON, which has them in base64."""

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any

from chalicelib.core.clicks.deletion import LockObject
from chalicelib.core.locks.terraform.item import DIGEST, INFO, LOCK_ID, MARK, Item

Sent = Mapping[str, Any]
"""An item as boto3's client takes it and gives it."""

KEPT_LIMIT = 64 * 1024
"""Most bytes of an item that are kept to put it back: a page of the lock book, which keeps them, may have 400 KB."""


def from_boto3(item: Sent) -> Item:
    """Return an item in DynamoDB's JSON. Raises an error for a value of a type that this code does not know."""
    return {name: _mapped(value, lambda raw: base64.b64encode(raw).decode()) for name, value in item.items()}


def kept_of(item: Item) -> LockObject | None:
    """Return an item whole, so that it can be put back; None: it is too large to keep."""
    written = json.dumps(item, separators=(",", ":")).encode()
    return LockObject(written) if len(written) <= KEPT_LIMIT else None


def item_to_put(kept: LockObject, lock_id: str, mark: str) -> Sent:
    """Return the marked item of a put. Raises ValueError if what was kept is no lock's item."""
    item = json.loads(kept.body)
    if not isinstance(item, dict) or DIGEST in item:
        raise ValueError("no item of a lock")
    return {**_to_boto3(item), **key_of(lock_id), MARK: {"S": mark}}


def key_of(lock_id: str) -> dict[str, Any]:
    """Return the key of an item."""
    return {LOCK_ID: {"S": lock_id}}


def unchanged(item: Item) -> dict[str, Any]:
    """Return the arguments of a delete that has DynamoDB compare the item with this one, and that spares digests."""
    of_ours = {"#info": INFO, "#mark": MARK}
    there = {name: attribute for name, attribute in of_ours.items() if attribute in item}
    absent = {"#digest": DIGEST} | {name: attribute for name, attribute in of_ours.items() if attribute not in item}
    conditions = (
        *(f"{name} = :{attribute}" for name, attribute in there.items()),
        *(f"attribute_not_exists({name})" for name in absent),
    )
    values = _to_boto3({f":{attribute}": item[attribute] for attribute in there.values()})
    return {
        "ConditionExpression": " AND ".join(conditions),
        "ExpressionAttributeNames": {**there, **absent},
        **({"ExpressionAttributeValues": values} if values else {}),
    }


def _to_boto3(item: Item) -> dict[str, Any]:
    return {name: _mapped(value, base64.b64decode) for name, value in item.items()}


def _mapped(value: Any, change: Callable[[Any], Any]) -> Any:
    """Return an attribute's value with all of its bytes changed, at any depth."""
    kind, inner = next(iter(value.items()))
    match kind:
        case "B":
            return {kind: change(inner)}
        case "BS":
            return {kind: [change(one) for one in inner]}
        case "L":
            return {kind: [_mapped(one, change) for one in inner]}
        case "M":
            return {kind: {name: _mapped(one, change) for name, one in inner.items()}}
        case _:
            return value
