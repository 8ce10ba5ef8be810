"""Judge a role by the tables of rights and bounds."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from shlex import join
from typing import Any, NamedTuple

from chalicelib.core.doctor.finding import Finding, Fix, green, red, yellow
from chalicelib.core.doctor.iam.verdict import Request, Standing, Verdict
from chalicelib.core.doctor.parts import plain
from chalicelib.core.doctor.reaper.roles.holdings import Holdings, shown
from chalicelib.core.doctor.reaper.roles.role import Judged
from chalicelib.core.doctor.reaper.roles.table import ABSENT, BOUNDS, RIGHTS, Bound, Right
from chalicelib.core.partitions import service

MAY, NEVER = "reaper.rights", "reaper.bounds"
_NAMED = 3
"""So many missing rights are named in a line; the others are in its details."""


class Asked(NamedTuple):
    """A request that a line of the table is about."""

    line: Right
    request: Request


class Lacking(NamedTuple):
    """A request that a function makes and that is not certainly allowed."""

    asked: Asked
    verdict: Verdict


def rights_of(function: str, has: Holdings) -> list[Asked]:
    """Return every request that a function must be able to make."""
    lines = [one for one in RIGHTS if function in one.functions and (has.undo or not one.only_with_undo)]
    return [Asked(line, request) for line in lines for request in _requests(line, has)]


def bounds_of(function: str, has: Holdings) -> list[tuple[Bound, Request]]:
    """Return every request that a function must never be able to make."""
    lines = [one for one in BOUNDS if function in one.functions]
    return [(line, request) for line in lines for request in _requests(line, has)]


def judge_rights(subject: str, roles: Sequence[Judged], has: Holdings) -> list[Finding]:
    """Return whether each role lets its function do its work: a finding for each that does not, or one for all."""
    found = [one for role in roles for one in _of_role(subject, role, has)]
    counted = sum(len(rights_of(role.function, has)) for role in roles)
    return found or [green(MAY, subject, f"{_roles(roles)} may do what their functions do ({counted} rights)")]


def judge_bounds(subject: str, roles: Sequence[Judged], has: Holdings) -> list[Finding]:
    """Return whether some role may do what it never should: a finding for each, or one for all."""
    found = [one for role in roles for one in _beyond(subject, role, has)]
    counted = sum(len(bounds_of(role.function, has)) for role in roles)
    seen = f"{_roles(roles)} cannot read a state, and delete and put only the lock that was shown ({counted} denials)"
    return found or [green(NEVER, subject, seen)]


def gone(subject: str, roles: Sequence[tuple[str, str]]) -> list[Finding]:
    """Return a finding for each role, with its function, that was deleted."""
    return [
        red(MAY, subject, f"the role {name} of {plain(function)} was deleted: it can do nothing", _fix_of_gone(name))
        for function, name in roles
    ]


def _fix_of_gone(name: str) -> Fix:
    do = (
        "Make the role again under the same name, because CloudFormation believes that it is there. Then run the "
        "doctor again: it names the rights to give the role."
    )
    trusted = {"Effect": "Allow", "Principal": {"Service": service("lambda")}, "Action": "sts:AssumeRole"}
    words = ["aws", "iam", "create-role", "--role-name", name, "--assume-role-policy-document"]
    return Fix(do=do, cli=join([*words, json.dumps({"Version": "2012-10-17", "Statement": [trusted]})]))


def _requests(line: Right | Bound, has: Holdings) -> Iterator[Request]:
    keys = {**ABSENT, "aws:resourceaccount": (has.account,), **line.keys}
    for resource in has.of(line.at):
        for action in line.actions:
            yield Request(action, resource, keys)


def _roles(roles: Sequence[Judged]) -> str:
    return f"the role of {plain(roles[0].function)}" if len(roles) == 1 else f"{len(roles) or 'no'} roles"


# --- what a function must be able to do


def _of_role(subject: str, role: Judged, has: Holdings) -> Iterator[Finding]:
    lacking = [
        Lacking(asked, verdict)
        for asked in rights_of(role.function, has)
        if (verdict := role.verdict(asked.request)).standing is not Standing.ALLOWED
    ]
    for standing, judged in ((Standing.NOT_ALLOWED, red), (Standing.DENIED, red), (Standing.UNSURE, yellow)):
        alike = [one for one in lacking if one.verdict.standing is standing]
        for bounded in (False, True):
            some = [one for one in alike if role.bounded(one.asked.request) is bounded]
            if some:
                lacks = f"{plain(role.function)} {_lacks(standing)} {_what(some)}"
                seen = f"{lacks}: {_why(role, some[0], bounded=bounded)}"
                fix = _fix_of_bounded(role) if bounded else _FIXES[standing](role, some)
                yield judged(MAY, subject, seen, fix, details=_lines(some), data={"role": role.name})


def _lacks(standing: Standing) -> str:
    return "may lack" if standing is Standing.UNSURE else "lacks"


def _what(lacking: Sequence[Lacking]) -> str:
    """Name the actions and where: those of one resource together, and resources that lack the same ones too."""
    by_place: dict[str, list[str]] = {}
    for one in lacking:
        by_place.setdefault(shown(one.asked.request.resource), []).append(one.asked.request.action)
    alike: dict[str, list[str]] = {}
    for place, actions in by_place.items():
        alike.setdefault(", ".join(dict.fromkeys(actions)), []).append(place)
    said = [f"{actions} on {places[0]}{_and_more(len(places) - 1)}" for actions, places in alike.items()]
    return "; ".join(said[:_NAMED]) + _and_more(len(said) - _NAMED)


def _and_more(count: int) -> str:
    return f" (and {count} more)" if count > 0 else ""


def _lines(lacking: Sequence[Lacking]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_line(one) for one in lacking))


def _line(one: Lacking) -> str:
    return f"{one.asked.request.action} on {shown(one.asked.request.resource)}"


def _why(role: Judged, one: Lacking, *, bounded: bool) -> str:
    by = ", ".join(dict.fromkeys(statement.called for statement in one.verdict.by))
    if bounded:
        return f"the permissions boundary of its role does not allow it ({by or role.bounded_by})"
    if one.verdict.standing is Standing.NOT_ALLOWED:
        return f"no policy of its role {role.name} allows it"
    if one.verdict.standing is Standing.DENIED:
        return f"{by} denies it"
    return f"{by} has a condition that the doctor cannot judge"


def _fix_of_missing(role: Judged, lacking: Sequence[Lacking]) -> Fix:
    added = [_granted(line, [one for one in lacking if one.asked.line == line]) for line in _distinct(lacking)]
    do = (
        f"Give the role of {plain(role.function)} the rights back: the command writes its policy with all that it has, "
        "and these, each as narrow as it was. If your rules have changed since the deployment, deploy them instead."
    )
    return Fix(do=do, cli=role.with_statements(added))


def _distinct(lacking: Iterable[Lacking]) -> list[Right]:
    found: list[Right] = []
    for one in lacking:
        found += [] if one.asked.line in found else [one.asked.line]
    return found


def _granted(line: Right, lacking: Sequence[Lacking]) -> dict[str, Any]:
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Action": sorted({one.asked.request.action for one in lacking}),
        "Resource": sorted({shown(one.asked.request.resource) for one in lacking}),
    }
    return statement | ({"Condition": dict(line.condition)} if line.condition else {})


def _fix_of_denied(role: Judged, lacking: Sequence[Lacking]) -> Fix:
    by = ", ".join(dict.fromkeys(statement.called for one in lacking for statement in one.verdict.by))
    do = (
        f"Take out of {by} what it denies the role {role.name}, or except this role there. The statement is not "
        "the reaper's, so ask whoever wrote it. The command shows the policies of the role."
    )
    return Fix(do=do, cli=_show(role))


def _show(role: Judged) -> str:
    """Return the command that shows all policies of a role."""
    query = f"RoleDetailList[?RoleName=='{role.name}']"
    return join(["aws", "iam", "get-account-authorization-details", "--filter", "Role", "--query", query])


def _fix_of_unsure(role: Judged, lacking: Sequence[Lacking]) -> Fix:
    by = ", ".join(dict.fromkeys(statement.called for one in lacking for statement in one.verdict.by))
    do = f"Read the condition of {by}: it must let the role {role.name} do what is named here."
    return Fix(do=do, cli=_show(role))


def _fix_of_bounded(role: Judged) -> Fix:
    arn = role.bounded_by
    do = (
        f"Have whoever keeps the permissions boundary {arn} allow in it what is named here; no policy of the role can "
        "give what the boundary does not."
    )
    return Fix(do=do, cli=join(["aws", "iam", "get-policy", "--policy-arn", arn]))


_FIXES = {
    Standing.NOT_ALLOWED: _fix_of_missing,
    Standing.DENIED: _fix_of_denied,
    Standing.UNSURE: _fix_of_unsure,
}


# --- what a function must never be able to do


def _beyond(subject: str, role: Judged, has: Holdings) -> Iterator[Finding]:
    """Yield what a role may do too much. What nothing denies, a bucket's own policy could still allow it."""
    asked = [(line, request, role.verdict(request)) for line, request in bounds_of(role.function, has)]
    open_ = [one for one in asked if one[2].standing is Standing.ALLOWED]
    loose = [one for one in asked if one[2].standing in {Standing.NOT_ALLOWED, Standing.UNSURE}]
    if open_:
        by = ", ".join(statement.called for statement in open_[0][2].by) or "a policy"
        seen = f"{plain(role.function)} can {_whats(open_)}: {by} allows it, and nothing denies it"
        yield red(NEVER, subject, seen, _fix_of_open(role, [*open_, *loose], has), data={"role": role.name})
    elif loose:
        seen = (
            f"nothing denies it, should the policy of a bucket or table allow {plain(role.function)} to {_whats(loose)}"
        )
        yield yellow(NEVER, subject, seen, _fix_of_open(role, loose, has), data={"role": role.name})


_Beyond = tuple[Bound, Request, Verdict]


def _whats(beyond: Sequence[_Beyond]) -> str:
    return "; ".join(dict.fromkeys(line.what for line, _, _ in beyond))


def _fix_of_open(role: Judged, beyond: Sequence[_Beyond], has: Holdings) -> Fix:
    denials = {str((line.deny, line.actions)): _denied(line, has) for line, _, _ in beyond}
    do = (
        f"Deny it to the role of {plain(role.function)}: a Deny overrides each Allow. The command writes its policy "
        "with all that it has, and these denials."
    )
    return Fix(do=do, cli=role.with_statements(list(denials.values())))


def _denied(line: Bound, has: Holdings) -> dict[str, Any]:
    names: Mapping[str, str] = {"partition": has.partition, "book": has.book}
    filled = {key: one.format_map(names) if isinstance(one, str) else one for key, one in line.deny.items()}
    return {"Effect": "Deny", "Action": list(line.actions), **filled}
