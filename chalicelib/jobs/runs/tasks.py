"""What a run has to do: one thing each, what it waits for, and how urgent it is."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any


class Wait(StrEnum):
    """What a task waits for. Those that Slack counts are ``ports.Way``'s by name."""

    SCAN = "scan"
    PLACE = "bucket"
    BOOK = "book"
    POST = "post"
    EDIT = "edit"
    LOOK = "look"


class Rank(IntEnum):
    """Whose turn it is among tasks that could all be begun now: the lowest comes first."""

    NEW = 0
    """Whatever leads to a new alert, and the alert."""
    LOUDER = 1
    """A reply to an alert."""
    KNOWN = 2
    """To look at a lock that people know of."""
    CLOSING = 3
    """To say that a lock is gone, and how many of a digest are left."""
    FRESH = 4
    """To bring a message up to date."""


SIDE_BY_SIDE = {Wait.SCAN: 1, Wait.PLACE: 14, Wait.BOOK: 2, Wait.POST: 6, Wait.EDIT: 2, Wait.LOOK: 2}
"""How many tasks of a kind run at once. Slack's paces need no more; what hangs in one kind leaves the others theirs."""


@dataclass(frozen=True)
class Task:
    """Something to do. ``act`` may run beside others; ``then`` hears its answer and never does."""

    kind: Wait
    place: str
    rank: Rank
    subject: str
    act: Callable[[], Any]
    then: Callable[[Any], None] | None = None
    """None: whoever has the agenda hears it."""
