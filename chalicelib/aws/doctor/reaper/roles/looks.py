"""Look at the roles of the functions: their policies, and what IAM's simulator says of them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, cached_property
from typing import Any, TypeVar

from chalicelib.aws.doctor.reach import Reach, asked
from chalicelib.aws.doctor.reaper.roles.simulator import simulated
from chalicelib.core.doctor.finding import Finding
from chalicelib.core.doctor.iam.verdict import Request
from chalicelib.core.doctor.parts import Parts
from chalicelib.core.doctor.reaper.roles.holdings import Holdings, few
from chalicelib.core.doctor.reaper.roles.judging import (
    MAY,
    NEVER,
    bounds_of,
    gone,
    judge_bounds,
    judge_rights,
    rights_of,
)
from chalicelib.core.doctor.reaper.roles.organisation import HIGHER, judge_organisation
from chalicelib.core.doctor.reaper.roles.role import Role, SimulatedRole
from chalicelib.core.doctor.reaper.roles.table import EACH
from chalicelib.ports.doctor import Look, NotAllowedError, NotKnownError

_R = TypeVar("_R")
_GONE: dict[str, Any] = {"NoSuchEntity": None}


class RoleReader:
    """Reads the roles of one reaper, side by side and once for all looks."""

    def __init__(self, parts: Parts, reach: Reach, has: Callable[[], Holdings]) -> None:
        self._parts = parts
        self._has = cache(has)
        self._reach = reach

    def looks(self, subject: str) -> dict[str, Look]:
        """Return the looks at the roles' rights."""
        return {
            MAY: lambda: self._rights(subject),
            NEVER: lambda: self._bounds(subject),
            HIGHER: lambda: judge_organisation(subject, self._simulated_rights, self._parts.account),
        }

    def _rights(self, subject: str) -> list[Finding]:
        """Judge what the roles may do by their policies; where these may not be read, by the simulator."""
        try:
            return [*gone(subject, self._missing), *judge_rights(subject, self._there, self._has())]
        except NotAllowedError as denied:
            return _or(denied, lambda: judge_rights(subject, self._simulated_rights, few(self._has())))

    def _bounds(self, subject: str) -> list[Finding]:
        """Judge what the roles must never do in the same way."""
        try:
            return judge_bounds(subject, self._there, self._has())
        except NotAllowedError as denied:
            return _or(denied, lambda: judge_bounds(subject, self._simulated_bounds, few(self._has())))

    @cached_property
    def _iam(self) -> Any:
        return self._reach.client("iam", "")

    @cached_property
    def _read(self) -> list[tuple[str, Role | None]]:
        return self._each(lambda function, name: (function, read_role(self._iam, function, name)))

    @property
    def _there(self) -> list[Role]:
        return [role for _, role in self._read if role]

    @property
    def _missing(self) -> list[tuple[str, str]]:
        return [(function, self._parts.roles[function]) for function, role in self._read if role is None]

    @cached_property
    def _simulated_rights(self) -> list[SimulatedRole]:
        has = few(self._has())
        return self._each(lambda f, _: self._simulated(f, [one.request for one in rights_of(f, has)]))

    @cached_property
    def _simulated_bounds(self) -> list[SimulatedRole]:
        has = few(self._has())
        return self._each(lambda f, _: self._simulated(f, [request for _, request in bounds_of(f, has)]))

    def _simulated(self, function: str, requests: Sequence[Request]) -> SimulatedRole:
        return simulated(self._iam, self._parts.role_arn(function), function, requests)

    def _each(self, look: Callable[[str, str], _R]) -> list[_R]:
        if lacking := [function for function in EACH if function not in self._parts.roles]:
            raise NotKnownError(f"the stack is not whole: it has no role for {', '.join(lacking)}")
        with ThreadPoolExecutor(len(self._parts.roles)) as pool:
            return list(pool.map(lambda one: look(*one), sorted(self._parts.roles.items())))


def _or(denied: NotAllowedError, simulate: Callable[[], list[Finding]]) -> list[Finding]:
    try:
        return simulate()
    except NotAllowedError:
        raise denied from None


def read_role(iam: Any, function: str, name: str) -> Role | None:
    """Return a role with all its policies; None: it was deleted. Raises NotAllowedError and NotKnownError."""
    found = asked("IAM", "iam:GetRole", lambda: iam.get_role(RoleName=name)["Role"], _GONE)
    if found is None:
        return None
    bounding = (found.get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn")
    return Role(
        function=function,
        name=name,
        inline=_inline(iam, name),
        attached=_managed(iam, _attached(iam, name)),
        boundary=_managed(iam, [bounding] if bounding else []),
    )


def _inline(iam: Any, role: str) -> dict[str, Any]:
    names = asked("IAM", "iam:ListRolePolicies", lambda: _all(iam, "list_role_policies", "PolicyNames", role))
    return {name: _document(iam, role, name) for name in names}


def _document(iam: Any, role: str, name: str) -> Any:
    named = {"RoleName": role, "PolicyName": name}
    return asked("IAM", "iam:GetRolePolicy", lambda: iam.get_role_policy(**named)["PolicyDocument"])


def _attached(iam: Any, role: str) -> list[str]:
    right, listing = "iam:ListAttachedRolePolicies", "list_attached_role_policies"
    return [one["PolicyArn"] for one in asked("IAM", right, lambda: _all(iam, listing, "AttachedPolicies", role))]


def _all(iam: Any, listing: str, key: str, role: str) -> list[Any]:
    return [one for page in iam.get_paginator(listing).paginate(RoleName=role) for one in page[key]]


def _managed(iam: Any, arns: Iterable[str]) -> Mapping[str, Any]:
    """Return the documents of managed policies, each in its version that counts."""
    return {arn: _version(iam, arn) for arn in arns}


def _version(iam: Any, arn: str) -> Any:
    policy = asked("IAM", "iam:GetPolicy", lambda: iam.get_policy(PolicyArn=arn)["Policy"])
    wanted = {"PolicyArn": arn, "VersionId": policy["DefaultVersionId"]}
    version = asked("IAM", "iam:GetPolicyVersion", lambda: iam.get_policy_version(**wanted)["PolicyVersion"])
    return version["Document"]
