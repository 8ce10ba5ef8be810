"""The neighbours of the jobs, in memory. ``contracts/`` holds them to what the real ones do."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from chalicelib.core.alert import Alert, LockRecord, Posted
from chalicelib.core.event import EventType, LockEvent
from chalicelib.core.lock import (
    LockRef,
    StateLock,
)
from chalicelib.core.release import Ending, ReleaseOutcome
from chalicelib.ports import BookError, MessageGoneError, MessengerError, World
from tests.fake_store import FakeStore


@dataclass
class FakeBook:
    """A lock book that can be out of reach."""

    pages: dict[LockRef, LockRecord] = field(default_factory=dict)
    claims: dict[LockRef, datetime] = field(default_factory=dict)
    down: bool = False

    def records(self) -> list[LockRecord]:
        self._check()
        return [record for record in self.pages.values() if not record.ending]

    def records_of(self, state_path: str) -> list[LockRecord]:
        self._check()
        mine = (record for record in self.pages.values() if record.lock.ref.state_path == state_path)
        return sorted(mine, key=lambda record: record.taken)

    def find(self, ref: LockRef) -> LockRecord | None:
        self._check()
        return self.pages.get(ref)

    def remember(self, lock: StateLock) -> LockRecord:
        return self._change(lock.ref, lock=lock)

    def reopen(self, lock: StateLock) -> LockRecord:
        self._check()
        self.pages[lock.ref] = LockRecord(lock=lock, acquired_at=self.pages[lock.ref].acquired_at)
        self.claims.pop(lock.ref, None)
        return self.pages[lock.ref]

    def claim_alert(self, lock: StateLock, now: datetime) -> bool:
        ref = lock.ref
        record = self._change(ref, lock=lock)
        if record.posted or record.ending or self.claims.get(ref, now) > now:
            return False
        self.claims[ref] = now + timedelta(minutes=20)
        return True

    def alert_posted(self, lock: StateLock, posted: Posted, level: int) -> None:
        self._change(lock.ref, lock=lock, posted=posted, level=level)

    def drop_claim(self, ref: LockRef) -> None:
        self._check()
        self.claims.pop(ref, None)

    def acquire_recorded(self, lock: StateLock, at: datetime) -> None:
        self._change(lock.ref, lock=lock, acquired_at=at)

    def release_recorded(self, ref: LockRef, at: datetime) -> None:
        if ref in self.pages:
            self._change(ref, released_at=at)

    def begin_release(self, lock: StateLock, user: str) -> None:
        self._change(lock.ref, lock=lock, requested_by=user)

    def abandon_release(self, ref: LockRef) -> None:
        if ref in self.pages:
            self._change(ref, requested_by="")

    def end(self, lock: StateLock, ending: Ending) -> bool:
        self._check()
        known = self.pages.get(lock.ref)
        if known and known.ending and ending.outcome is not ReleaseOutcome.RELEASED:
            return False
        self._change(lock.ref, lock=lock, ending=ending)
        return True

    def _change(self, ref: LockRef, **changes: object) -> LockRecord:
        self._check()
        known = self.pages.get(ref) or LockRecord(lock=changes["lock"])  # type: ignore[arg-type]
        self.pages[ref] = msgspec.structs.replace(known, **changes)
        return self.pages[ref]

    def _check(self) -> None:
        if self.down:
            raise BookError("the lock book could not be reached: it is down")


@dataclass
class FakeMessenger:
    """A Slack that remembers what it was told. ``refusing`` holds the error that everything is met with."""

    shown: dict[Posted, Alert] = field(default_factory=dict)
    edits: int = 0
    whispers: list[tuple[str, Ending, tuple[str, ...]]] = field(default_factory=list)
    reports: list[tuple[str, str, str]] = field(default_factory=list)
    refusing: str = ""
    channels_refused: set[str] = field(default_factory=set)

    def post(self, channel: str, alert: Alert) -> Posted:
        self._check(channel)
        posted = Posted(channel, f"{len(self.shown) + 1}.1")
        self.shown[posted] = alert
        return posted

    def edit(self, posted: Posted, alert: Alert) -> None:
        self._check(posted.channel)
        if posted not in self.shown:
            raise MessageGoneError("Slack answered message_not_found")
        self.edits += 1
        self.shown[posted] = alert

    def whisper(self, channel: str, user: str, ending: Ending, releasers: tuple[str, ...]) -> None:
        self._check(channel)
        self.whispers.append((user, ending, releasers))

    def report(self, channel: str, subject: str, trouble: str) -> None:
        self._check(channel)
        self.reports.append((channel, subject, trouble))

    def _check(self, channel: str) -> None:
        if self.refusing or channel in self.channels_refused:
            raise MessengerError(self.refusing or "Slack answered not_in_channel")


@dataclass
class FakeJournal:
    """A journal that can be read back."""

    events: list[LockEvent] = field(default_factory=list)

    def write(self, event: LockEvent) -> None:
        self.events.append(event)

    def kinds(self) -> list[EventType]:
        return [event.event for event in self.events]


@dataclass
class FakeQueue:
    """A queue that keeps what it is given."""

    messages: list[bytes] = field(default_factory=list)

    def send(self, message: bytes) -> None:
        self.messages.append(message)


@dataclass
class FakeWorld:
    """All neighbours, and the time."""

    now: datetime
    store: FakeStore = field(init=False)
    book: FakeBook = field(default_factory=FakeBook)
    messenger: FakeMessenger = field(default_factory=FakeMessenger)
    journal: FakeJournal = field(default_factory=FakeJournal)

    def __post_init__(self) -> None:
        self.store = FakeStore(self.now)

    @property
    def ports(self) -> World:
        return World(store=self.store, book=self.book, messenger=self.messenger, journal=self.journal)

    def later(self, **ago: float) -> datetime:
        self.now += timedelta(**ago)
        self.store.now = self.now
        return self.now
