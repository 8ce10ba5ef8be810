"""A transition as DynamoDB takes it: one UpdateItem with a condition."""

from collections.abc import Mapping
from functools import reduce
from operator import and_, or_
from typing import Any, assert_never

from boto3.dynamodb.conditions import Attr, ConditionBase

from chalicelib.aws.book.table import Update
from chalicelib.aws.book.wire import ATTRIBUTES, FORM
from chalicelib.core.alerts.transitions.transition import Check, Either, Question, Transition
from chalicelib.core.clicks.ending import KEPT_FOR


def update_of(transition: Transition) -> Update:
    """Return what a transition does to the item of its page."""
    put, remove = _followers(transition)
    return Update(
        put={"Form": FORM, **_written(transition.put), **put},
        put_first=_written(transition.put_first),
        add={ATTRIBUTES[name].name: _members(name, value) for name, value in _items(transition.add)},
        remove=(*(ATTRIBUTES[name].name for name in transition.remove), *remove),
    )


def condition_of(transition: Transition) -> ConditionBase | None:
    """Return the condition of a transition; None: it has none."""
    conditions = [_condition(one) for one in transition.only_if]
    return reduce(and_, conditions) if conditions else None


def _followers(transition: Transition) -> tuple[dict[str, Any], list[str]]:
    """Return what is put and removed because of other attributes: whether a page is indexed, when it expires."""
    put: dict[str, Any] = {}
    remove: list[str] = []
    if "told" in transition.put:
        remove.append("HeldSince")
    elif "lock" in transition.put or "told" in transition.remove:
        put["HeldSince"] = transition.ref.since.isoformat()
    if "ending" in transition.put:
        put["ExpiresAt"] = int((transition.put["ending"].at + KEPT_FOR).timestamp())
    elif "ending" in transition.remove:
        remove.append("ExpiresAt")
    return put, remove


def _written(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {ATTRIBUTES[name].name: ATTRIBUTES[name].write(value) for name, value in fields.items()}


def _members(name: str, members: frozenset[Any]) -> set[Any]:
    return set(map(ATTRIBUTES[name].write, members))


def _items(sets: Mapping[str, Any]) -> Any:
    return sets.items()


def _condition(asked: Check | Either) -> ConditionBase:
    if isinstance(asked, Either):
        return reduce(or_, map(_check, asked.checks))
    return _check(asked)


def _check(check: Check) -> ConditionBase:
    attribute = ATTRIBUTES[check.name]
    field = Attr(attribute.name)
    match check.question:
        case Question.EXISTS:
            return field.exists()
        case Question.ABSENT:
            return field.not_exists()
        case Question.EQUALS:
            return field.eq(attribute.write(check.value))
        case Question.LESS:
            return field.lt(attribute.write(check.value))
        case Question.LACKS:
            return ~field.contains(attribute.write(check.value))
        case _:
            assert_never(check.question)
