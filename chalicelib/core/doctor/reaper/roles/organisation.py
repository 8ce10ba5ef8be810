"""Judge what stands above the roles' own policies: a permissions boundary, and the organisation's policies (SCPs).

IAM's simulator misjudges SCPs with conditions (github.com/aws/aws-sdk/issues/102), so what it says of them is yellow.
"""

from collections.abc import Callable, Iterator, Sequence
from shlex import join

from chalicelib.core.doctor.finding import Finding, Fix, green, red, yellow
from chalicelib.core.doctor.parts import plain
from chalicelib.core.doctor.reaper.roles.holdings import shown
from chalicelib.core.doctor.reaper.roles.role import Answer, SimulatedRole

HIGHER = "reaper.organisation"
_NAMED = 3
_SIMULATED = "IAM's simulator, which misjudges SCPs with conditions, says that a policy of the organisation (SCP)"


def judge_organisation(subject: str, roles: Sequence[SimulatedRole], account: str) -> list[Finding]:
    """Return whether something above the roles takes a right away that their functions need."""
    found = [one for role in roles for one in _of_role(subject, role, account)]
    seen = f"no permissions boundary and no policy of the organisation takes a right away from the {len(roles)} roles"
    return found or [green(HIGHER, subject, seen)]


def _of_role(subject: str, role: SimulatedRole, account: str) -> Iterator[Finding]:
    if beyond := _those(role, lambda answer: answer.beyond_boundary):
        seen = f"the permissions boundary of the role of {plain(role.function)} does not allow {_what(beyond)}"
        yield red(HIGHER, subject, seen, _ask_for_boundary(role), details=beyond)
    if beyond := _those(role, lambda answer: answer.beyond_organisation):
        seen = f"{_SIMULATED} denies {plain(role.function)} {_what(beyond)}"
        yield yellow(HIGHER, subject, seen, _ask_for_exception(role, account), details=beyond)


def _those(role: SimulatedRole, beyond: Callable[[Answer], bool]) -> tuple[str, ...]:
    said = (f"{action} on {shown(at)}" for (action, at, _), answer in role.answers.items() if beyond(answer))
    return tuple(dict.fromkeys(said))


def _what(beyond: Sequence[str]) -> str:
    more = f" (and {len(beyond) - _NAMED} more)" if len(beyond) > _NAMED else ""
    return ", ".join(beyond[:_NAMED]) + more


def _ask_for_boundary(role: SimulatedRole) -> Fix:
    do = (
        f"Have whoever keeps the permissions boundary of the role {role.name} allow in it what is named here; no "
        "policy of the role can give what the boundary does not. The command says which policy it is."
    )
    return Fix(do=do, cli=join(["aws", "iam", "get-role", "--role-name", role.name]))


def _ask_for_exception(role: SimulatedRole, account: str) -> Fix:
    do = (
        f"If a release or an alert fails, have whoever keeps the organisation's policies except the role {role.name} "
        "from what denies it. The command lists them, with the rights of the organisation's own account."
    )
    words = ["--target-id", account, "--filter", "SERVICE_CONTROL_POLICY"]
    return Fix(do=do, cli=join(["aws", "organizations", "list-policies-for-target", *words]))
