"""The neighbours of the jobs, in memory. ``contracts/`` holds them to what the real ones do."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from chalicelib.aws.locks.places import Places
from chalicelib.core.audit.line import JournalLine, LineKind
from chalicelib.core.locks.place import Kind, Place
from chalicelib.ports.world import World
from tests.fakes.book import FakeBook, FakeChannelBook, FakeDigestBook, FakeGroupBook, FakeJointBook
from tests.fakes.debris import FakeDebrisCounter
from tests.fakes.events import FakeEventBook
from tests.fakes.nights import FakeNightBook
from tests.fakes.orders import FakeOrders
from tests.fakes.slack import FakeDirectory, FakeMessenger
from tests.fakes.store import FakeStore
from tests.fakes.tables import FakeTables


@dataclass
class FakeJournal:
    """A journal that can be read back."""

    lines: list[JournalLine] = field(default_factory=list)

    def write(self, line: JournalLine) -> None:
        self.lines.append(line)

    def kinds(self) -> list[LineKind]:
        return [line.event for line in self.lines]


@dataclass
class FakeWorld:
    """All neighbours, and the time."""

    now: datetime
    store: FakeStore = field(init=False)
    """The buckets."""
    tables: FakeTables = field(default_factory=FakeTables)
    """The lock tables."""
    covers: Callable[[Place], bool] = lambda _: True
    """Tells whether a place is within the targets."""
    debris: FakeDebrisCounter = field(default_factory=FakeDebrisCounter)
    book: FakeBook = field(default_factory=FakeBook)
    events: FakeEventBook = field(default_factory=FakeEventBook)
    channels: FakeChannelBook = field(default_factory=FakeChannelBook)
    digests: FakeDigestBook = field(default_factory=FakeDigestBook)
    joints: FakeJointBook = field(default_factory=FakeJointBook)
    groups: FakeGroupBook = field(default_factory=FakeGroupBook)
    nights: FakeNightBook = field(default_factory=FakeNightBook)
    messenger: FakeMessenger = field(default_factory=FakeMessenger)
    directory: FakeDirectory = field(default_factory=FakeDirectory)
    journal: FakeJournal = field(default_factory=FakeJournal)
    orders: FakeOrders = field(default_factory=FakeOrders)

    def __post_init__(self) -> None:
        self.store = FakeStore(self.now)

    @property
    def ports(self) -> World:
        return World(
            store=Places({Kind.S3: self.store, Kind.DYNAMODB: self.tables}, self.covers),
            debris=self.debris,
            book=self.book,
            events=self.events,
            channels=self.channels,
            digests=self.digests,
            joints=self.joints,
            groups=self.groups,
            nights=self.nights,
            messenger=self.messenger,
            directory=self.directory,
            journal=self.journal,
            orders=self.orders,
            clock=lambda: self.now,
        )

    def later(self, **ago: float) -> datetime:
        self.now += timedelta(**ago)
        self.store.now = self.now
        return self.now
