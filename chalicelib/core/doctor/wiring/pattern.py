"""Match events against the patterns of EventBridge's rules and of SNS's filter policies, as far as both are alike.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
https://docs.aws.amazon.com/sns/latest/dg/string-value-matching.html
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from chalicelib.core.patterns import matches as matches_wildcard

_OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "prefix": str.startswith,
    "suffix": str.endswith,
    "equals-ignore-case": lambda value, wanted: value.casefold() == wanted.casefold(),
    "wildcard": lambda value, wanted: matches_wildcard(wanted, value),
}


def matches(pattern: Mapping[str, Any], event: Mapping[str, Any]) -> bool | None:
    """Return whether an event matches a pattern; None: the pattern has something that cannot be judged here."""
    return _all(_field(wanted, event.get(name)) if name != "$or" else None for name, wanted in pattern.items())


def _field(wanted: Any, value: Any) -> bool | None:
    if isinstance(value, list):
        return _any(_field(wanted, one) for one in value)
    if isinstance(wanted, Mapping):
        return matches(wanted, value if isinstance(value, Mapping) else {})
    return _any(_one(one, value) for one in wanted) if isinstance(wanted, Sequence) else None


def _one(wanted: Any, value: Any) -> bool | None:
    if not isinstance(wanted, Mapping):
        return bool(wanted == value)
    if len(wanted) != 1:
        return None
    [(operator, operand)] = wanted.items()
    if operator == "exists":
        return (value is not None) is bool(operand)
    if value is None:
        return False
    if operator == "anything-but":
        named = _any(_one(one, value) for one in (operand if isinstance(operand, list) else [operand]))
        return None if named is None else not named
    return _compared(operator, operand, value)


def _compared(operator: str, operand: Any, value: Any) -> bool | None:
    operate = _OPERATORS.get(operator)
    if isinstance(operand, list):
        return _any(_compared(operator, one, value) for one in operand)
    if operate is None or not isinstance(operand, str) or not isinstance(value, str):
        return None
    if operator == "wildcard" and ("?" in operand or "\\" in operand):  # to EventBridge both are other than to us
        return None
    return operate(value, operand)


def _all(each: Any) -> bool | None:
    told = list(each)
    return False if False in told else None if None in told else True


def _any(each: Any) -> bool | None:
    told = list(each)
    return True if True in told else None if None in told else False
