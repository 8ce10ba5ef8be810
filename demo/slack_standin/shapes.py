"""Check what a JSON value must look like, by small rules that yield what is wrong as Slack words it.

A rule takes a value and its place (a JSON pointer). Slack's wording, taken from real answers:
https://github.com/incidentbot/incidentbot/issues/328.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

Rule = Callable[[Any, str], Iterator[str]]


def wrong(problem: str, place: str) -> str:
    """Return one mistake as Slack tells it."""
    return f"{problem} [json-pointer:{place}]"


def string(most: int, least: int = 1) -> Rule:
    """Require a string within limits of length."""

    def check(value: Any, place: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield wrong("must be a string", place)
        elif len(value) < least:
            yield wrong(f"must be more than {least - 1} characters", place)
        elif len(value) > most:
            yield wrong(f"must be less than {most + 1} characters", place)

    return check


def boolean(value: Any, place: str) -> Iterator[str]:
    """Require true or false."""
    if not isinstance(value, bool):
        yield wrong("must be a boolean", place)


def one_of(*allowed: str) -> Rule:
    """Require one of a few strings."""

    def check(value: Any, place: str) -> Iterator[str]:
        if value not in allowed:
            yield wrong(f"must be one of: {', '.join(allowed)}", place)

    return check


def items(rule: Rule, least: int, most: int) -> Rule:
    """Require a list within limits of length, each item by the rule."""

    def check(value: Any, place: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield wrong("must provide an array", place)
            return
        if len(value) < least:
            yield wrong(f"no less than {least} items allowed", place)
        if len(value) > most:
            yield wrong(f"no more than {most} items allowed", place)
        for index, item in enumerate(value):
            yield from rule(item, f"{place}/{index}")

    return check


def record(required: Mapping[str, Rule], optional: Mapping[str, Rule]) -> Rule:
    """Require an object with these keys and no others; ``by_type`` has checked its ``type`` already."""
    rules = {**required, **optional}

    def check(value: Any, place: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield wrong("must provide an object", place)
            return
        for key in sorted(required.keys() - value.keys()):
            yield wrong(f"missing required field: {key}", place)
        for key, item in value.items():
            yield from rules.get(key, _additional)(item, f"{place}/{key}")

    return check


def by_type(kinds: Mapping[str, Rule]) -> Rule:
    """Require an object that follows the rule of its ``type``."""

    def check(value: Any, place: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield wrong("must provide an object", place)
        elif (kind := str(value.get("type"))) not in kinds:
            yield wrong(f"unsupported type: {kind}", f"{place}/type")
        else:
            rest = {key: item for key, item in value.items() if key != "type"}
            yield from kinds[kind](rest, place)

    return check


def every(*rules: Rule) -> Rule:
    """Require all of these; a later rule runs only if the earlier ones found nothing, so it may rely on them."""

    def check(value: Any, place: str) -> Iterator[str]:
        for rule in rules:
            found = list(rule(value, place))
            yield from found
            if found:
                return

    return check


def _additional(_value: Any, place: str) -> Iterator[str]:
    yield wrong("invalid additional property", place)
