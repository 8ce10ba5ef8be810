"""The lock book's page: what the book remembers of one lock. ``transitions`` makes every change of a page."""

from datetime import datetime, timedelta
from typing import Any, Literal, TypeAlias, TypedDict, assert_never

import msgspec

from chalicelib.core.alerts.message import Posted, Saying, Sending, Topic
from chalicelib.core.clicks.claim import Releasing, Restorer, Restoring
from chalicelib.core.clicks.deletion import KeptHalf, LockObject
from chalicelib.core.clicks.ending import Ending
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.mark import mark_of
from chalicelib.core.locks.place import NO_TIME, Clock, LockRef
from chalicelib.core.locks.state_lock import Half


class Snooze(msgspec.Struct, frozen=True):
    """A person's wish that the alert of a lock be quiet for a while."""

    by: str
    until: datetime

    @property
    def over(self) -> Saying:
        """Return the thing that is said once when the snooze is over."""
        return Saying(Topic.SNOOZE_OVER, self.until.isoformat())


class Asked(msgspec.Struct, frozen=True):
    """A request for a release by two people, from the first of them."""

    by: str
    at: datetime
    click: str
    """The click that asked; the queue may deliver it again."""


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
    "lock", "posted", "alerted_at", "shown_at", "appearance", "sending", "claimed_until", "acquired_at", "seen_at", "halves",
    "half_of", "rivals", "principal", "owner", "snooze", "quiet_at", "asked", "releasing", "kept", "kept_halves", "restoring", "restored_by", "back_as", "reopened_at",
    "ending", "undone", "told", "levels", "said", "withdrawn", "refused", "restorers",
]  # fmt: skip
"""A field of a page as a book stores it."""


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """The lock book's memory of one lock."""

    lock: HeldLock
    posted: Posted | None = None
    level: int = 0
    """The highest level that has been told."""
    alerted_at: datetime | None = None
    shown_at: datetime | None = None
    """When its message was last written, or checked and found to be up to date."""
    appearance: str = ""
    """All that its message depended on when it was last written or checked (``core.alerts.appearance``)."""
    said: frozenset[str] = frozenset()
    """The names of the things that were said of the lock."""
    sending: Sending | None = None
    claimed_until: datetime | None = None
    """Until then the sending may be under way; later, nobody knows whether the message was sent."""
    acquired_at: datetime | None = None
    """The time of the acquire's event, by a clock of AWS, once the journal has its ``lock_acquired``."""
    seen_at: datetime | None = None
    """When the reaper first saw the lock; only of a lock whose time AWS does not tell."""
    halves: tuple[Half, ...] = ()
    """All places at which the lock's holder holds the state, with its own; (): only its own."""
    half_of: LockRef | None = None
    """The other half of the lock, whose page has the alert for both; this page is silent."""
    rivals: tuple[HeldLock, ...] = ()
    """The locks of other holders on the same state path, as they were last seen."""
    principal: str = ""
    """Who took the lock, by the word of S3."""
    owner: str = ""
    """The Slack user behind the holder."""
    snooze: Snooze | None = None
    quiet_at: datetime | None = None
    """When somebody last clicked to snooze the alert or to end a snooze."""
    asked: Asked | None = None
    withdrawn: frozenset[str] = frozenset()
    """The clicks whose request was withdrawn. When the queue delivers one again, it neither asks nor approves."""
    refused: frozenset[str] = frozenset()
    """The Slack users who asked for a release and are not on the list of releasers."""
    releasing: Releasing | None = None
    """The claim to the last delete that was begun; removed when that delete is known to have done nothing."""
    kept: LockObject | None = None
    """The object that can be put back after a release."""
    kept_halves: tuple[KeptHalf, ...] = ()
    """The same for the other halves of the lock."""
    restoring: Restoring | None = None
    """The claim to the last put that was begun; removed when that put is known to have done nothing."""
    restorers: frozenset[Restorer] = frozenset()
    """Everybody whose put was ever begun. The mark on a lock tells which of them put it there."""
    restored_by: str = ""
    """The Slack user who put this lock back after a release."""
    back_as: LockRef | None = None
    """The lock that it was put back as; the page of that lock has the message now."""
    reopened_at: datetime | None = None
    """When the lock was found held again after it had ended."""
    ending: Ending | None = None
    told: bool = False
    """Whether the message says how the lock ended."""

    @property
    def taken(self) -> datetime:
        """Return the time since which the lock is held, as exactly as is known."""
        return self.acquired_at or self.held_since

    @property
    def clock(self) -> Clock:
        """Return whose clock ``held_since`` is by."""
        if self.acquired_at or any(ref.place.traits.clock is Clock.AWS for ref in self._refs):
            return Clock.AWS
        since = self.lock.ref.since
        by_client = since != NO_TIME and (self.seen_at is None or since <= self.seen_at)
        return Clock.CLIENT if by_client else Clock.REAPER

    @property
    def held_since(self) -> datetime:
        """Return since when the lock is held, by AWS's clock if possible. Thresholds and messages go by it.

        A client's clock may be ahead, so a lock is held at least since the reaper first saw it.
        """
        match self.clock:
            case Clock.AWS:
                times = (ref.since for ref in self._refs if ref.place.traits.clock is Clock.AWS)
                return min(times, default=None) or self.acquired_at or self.lock.ref.since
            case Clock.CLIENT:
                return self.lock.ref.since
            case Clock.REAPER:
                return self.seen_at or self.lock.ref.since
            case _:
                assert_never(self.clock)

    def age(self, now: datetime) -> timedelta:
        """Return how long the lock has been held; never negative."""
        return max(now - self.held_since, timedelta(0))

    @property
    def present(self) -> tuple[LockRef, ...]:
        """Return the halves that are still there, as far as is known, in the order in which they are released."""
        return tuple(half.ref for half in self.halves if half.held) if self.halves else (self.lock.ref,)

    @property
    def _refs(self) -> tuple[LockRef, ...]:
        return tuple(half.ref for half in self.halves) or (self.lock.ref,)

    @property
    def spoken_of(self) -> bool:
        """Return whether people have been told of the lock, or a message about it may be under way."""
        return bool(self.posted or self.said or self.sending)

    @property
    def deleter(self) -> str:
        """Return for whom the reaper deleted the lock or may have: a Slack user or REAPER; "" for nobody."""
        begun = self.releasing.by if self.releasing else ""
        return (self.ending.deleter if self.ending else "") or begun

    @property
    def approved(self) -> str:
        """Return the Slack user who asked for the delete that ``deleter`` then approved."""
        if self.ending and self.ending.deleter:
            return self.ending.approved
        return self.releasing.approved if self.releasing else ""

    def being_released(self, now: datetime) -> bool:
        """Return whether a delete may be on its way; then nobody else may send one."""
        return self.ending is None and self.releasing is not None and now < self.releasing.until

    def being_restored(self, now: datetime) -> bool:
        """Return whether a put may be on its way; then nobody else may send one."""
        return self.restoring is not None and now < self.restoring.until

    def restorer_of(self, lock: HeldLock | None) -> Restorer | None:
        """Return who put this lock there; None when it was nobody of this page, or the lock is a run's own.

        Anybody can copy a lock together with its mark, so once the lock that was put is known, no other one counts.
        """
        if lock is None or not lock.mark or (self.back_as and lock.ref != self.back_as):
            return None
        return next((one for one in self.restorers if mark_of(one.click) == lock.mark), None)

    def is_after(self, clicked: datetime | None) -> bool:
        """Return whether a click is older than this hold of the lock, so that it was about an earlier hold."""
        return self.reopened_at is not None and clicked is not None and clicked < self.reopened_at

    def snoozed(self, now: datetime) -> bool:
        """Return whether the alert is to be quiet now."""
        return self.snooze is not None and now < self.snooze.until

    def in_flight(self, now: datetime) -> bool:
        """Return whether another run may be sending a message about the lock."""
        return self.sending is not None and self.claimed_until is not None and now < self.claimed_until


def as_page(stored: Stored) -> Page:
    """Return the page that a book has stored."""
    read: dict[str, Any] = {**stored, "level": max(stored.get("levels", {0}))}
    ending, undone = stored.get("ending"), stored.get("undone")
    if ending and undone:
        read["ending"] = msgspec.structs.replace(ending, restored_by=undone.by, restored_click=undone.click)
    return Page(**{name: value for name, value in read.items() if name not in {"levels", "undone"}})
