"""Change a bucket policy so that it lets locks pass, and denies all else that it denied."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from chalicelib.core.doctor.bucket.policy.answer import Answer, any_of
from chalicelib.core.doctor.bucket.policy.patterns import contains, overlap, tokens
from chalicelib.core.doctor.bucket.policy.requests import Request
from chalicelib.core.doctor.bucket.policy.statements import Policy, Statement, denies
from chalicelib.core.doctor.bucket.state_bucket import StateBucket
from chalicelib.core.doctor.iam.statements import listed, texts
from chalicelib.core.locks.terraform.lock_info import LOCK_SUFFIX

_BUT, _BY = "ArnNotLike", "aws:PrincipalArn"


class Requests(msgspec.Struct, frozen=True):
    """Who must not be denied."""

    terraforms: tuple[Request, ...] = ()
    reapers: tuple[Request, ...] = ()

    def denied(self, policy: Policy, statement: Statement) -> Answer:
        """Return whether a statement denies any of all these."""
        return any_of(denies(policy, statement, one) for one in (*self.terraforms, *self.reapers))


def mended(
    bucket: StateBucket, policy: Policy, requests: Requests, least: Answer
) -> Iterator[tuple[Statement, list[Statement]]]:
    """Yield each statement with what takes its place: itself, another, or nothing.

    Statements that deny something are changed: with YES as ``least`` those that certainly do, with MAYBE all that may.
    """
    for statement in policy.statements:
        changed = [statement]
        if _deny(policy, changed, requests.terraforms, least):
            changed = without_locks(bucket, statement)
        if hit := _deny(policy, changed, requests.reapers, least):
            changed = [without_roles(one, {request.caller.arn for request in hit}) for one in changed]
        yield statement, changed


def _deny(policy: Policy, statements: list[Statement], requests: Iterable[Request], least: Answer) -> list[Request]:
    """Return the requests that one of the statements denies."""
    return [one for one in requests if any_of(denies(policy, statement, one) for statement in statements) >= least]


def without_locks(bucket: StateBucket, statement: Statement) -> list[Statement]:
    """Return a statement that leaves out locks: unchanged where no pattern can say that, nothing if it has no other.

    Patterns know no exceptions. Only a statement for the whole bucket can be turned into one for all but its locks.
    """
    every = f"{bucket.arn}/*{LOCK_SUFFIX}"
    if "NotResource" in statement:
        return [{**statement, "NotResource": [*texts(statement["NotResource"]), every]}]
    arns = texts(statement.get("Resource"))
    left = [one for one in arns if not contains(tokens(every), tokens(one))]
    meeting = [one for one in left if overlap(tokens(one, {}), tokens(every))]
    if not meeting:
        return [{**statement, "Resource": left}] if left else []
    if not all(contains(tokens(one), tokens(f"{bucket.arn}/*")) for one in meeting):
        return [statement]
    own = [] if any(contains(tokens(one), bucket.arn) for one in arns) else [bucket.arn]
    kept = {key: value for key, value in statement.items() if key != "Resource"}
    return [{**kept, "NotResource": [*own, every]}]


def without_roles(statement: Statement, roles: Iterable[str]) -> Statement:
    """Return a statement that leaves out roles by their ARNs. An ARN that is not known ("") cannot be left out."""
    conditions: Mapping[str, Any] = statement.get("Condition") or {}
    but = dict(conditions.get(_BUT) or {})
    known = next((key for key in but if key.lower() == _BY.lower()), _BY)
    but[known] = [*listed(but.get(known)), *sorted(set(filter(None, roles)) - set(texts(but.get(known))))]
    return {**statement, "Condition": {**conditions, _BUT: but}} if but[known] else statement
