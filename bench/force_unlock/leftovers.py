"""The locks that runs leave behind: as Terraform writes them, cut off on the way, or written by other tools."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from demo.lock_table import Item
from demo.terraform import Locking
from tests.builders import sample

Body = Callable[[bytes], bytes]
"""Makes a body of the one that Terraform would write."""
Attributes = Callable[[bytes], Item]
"""Makes the attributes of a table's item of the body that Terraform would write."""
OTHER_ID = "78653438-8ad9-5195-0db7-201620792a67"
_ID = "0e7a3a9c-5f0e-6a43-9d0b-8f6f2f2b1c11"


@dataclass(frozen=True, kw_only=True)
class Leftover:
    """A lock that stands in the way of every run on its state."""

    what: str
    """What it is, as the table in the docs says it."""
    locking: Locking
    in_s3: Body | None = None
    in_table: Attributes | None = None
    workspace: str = ""
    """A workspace that has no state yet; "": the default one, which has a state."""
    id: str = _ID
    """The ID with which ``force-unlock`` is called."""

    @property
    def key(self) -> str:
        """Return the key of its state, which no other leftover has."""
        words = "".join(letter if letter.isalnum() else " " for letter in f"{self.locking.name} {self.what}")
        return f"forced/{'-'.join(words.lower().split())}.tfstate"


def written(state_path: str) -> bytes:
    """Return the body that Terraform would write for a state now."""
    created = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    return _with(sample("s3-apply-default"), ID=_ID, Created=created, Path=state_path)


def _with(body: bytes, **fields: str) -> bytes:
    return json.dumps(json.loads(body) | fields, separators=(",", ":")).encode()


def _genuine(body: bytes) -> bytes:
    return body


def _empty(_body: bytes) -> bytes:
    return b""


def _cut_off(body: bytes) -> bytes:
    return body[: len(body) // 2]


def _followed(body: bytes) -> bytes:
    return body + body


def _without_fields(_body: bytes) -> bytes:
    return b"{}"


def _of_another_run(body: bytes) -> bytes:
    return _with(body, ID=OTHER_ID)


def _with_other_created(body: bytes) -> bytes:
    return _with(body, Created="2026-11-21 03:18:57")


def _text(made: Body) -> Attributes:
    return lambda body: {"Info": {"S": made(body).decode()}}


def _as_stored(value: dict[str, Any]) -> Attributes:
    return lambda _body: {"Info": value}


def _without_info(_body: bytes) -> Item:
    return {}


_DIGEST: Item = {"Digest": {"S": "4ed5ecdb3ae5beec730f1a52223bf756"}}


def _digest_alone(_body: bytes) -> Item:
    return _DIGEST


def _digest_too(body: bytes) -> Item:
    return {**_text(_genuine)(body), **_DIGEST}


def _s3(what: str, body: Body, workspace: str = "") -> Leftover:
    return Leftover(what=what, locking=Locking.S3, in_s3=body, workspace=workspace)


def _table(what: str, attributes: Attributes, workspace: str = "") -> Leftover:
    return Leftover(what=what, locking=Locking.TABLE, in_table=attributes, workspace=workspace)


def _both(what: str, body: Body | None, attributes: Attributes | None) -> Leftover:
    return Leftover(what=what, locking=Locking.BOTH, in_s3=body, in_table=attributes)


NO_STATE = "a lock of `workspace new`, whose workspace has no state yet"
LEFTOVERS = (
    _s3("a lock as Terraform writes it", _genuine),
    _s3("an empty body", _empty),
    _s3("a body that ends half-way", _cut_off),
    _s3("two bodies, one after the other", _followed),
    _s3("`Created` in another format", _with_other_created),
    replace(_s3("`{}`", _without_fields), id=""),
    _s3(NO_STATE, _genuine, workspace="dev"),
    _table("a lock as Terraform writes it", _text(_genuine)),
    _table("no `Info`", _without_info),
    _table("`Info` is a number", _as_stored({"N": "5"})),
    _table("`Info` is binary", lambda body: {"Info": {"B": body}}),
    _table("`Info` is a map", _as_stored({"M": {"ID": {"S": _ID}}})),
    _table("`Info` is `NULL`", _as_stored({"NULL": True})),
    _table("`Info` is empty", _text(_empty)),
    _table("`Info` ends half-way", _text(_cut_off)),
    _table("`Created` in another format", _text(_with_other_created)),
    _table(NO_STATE, _text(_genuine), workspace="dev"),
    _table("`Info` and a `Digest`", _digest_too),
    _table("a `Digest` and no `Info`", _digest_alone),
    _both("one lock in both places", _genuine, _text(_genuine)),
    _both("the table's half alone", None, _text(_genuine)),
    _both("the S3 half alone", _genuine, None),
    _both("another run's lock in the table", _genuine, _text(_of_another_run)),
    _both("an empty body in S3", _empty, _text(_genuine)),
    _both("no `Info` in the table", _genuine, _without_info),
    _both("an empty body in S3, no `Info` in the table", _empty, _without_info),
)
