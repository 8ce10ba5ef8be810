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
        """Return the pages of the event's place, without those of the state's other places."""
        place, lock, book = self.event.place, self.event.lock, self.world.book
        # The event has the lock itself: its own time finds its page, whatever clock that time is by.
        last = max(until, lock.ref.since) if lock else until
        pages = [page for page in book.pages_of(place.state_path, last) if page.lock.ref.place == place]
        if lock is None or any(page.lock.ref == lock.ref for page in pages):
            return pages
        own = book.find(lock.ref)  # many locks without a time crowd it out of the last pages
        return [*pages, own] if own else pages
