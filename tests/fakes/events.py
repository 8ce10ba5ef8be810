"""The event book in memory. ``contracts/test_change_book.py`` holds it to what DynamoDB's does."""

from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.core.audit.event import CLAIMED_FOR, LockEvent
from chalicelib.core.audit.hold import NotedEvent
from chalicelib.core.locks.place import Place
from chalicelib.ports.book import UnderWayError
from tests.fakes.book import CanBeDown


@dataclass
class FakeEventBook(CanBeDown):
    """Events by their key and identity."""

    noted: dict[Place, dict[str, NotedEvent]] = field(default_factory=dict)
    claims: dict[str, datetime] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)
    gone: dict[Place, dict[str, LockEvent]] = field(default_factory=dict)

    def claim(self, noted: NotedEvent, now: datetime) -> bool:
        self.remember(noted)
        mine = noted.event.event_id
        if mine in self.told:
            return False
        if mine in self.claims and now < self.claims[mine]:
            raise UnderWayError("another is journaling it")
        self.claims[mine] = now + CLAIMED_FOR
        return True

    def remember(self, noted: NotedEvent) -> None:
        self._check()
        event = noted.event
        self.noted.setdefault(event.place, {}).setdefault(event.identity, noted)

    def journaled(self, event: LockEvent) -> None:
        self._check()
        if event.identity in self.noted.get(event.place, {}):
            self.told.add(event.event_id)

    def before(self, event: LockEvent) -> NotedEvent | None:
        self._check()
        noted = self.noted.get(event.place, {})
        earlier: NotedEvent | None = None
        # In DynamoDB's order: of two that sequencers of unequal lengths do not tell apart, the first one found counts.
        for identity in sorted(noted, reverse=True):
            one = noted[identity]
            if identity != event.identity and one.event.before(event):
                earlier = one if earlier is None or earlier.event.before(one.event) else earlier
        return earlier

    def remember_gone(self, gone: LockEvent) -> None:
        self._check()
        self.gone.setdefault(gone.place, {})[gone.identity] = gone

    def gone_after(self, event: LockEvent) -> list[LockEvent]:
        self._check()
        gone = self.gone.get(event.place, {})
        return [gone[identity] for identity in sorted(gone, reverse=True)[:20] if event.before(gone[identity])]
