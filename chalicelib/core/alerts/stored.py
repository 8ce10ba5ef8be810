"""Name the fields of a page as a book stores them."""

from datetime import datetime
from typing import Any, Literal, TypeAlias, TypedDict

import msgspec

from chalicelib.core.alerts.message import Posted, Sending
from chalicelib.core.alerts.page import Asked, Page, Snooze
from chalicelib.core.clicks.claim import Releasing, Restorer, Restoring
from chalicelib.core.clicks.deletion import KeptHalf, LockObject
from chalicelib.core.clicks.ending import Ending
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import LockRef
from chalicelib.core.locks.state_lock import Half


class Fields(TypedDict, total=False):
    """The fields of a page as a book stores them, without its sets."""

    lock: HeldLock
    posted: Posted
    alerted_at: datetime
    shown_at: datetime
    appearance: str
    sending: Sending
    claimed_until: datetime
    acquired_at: datetime
    seen_at: datetime
    halves: tuple[Half, ...]
    half_of: LockRef
    joint: str
    rivals: tuple[HeldLock, ...]
    principal: str
    owner: str
    snooze: Snooze
    quiet_at: datetime
    asked: Asked
    releasing: Releasing
    kept: LockObject
    kept_halves: tuple[KeptHalf, ...]
    restoring: Restoring
    restored_by: str
    back_as: LockRef
    reopened_at: datetime
    ending: Ending
    half_ending: Ending
    undone: Restorer
    """Who put the lock back; written once."""
    told: bool


class Sets(TypedDict, total=False):
    """The sets of a page as a book stores them. The order in which elements are added does not matter."""

    levels: frozenset[int]
    """The levels that have been told."""
    said: frozenset[str]
    withdrawn: frozenset[str]
    refused: frozenset[str]
    restorers: frozenset[Restorer]


class Stored(Fields, Sets, total=False):
    """A page as a book stores it."""


Name: TypeAlias = Literal[
    "lock", "posted", "alerted_at", "shown_at", "appearance", "sending", "claimed_until", "acquired_at", "seen_at",
    "halves", "half_of", "joint", "rivals", "principal", "owner", "snooze", "quiet_at", "asked", "releasing", "kept",
    "kept_halves", "restoring", "restored_by", "back_as", "reopened_at", "ending", "half_ending", "undone", "told",
    "levels", "said", "withdrawn", "refused", "restorers",
]  # fmt: skip
"""A field of a page as a book stores it."""


def as_page(stored: Stored) -> Page:
    """Return the page that a book has stored."""
    read: dict[str, Any] = {**stored, "level": max(stored.get("levels", {0}))}
    ending, undone = stored.get("ending"), stored.get("undone")
    if ending and undone:
        read["ending"] = msgspec.structs.replace(ending, restored_by=undone.by, restored_click=undone.click)
    return Page(**{name: value for name, value in read.items() if name not in {"levels", "undone"}})
