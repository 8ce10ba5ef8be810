"""A transition: one change of one page as data, with what is put, added and removed, and under which condition.

A book carries out a transition in one step. It compares and writes at once, so no rule needs a read first.
"""

from enum import StrEnum

import msgspec

from chalicelib.core.alerts.stored import Fields, Name, Sets
from chalicelib.core.clicks.claim import Releasing, Restoring
from chalicelib.core.clicks.ending import Ending
from chalicelib.core.locks.place import LockRef


class Question(StrEnum):
    """The kinds of questions about one field of a page."""

    EXISTS = "exists"
    ABSENT = "absent"
    EQUALS = "equals"
    LESS = "less"
    LACKS = "lacks"
    """The set does not contain the value, or there is no set."""


class Check(msgspec.Struct, frozen=True):
    """One question about one field. When the page lacks the field, EQUALS and LESS are answered no."""

    question: Question
    name: Name
    value: object = None


class Either(msgspec.Struct, frozen=True):
    """Checks of which at least one must hold."""

    checks: tuple[Check, ...]


class Transition(msgspec.Struct, frozen=True, kw_only=True):
    """One change of one lock's page. All fields that it does not name stay as they are."""

    ref: LockRef
    put: Fields = {}
    put_first: Fields = {}
    """Put each of these only when the page lacks the field."""
    add: Sets = {}
    """Add these elements to the page's sets. No set here is empty: DynamoDB has no empty sets."""
    remove: tuple[Name, ...] = ()
    only_if: tuple[Check | Either, ...] = ()
    """All of these must hold; otherwise nothing is changed. A page that does not exist lacks every field."""


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


def still(name: Name, seen: Releasing | Restoring | Ending | None) -> Check:
    """Ask whether the page still has the value that the caller has seen; None: the caller has seen none."""
    return equals(name, seen) if seen else absent(name)
