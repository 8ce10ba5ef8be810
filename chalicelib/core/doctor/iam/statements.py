"""Read the statements of IAM policies.

docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

import json
from typing import Any

import msgspec


class Condition(msgspec.Struct, frozen=True):
    """One line of a condition block: all of them have to hold."""

    operator: str
    key: str
    """In lower case: IAM does not tell keys apart by their case."""
    values: tuple[str, ...]


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """One statement of a policy."""

    policy: str
    """The policy that has it, by its name or ARN."""
    sid: str
    allows: bool
    """False: it denies."""
    actions: tuple[str, ...]
    """In lower case: IAM does not tell actions apart by their case."""
    but_actions: bool
    """Whether it is about all actions but these (``NotAction``)."""
    resources: tuple[str, ...]
    but_resources: bool
    """Whether it is about all resources but these (``NotResource``)."""
    conditions: tuple[Condition, ...]

    @property
    def called(self) -> str:
        """Return the statement as people find it."""
        return f"statement {self.sid} of policy {self.policy}" if self.sid else f"a statement of policy {self.policy}"


def statements_of(policy: str, document: Any) -> tuple[Statement, ...]:
    """Return the statements of a policy's document, which may be JSON as text."""
    decoded = json.loads(document) if isinstance(document, str) else document
    return tuple(_statement(policy, one) for one in listed(decoded.get("Statement")) if isinstance(one, dict))


def listed(value: Any) -> list[Any]:
    """Return the elements of what is one value or a list of them; none for nothing."""
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def texts(value: Any) -> tuple[str, ...]:
    """Return the texts of a value or a list. JSON's true and false are IAM's "true" and "false"."""
    return tuple(str(one).lower() if isinstance(one, bool) else str(one) for one in listed(value))


def _statement(policy: str, one: dict[str, Any]) -> Statement:
    conditions = one.get("Condition") or {}
    return Statement(
        policy=policy,
        sid=str(one.get("Sid") or ""),
        allows=one.get("Effect") == "Allow",
        actions=tuple(action.lower() for action in texts(one.get("NotAction", one.get("Action")))),
        but_actions="NotAction" in one,
        resources=texts(one.get("NotResource", one.get("Resource", "*"))),
        but_resources="NotResource" in one,
        conditions=tuple(
            Condition(operator, key.lower(), texts(values))
            for operator, keys in conditions.items()
            for key, values in keys.items()
        ),
    )
