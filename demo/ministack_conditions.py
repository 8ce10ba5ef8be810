"""Teach MiniStack the conditions of templates that ask whether a list is empty.

``Fn::Join`` in a condition makes a text of a parameter's list, so that it can be compared with an empty one. MiniStack
compares the function itself, so that to it no list is empty.
"""

from collections.abc import Mapping
from typing import Any

from ministack.services.cloudformation import changesets, engine, handlers, stacks  # type: ignore[import-untyped]

_without_joins = engine._evaluate_conditions  # noqa: SLF001


def teach() -> None:
    """Replace how MiniStack evaluates the conditions of a template."""
    for module in (engine, changesets, handlers, stacks):
        if hasattr(module, "_evaluate_conditions"):
            module._evaluate_conditions = _with_joins  # noqa: SLF001


def _with_joins(template: Mapping[str, Any], parameters: Mapping[str, Any]) -> Any:
    joined = {**template, "Conditions": _joined(template.get("Conditions", {}), parameters)}
    return _without_joins(joined, parameters)


def _joined(value: Any, parameters: Mapping[str, Any]) -> Any:
    match value:
        case {"Fn::Join": [str(between), {"Ref": str(name)}]} if name in parameters:
            return str(parameters[name]["Value"]).replace(",", between)
        case dict():
            return {key: _joined(inner, parameters) for key, inner in value.items()}
        case list():
            return [_joined(inner, parameters) for inner in value]
    return value
