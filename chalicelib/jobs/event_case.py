"""The case of an event: one event with all that a job needs to deal with it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self

import msgspec

from chalicelib.core.alerts.page import Page
from chalicelib.core.audit.event import LockEvent
from chalicelib.core.policy import Rules
from chalicelib.ports.world import World


class Recording(msgspec.Struct, frozen=True, kw_only=True):
    """Settings for recording events."""

    settled_after: timedelta
    """The time after a release by which all earlier events have arrived, so that it can be settled."""
    release_role: str = ""
    """The unique ID (``AROA...``) of the only role that deletes for the reaper."""
    restore_role: str = ""
    """The unique ID of the only role that puts locks back."""


@dataclass(frozen=True)
class EventCase:
    """One event with all that its steps need. ``now`` is when the job began."""

    event: LockEvent
    world: World
    rules: Rules
    recording: Recording
    now: datetime

    def of(self, event: LockEvent) -> Self:
        """Return the same for another event."""
        return replace(self, event=event)

    def pages(self, until: datetime) -> list[Page]:
        """Return the pages of the event's place, without those of another half of the same state path's lock.

        The book sorts pages by the time of their locks, which for a table's lock is a client's and may be ahead.
        """
        place = self.event.place
        if self.event.lock:
            until = max(until, self.event.lock.ref.since)
        return [page for page in self.world.book.pages_of(place.state_path, until) if page.lock.ref.place == place]
