"""Claims: whose delete, or put, of a lock may be on its way. A page of the lock book has one of each at a time."""

from datetime import datetime

import msgspec

from chalicelib.core.clicks.ending import ON_ITS_WAY, REAPER, Ending, Outcome
from chalicelib.core.locks.lock import HeldLock


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
        """When it is too late to send the delete."""
        return self.until - ON_ITS_WAY

    def unconfirmed(self, now: datetime, held_now: HeldLock | None) -> Ending:
        """Return the ending of a lock that is gone, where nobody knows whether this claim's delete was done."""
        by_reaper = self.by == REAPER
        return Ending(
            outcome=Outcome.UNCONFIRMED,
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
        """When it is too late to send the put."""
        return self.until - ON_ITS_WAY


class Restorer(msgspec.Struct, frozen=True, order=True):
    """Somebody who clicked *Put the lock back* and whose put was sent, or may have been."""

    by: str
    click: str
