"""Claims on a lock: whose delete or put may be under way. A page has at most one claim to a delete and one to a put."""

from datetime import datetime, timedelta

import msgspec

from chalicelib.core.clicks.ending import REAPER, Ending, Outcome
from chalicelib.core.locks.lock import HeldLock

CLAIM_LASTS = timedelta(minutes=1)
"""How long one click's delete or put may be under way: twice the time limit of the functions that send it (30 s)."""
ON_ITS_WAY = timedelta(seconds=30)
"""How long a request may travel after it was sent. The client waits 8 s for an answer; AWS may carry it out later."""


class Releasing(msgspec.Struct, frozen=True, omit_defaults=True):
    """One click's claim to delete a lock. It is noted before the delete, so that no crash can hide whose delete it was.

    While the claim lasts, nobody else sends a delete. When it is over, its own delete can no longer arrive, so a look
    at the lock tells whether it was deleted.
    """

    by: str
    """A Slack user, the ARN of an operator, or REAPER."""
    click: str
    until: datetime
    approved: str = ""
    """The Slack user who asked for the release that ``by`` then approved."""

    @property
    def send_before(self) -> datetime:
        """Return the time after which it is too late to send the delete."""
        return self.until - ON_ITS_WAY

    def ending(self, outcome: Outcome, now: datetime, held_now: HeldLock | None = None) -> Ending:
        """Return an ending in the name of whoever made this claim; ``held_now`` is the lock that is there instead."""
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
    """One click's claim to put a released lock back, noted before the put. While it lasts, nobody else sends a put."""

    by: str
    click: str
    until: datetime

    @property
    def send_before(self) -> datetime:
        """Return the time after which it is too late to send the put."""
        return self.until - ON_ITS_WAY


class Restorer(msgspec.Struct, frozen=True, order=True):
    """A person who clicked *Put the lock back*, and whose put was or may have been sent."""

    by: str
    click: str
