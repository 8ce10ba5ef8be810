"""Read the arguments of a Web API call: in JSON they have types, in a form or a query all are strings."""

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
    """Decode blocks and metadata, which a form holds as JSON in a string; what is no JSON stays, for its own error."""
    return {key: _from_json(value) if key in {"blocks", "metadata"} else value for key, value in raw.items()}


def required(arguments: Arguments, name: str) -> Any:
    """Return an argument. Raises SlackError if it is missing or empty."""
    if not arguments.get(name):
        raise SlackError("invalid_arguments", f"[ERROR] missing required field: {name}")
    return arguments[name]


def flag(arguments: Arguments, name: str) -> bool:
    """Return a yes or no; slack_sdk sends 1 and 0 in a query."""
    return str(arguments.get(name, "")).lower() in {"1", "true"}


def _from_json(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value
