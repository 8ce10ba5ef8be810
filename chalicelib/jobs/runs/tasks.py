"""Describe the tasks of a run: what each waits for, and how urgent it is."""

from collections.abc import Callable
from enum import IntEnum, StrEnum
from typing import Any

import msgspec


class Wait(StrEnum):
    """What a task waits for. Those that Slack counts have the names of ``ports.people.Way``."""

    SCAN = "scan"
    PLACE = "bucket"
    BOOK = "book"
    POST = "post"
    EDIT = "edit"
    LOOK = "look"


class Rank(IntEnum):
    """How urgent a task is: of those that could begin now, the lowest begins first."""

    NEW = 0
    """Everything that leads to a new alert, and the alert."""
    LOUDER = 1
    """A reply to an alert."""
    KNOWN = 2
    """A look at a lock that people know of."""
    CLOSING = 3
    """An edit that says that a lock is gone, or how many of a digest are left."""
    FRESH = 4
    """An edit that brings a message up to date."""


SIDE_BY_SIDE = {Wait.SCAN: 1, Wait.PLACE: 14, Wait.BOOK: 2, Wait.POST: 6, Wait.EDIT: 2, Wait.LOOK: 2}
"""How many tasks of a kind run at once. Slack's pace needs no more; a kind that hangs leaves the others their share."""


class Task(msgspec.Struct, frozen=True):
    """One task. ``act`` may run beside others; ``then`` gets its answer and never runs beside others."""

    kind: Wait
    place: str
    rank: Rank
    subject: str
    act: Callable[[], Any]
    then: Callable[[Any], None] | None = None
    """None: the agenda's ``hear`` gets the answer."""
