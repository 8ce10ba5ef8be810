"""Ask IAM's simulator what a role may do.

docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
"""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from chalicelib.aws.doctor.reach import asked
from chalicelib.core.doctor.iam.statements import Statement
from chalicelib.core.doctor.iam.verdict import Request, Standing, Verdict
from chalicelib.core.doctor.reaper.roles.role import Answer, Question, SimulatedRole, question

_DECISIONS = {"allowed": Standing.ALLOWED, "explicitDeny": Standing.DENIED, "implicitDeny": Standing.NOT_ALLOWED}
_LISTS = {"dynamodb:leadingkeys"}
"""Condition keys that have a list of values."""


def simulated(iam: Any, arn: str, function: str, requests: Sequence[Request]) -> SimulatedRole:
    """Return what the simulator says of a role's requests."""
    answers: dict[Question, Answer] = {}
    for _, group in groupby(sorted(requests, key=_alike), key=_alike):
        some = list(group)
        results = _asked(iam, arn, some)
        answers |= {question(request): _answer(results.get(request.action.lower(), {})) for request in some}
    return SimulatedRole(function=function, name=arn.rpartition("/")[2], answers=answers)


def _alike(request: Request) -> tuple[str, str]:
    """Return what requests have in common that are simulated together: all but their actions."""
    return request.resource, str(sorted(request.keys.items()))


def _asked(iam: Any, arn: str, requests: Sequence[Request]) -> dict[str, dict[str, Any]]:
    """Return the simulator's results by their actions. Raises NotAllowedError and NotKnownError."""
    pages = iam.get_paginator("simulate_principal_policy").paginate(
        PolicySourceArn=arn,
        ActionNames=list(dict.fromkeys(request.action for request in requests)),
        ResourceArns=[requests[0].resource],
        ContextEntries=[_entry(key, values) for key, values in requests[0].keys.items() if values],
    )
    results = asked(
        "IAM", "iam:SimulatePrincipalPolicy", lambda: [one for page in pages for one in page["EvaluationResults"]]
    )
    return {one["EvalActionName"].lower(): one for one in results}


def _entry(key: str, values: Sequence[str]) -> dict[str, Any]:
    kind = "stringList" if key in _LISTS else "string"
    return {"ContextKeyName": key, "ContextKeyValues": list(values), "ContextKeyType": kind}


def _answer(result: dict[str, Any]) -> Answer:
    """Return the simulator's result for one request; without one, the doctor is not sure."""
    by = tuple(_known_by_policy(str(one.get("SourcePolicyId", ""))) for one in result.get("MatchedStatements", []))
    organisation = result.get("OrganizationsDecisionDetail") or {}
    boundary = result.get("PermissionsBoundaryDecisionDetail") or {}
    return Answer(
        Verdict(_DECISIONS.get(str(result.get("EvalDecision")), Standing.UNSURE), by),
        beyond_boundary=boundary.get("AllowedByPermissionsBoundary") is False,
        beyond_organisation=organisation.get("AllowedByOrganizations") is False,
    )


def _known_by_policy(policy: str) -> Statement:
    """Return a statement of which only the policy is known."""
    nothing: dict[str, Any] = dict.fromkeys(("actions", "resources", "conditions"), ())
    return Statement(policy=policy, sid="", allows=True, but_actions=False, but_resources=False, **nothing)
