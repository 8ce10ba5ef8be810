"""The event book in memory. ``contracts/test_change_book.py`` holds it to what DynamoDB's does."""

from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from chalicelib.core.audit.event import CLAIMED_FOR, LockEvent, ToldBy
from chalicelib.core.audit.hold import Journaled, NotedEvent
from chalicelib.core.locks.place import Place
from chalicelib.ports.book import UnderWayError
from tests.fakes.book import CanBeDown


@dataclass
class FakeEventBook(CanBeDown):
    """Events by their key and identity."""

    noted: dict[tuple[Place, bool], dict[str, NotedEvent]] = field(default_factory=dict)
    claims: dict[str, datetime] = field(default_factory=dict)
    told: dict[str, Journaled] = field(default_factory=dict)
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
        self.noted.setdefault(_key_of(event), {}).setdefault(event.identity, noted)

    def journaled(self, event: LockEvent, what: Journaled) -> None:
        self._check()
        if event.identity in self.noted.get(_key_of(event), {}):
            self.told[event.event_id] = what

    def find(self, event: LockEvent) -> NotedEvent | None:
        self._check()
        noted = self.noted.get(_key_of(event), {}).get(event.identity)
        return self._as_journaled(noted) if noted else None

    def before(self, event: LockEvent) -> NotedEvent | None:
        self._check()
        noted = self.noted.get(_key_of(event), {})
        earlier: NotedEvent | None = None
        # In DynamoDB's order: of two that sequencers of unequal lengths do not tell apart, the first one found counts.
        for identity in sorted(noted, reverse=True):
            one = noted[identity]
            if identity != event.identity and one.event.before(event):
                earlier = one if earlier is None or earlier.event.before(one.event) else earlier
        return self._as_journaled(earlier) if earlier else None

    def _as_journaled(self, noted: NotedEvent) -> NotedEvent:
        said = self.told.get(noted.event.event_id, Journaled.NOTHING)
        return msgspec.structs.replace(noted, journaled=said)

    def remember_gone(self, gone: LockEvent) -> None:
        self._check()
        self.gone.setdefault(gone.place, {})[gone.identity] = gone

    def gone_after(self, event: LockEvent) -> list[LockEvent]:
        self._check()
        gone = self.gone.get(event.place, {})
        return [gone[identity] for identity in sorted(gone, reverse=True)[:20] if event.before(gone[identity])]


def _key_of(event: LockEvent) -> tuple[Place, bool]:
    return event.place, event.told_by is ToldBy.SEEN
