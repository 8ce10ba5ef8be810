"""The alert: what a person is shown of a lock, and what is to be done next about it, as plain data."""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from chalicelib.core.lock import StateLock
from chalicelib.core.policy import Policy
from chalicelib.core.release import Ending, ReleaseOutcome


class Posted(msgspec.Struct, frozen=True):
    """Where an alert stands in Slack."""

    channel: str
    ts: str


class LockRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What the lock book remembers of one lock."""

    lock: StateLock
    posted: Posted | None = None
    level: int = 0
    acquired_at: datetime | None = None
    """The time of the S3 event whose ``lock_acquired`` the journal has, to the millisecond."""
    released_at: datetime | None = None
    """The time of the S3 event whose ``lock_released`` the journal has."""
    requested_by: str = ""
    """The Slack user for whom a delete was begun; set before the delete, so that a crash cannot hide it."""
    ending: Ending | None = None

    @property
    def taken(self) -> datetime:
        """Since when it is held, as exactly as is known."""
        return self.acquired_at or self.lock.ref.last_modified

    @property
    def released_for(self) -> str:
        """The Slack user whose click released it, or may have; "" when none did."""
        if self.ending is None:
            return self.requested_by
        by_click = self.ending.outcome in {ReleaseOutcome.RELEASED, ReleaseOutcome.UNCONFIRMED}
        return self.ending.user if by_click else ""


class StateWritten(msgspec.Struct, frozen=True):
    """When the state itself was last written, by the listing, in whole seconds; None: there is no state object."""

    at: datetime | None


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """One Slack message about one lock: all it says, nothing of how it looks."""

    lock: StateLock
    level: int
    thresholds: tuple[timedelta, ...]
    now: datetime
    state_written: StateWritten | None = None
    """None: not looked up, or S3 would not say."""
    ending: Ending | None = None

    @property
    def open(self) -> bool:
        """Whether the lock is still held, as far as is known."""
        return self.ending is None or not self.ending.closes


class Step(StrEnum):
    """What to do next about a lock."""

    NOTHING = "nothing"
    POST = "post"
    EDIT = "edit"
    CLOSE = "close"
    REOPEN = "reopen"


def next_step(record: LockRecord, policy: Policy, now: datetime, *, held: bool) -> Step:
    """The life of an alert, one row a situation; the first that fits is taken.

    ==================  ======  ==============  =======
    lock                alert   threshold       step
    ==================  ======  ==============  =======
    held, but ended     any     any             reopen
    ended before        any     any             nothing
    no longer held      any     any             close
    held                posted  any             edit
    held                none    reached         post
    held                none    not reached     nothing
    ==================  ======  ==============  =======
    """
    if record.ending:
        return Step.REOPEN if held else Step.NOTHING
    if not held:
        return Step.CLOSE
    if record.posted:
        return Step.EDIT
    return Step.POST if policy.level(record.lock.risk, record.lock.age(now)) else Step.NOTHING


def alert_for(
    record: LockRecord, policy: Policy, now: datetime, state_written: StateWritten | None, ending: Ending | None = None
) -> Alert:
    """The alert as it should read now."""
    lock = record.lock
    thresholds = policy.thresholds[lock.risk]
    # A level reached is kept, unless the policy has lost it since.
    level = min(max(policy.level(lock.risk, lock.age(now)), record.level), len(thresholds))
    return Alert(lock=lock, level=level, thresholds=thresholds, now=now, state_written=state_written, ending=ending)
