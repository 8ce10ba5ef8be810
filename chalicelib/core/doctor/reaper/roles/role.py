"""A function's role: what it may do, by its policies or by IAM's simulator, and the command that adds to its rights."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from shlex import join
from typing import Any, Protocol

import msgspec

from chalicelib.core.doctor.iam.statements import Statement, listed, statements_of
from chalicelib.core.doctor.iam.verdict import Request, Standing, Verdict, verdict

Question = tuple[str, str, tuple[tuple[str, tuple[str, ...]], ...]]
"""A request in a form that a table can be read by."""
_EMPTY: Mapping[str, Any] = {"Version": "2012-10-17", "Statement": []}
ADDED = "tflock-reaper-added"
"""The policy that is added where the role's own could not be read."""


class Answer(msgspec.Struct, frozen=True):
    """What IAM's simulator answers to one request."""

    verdict: Verdict
    beyond_boundary: bool = False
    """Whether the permissions boundary does not allow it."""
    beyond_organisation: bool = False
    """Whether a policy of the organisation (SCP) does not allow it."""


class Judged(Protocol):
    """A role of which it can be said what it may do."""

    @property
    def function(self) -> str:
        """Return the function's logical ID in the stack: ``ReleaseLock``."""

    @property
    def name(self) -> str:
        """Return the role's name."""

    @property
    def bounded_by(self) -> str:
        """Return the ARN of the role's permissions boundary; "": none is known."""

    def verdict(self, request: Request) -> Verdict:
        """Return how a request stands with the role's policies and its permissions boundary together."""

    def bounded(self, request: Request) -> bool:
        """Return whether only the permissions boundary keeps a request from being allowed."""

    def with_statements(self, added: Sequence[Mapping[str, Any]]) -> str:
        """Return the command that adds statements to the role's rights and keeps all others."""


class Role(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """The role of one function with its policies."""

    function: str
    """The function's logical ID in the stack: ``ReleaseLock``."""
    name: str
    inline: Mapping[str, Any]
    """The documents of the policies within the role, by their names."""
    attached: Mapping[str, Any] = {}
    """The documents of the policies that are attached to it, by their ARNs."""
    boundary: Mapping[str, Any] = {}
    """The document of its permissions boundary, by its ARN; empty: it has none."""

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """Return all statements that give and deny."""
        both = {**self.inline, **self.attached}
        return tuple(one for name, document in both.items() for one in statements_of(name, document))

    @property
    def bounded_by(self) -> str:
        """Return the ARN of the permissions boundary."""
        return next(iter(self.boundary), "")

    @cached_property
    def bounds(self) -> tuple[Statement, ...]:
        """Return the statements of the permissions boundary."""
        return tuple(one for name, document in self.boundary.items() for one in statements_of(name, document))

    def verdict(self, request: Request) -> Verdict:
        """Return how a request stands with the role's policies and its permissions boundary together."""
        own = verdict(self.statements, request)
        if own.standing is not Standing.ALLOWED or not self.boundary:
            return own
        return verdict(self.bounds, request)

    def bounded(self, request: Request) -> bool:
        """Return whether only the permissions boundary keeps a request from being allowed."""
        return bool(self.boundary) and verdict(self.statements, request).standing is Standing.ALLOWED

    def with_statements(self, added: Sequence[Mapping[str, Any]]) -> str:
        """Return the command that adds statements to the role's own policy and keeps all others."""
        name = next((one for one in sorted(self.inline) if "RolePolicy" in one), min(self.inline, default=ADDED))
        document = self.inline.get(name, _EMPTY)
        return _put(self.name, name, json.loads(document) if isinstance(document, str) else document, added)


class SimulatedRole(msgspec.Struct, frozen=True, kw_only=True):
    """The role of one function whose policies could not be read: IAM's simulator was asked instead."""

    function: str
    name: str
    answers: Mapping[Question, Answer]
    bounded_by: str = ""

    def verdict(self, request: Request) -> Verdict:
        """Return what the simulator answered."""
        return self.answers[question(request)].verdict

    def bounded(self, request: Request) -> bool:
        """Return whether the simulator says that the permissions boundary does not allow it."""
        return self.answers[question(request)].beyond_boundary

    def with_statements(self, added: Sequence[Mapping[str, Any]]) -> str:
        """Return the command that adds statements as a policy of their own, beside those that nobody could read."""
        return _put(self.name, ADDED, _EMPTY, added)


def question(request: Request) -> Question:
    """Return what tells a request from others."""
    return request.action, request.resource, tuple(sorted(request.keys.items()))


def _put(role: str, policy: str, document: Mapping[str, Any], added: Sequence[Mapping[str, Any]]) -> str:
    whole = {**document, "Statement": [*listed(document.get("Statement")), *map(_named, added)]}
    names = ["--role-name", role, "--policy-name", policy]
    return join(["aws", "iam", "put-role-policy", *names, "--policy-document", json.dumps(whole)])


def _named(statement: Mapping[str, Any]) -> dict[str, Any]:
    """Give a statement a Sid that no other statement has; the same statement always has the same."""
    digest = hashlib.sha256(json.dumps(statement, sort_keys=True).encode()).hexdigest()[:12]
    return {"Sid": f"Doctor{digest}", **statement}
