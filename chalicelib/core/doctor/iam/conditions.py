"""Say whether a condition of a policy holds for a request: yes, no, or nobody can know from here.

docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from collections.abc import Callable, Iterable, Mapping

from chalicelib.core.doctor.iam.statements import Condition
from chalicelib.core.patterns import matches

Keys = Mapping[str, tuple[str, ...]]
"""The values of a request's condition keys, in lower case. No values: the request certainly lacks the key."""

_ANY, _ALL, _IF_EXISTS, _NOT = "ForAnyValue:", "ForAllValues:", "IfExists", "Not"
_VARIABLE = "${"
_COMPARISONS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda written, value: written == value,
    "StringEqualsIgnoreCase": lambda written, value: written.casefold() == value.casefold(),
    "StringLike": matches,
    "Bool": lambda written, value: written.lower() == value.lower(),
}


def holds(condition: Condition, keys: Keys) -> bool | None:
    """Return whether a condition holds; None: the request's value or the operator is not known here."""
    values = keys.get(condition.key)
    if values is None or any(_VARIABLE in written for written in condition.values):
        return None
    if condition.operator == "Null":
        return (not values) == (condition.values == ("true",))
    return _compared(condition, values)


def all_hold(each: Iterable[bool | None]) -> bool | None:
    """Return whether all of these hold, of which some may not be known."""
    known = list(each)
    if False in known:
        return False
    return None if None in known else True


def _compared(condition: Condition, values: tuple[str, ...]) -> bool | None:
    operator = condition.operator.removeprefix(_ANY).removeprefix(_ALL)
    name = operator.removesuffix(_IF_EXISTS)
    negated = _NOT in name
    compare = _COMPARISONS.get(name.replace(_NOT, "", 1))
    if compare is None:
        return None
    if not values:
        return _of_nothing(condition.operator, negated=negated)
    each = (any(compare(written, value) for written in condition.values) != negated for value in values)
    return _quantified(condition.operator, each)


def _of_nothing(operator: str, *, negated: bool) -> bool:
    """Return whether an operator holds for a request that lacks the key."""
    if operator.startswith(_ANY):
        return False
    return negated or operator.endswith(_IF_EXISTS) or operator.startswith(_ALL)


def _quantified(operator: str, each: Iterable[bool]) -> bool:
    return all(each) if operator.startswith(_ALL) else any(each)
