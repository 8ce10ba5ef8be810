"""Judge lifecycle rules that expire current versions: they delete locks that are held."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

from chalicelib.core.doctor.bucket.checks import EXPIRATION
from chalicelib.core.doctor.bucket.rules import lifecycle
from chalicelib.core.doctor.bucket.rules.scope import called, is_on, scope_of
from chalicelib.core.doctor.bucket.state_bucket import StateBucket
from chalicelib.core.doctor.finding import Colour, Finding, Fix

_TAKES = ("Days", "Date")
_FOR_OLD = (
    "NoncurrentVersionExpiration",
    "Transitions",
    "NoncurrentVersionTransitions",
    "AbortIncompleteMultipartUpload",
)


class Kept(StrEnum):
    """What is kept under a prefix that may be no place for states."""

    LOCKS = "locks or states are among them"
    NONE = "no lock and no state is among them"
    UNKNOWN = "too many to see whether locks are among them"
    TAGGED = "nobody knows whether locks or states have its tag (OpenTofu's `lock_tags` and `state_tags` give some)"


Look = Callable[[str], Kept]
_COLOURS = {
    Kept.LOCKS: Colour.RED,
    Kept.UNKNOWN: Colour.YELLOW,
    Kept.TAGGED: Colour.YELLOW,
    Kept.NONE: Colour.GREEN,
}


def kept_in(keys: Sequence[str], *, whole: bool) -> Kept:
    """Return what keys under a prefix tell. ``whole`` says that they are all keys."""
    if any(".tflock" in key or ".tfstate" in key for key in keys):
        return Kept.LOCKS
    return Kept.NONE if whole else Kept.UNKNOWN


def taking(bucket: StateBucket, rules: Sequence[Mapping[str, Any]], kept: Look) -> dict[int, Kept]:
    """Return the numbers of the rules that delete current versions of locks, or may, each with why."""
    met = {number: _kept(bucket, rule, kept) for number, rule in enumerate(rules) if _takes(bucket, rule)}
    return {number: why for number, why in met.items() if why is not Kept.NONE}


def without_expiration(rules: Sequence[Mapping[str, Any]], numbers: Mapping[int, Kept]) -> list[Mapping[str, Any]]:
    """Return all rules, these without their expiration of current versions. A rule that has nothing else goes."""
    kept = [rule for number, rule in enumerate(rules) if number not in numbers or any(map(rule.get, _FOR_OLD))]
    touched = [rules[number] for number in numbers]
    return [{key: one for key, one in rule.items() if rule not in touched or key != "Expiration"} for rule in kept]


def expiration(bucket: StateBucket, answer: Mapping[str, Any], kept: Look) -> Iterator[Finding]:
    """Judge the answer of GetBucketLifecycleConfiguration; an empty one means that there are no rules."""
    rules = answer.get("Rules", [])
    numbers = taking(bucket, rules, kept)
    if not numbers:
        yield bucket.green(EXPIRATION, "no lifecycle rule expires locks")
    for number, why in numbers.items():
        rule = rules[number]
        yield Finding(
            check=EXPIRATION,
            subject=bucket.subject,
            colour=_COLOURS[why],
            seen=f"{called(rule)} deletes {scope_of(rule).words} {_when(rule)}: {why}",
            fix=_fix(bucket, answer, called(rule), without_expiration(rules, numbers)),
            data={"rule": rule.get("ID", ""), "prefix": scope_of(rule).prefix},
        )


def _takes(bucket: StateBucket, rule: Mapping[str, Any]) -> bool:
    ends = rule.get("Expiration") or {}
    return is_on(rule) and any(ends.get(key) for key in _TAKES) and scope_of(rule).may_meet(bucket)


def _kept(bucket: StateBucket, rule: Mapping[str, Any], kept: Look) -> Kept:
    scope = scope_of(rule)
    there = kept(scope.prefix) if scope.is_within(bucket) else Kept.LOCKS
    return Kept.TAGGED if scope.tagged and there is not Kept.NONE else there


def _when(rule: Mapping[str, Any]) -> str:
    days, date = rule["Expiration"].get("Days"), rule["Expiration"].get("Date")
    return f"{days} day{'' if days == 1 else 's'} after they were put" if days else f"from {date:%Y-%m-%d} on"


def _fix(bucket: StateBucket, answer: Mapping[str, Any], rule: str, rules: Sequence[Mapping[str, Any]]) -> Fix:
    return Fix(
        do=f"Take the expiration of current versions out of {rule}; the rest of the rule stays. A rule cannot "
        "leave out locks or states, because S3 has no filter by suffix: keep what should expire under its own prefix.",
        cli=lifecycle.command(bucket, answer, rules),
        hcl=lifecycle.resource(bucket, answer, rules),
    )
