"""Say whether the conditions of a statement hold for a request, of which some keys are known.

docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from collections.abc import Callable, Mapping
from typing import Any

from chalicelib.core.doctor.bucket.policy.answer import Answer, agreed, all_of, any_of, is_so, not_so
from chalicelib.core.doctor.bucket.policy.context import Context, Value, known_of
from chalicelib.core.doctor.bucket.policy.patterns import ANY, UNKNOWN, contains, fits, tokens
from chalicelib.core.doctor.iam.statements import texts

Variables = Mapping[str, str] | None
_ALL, _ANY, _IF_EXISTS = "forallvalues:", "foranyvalue:", "ifexists"
_ARN_PARTS = 6


def hold(conditions: Any, context: Context, variables: Variables) -> Answer:
    """Return whether all conditions hold. What is not understood may hold."""
    if not isinstance(conditions, Mapping):
        return is_so(not conditions) if conditions is None else Answer.MAYBE
    return all_of(_tests(operator, keys, context, variables) for operator, keys in conditions.items())


def _tests(operator: str, keys: Any, context: Context, variables: Variables) -> Answer:
    if not isinstance(keys, Mapping):
        return Answer.MAYBE
    return all_of(
        _of_alternatives(operator.lower(), known_of(key, context), tuple(tokens_of(operator, values, variables)))
        for key, values in keys.items()
    )


def tokens_of(operator: str, values: Any, variables: Variables) -> list[str]:
    """Return the values of a condition as patterns. Only some operators know wildcards."""
    wild = "like" in operator.lower() or "arn" in operator.lower()
    return [tokens(value, variables, wild=wild) for value in texts(values)]


def _of_alternatives(operator: str, known: tuple[str | Value, ...], wanted: tuple[str, ...]) -> Answer:
    """Return what all alternatives for a key agree in."""
    return agreed(_test(operator, value, wanted) for value in known)


def _test(operator: str, value: str | Value, wanted: tuple[str, ...]) -> Answer:
    if value is Value.PASSES:
        return Answer.NO
    if operator == "null":
        return _is_null(value, wanted)
    name = operator.removeprefix(_ALL).removeprefix(_ANY).removesuffix(_IF_EXISTS)
    negated = "not" in name
    compare = _COMPARISONS.get(name.replace("not", "", 1))
    if compare is None:
        return Answer.MAYBE
    if value is Value.ABSENT:
        return _of_nothing(operator, negated=negated)
    found = any_of(_compared(compare, value, one) for one in wanted)
    return not_so(found) if negated else found


def _is_null(value: str | Value, wanted: tuple[str, ...]) -> Answer:
    words = {"true": value is Value.ABSENT, "false": value is not Value.ABSENT}
    return any_of(is_so(words[one.lower()]) if one.lower() in words else Answer.MAYBE for one in wanted)


def _of_nothing(operator: str, *, negated: bool) -> Answer:
    """Return whether an operator holds for a request that lacks the key."""
    if operator.startswith(_ANY):
        return Answer.NO
    return is_so(negated or operator.endswith(_IF_EXISTS) or operator.startswith(_ALL))


def _compared(compare: Callable[[str, str], Answer], value: str | Value, wanted: str) -> Answer:
    if isinstance(value, Value):
        return is_so(wanted == ANY) if wanted == ANY else Answer.MAYBE
    if UNKNOWN in wanted:
        return Answer.MAYBE if fits(wanted, value) else Answer.NO
    return compare(wanted, value)


def _arn(wanted: str, value: str) -> Answer:
    """Compare two ARNs part by part: a wildcard does not reach over a colon, but in the last part."""
    parts, others = wanted.split(":", _ARN_PARTS - 1), value.split(":", _ARN_PARTS - 1)
    if len(parts) < _ARN_PARTS or len(others) < _ARN_PARTS:
        return Answer.YES if wanted == ANY else Answer.MAYBE
    return all_of(is_so(contains(part, other)) for part, other in zip(parts, others, strict=True))


def _number(compare: Callable[[float, float], bool]) -> Callable[[str, str], Answer]:
    def compared(wanted: str, value: str) -> Answer:
        try:
            return is_so(compare(float(value), float(wanted)))
        except ValueError:
            return Answer.MAYBE

    return compared


_COMPARISONS: dict[str, Callable[[str, str], Answer]] = {
    "stringequals": lambda wanted, value: is_so(wanted == value),
    "stringequalsignorecase": lambda wanted, value: is_so(wanted.casefold() == value.casefold()),
    "stringlike": lambda wanted, value: is_so(contains(wanted, value)),
    "bool": lambda wanted, value: is_so(wanted.casefold() == value.casefold()),
    "arnequals": _arn,
    "arnlike": _arn,
    "numericequals": _number(lambda value, wanted: value == wanted),
    "numericlessthan": _number(lambda value, wanted: value < wanted),
    "numericlessthanequals": _number(lambda value, wanted: value <= wanted),
    "numericgreaterthan": _number(lambda value, wanted: value > wanted),
    "numericgreaterthanequals": _number(lambda value, wanted: value >= wanted),
}
"""Each operator without its negation, in lower case. Others (dates, addresses, binary values) are not understood."""
