"""Carry out a transition on a page in memory, as DynamoDB does in one UpdateItem."""

from typing import Any, assert_never, cast

from chalicelib.core.alerts.stored import Stored
from chalicelib.core.alerts.transitions.transition import Check, Either, Question, Transition


def carried_out(stored: Stored, transition: Transition) -> Stored | None:
    """Return the page's fields after a transition; None: its condition is not met."""
    if not all(_holds(asked, stored) for asked in transition.only_if):
        return None
    new: dict[str, Any] = {**transition.put_first, **stored, **transition.put}
    added: dict[str, Any] = dict(transition.add)
    sets = {name: new.get(name, frozenset()) | members for name, members in added.items()}
    return cast("Stored", {name: value for name, value in {**new, **sets}.items() if name not in transition.remove})


def _holds(asked: Check | Either, stored: Stored) -> bool:
    if isinstance(asked, Either):
        return any(_holds(check, stored) for check in asked.checks)
    there: Any = stored.get(asked.name)
    match asked.question:
        case Question.EXISTS:
            return asked.name in stored
        case Question.ABSENT:
            return asked.name not in stored
        case Question.EQUALS:
            return bool(there == asked.value)
        case Question.LESS:
            return asked.name in stored and bool(there < asked.value)
        case Question.LACKS:
            return asked.name not in stored or asked.value not in there
        case _:
            assert_never(asked.question)
