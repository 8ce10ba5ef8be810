"""The lock book's page: what is remembered of one lock. ``transitions`` has every change of it."""

from datetime import datetime
from typing import Any, Literal, TypeAlias, TypedDict

import msgspec

from chalicelib.core.alerts.message import Posted, Saying, Sending, Topic
from chalicelib.core.clicks.claim import Releasing, Restorer, Restoring
from chalicelib.core.clicks.deletion import LockObject
from chalicelib.core.clicks.ending import Ending
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.mark import mark_of
from chalicelib.core.locks.place import LockRef


class Snooze(msgspec.Struct, frozen=True):
    """Somebody wants quiet about a lock for a while."""

    by: str
    until: datetime

    @property
    def over(self) -> Saying:
        """Return what is said, once, when it is over."""
        return Saying(Topic.SNOOZE_OVER, self.until.isoformat())


class Asked(msgspec.Struct, frozen=True):
    """The first of two people has asked for a release."""

    by: str
    at: datetime
    click: str
    """Which click it was; the same one may be delivered again."""


class Fields(TypedDict, total=False):
    """The fields of a page as a book stores them, but for its sets."""

    lock: HeldLock
    posted: Posted
    alerted_at: datetime
    shown_at: datetime
    appearance: str
    sending: Sending
    claimed_until: datetime
    acquired_at: datetime
    principal: str
    owner: str
    snooze: Snooze
    quiet_at: datetime
    asked: Asked
    releasing: Releasing
    kept: LockObject
    restoring: Restoring
    restored_by: str
    back_as: LockRef
    reopened_at: datetime
    ending: Ending
    undone: Restorer
    """Who put the lock back; noted once."""
    told: bool


class Sets(TypedDict, total=False):
    """The sets of a page as a book stores them: the order in which things are added does not matter."""

    levels: frozenset[int]
    """The levels that have been told."""
    said: frozenset[str]
    withdrawn: frozenset[str]
    refused: frozenset[str]
    restorers: frozenset[Restorer]


class Stored(Fields, Sets, total=False):
    """A page as a book stores it."""


Name: TypeAlias = Literal[
    "lock", "posted", "alerted_at", "shown_at", "appearance", "sending", "claimed_until", "acquired_at", "principal",
    "owner", "snooze", "quiet_at", "asked", "releasing", "kept", "restoring", "restored_by", "back_as", "reopened_at",
    "ending", "undone", "told", "levels", "said", "withdrawn", "refused", "restorers",
]  # fmt: skip
"""A field of a page as a book stores it."""


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """What the lock book remembers of one lock."""

    lock: HeldLock
    posted: Posted | None = None
    level: int = 0
    """The highest level that has been told."""
    alerted_at: datetime | None = None
    shown_at: datetime | None = None
    """When its message was last written, or found to read as it should."""
    appearance: str = ""
    """What its message was last seen to depend on (``core.alerts.appearance``)."""
    said: frozenset[str] = frozenset()
    """The names of the things that were said of it."""
    sending: Sending | None = None
    claimed_until: datetime | None = None
    """Until then the sending may still be under way; afterwards nobody knows how it ended."""
    acquired_at: datetime | None = None
    """The time of the S3 event whose ``lock_acquired`` the journal has, to the millisecond."""
    principal: str = ""
    """Who took it by S3's account."""
    owner: str = ""
    """The Slack user behind its holder."""
    snooze: Snooze | None = None
    quiet_at: datetime | None = None
    """When somebody last clicked to snooze it or to end a snooze."""
    asked: Asked | None = None
    withdrawn: frozenset[str] = frozenset()
    """The clicks that asked and were withdrawn: delivered again, they neither ask nor approve."""
    refused: frozenset[str] = frozenset()
    """The Slack users who asked for a release and are not among its releasers."""
    releasing: Releasing | None = None
    """Whose delete was begun last. One that is known to have done nothing is not here."""
    kept: LockObject | None = None
    """What can be put back after a release."""
    restoring: Restoring | None = None
    """Whose put was begun last. One that is known to have done nothing is not here."""
    restorers: frozenset[Restorer] = frozenset()
    """All whose put was ever begun: the mark on a lock tells which of them put it there."""
    restored_by: str = ""
    """The Slack user who put it back after a release."""
    back_as: LockRef | None = None
    """The lock that it was put back as, whose page has its message now."""
    reopened_at: datetime | None = None
    """When it was found held again after it had ended."""
    ending: Ending | None = None
    told: bool = False
    """Whether its message says how it ended."""

    @property
    def taken(self) -> datetime:
        """Return since when it is held, as exactly as is known."""
        return self.acquired_at or self.lock.ref.since

    @property
    def spoken_of(self) -> bool:
        """Return whether people have heard of it, or may be hearing of it now."""
        return bool(self.posted or self.said or self.sending)

    @property
    def deleter(self) -> str:
        """Return for whom the reaper deleted the lock, or may have: a Slack user or REAPER; "" for nobody."""
        begun = self.releasing.by if self.releasing else ""
        return (self.ending.deleter if self.ending else "") or begun

    @property
    def approved(self) -> str:
        """Return the Slack user who had asked for the delete that ``deleter`` approved."""
        if self.ending and self.ending.deleter:
            return self.ending.approved
        return self.releasing.approved if self.releasing else ""

    def being_released(self, now: datetime) -> bool:
        """Return whether a delete may be on its way, so that nobody else may send one."""
        return self.ending is None and self.releasing is not None and now < self.releasing.until

    def being_restored(self, now: datetime) -> bool:
        """Return whether a put may be on its way, so that nobody else may send one."""
        return self.restoring is not None and now < self.restoring.until

    def restorer_of(self, lock: HeldLock | None) -> Restorer | None:
        """Return whose put is there; None where it is none of this page's, or a run's own lock.

        Anybody can copy a lock with its mark, so once the put itself is known no other object has its name.
        """
        if lock is None or not lock.mark or (self.back_as and lock.ref != self.back_as):
            return None
        return next((one for one in self.restorers if mark_of(one.click) == lock.mark), None)

    def is_after(self, clicked: datetime | None) -> bool:
        """Return whether a click is older than this hold of the lock: it was made about one that has ended."""
        return self.reopened_at is not None and clicked is not None and clicked < self.reopened_at

    def snoozed(self, now: datetime) -> bool:
        """Return whether it is to be quiet now."""
        return self.snooze is not None and now < self.snooze.until

    def in_flight(self, now: datetime) -> bool:
        """Return whether a message about it is being sent by somebody else."""
        return self.sending is not None and self.claimed_until is not None and now < self.claimed_until


def as_page(stored: Stored) -> Page:
    """Return the page that is stored, for whoever reads it."""
    read: dict[str, Any] = {**stored, "level": max(stored.get("levels", {0}))}
    ending, undone = stored.get("ending"), stored.get("undone")
    if ending and undone:
        read["ending"] = msgspec.structs.replace(ending, restored_by=undone.by, restored_click=undone.click)
    return Page(**{name: value for name, value in read.items() if name not in {"levels", "undone"}})
