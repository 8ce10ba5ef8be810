"""Read ``[[targets]]``: the buckets and lock tables to sweep."""

from collections.abc import Callable, Sequence

from chalicelib.config import names
from chalicelib.config.accounts import read_account
from chalicelib.config.toml_table import Problems, Table
from chalicelib.core.locks.account import Account
from chalicelib.core.locks.place import TRAITS, Kind
from chalicelib.core.locks.target import Target

_CONTAINERS: dict[Kind, Callable[[Table, str], str]] = {
    Kind.S3: names.bucket,
    Kind.DYNAMODB: names.lock_table,
}
"""How a container's name is read. Its key, which tells the kind of a target, is what people call the container."""
_KEYS: dict[str, Kind] = {"prefixes": Kind.S3, "debris": Kind.S3, "stream": Kind.DYNAMODB}
"""The keys that only targets of one kind have."""


def read_targets(tables: Sequence[Table], problems: Problems, member: Account) -> tuple[Target, ...]:
    """Read all targets, and note each that is named twice. ``member`` is as for ``read_account``."""
    targets = tuple(_target(table, member) for table in tables)
    _note_repeated(targets, problems)
    return targets


def _target(table: Table, member: Account) -> Target:
    kind = _kind(table)
    container = _CONTAINERS[kind](table, TRAITS[kind].container) if TRAITS[kind].container in table else ""
    for key, of in _KEYS.items():
        if of is not kind and key in table:
            table.note(key, f"only in a target with a {TRAITS[of].container}, not with a {TRAITS[kind].container}")
    region = names.region(table, "region")
    prefixes = names.prefixes(table, "prefixes") if kind is Kind.S3 else ()
    stream = names.stream(table, "stream", container) if kind is Kind.DYNAMODB else ""
    for key in ("region", "account", "role") if stream else ():
        if key in table:
            table.note(key, f"no {key} beside a stream: a stream reaches only a stack in its own account and region")
    account = read_account(table, member)
    debris = kind is Kind.S3 and table.flag("debris", fallback=False)
    table.done()
    return Target(kind, container, prefixes, region, stream, account, debris)


def _kind(table: Table) -> Kind:
    """Return the kind whose container the target names."""
    kinds = [kind for kind in Kind if TRAITS[kind].container in table]
    if not kinds:
        table.note(TRAITS[Kind.S3].container, "the name of an S3 bucket, or a table with the name of a lock table")
    for other in kinds[1:]:
        table.note(TRAITS[other].container, "a target of its own: [[targets]] has one bucket or one table")
    return kinds[0] if kinds else Kind.S3


def _note_repeated(targets: tuple[Target, ...], problems: Problems) -> None:
    seen: set[str] = set()
    for index, target in enumerate(targets):
        home = target.place("").home
        if home in seen:
            noun = TRAITS[target.kind].container
            once = (
                "give one target all its prefixes"
                if target.kind is Kind.S3
                else "tables of one name differ by account or region"
            )
            problems.note(f"targets[{index}].{noun}", target.container, f"each {noun} once; {once}")
        seen.add(home)
