"""Read the files that the stack is made of."""

import copy
import json
from functools import cache
from typing import Any

import yaml  # type: ignore[import-untyped]

from deploy.commands import ROOT

Document = dict[str, Any]


class _CloudFormationLoader(yaml.SafeLoader):  # type: ignore[misc]
    """YAML with CloudFormation's short tags: ``!Ref A`` is ``{"Ref": "A"}``."""


def _function(loader: yaml.SafeLoader, name: str, node: yaml.Node) -> Document:
    value = {
        yaml.ScalarNode: loader.construct_scalar,
        yaml.SequenceNode: lambda part: loader.construct_sequence(part, deep=True),
        yaml.MappingNode: lambda part: loader.construct_mapping(part, deep=True),
    }[type(node)](node)
    return {name if name in {"Ref", "Condition"} else f"Fn::{name}": value}


_CloudFormationLoader.add_multi_constructor("!", _function)


def template(text: str) -> Document:
    """Return a CloudFormation template, which its reader may change."""
    return copy.deepcopy(_loaded(text))


@cache
def _loaded(text: str) -> Document:
    loaded: Document = yaml.load(text, Loader=_CloudFormationLoader)  # noqa: S506 - a safe loader
    return loaded


def resources() -> Document:
    """Return what is merged into Chalice's template."""
    return template((ROOT / ".chalice" / "resources.yaml").read_text())


def alarms() -> dict[str, Document]:
    """Return the alarms of the stack, by their logical ids."""
    return {
        name: resource["Properties"]
        for name, resource in resources()["Resources"].items()
        if resource.get("Type") == "AWS::CloudWatch::Alarm"
    }


def queries() -> dict[str, Document]:
    """Return the saved queries."""
    document = template((ROOT / ".chalice" / "queries.yaml").read_text())
    return {name: resource["Properties"] for name, resource in document["Resources"].items()}


def functions() -> dict[str, Document]:
    """Return Chalice's settings of each function."""
    settings: dict[str, Document] = json.loads((ROOT / ".chalice" / "config.json").read_text())["lambda_functions"]
    return settings


def statements(function: str) -> list[Document]:
    """Return the statements of one function's policy."""
    policy: Document = json.loads((ROOT / ".chalice" / functions()[function]["iam_policy_file"]).read_text())
    listed: list[Document] = policy["Statement"]
    return listed


def actions(statement: Document) -> list[str]:
    """Return the actions of a statement, which has one text or a list."""
    return [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
