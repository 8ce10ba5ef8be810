"""Write resources of Terraform's AWS provider. In a quoted text nothing is a template."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

_NOT_IN_A_NAME = re.compile(r"[^a-z0-9_]")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


class Map(msgspec.Struct, frozen=True):
    """A map that is an argument, where a plain mapping would be a block."""

    values: Mapping[str, str]


def resource(kind: str, called: str, body: Mapping[str, Any]) -> str:
    """Return a resource. A mapping in its body is a block, a list of mappings are several of one name."""
    return f'resource "{kind}" "{name(called)}" {{\n{_body(body, 2)}\n}}\n'


def snake(called: str) -> str:
    """Return the provider's name for a name of AWS's API: ``NoncurrentDays`` is ``noncurrent_days``."""
    return _HUMP.sub("_", called).lower()


def text(value: str) -> str:
    """Return a quoted text. HCL has JSON's escapes, but no surrogates."""
    quoted = json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return quoted.replace("${", "$${").replace("%{", "%%{")


def name(called: str) -> str:
    """Return the name of the resource for a bucket, table or role."""
    made = _NOT_IN_A_NAME.sub("_", called.lower())
    return made if made[:1].isalpha() else f"the_{made}"


def _body(body: Mapping[str, Any], indent: int) -> str:
    told = {key: value for key, value in body.items() if value is not None}
    arguments = {key: value for key, value in told.items() if not _blocks(value)}
    width = max(map(len, arguments), default=0)
    plain = "\n".join(f"{' ' * indent}{key:{width}} = {_value(value, indent)}" for key, value in arguments.items())
    blocks = [_block(key, block, indent) for key, value in told.items() for block in _blocks(value)]
    return "\n\n".join([plain, *blocks] if plain else blocks)


def _blocks(value: Any) -> Sequence[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        return [value]
    return value if isinstance(value, list) and value and isinstance(value[0], Mapping) else []


def _block(key: str, block: Mapping[str, Any], indent: int) -> str:
    pad = " " * indent
    inner = _body(block, indent + 2)
    return f"{pad}{key} {{\n{inner}\n{pad}}}" if inner else f"{pad}{key} {{}}"


def _value(value: Any, indent: int) -> str:
    if isinstance(value, Map):
        lines = "".join(f"{' ' * (indent + 2)}{text(key)} = {text(one)}\n" for key, one in value.values.items())
        return f"{{\n{lines}{' ' * indent}}}"
    if isinstance(value, list):
        return f"[{', '.join(_value(one, indent) for one in value)}]"
    return json.dumps(value) if isinstance(value, bool | int) else text(str(value))
