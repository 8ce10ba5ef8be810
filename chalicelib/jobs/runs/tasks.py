"""Tasks of a run: what each one waits for, and how urgent it is."""

from collections.abc import Callable
from enum import IntEnum, StrEnum
from typing import Any

import msgspec


class Wait(StrEnum):
    """The things that a task can wait for. POST, EDIT and LOOK are the ``ports.people.Way`` of the same name."""

    SCAN = "scan"
    PLACE = "place"
    BOOK = "book"
    POST = "post"
    EDIT = "edit"
    LOOK = "look"


class Rank(IntEnum):
    """The urgency of a task. Of the tasks that could begin now, the one with the lowest rank begins first."""

    NEW = 0
    """A new alert, and everything that leads to one."""
    LOUDER = 1
    """A reply to an alert."""
    KNOWN = 2
    """A look at a lock of which people were told."""
    CLOSING = 3
    """An edit to say that a lock is gone, or how many locks of a digest are left."""
    FRESH = 4
    """Any other edit."""


SIDE_BY_SIDE = {Wait.SCAN: 8, Wait.PLACE: 14, Wait.BOOK: 2, Wait.POST: 6, Wait.EDIT: 2, Wait.LOOK: 2}
"""How many tasks of a kind run at once. Slack's pace needs no more, and a kind that hangs stops no other kind.

One target is scanned by one task at a time; eight are for a watch that lists many lock tables.
"""


class Task(msgspec.Struct, frozen=True):
    """One task. ``act`` may run beside other tasks. ``then`` gets its result and never runs beside others."""

    kind: Wait
    place: str
    rank: Rank
    subject: str
    act: Callable[[], Any]
    then: Callable[[Any], None] | None = None
    """None: the agenda's ``hear`` gets the result."""
