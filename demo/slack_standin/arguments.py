"""The arguments of a Web API call, as they come: from JSON typed, from a form or a query all strings."""

import json
import re
from collections.abc import Callable
from typing import Any

from demo.slack_standin.model import SlackError

Arguments = dict[str, Any]
Response = dict[str, Any]
Methods = dict[str, Callable[[Arguments], Response]]

TS = re.compile(r"\d+\.\d{6}")


def decoded(raw: Arguments) -> Arguments:
    """A form holds blocks and metadata as JSON in a string; what is no JSON stays as it is, for its own error."""
    return {key: _from_json(value) if key in {"blocks", "metadata"} else value for key, value in raw.items()}


def required(arguments: Arguments, name: str) -> Any:
    """The argument. Raises SlackError where it is missing or empty."""
    if not arguments.get(name):
        raise SlackError("invalid_arguments", f"[ERROR] missing required field: {name}")
    return arguments[name]


def flag(arguments: Arguments, name: str) -> bool:
    """A yes or no; slack_sdk sends 1 and 0 in a query."""
    return str(arguments.get(name, "")).lower() in {"1", "true"}


def _from_json(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value
