"""Teach MiniStack what AWS knows of a session when it judges one.

Of an assumed role, ``aws:PrincipalArn`` is the role's ARN and not the session's:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn

The policies of whoever assumes a role can have conditions on the session's name and on the ExternalId too, not only the
trust policy of the role:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#ck_rolesessionname
"""

from typing import Any

from ministack.core import iam_actions, iam_evaluator  # type: ignore[import-untyped]
from ministack.services import iam  # type: ignore[import-untyped]

_of_the_session = iam_evaluator._resolve_condition_key  # noqa: SLF001
_without_sessions = iam_actions.request_tag_context
_ASKED = {"RoleSessionName": "sts:RoleSessionName", "ExternalId": "sts:ExternalId"}


def teach() -> None:
    """Add the keys to MiniStack in this process."""
    iam_evaluator._resolve_condition_key = _of_the_role  # noqa: SLF001
    iam_actions.request_tag_context = _with_sessions


def _of_the_role(key: str, request: Any) -> Any:
    session = request.principal_arn
    if key.lower() != "aws:principalarn" or ":assumed-role/" not in session:
        return _of_the_session(key, request)
    account, name = session.split(":")[4], session.split("/")[1]
    role = iam._roles.get_scoped(account, None, name) or {}  # noqa: SLF001
    return role.get("Arn", f"arn:aws:iam::{account}:role/{name}")


def _with_sessions(service: str, action: str, body: bytes, asked: dict[str, Any]) -> dict[str, Any]:
    context: dict[str, Any] = _without_sessions(service, action, body, asked)
    if action != "sts:AssumeRole":
        return context
    named = {key: iam_actions._query_param(asked, name) for name, key in _ASKED.items()}  # noqa: SLF001
    return context | {key: value for key, value in named.items() if value}
