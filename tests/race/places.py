"""A bucket and a lock table with one state's locks: every acquire is remembered with who took it and who ended it.

What they do is what ``tests/fakes`` does, which ``contracts/test_lock_store.py`` holds to what S3 and DynamoDB do.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import TypeVar

from chalicelib.aws.locks.places import Places
from chalicelib.core.alerts.evidence import StateWritten
from chalicelib.core.audit.event import LockEvent, ToldBy
from chalicelib.core.clicks.click import Click
from chalicelib.core.clicks.deletion import Deletion, LockObject, Look, PutBack
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import Kind, LockRef, Place
from chalicelib.core.locks.scan import Scanned
from chalicelib.core.locks.target import Target
from chalicelib.core.locks.terraform.item import INFO
from chalicelib.ports.locks import StoreError
from tests.builders import ALICE, BUCKET, KEY, STATE_PATH, TABLE, sample
from tests.fakes.store import FakeStore
from tests.fakes.tables import FakeTables
from tests.jobs.recording import RELEASE_ROLE, RESTORE_ROLE, an_event
from tests.race.schedule import BEGINS, Schedule

_Answer = TypeVar("_Answer", Deletion, PutBack)
_TIME_OUT = 8.0
_LATEST = 28.0
"""Seconds after which a request that was sent has arrived, or never will."""
_KILLED = 0.05
_BODY, _ID = sample("s3-apply-default"), b"78653438-8ad9-5195-0db7-201620792a67"
_CREATED = b"2026-11-21T03:18:57"
OBJECT, ITEM = Place(Kind.S3, BUCKET, KEY), Place(Kind.DYNAMODB, TABLE, STATE_PATH)
DIGEST = Place(Kind.DYNAMODB, TABLE, f"{STATE_PATH}-md5")


class Locking(Enum):
    """Where a run locks, as its backend's settings say; the order is Terraform's."""

    S3 = (OBJECT,)
    TABLE = (ITEM,)
    DUAL = (OBJECT, ITEM)


@dataclass(eq=False)
class Acquire:
    """One time that the state was locked at one place."""

    ref: LockRef
    at: datetime
    run: int
    """Whose lock it is: a run of Terraform. A lock that was put back is still that run's."""
    put_by: Click | None = None
    put_for: "Acquire | None" = None
    """The acquire that was put back."""
    ended_by: Click | None = None
    """Whose delete it was; None: a run's, or it is held."""


@dataclass
class RacePlaces:
    """``ports.locks.LockStore`` for one state; ``tell`` takes the events of AWS."""

    schedule: Schedule
    tell: Callable[[LockEvent, Acquire], None]
    nameless: bool = False
    """S3's events come by EventBridge, which names nobody."""
    streamed: bool = False
    """The table has a stream, which names nobody either; without it, nobody tells of the table's locks."""
    buckets: FakeStore = field(default_factory=lambda: FakeStore(BEGINS))
    tables: FakeTables = field(default_factory=FakeTables)
    there: dict[Place, Acquire] = field(default_factory=dict)
    history: list[Acquire] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._stores = Places({Kind.S3: self.buckets, Kind.DYNAMODB: self.tables}, covers=lambda _place: False)
        self._locks: dict[Place, HeldLock] = {}
        self._numbers = 0
        self.tables.put_digest(TABLE, STATE_PATH)
        self.digest = self.tables.items[DIGEST]

    @property
    def held(self) -> dict[LockRef, Acquire]:
        """Return the locks that are held now."""
        return {one.ref: one for one in self.there.values()}

    def acquires(self, ref: LockRef) -> Acquire | None:
        """Return the last acquire that a reference names."""
        return next((one for one in reversed(self.history) if one.ref == ref), None)

    # --- what runs do

    def take(self, run: int, locking: Locking) -> bool:
        """Lock the state as Terraform does, if nobody holds it: S3 first; without the second half, drop the first."""
        body = self._body(run)
        for place in locking.value:
            if place in self.there:
                self.let_go(run, locking)
                return False
            self._put(place, body)
            self._taken(place, run)
            if self.schedule.chance(_KILLED):
                return True
            self.schedule.pause(self.schedule.random.random() * 0.2)
        return True

    def let_go(self, run: int, locking: Locking = Locking.DUAL) -> None:
        """Unlock it as Terraform does: at each place read, compare the ID, delete whatever is there then."""
        for place in locking.value:
            mine = place in self.there and self.there[place].run == run
            self.schedule.pause(self.schedule.random.random() * 0.3)
            if mine and place in self.there:
                self._remove(place)
                self._ended(place, None)
            if self.schedule.chance(_KILLED):
                return

    # --- what the reaper does

    def scan(self, target: Target, after: str = "") -> Iterator[Scanned]:
        self.schedule.step()
        yield from self._stores.scan(target, after)

    def state_written(self, ref: LockRef) -> StateWritten:
        return StateWritten(None)

    def read(self, place: Place, version: str = "") -> HeldLock | None:
        self._step()
        return self._stores.read(place, version)

    def look(self, ref: LockRef) -> Look:
        self._step()
        return self._stores.look(ref)

    def delete(self, ref: LockRef, by: str) -> Deletion:
        click = self.schedule.task.click
        return self._send(lambda: self._delete(ref, click), Deletion.UNKNOWN, Deletion.CONFLICT)

    def delete_whatever_is_there(self, place: Place) -> Deletion:
        """Delete without a condition, as nothing in the product can."""
        click = self.schedule.task.click
        return self._send(lambda: self._delete_at(place, click), Deletion.UNKNOWN, Deletion.CONFLICT)

    def put_back(self, ref: LockRef, kept: LockObject, mark: str, by: str) -> PutBack:
        click = self.schedule.task.click
        return self._send(lambda: self._put_if_none(ref, kept, mark, click), PutBack.UNKNOWN, PutBack.CONFLICT)

    def _step(self) -> None:
        self.schedule.step()
        if self.schedule.chance(0.005):
            raise StoreError("reading: it failed")

    def _send(self, effect: Callable[[], _Answer], unknown: _Answer, conflict: _Answer) -> _Answer:
        """Send a request: it arrives after a while, even where its sender has given up or was killed by then."""
        self.schedule.step()
        if self.schedule.chance(0.02):
            return conflict
        if self.schedule.chance(0.01):
            raise StoreError("it was refused")
        takes = self.schedule.random.random() * (0.2 if self.schedule.random.random() < 0.85 else _LATEST)
        answers: list[_Answer] = []
        self.schedule.spawn(lambda: answers.append(effect()), takes)
        self.schedule.pause(min(takes + 0.001, _TIME_OUT))
        return answers[0] if answers and not self.schedule.chance(0.04) else unknown

    def _delete(self, ref: LockRef, click: Click | None) -> Deletion:
        deletion = self._stores.delete(ref, ALICE)
        if deletion is Deletion.DELETED:
            self._ended(ref.place, click)
        return deletion

    def _delete_at(self, place: Place, click: Click | None) -> Deletion:
        if place not in self.there:
            return Deletion.NOT_FOUND
        self._remove(place)
        self._ended(place, click)
        return Deletion.DELETED

    def _put_if_none(self, ref: LockRef, kept: LockObject, mark: str, click: Click | None) -> PutBack:
        self.buckets.now = self.schedule.now
        answer = self._stores.put_back(ref, kept, mark, ALICE)
        if answer is PutBack.DONE:
            released = self.acquires(ref)
            assert released is not None
            self._taken(ref.place, released.run, click, released)
        return answer

    # --- what is so

    def _body(self, run: int) -> bytes:
        created = f"{self.schedule.now:%Y-%m-%dT%H:%M:%S}".encode()
        return _BODY.replace(_ID, _ID[:-4] + b"%04d" % run).replace(_CREATED, created)

    def _put(self, place: Place, body: bytes) -> None:
        self.buckets.now = self.schedule.now
        if place.kind is Kind.S3:
            self.buckets.put(place.container, place.key, body)
        else:
            self.tables.put_item(place.container, place.key, {INFO: {"S": body.decode()}})

    def _remove(self, place: Place) -> None:
        if place.kind is Kind.S3:
            self.buckets.remove(place.container, place.key)
        else:
            self.tables.remove(place.container, place.key)

    def _taken(self, place: Place, run: int, click: Click | None = None, put_for: Acquire | None = None) -> None:
        lock = self._stores.read(place)
        assert lock is not None
        self._locks[place] = lock
        self.there[place] = Acquire(lock.ref, self.schedule.now, run, click, put_for)
        self.history.append(self.there[place])
        who = f"AWS:{RESTORE_ROLE}:reaper" if click else "AWS:AROAEXAMPLE:ci-run-7"
        self._tell(self.there[place], lock, who, version=list(self.buckets.versions)[-1] if place == OBJECT else "")

    def _ended(self, place: Place, click: Click | None) -> None:
        ended = self.there.pop(place)
        ended.ended_by = click
        self._tell(ended, self._locks.pop(place), f"AWS:{RELEASE_ROLE}:reaper" if click else "AWS:AROAEXAMPLE:ci-run-7")

    def _tell(self, about: Acquire, lock: HeldLock, principal: str, *, version: str | None = None) -> None:
        acquired = version is not None
        if about.ref.place == OBJECT:
            at = self.schedule.now.replace(microsecond=self.schedule.now.microsecond // 1000 * 1000)
            who = "" if self.nameless else principal
            self.tell(an_event(at, version or "", acquired=acquired, principal=who), about)
        elif self.streamed:
            self._numbers += 1
            event = LockEvent(
                acquired=acquired,
                place=ITEM,
                at=self.schedule.now.replace(microsecond=0),
                told_by=ToldBy.STREAM,
                stamp=lock.ref.stamp if acquired else "",
                sequencer=f"{self._numbers:040}",
                lock=lock,
            )
            self.tell(event, about)
