"""One event of S3 as its job deals with it: the event, the world, the rules, the time."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self

import msgspec

from chalicelib.core.alerts.page import Page
from chalicelib.core.audit.event import LockEvent
from chalicelib.core.policy import Rules
from chalicelib.ports.world import World


class Recording(msgspec.Struct, frozen=True, kw_only=True):
    """How events are recorded here."""

    settled_after: timedelta
    """The time until what happened before a release has been told too."""
    release_role: str = ""
    """The unique ID (``AROA...``) of the one role that deletes for the reaper."""
    restore_role: str = ""
    """The unique ID of the one role that puts locks back."""


@dataclass(frozen=True)
class EventCase:
    """Passed from step to step; ``now`` is when the job began."""

    event: LockEvent
    world: World
    rules: Rules
    recording: Recording
    now: datetime

    def of(self, event: LockEvent) -> Self:
        """Return the same for another event."""
        return replace(self, event=event)

    def pages(self, until: datetime) -> list[Page]:
        """Return what the book has of the event's place: a dual lock's other half has the same state path."""
        place = self.event.place
        return [page for page in self.world.book.pages_of(place.state_path, until) if page.lock.ref.place == place]
