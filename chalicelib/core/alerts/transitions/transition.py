"""One change of one page as data: what is put, added and removed, and under which condition.

A book carries out a transition in one step: it compares and writes at once, so no rule needs a read before it.
"""

from enum import StrEnum

import msgspec

from chalicelib.core.alerts.page import Fields, Name, Sets
from chalicelib.core.clicks.claim import Releasing, Restoring
from chalicelib.core.locks.place import LockRef


class Question(StrEnum):
    """What is asked of one field of a page."""

    EXISTS = "exists"
    ABSENT = "absent"
    EQUALS = "equals"
    LESS = "less"
    LACKS = "lacks"
    """The set does not contain the value, or there is no set."""


class Check(msgspec.Struct, frozen=True):
    """One question to one field. A field that the page does not have equals nothing and is less than nothing."""

    question: Question
    name: Name
    value: object = None


class Either(msgspec.Struct, frozen=True):
    """At least one of these must hold."""

    checks: tuple[Check, ...]


class Transition(msgspec.Struct, frozen=True, kw_only=True):
    """One change of one lock's page. All fields that it does not name stay as they are."""

    ref: LockRef
    put: Fields = {}
    put_first: Fields = {}
    """Put each of these only where the page has none yet."""
    add: Sets = {}
    """Added to the page's sets; never an empty set."""
    remove: tuple[Name, ...] = ()
    only_if: tuple[Check | Either, ...] = ()
    """All of these must hold; otherwise nothing is changed. A page that is not there has no field."""


def exists(name: Name) -> Check:
    """Ask whether the page has the field."""
    return Check(Question.EXISTS, name)


def absent(name: Name) -> Check:
    """Ask whether the page lacks the field."""
    return Check(Question.ABSENT, name)


def equals(name: Name, value: object) -> Check:
    """Ask whether the field has this value."""
    return Check(Question.EQUALS, name, value)


def less(name: Name, value: object) -> Check:
    """Ask whether the field is less than the value."""
    return Check(Question.LESS, name, value)


def lacks(name: Name, value: object) -> Check:
    """Ask whether the set does not contain the value."""
    return Check(Question.LACKS, name, value)


def still(name: Name, claim: Releasing | Restoring | None) -> Check:
    """Ask whether the page has the claim that was seen there, or has none, as was seen."""
    return equals(name, claim) if claim else absent(name)
