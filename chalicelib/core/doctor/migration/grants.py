"""Which policies of the account still let somebody write to a table that nobody locks in any more."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from chalicelib.core.doctor.finding import Finding, Fix, green, grey, yellow
from chalicelib.core.doctor.iam.statements import listed, statements_of
from chalicelib.core.doctor.migration.checks import GRANTS
from chalicelib.core.doctor.migration.proof import named
from chalicelib.core.doctor.pasted.shell import aws
from chalicelib.core.patterns import expression, matches

_WRITES = ("dynamodb:putitem", "dynamodb:updateitem", "dynamodb:deleteitem")
_EACH_TABLE = ":table/"


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """One policy that somebody has."""

    name: str
    document: dict[str, Any]
    kind: str = "role"
    """``role``, ``user`` or ``group``; of a managed policy one of these for each holder."""
    holder: str = ""
    """Whose inline policy it is; "": it is managed."""
    arn: str = ""
    attached: tuple[tuple[str, str], ...] = ()
    """The kind and name of each holder of a managed policy."""

    @property
    def called(self) -> str:
        """Return the policy as people find it."""
        return f"policy {self.name} of {self.kind} {self.holder}" if self.holder else f"managed policy {self.name}"


class Policies(msgspec.Struct, frozen=True):
    """The policies of an account, and whether these are all."""

    those: tuple[Policy, ...]
    all_of_them: bool


def grants_finding(subject: str, arn: str, policies: Policies) -> Finding:
    """Return whether policies that name the table still let somebody write to it, though nobody has to any more."""
    naming = [one for one in policies.those if names(one.document, arn)]
    if naming:
        return _left(subject, arn, naming)
    if not policies.all_of_them:
        return grey(GRANTS.id, subject, f"none of the first {len(policies.those)} policies; the others were not read")
    return green(GRANTS.id, subject, f"none of {len(policies.those)} policies of this account names it")


def names(document: dict[str, Any], arn: str) -> bool:
    """Return whether a policy names this table and lets somebody write to it.

    A policy for all tables is none that the migration left behind.
    """
    return any(
        one.allows
        and not one.but_resources
        and _writes(one.actions, but=one.but_actions)
        and _named(one.resources, arn)
        for one in statements_of("", document)
    )


def without(document: dict[str, Any], arn: str) -> dict[str, Any] | None:
    """Return a policy without this table; None: nothing is left of it. All else stays as it is written."""
    rest = [left for one in listed(document.get("Statement")) if (left := _statement_without(one, arn)) is not None]
    return {**document, "Statement": rest} if rest else None


def _statement_without(statement: Any, arn: str) -> Any:
    if not isinstance(statement, dict) or not names({"Statement": statement}, arn):
        return statement
    written = listed(statement.get("Resource"))
    rest = [one for one in written if not _named((str(one),), arn)]
    return {**statement, "Resource": rest} if rest else None


def _writes(actions: tuple[str, ...], *, but: bool) -> bool:
    granted = expression(actions)
    return any((granted.fullmatch(action) is not None) != but for action in _WRITES)


def _named(resources: Iterable[str], arn: str) -> bool:
    return any(_is_of_some(one) and matches(one, arn) for one in resources)


def _is_of_some(resource: str) -> bool:
    """Return whether a resource is of some tables and not of all."""
    _, table, name = resource.partition(_EACH_TABLE)
    return bool(table and name.strip("*"))


def _left(subject: str, arn: str, naming: Sequence[Policy]) -> Finding:
    called = [one.called for one in naming]
    holders = [f"{one.called}: {_holders(one)}" for one in naming if one.attached]
    fix = Fix(
        do="Take the table out of these policies, in the configuration that made them. By hand, the commands do it.",
        cli="\n".join(line for one in naming for line in _cleaned(one, arn)),
    )
    count = "1 policy still lets" if len(naming) == 1 else f"{len(naming)} policies still let"
    seen = f"{count} somebody write to it: {named(called)}"
    return yellow(GRANTS.id, subject, seen, fix, details=tuple(holders or called), data={"policies": called})


def _holders(policy: Policy) -> str:
    return ", ".join(f"{kind} {name}" for kind, name in policy.attached)


def _cleaned(policy: Policy, arn: str) -> list[str]:
    rest = without(policy.document, arn)
    if not policy.holder:
        return _cleaned_managed(policy, rest)
    whose = {f"{policy.kind}_name": policy.holder, "policy_name": policy.name}
    if rest is None:
        return [aws("iam", f"delete-{policy.kind}-policy", **whose)]
    return [aws("iam", f"put-{policy.kind}-policy", **whose, policy_document=rest)]


def _cleaned_managed(policy: Policy, rest: dict[str, Any] | None) -> list[str]:
    if rest is not None:
        return [aws("iam", "create-policy-version", policy_arn=policy.arn, policy_document=rest, set_as_default=True)]
    return [
        aws("iam", f"detach-{kind}-policy", **{f"{kind}_name": name}, policy_arn=policy.arn)
        for kind, name in policy.attached
    ]
