"""Compare what each function may reach with what its environment names: a right without a name is of no use."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from deploy.commands import ROOT
from tests.deploy.stack_files import functions, resources

REACHING = ("sqs:SendMessage", "ssm:GetParameter", "dynamodb:")
"""How the actions begin by which a function reaches something of the stack."""


def variables(function: str) -> dict[str, Any]:
    stack = resources()
    logical = {name.lower(): name for name in stack["Resources"]}[function.replace("_", "")]
    own: dict[str, Any] = stack["Resources"][logical]["Properties"].get("Environment", {}).get("Variables", {})
    everywhere = stack.get("Globals", {}).get("Function", {}).get("Environment", {}).get("Variables", {})
    return {**everywhere, **own}


def reached(function: str) -> Iterator[tuple[str, str]]:
    """What a function may do with things of the stack: the action, and the thing's text in the policy."""
    policy = json.loads((ROOT / ".chalice" / f"policy-{function}.json").read_text())
    for statement in policy["Statement"]:
        actions = statement.get("Action", [])
        for action in [actions] if isinstance(actions, str) else actions:
            if statement["Effect"] == "Allow" and action.startswith(REACHING):
                yield action, json.dumps(statement["Resource"])


@pytest.mark.parametrize("function", sorted(functions()))
def test_whatever_of_the_stack_a_function_may_reach_it_knows_by_name(function: str) -> None:
    named = {json.dumps(value): name for name, value in variables(function).items()}
    for action, thing in reached(function):
        for owned in ("SweepQueue", "ReleaseQueue", "ClickQueue", "LockEventQueue", "LockBook"):
            if f'"{owned}"' in thing:
                assert json.dumps({"Ref": owned}) in named, f"{function} may {action} {owned}"
        for secret in ("SlackBotTokenParameter", "SlackSigningSecretParameter"):
            if secret in thing:
                assert json.dumps({"Ref": secret}) in named, f"{function} may read {secret}"
