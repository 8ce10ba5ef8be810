"""The change book in memory. ``contracts/test_change_book.py`` holds it to what DynamoDB's does."""

from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.core.audit.event import CLAIMED_FOR, LockChange
from chalicelib.core.audit.hold import NotedChange
from chalicelib.core.locks.place import Place
from chalicelib.ports.book import UnderWayError
from tests.fake_book import CanBeDown


@dataclass
class FakeChangeBook(CanBeDown):
    """Events by their key and identity."""

    noted: dict[Place, dict[str, NotedChange]] = field(default_factory=dict)
    claims: dict[str, datetime] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)
    gone: dict[Place, dict[str, LockChange]] = field(default_factory=dict)

    def claim(self, noted: NotedChange, now: datetime) -> bool:
        self.remember(noted)
        mine = noted.change.event_id
        if mine in self.told:
            return False
        if mine in self.claims and now < self.claims[mine]:
            raise UnderWayError("another is journaling it")
        self.claims[mine] = now + CLAIMED_FOR
        return True

    def remember(self, noted: NotedChange) -> None:
        self._check()
        change = noted.change
        self.noted.setdefault(change.place, {}).setdefault(change.identity, noted)

    def journaled(self, change: LockChange) -> None:
        self._check()
        if change.identity in self.noted.get(change.place, {}):
            self.told.add(change.event_id)

    def before(self, change: LockChange) -> NotedChange | None:
        self._check()
        noted = self.noted.get(change.place, {})
        earlier: NotedChange | None = None
        # In DynamoDB's order: of two that sequencers of unequal lengths do not tell apart, the first one found counts.
        for identity in sorted(noted, reverse=True):
            one = noted[identity]
            if identity != change.identity and one.change.before(change):
                earlier = one if earlier is None or earlier.change.before(one.change) else earlier
        return earlier

    def remember_gone(self, gone: LockChange) -> None:
        self._check()
        self.gone.setdefault(gone.place, {})[gone.identity] = gone

    def gone_after(self, change: LockChange) -> list[LockChange]:
        self._check()
        gone = self.gone.get(change.place, {})
        return [gone[identity] for identity in sorted(gone, reverse=True)[:20] if change.before(gone[identity])]
