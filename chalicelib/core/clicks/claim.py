"""Claims: whose delete, or put, of a lock may be under way. A page of the lock book has at most one of each."""

from datetime import datetime, timedelta

import msgspec

from chalicelib.core.clicks.ending import REAPER, Ending, Outcome
from chalicelib.core.locks.lock import HeldLock

CLAIM_LASTS = timedelta(minutes=1)
"""How long one click's delete, or put, may be under way; twice the life of the functions that send them (30 s)."""
ON_ITS_WAY = timedelta(seconds=30)
"""How long a request may still arrive after it was sent: the client waits 8 s for an answer, and S3 may be slower."""


class Releasing(msgspec.Struct, frozen=True, omit_defaults=True):
    """One click's claim to delete a lock: noted before the delete, so that a crash cannot hide whose it was.

    While it lasts nobody else sends a delete. Afterwards none of its own can still arrive, so a look at the lock tells
    whether it was deleted.
    """

    by: str
    """A Slack user, or REAPER."""
    click: str
    until: datetime
    approved: str = ""
    """The Slack user who had asked for what ``by`` then approved."""

    @property
    def send_before(self) -> datetime:
        """Return when it is too late to send the delete."""
        return self.until - ON_ITS_WAY

    def ending(self, outcome: Outcome, now: datetime, held_now: HeldLock | None = None) -> Ending:
        """Return an ending of the lock in the name of this claim; ``held_now`` is the lock there instead of it."""
        by_reaper = self.by == REAPER
        return Ending(
            outcome=outcome,
            at=now,
            user="" if by_reaper else self.by,
            click=self.click,
            by_reaper=by_reaper,
            approved=self.approved,
            held_now=held_now,
        )


class Restoring(msgspec.Struct, frozen=True):
    """One click's claim to put a released lock back: noted before the put. While it lasts nobody else sends one."""

    by: str
    click: str
    until: datetime

    @property
    def send_before(self) -> datetime:
        """Return when it is too late to send the put."""
        return self.until - ON_ITS_WAY


class Restorer(msgspec.Struct, frozen=True, order=True):
    """Somebody who clicked *Put the lock back* and whose put was sent, or may have been."""

    by: str
    click: str
