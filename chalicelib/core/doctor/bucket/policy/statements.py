"""Read a bucket policy, and say which of its statements meet a request."""

import json
from collections.abc import Mapping
from typing import Any

import msgspec

from chalicelib.core.doctor.bucket.policy.answer import Answer, all_of, any_of, is_so, not_so
from chalicelib.core.doctor.bucket.policy.conditions import hold
from chalicelib.core.doctor.bucket.policy.context import Context
from chalicelib.core.doctor.bucket.policy.patterns import UNKNOWN, contains, overlap, tokens
from chalicelib.core.doctor.bucket.policy.principals import Caller, is_named
from chalicelib.core.doctor.bucket.policy.requests import Request
from chalicelib.core.doctor.iam.statements import listed, texts

Statement = Mapping[str, Any]
_WITH_VARIABLES = "2012-10-17"


class Policy(msgspec.Struct, frozen=True):
    """A resource's policy."""

    document: Mapping[str, Any]

    @property
    def statements(self) -> list[Statement]:
        """Return its statements."""
        return [one for one in listed(self.document.get("Statement")) if isinstance(one, Mapping)]

    def variables(self, caller: Caller) -> Mapping[str, str] | None:
        """Return the variables whose values are known for a caller; None: this version of policies has no variables."""
        if self.document.get("Version") != _WITH_VARIABLES:
            return None
        return {"aws:principalaccount": caller.account} if caller.account else {}

    def text(self, statements: list[Statement]) -> dict[str, Any]:
        """Return the whole document with other statements. A document without a version stays without."""
        return {**self.document, "Statement": statements}


def policy_of(text: str) -> Policy:
    """Return a policy by its text; "" is one without statements. Raises ValueError for what is no JSON object."""
    document = json.loads(text) if text else {"Version": _WITH_VARIABLES, "Statement": []}
    if not isinstance(document, Mapping):
        raise ValueError("not a JSON object")  # noqa: TRY004  as for JSON that cannot be read
    return Policy(document)


def called(statement: Statement) -> str:
    """Return a statement as people find it."""
    if statement.get("Sid"):
        return f"statement {statement['Sid']}"
    wanted = texts(statement.get("NotAction", statement.get("Action")))
    shown = ", ".join(wanted[:2]) + (", ..." if wanted[2:] else "")
    return f"the {statement.get('Effect')} of {'all but ' if 'NotAction' in statement else ''}{shown}"


def denies(policy: Policy, statement: Statement, request: Request) -> Answer:
    """Return whether a statement denies a request for some of the bucket's locks."""
    if statement.get("Effect") != "Deny":
        return Answer.NO
    return meets(policy, statement, request)


def meets(policy: Policy, statement: Statement, request: Request) -> Answer:
    """Return whether a statement is about a request."""
    variables = policy.variables(request.caller)
    return all_of(
        (
            is_named(statement, request.caller),
            any_of(has_action(statement, action) for action in request.actions),
            any_of(has_some(statement, resource, variables) for resource in request.resources),
            all_of(_hold(statement, context, variables) for context in request.variants),
        )
    )


def _hold(statement: Statement, context: Context, variables: Mapping[str, str] | None) -> Answer:
    return hold(statement.get("Condition"), context, variables)


def has_action(statement: Statement, action: str) -> Answer:
    """Return whether a statement is about an action."""
    named = texts(statement.get("NotAction", statement.get("Action")))
    found = is_so(any(contains(tokens(one.casefold()), action.casefold()) for one in named))
    return not_so(found) if "NotAction" in statement else found


def has_some(statement: Statement, wanted: str, variables: Mapping[str, str] | None) -> Answer:
    """Return whether a statement is about some of the ARNs of a pattern."""
    arns, pattern = _arns(statement, variables), tokens(wanted)
    if "NotResource" in statement:
        unsure = any(UNKNOWN in one and overlap(one, pattern) for one in arns)
        covered = any(contains(one, pattern) for one in arns)
        return Answer.NO if covered else Answer.MAYBE if unsure else Answer.YES
    found = [one for one in arns if overlap(one, pattern)]
    return any_of(Answer.MAYBE if UNKNOWN in one else Answer.YES for one in found)


def has_all(statement: Statement, wanted: str) -> bool:
    """Return whether a statement is certainly about all ARNs of a pattern."""
    arns, pattern = _arns(statement, {}), tokens(wanted)
    if "NotResource" in statement:
        return not any(overlap(one, pattern) for one in arns)
    return any(contains(one, pattern) for one in arns)


def _arns(statement: Statement, variables: Mapping[str, str] | None) -> list[str]:
    named = texts(statement.get("NotResource", statement.get("Resource")))
    return [tokens(one, variables) for one in named]
