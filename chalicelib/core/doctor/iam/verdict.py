"""Judge a request by statements: one that denies counts more than all that allow."""

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

import msgspec

from chalicelib.core.doctor.iam.conditions import Keys, all_hold, holds
from chalicelib.core.doctor.iam.statements import Statement
from chalicelib.core.patterns import expression

_VARIABLE = "${"


class Request(NamedTuple):
    """What somebody asks of AWS."""

    action: str
    resource: str
    keys: Keys


class Standing(StrEnum):
    """How a request stands with some policies."""

    ALLOWED = "allowed"
    NOT_ALLOWED = "no policy allows it"
    DENIED = "a policy denies it"
    UNSURE = "it depends on a condition that cannot be judged from here"


class Verdict(msgspec.Struct, frozen=True):
    """How a request stands, and by which statements; without any where no policy allows it."""

    standing: Standing
    by: tuple[Statement, ...] = ()


def verdict(statements: Iterable[Statement], request: Request) -> Verdict:
    """Return how a request stands with all statements of a role together."""
    meeting = [(one, met) for one in statements if (met := _meets(one, request)) is not False]
    if denying := tuple(one for one, met in meeting if not one.allows and met):
        return Verdict(Standing.DENIED, denying)
    allowing = tuple(one for one, met in meeting if one.allows and met)
    unsure = tuple(one for one, met in meeting if met is None and (one.allows or allowing))
    if allowing and not any(not one.allows for one in unsure):
        return Verdict(Standing.ALLOWED, allowing)
    return Verdict(Standing.UNSURE, unsure) if unsure else Verdict(Standing.NOT_ALLOWED)


def _meets(statement: Statement, request: Request) -> bool | None:
    """Return whether a statement is about a request; None: nobody can know from here."""
    named = expression(statement.actions).fullmatch(request.action.lower()) is not None
    if named == statement.but_actions:
        return False
    conditions = (holds(condition, request.keys) for condition in statement.conditions)
    return all_hold([_about(statement, request.resource), *conditions])


def _about(statement: Statement, resource: str) -> bool | None:
    if expression(statement.resources).fullmatch(resource) is not None:
        return not statement.but_resources
    if any(_VARIABLE in written for written in statement.resources):
        return None
    return statement.but_resources
