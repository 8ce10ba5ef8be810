"""Write what gives the reaper's roles a KMS key."""

from collections.abc import Sequence
from typing import Any

from chalicelib.core.doctor.bucket.policy.answer import Answer
from chalicelib.core.doctor.bucket.policy.document import free_sid
from chalicelib.core.doctor.bucket.policy.mending import without_roles
from chalicelib.core.doctor.bucket.policy.requests import Request
from chalicelib.core.doctor.bucket.policy.statements import Policy, Statement, denies
from chalicelib.core.doctor.finding import Fix
from chalicelib.core.doctor.parts import Parts
from chalicelib.core.doctor.pasted import hcl
from chalicelib.core.doctor.pasted.shell import aws, compact

_NAMES = "DecryptKeyArns"
_SID = "LetTheReaperReadLocks"
_CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]


def enabled(arn: str, state: str) -> Fix:
    """Return the fix for a key that is not enabled."""
    region, key = _region(arn), arn.rpartition("/")[2]
    lines = [aws("kms", "cancel-key-deletion", region=region, key_id=key)] if state == "PendingDeletion" else []
    lines.append(aws("kms", "enable-key", region=region, key_id=key))
    act = "Cancel the deletion of the key {arn}, and enable it" if len(lines) > 1 else "Enable the key {arn} again"
    return Fix(do=f"{act.format(arn=arn)}, before somebody needs a state.", cli="\n".join(lines))


def named(arn: str, parts: Parts) -> Fix:
    """Return the fix for a key that the stack does not know."""
    value = ",".join(filter(None, [parts.parameters.get(_NAMES, ""), arn]))
    parameters: list[dict[str, Any]] = [
        {"ParameterKey": key, "UsePreviousValue": True} for key in parts.parameters if key != _NAMES
    ]
    return Fix(
        do=f'Name the key in the stack: `make deploy` with PARAMETERS="{_NAMES}={value}", or change it in place.',
        cli=aws(
            "cloudformation",
            "update-stack",
            region=parts.region,
            stack_name=parts.stack,
            use_previous_template=True,
            capabilities=_CAPABILITIES,
            parameters=[*parameters, {"ParameterKey": _NAMES, "ParameterValue": value}],
        ),
    )


def let_in(arn: str, policy: Policy, requests: Sequence[Request]) -> Fix:
    """Return the fix for a key policy that denies it to roles."""
    roles = {one.caller.arn for one in requests}
    return _written(
        arn, policy, _leaving_out(policy, requests), f"Leave the reaper's roles out of what {arn} denies", roles
    )


def allowed(arn: str, policy: Policy, requests: Sequence[Request], parts: Parts) -> Fix:
    """Return the fix for a key policy that does not let roles in."""
    roles = {one.caller.arn for one in requests}
    statement = {
        "Sid": free_sid(policy, _SID),
        "Effect": "Allow",
        "Principal": {"AWS": sorted(roles)},
        "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
        "Resource": "*",
    }
    abroad = "" if parts.account in arn.split(":") else f", and name it in {_NAMES} of {parts.stack}"
    statements = [*_leaving_out(policy, requests), statement]
    return _written(arn, policy, statements, f"Let the reaper's roles use the key {arn}{abroad}", roles)


def _leaving_out(policy: Policy, requests: Sequence[Request]) -> list[Statement]:
    """Return all statements, those that deny roles the key without these roles."""
    return [without_roles(one, met) if (met := _met(policy, one, requests)) else one for one in policy.statements]


def _met(policy: Policy, statement: Statement, requests: Sequence[Request]) -> set[str]:
    return {one.caller.arn for one in requests if denies(policy, statement, one) is not Answer.NO}


def _written(arn: str, policy: Policy, statements: Sequence[Statement], do: str, roles: set[str]) -> Fix:
    document = policy.text(list(statements))
    return Fix(
        do=f"{do}: {', '.join(sorted(arn.rpartition('/')[2] for arn in roles))}.",
        cli=aws("kms", "put-key-policy", region=_region(arn), key_id=arn, policy_name="default", policy=document),
        hcl=hcl.resource("aws_kms_key_policy", arn.rpartition("/")[2], {"key_id": arn, "policy": compact(document)}),
    )


def _region(arn: str) -> str:
    return arn.split(":")[3]
