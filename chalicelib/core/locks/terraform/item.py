"""Read an item of a lock table: what it locks, and what tells it from every other item.

Terraform keeps two kinds of items in a lock table. A lock has ``Info``, the same JSON as a lock file. A digest has
``Digest``, and stays after the run. Attributes tell the two apart, because a state's key may end in ``-md5`` as well.

Items are in DynamoDB's JSON (``{"Info": {"S": "..."}}``), as a table's stream sends them; bytes are base64.
"""

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from chalicelib.core.locks.lock import Body, HeldLock
from chalicelib.core.locks.place import NO_TIME, LockRef, Place
from chalicelib.core.locks.terraform.body import Reading, created_at, read_body, read_foreign
from chalicelib.core.locks.terraform.lock_info import BODY_LIMIT, LockInfo

LOCK_ID, INFO, DIGEST = "LockID", "Info", "Digest"
DIGEST_SUFFIX = "-md5"
"""Terraform keeps the digest of a state under the state path with this suffix."""
MARK = "TflockReaperMark"
"""The attribute that tells a lock that was put back from the lock before it (``core.locks.mark``)."""

Item = Mapping[str, Mapping[str, Any]]
"""All attributes of an item, in DynamoDB's JSON."""

_LOCKS_OWN = {LOCK_ID, INFO, MARK}
_STAMP_LENGTH, _SHORT = 40, 16
_MARK = re.compile(r"[0-9a-f]{16}")
_SETS = {"SS", "NS", "BS"}
_TEXT, _BYTES, _NULL = "S", "B", "NULL"
_TYPES = {
    "N": "a number",
    "B": "bytes",
    "BOOL": "true or false",
    "L": "a list",
    "M": "a map",
    "SS": "a set",
    "NS": "a set",
    "BS": "a set",
}
_BESIDE_DIGEST = "has the digest of a state beside it, which no Terraform lock has"


def is_lock(item: Item) -> bool:
    """Return whether an item is shown as a lock: it has ``Info``, or it has no ``Digest`` either."""
    return INFO in item or DIGEST not in item


def lock_of_item(place: Place, item: Item) -> HeldLock | None:
    """Return the lock that an item is; None: it is a digest."""
    if not is_lock(item):
        return None
    reading = _read(item)
    ref = LockRef(place, stamp_of(item), _since(reading.info))
    return HeldLock(ref, reading.info, reading.flaw, reading.body, mark=_mark(item))


def stamp_of(item: Item) -> str:
    """Return the stamp of a lock: a hash of ``Info`` with its type and, if it was put back, the mark."""
    stamp = hashlib.sha256(_canonical(item.get(INFO))).hexdigest()[:_STAMP_LENGTH]
    if MARK not in item:
        return stamp
    return f"{stamp}+{_mark(item) or _hash_of_odd_mark(item)}"


def _mark(item: Item) -> str:
    """Return the mark of the put that put the lock back; "" if there is none, or none of ours."""
    said = item.get(MARK, {}).get(_TEXT)
    return said if isinstance(said, str) and _MARK.fullmatch(said) else ""


def _hash_of_odd_mark(item: Item) -> str:
    return f"?{hashlib.sha256(_canonical(item[MARK])).hexdigest()[:_SHORT]}"


def _canonical(value: Any) -> bytes:
    """Return one text for each value; the members of maps and sets are in no order in DynamoDB."""
    return json.dumps(_sorted(value), sort_keys=True, separators=(",", ":")).encode()


def _sorted(value: Any) -> Any:
    if isinstance(value, list):
        return [_sorted(member) for member in value]
    if not isinstance(value, Mapping):
        return value
    return {name: sorted(part) if name in _SETS and _is_set(part) else _sorted(part) for name, part in value.items()}


def _is_set(part: object) -> bool:
    return isinstance(part, list) and all(isinstance(member, str) for member in part)


def _read(item: Item) -> Reading:
    info = item.get(INFO, {_NULL: True})
    kind, value = next(iter(info.items()))
    if kind == _TEXT:
        reading = read_body(str(value).encode("utf-8", "surrogatepass")[: BODY_LIMIT + 1])
    elif kind == _NULL:
        reading = Reading(Body.EMPTY, flaw="is empty")
    else:
        what = f"has {_TYPES.get(kind, 'something else')} where the text of a lock belongs"
        reading = read_foreign(_bytes_of(kind, value), what)
    if DIGEST in item:
        return Reading(Body.DIGEST, reading.info, _BESIDE_DIGEST)
    if reading.body is Body.EMPTY and item.keys() - _LOCKS_OWN:
        return Reading(Body.FOREIGN, flaw=f"{reading.flaw}, and its item has attributes that no lock has")
    return reading


def _bytes_of(kind: str, value: Any) -> bytes:
    if kind == _BYTES:
        try:
            return base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError, TypeError):
            pass
    return _canonical(value)


def _since(info: LockInfo | None) -> datetime:
    """Return when the client says that it took the lock, in whole seconds; NO_TIME when it does not say."""
    created = created_at(info) if info else None
    try:
        return created.astimezone(UTC).replace(microsecond=0) if created else NO_TIME
    except OverflowError:  # the last hours of the year 9999, in the west
        return NO_TIME
