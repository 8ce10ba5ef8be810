"""The lock book's page: what the book remembers of one lock. ``transitions`` makes every change of a page."""

from datetime import datetime

import msgspec

from chalicelib.core.alerts.holding import Holding
from chalicelib.core.alerts.message import Posted, Saying, Sending, Topic
from chalicelib.core.clicks.claim import Releasing, Restorer, Restoring
from chalicelib.core.clicks.deletion import KeptHalf, LockObject
from chalicelib.core.clicks.ending import Ending
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.mark import mark_of
from chalicelib.core.locks.place import LockRef


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


class Page(Holding, frozen=True, kw_only=True):
    """The lock book's memory of one lock."""

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
    half_of: LockRef | None = None
    """The other half of the lock, whose page has the alert for both; this page is silent."""
    joint: str = ""
    """The ID of the joint alert that tells of the lock; this page is silent then."""
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
    half_ending: Ending | None = None
    """How the half of this page ended, when the lock has others; ``ending`` is then how the whole lock ended."""
    told: bool = False
    """Whether the message says how the lock ended."""

    @property
    def spoken_of(self) -> bool:
        """Return whether people have been told of the lock, or a message about it may be under way."""
        return bool(self.posted or self.said or self.sending or self.joint)

    @property
    def own_ending(self) -> Ending | None:
        """Return how the lock at this page's own place ended; None: it is held."""
        return self.half_ending or self.ending

    @property
    def to_put_back(self) -> tuple[KeptHalf, ...]:
        """Return what the reaper deleted of the lock and keeps, in the order in which it is put back: S3 first.

        A run takes S3 first too. So from the first put on, every run that locks in both places stops there.
        """
        own = (KeptHalf(self.lock.ref, self.kept),) if self.kept else ()
        kept = [*own, *self.kept_halves]
        if self.ending and self.ending.halves:
            ours = {half.place for half in self.ending.halves if half.by}
            kept = [one for one in kept if one.ref.place in ours]
        return tuple(sorted(kept, key=lambda one: one.ref.place.traits.release_order, reverse=True))

    @property
    def deleter(self) -> str:
        """Return for whom the reaper deleted the lock or may have: a Slack user or REAPER; "" for nobody."""
        if self.half_ending:
            return self.half_ending.deleter
        begun = self.releasing.by if self.releasing else ""
        return (self.ending.deleter if self.ending else "") or begun

    @property
    def approved(self) -> str:
        """Return the Slack user who asked for the delete that ``deleter`` then approved."""
        if self.own_ending and self.own_ending.deleter:
            return self.own_ending.approved
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
