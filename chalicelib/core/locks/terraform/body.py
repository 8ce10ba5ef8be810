"""Read the body of a lock object: what it says, and what kind of object it is.

All that Terraform and OpenTofu read as a lock is a lock. Both decode with Go's ``json.Unmarshal`` into ``LockInfo``. It
accepts names in any case, ignores unknown names, reads null as absent, uses the last of two equal names, and reads
times by RFC 3339.
"""

import json
import re
from datetime import datetime
from typing import Any, NoReturn

import msgspec

from chalicelib.core.locks.lock import Body, HeldLock
from chalicelib.core.locks.mark import split
from chalicelib.core.locks.place import LockRef
from chalicelib.core.locks.terraform.lock_info import BODY_LIMIT, LockInfo
from chalicelib.core.locks.terraform.state_marks import has_marks, is_packed

_FIELDS = {name.casefold(): name for name in LockInfo.__struct_fields__}
_CALLED = {
    "ID": "its ID",
    "Operation": "its operation",
    "Info": "its note",
    "Who": "its holder",
    "Version": "its version",
    "Created": "its time of creation",
    "Path": "its state path",
}
_KINDS = {bool: "true or false", int: "a number", float: "a number", list: "a list", tuple: "an object"}
_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)
_TOO_LARGE = f"is larger than {BODY_LIMIT // 1024} KB, which no Terraform lock is"
_SEALS = {
    "InvalidRequest": "it is encrypted with a key of its own (SSE-C)",
    "InvalidArgument": "it is encrypted with a key of its own (SSE-C)",
    "InvalidObjectState": "it is in an archive",
}

_Pairs = tuple[tuple[str, Any], ...]
"""A JSON object as all its names and values in order, so that repeated names are kept."""


class Reading(msgspec.Struct, frozen=True):
    """The result of reading a body. ``flaw`` says what is wrong with it, in words that follow "The lock"."""

    body: Body
    info: LockInfo | None = None
    flaw: str = ""


class _NoLockError(ValueError):
    """Terraform does not read the body as a lock; the message says what it is instead."""


def read_body(body: bytes) -> Reading:
    """Read a body. The caller needs to pass at most its first ``BODY_LIMIT`` + 1 bytes."""
    if len(body) > BODY_LIMIT:
        return _state_or(body, Reading(Body.STATE, flaw=_TOO_LARGE))
    if not body.strip():
        return Reading(Body.EMPTY, flaw="is blank" if body else "is empty")
    try:
        pairs = _decoded(body)
        told = _told(pairs)
    except _NoLockError as error:
        return _state_or(body, Reading(Body.FOREIGN, flaw=str(error)))
    unknown = tuple(pair for pair in pairs if pair[0].casefold() not in _FIELDS)
    return _state_or(_written_out(unknown), _judged(told, has_unknown=bool(unknown)))


def read_foreign(value: bytes, flaw: str) -> Reading:
    """Read a value that cannot be a lock by its type; it may be a state all the same."""
    too_large = Reading(Body.STATE, flaw=_TOO_LARGE)
    return _state_or(
        value[: BODY_LIMIT + 1], too_large if len(value) > BODY_LIMIT else Reading(Body.FOREIGN, flaw=flaw)
    )


def lock_of(ref: LockRef, body: bytes, version_id: str = "") -> HeldLock:
    """Return the lock that an object is."""
    plain, mark = split(body)
    reading = read_body(plain)
    return HeldLock(ref, reading.info, reading.flaw, reading.body, version_id, versioned=bool(version_id), mark=mark)


def unread(ref: LockRef, code: str, size: int) -> HeldLock:
    """Return a lock that S3 lists but does not let the reaper read; its flaw has S3's error code."""
    why = "its KMS key does not let the reaper read it" if code.startswith("KMS") else _SEALS.get(code, "")
    if not why:
        return HeldLock(ref, flaw=f"cannot be read: access is denied to the reaper ({code})", body=Body.DENIED)
    if size > BODY_LIMIT:
        return HeldLock(ref, flaw=f"{_TOO_LARGE}, and cannot be read: {why} ({code})", body=Body.STATE)
    return HeldLock(ref, flaw=f"cannot be read: {why} ({code})", body=Body.SEALED)


def created_at(info: LockInfo) -> datetime | None:
    """Return when the client made the lock, by the client's clock; None when it does not say (Go's zero time)."""
    if not _RFC_3339.fullmatch(info.Created):
        return None
    try:
        created = datetime.fromisoformat(info.Created)
    except ValueError:
        return None
    return None if created.year == 1 else created


def _state_or(written: bytes, otherwise: Reading) -> Reading:
    if is_packed(written):
        return Reading(Body.STATE, flaw="is compressed or encrypted, which no Terraform lock is")
    if has_marks(written):
        return Reading(Body.STATE, flaw="looks like a Terraform state, not like a lock")
    return otherwise


def _written_out(unknown: _Pairs) -> bytes:
    """Write out all names and values that no lock has, at any depth, without the texts of a lock's own fields."""
    said: list[str] = []
    waiting: list[Any] = [unknown]
    while waiting:
        part = waiting.pop()
        if isinstance(part, tuple):
            said += (f'"{name}":' for name, _ in part)
            waiting += (value for _, value in reversed(part))
        elif isinstance(part, list):
            waiting += reversed(part)
        else:
            said.append(str(part))
    return "\n".join(said).encode("utf-8", "replace")


def _judged(told: dict[str, str], *, has_unknown: bool) -> Reading:
    """Judge a body of which Go accepts all fields as a lock's; its time is still to be checked."""
    info = LockInfo(**told)
    if "Created" in told and not _is_time(info.Created):
        return Reading(Body.FOREIGN, info, "has something that is no time where its time of creation belongs")
    if has_unknown and not info.ID:
        return Reading(Body.FOREIGN, flaw="is JSON of another kind: it has no lock ID")
    return Reading(Body.LOCK, info)


def _is_time(text: str) -> bool:
    return bool(_RFC_3339.fullmatch(text)) and (
        text.startswith("0001-") or created_at(LockInfo(Created=text)) is not None
    )


def _told(pairs: _Pairs) -> dict[str, str]:
    told: dict[str, str] = {}
    for name, value in pairs:
        field = _FIELDS.get(name.casefold())
        if field and value is not None:
            told[field] = _text(field, value)
    return told


def _text(field: str, value: Any) -> str:
    if not isinstance(value, str):
        raise _NoLockError(f"has {_KINDS[type(value)]} where {_CALLED[field]} belongs")
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # Go replaces half characters too


def _decoded(body: bytes) -> _Pairs:
    text = body.decode("utf-8", errors="replace")
    try:
        decoded = json.loads(text, object_pairs_hook=tuple, parse_constant=_no_constant)
    except RecursionError:
        raise _NoLockError("is nested far deeper than a lock") from None
    except json.JSONDecodeError as error:
        raise _NoLockError(_no_json(error, text)) from None
    except ValueError:  # a whole number of thousands of digits; NaN, which JSON does not have
        raise _NoLockError("is not JSON: it has a number that no lock has") from None
    if not isinstance(decoded, tuple):
        raise _NoLockError("is JSON, but not an object")
    return decoded


def _no_json(error: json.JSONDecodeError, text: str) -> str:
    if error.pos == 0:
        return "is not JSON"
    if error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated"):
        return "is not JSON: it breaks off"
    if error.msg.startswith("Extra data"):
        return "is not JSON: more follows where it should end"
    return f"is not JSON: its character {_place(error, text)} does not belong there"


def _place(error: json.JSONDecodeError, text: str) -> int:
    """Return the number of the wrong character. Of a comma too many, Python before 3.13 names the bracket after it."""
    before = text[: error.pos].rstrip()
    return len(before) if before.endswith(",") and text[error.pos] in "}]" else error.pos + 1


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)
