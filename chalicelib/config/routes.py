"""Read ``[[routes]]``: which locks are told in which channel, and who may release them."""

import re
from collections.abc import Iterable, Sequence

from chalicelib.config import names
from chalicelib.config.policy_keys import read_policy
from chalicelib.config.toml_table import Table
from chalicelib.core.locks.place import Kind
from chalicelib.core.locks.target import Target
from chalicelib.core.patterns import matches
from chalicelib.core.policy import Policy, Route

ANY = ("*",)
_DIGITS = 12
"""Digits of an account's ID."""
_OF_AN_ID = re.compile(r"[0-9?*]+")


def read_routes(tables: Iterable[Table], default: Policy, targets: Sequence[Target], *, all_named: bool) -> list[Route]:
    """Read all routes; note each pattern that no lock could match.

    ``all_named`` tells that the targets are all that there will be: no target rule finds more.
    """
    buckets, known = (_buckets(targets), targets) if all_named else (set(), ())
    return [_route(table, default, buckets, known) for table in tables]


def _route(table: Table, default: Policy, buckets: set[str], targets: Sequence[Target]) -> Route:
    state_paths = names.state_paths(table, "state_paths", ANY if "accounts" in table else None)
    accounts = names.account_patterns(table, "accounts", ANY)
    for pattern in state_paths if buckets else ():
        _note_unswept(table, pattern, buckets)
    for pattern in accounts if targets else ():
        _note_unknown(table, pattern, targets)
    route = Route(state_paths, read_policy(table, table.table("thresholds"), default), accounts)
    table.done()
    return route


def _buckets(targets: Iterable[Target]) -> set[str]:
    """Return the buckets whose states have locks within the targets; none: any bucket's may, in a lock table."""
    if any(target.kind is Kind.DYNAMODB for target in targets):
        return set()
    return {target.container for target in targets if target.container}


def _note_unswept(table: Table, pattern: str, buckets: set[str]) -> None:
    """Note a route for a bucket that no target has: it is probably misspelt, and no lock would ever use the route."""
    bucket = pattern.partition("/")[0]
    if not set("*?") & set(bucket) and bucket not in buckets:
        table.note(
            "state_paths",
            f"a pattern that begins with the bucket of a target ({', '.join(sorted(buckets))})",
            pattern,
        )


def _note_unknown(table: Table, pattern: str, targets: Iterable[Target]) -> None:
    """Note a pattern that matches no target's account. The ID of the stack's own account is not known here."""
    accounts = {target.account for target in targets}
    words = {word for account in accounts for word in (account.id, account.name) if word}
    at_home = any(not account.id for account in accounts)
    if any(matches(pattern, word) for word in words) or (at_home and _may_be_id(pattern)):
        return
    known = [*sorted(words), *(["the ID of the stack's own account"] if at_home else [])]
    table.note(
        "accounts",
        f"a pattern that matches the account of a target ({', '.join(known)}); names are known only of accounts that "
        "[[discover]] finds by its units",
        pattern,
    )


def _may_be_id(pattern: str) -> bool:
    """Return whether a pattern matches some account's ID, which has twelve digits."""
    written = len(pattern.replace("*", ""))
    exact = written == _DIGITS or ("*" in pattern and written < _DIGITS)
    return exact and _OF_AN_ID.fullmatch(pattern) is not None
