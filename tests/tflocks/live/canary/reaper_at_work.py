"""A reaper in memory for the canary: the real jobs on a bucket and a table of moto, and one fault at a time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

import msgspec
from botocore.exceptions import ClientError

from chalicelib.aws.locks.dynamodb import DynamoLockStore
from chalicelib.aws.locks.places import Places
from chalicelib.aws.locks.s3 import S3LockStore
from chalicelib.core.alerts.page import Page
from chalicelib.core.audit.event import LockEvent, ToldBy
from chalicelib.core.canary import FOLDER, Canary
from chalicelib.core.clicks.order import AutoRelease
from chalicelib.core.doctor.canary.blame import Clues
from chalicelib.core.doctor.canary.steps import Step
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import Kind, LockRef, Place
from chalicelib.core.locks.target import Target
from chalicelib.core.policy import Rules
from chalicelib.jobs.clicks.release import release
from chalicelib.jobs.watch import WatchIncompleteError, watch
from chalicelib.ports.locks import LockStore, StoreRefusedError
from tests.aws_fixtures import create_bucket, create_lock_table, moto_clients
from tests.builders import BUCKET, CHANNEL, TABLE, a_click, some_rules, with_tables
from tests.fakes.world import FakeWorld
from tests.jobs.recording import RELEASE_ROLE, record, settle_all
from tflocks.live.canary.course import Course
from tflocks.live.canary.eyes import Line, Watched
from tflocks.live.canary.flight import Flight
from tflocks.live.canary.hands import Hand, writer_for
from tflocks.live.canary.waiting import Waiting

RUN = "0123456789ab"
STREAM = f"arn:aws:dynamodb:eu-central-1:123456789012:table/{TABLE}/stream/2026-11-26T00:00:00.000"


@dataclass
class ReaperAtWork:
    """``Eyes`` on a reaper whose functions run whenever somebody looks."""

    world: FakeWorld
    store: LockStore
    target: Target
    rules: Rules
    deaf: bool = False
    """Whether no event arrives."""
    mute: bool = False
    """Whether no event of a release arrives."""
    watch_denied: bool = False
    watch_off: bool = False
    releasing_off: bool = False
    clicking: bool = False
    """Whether somebody clicks on each alert at once."""
    clues_are: dict[str, Any] = field(default_factory=dict)
    _held: dict[Place, HeldLock] = field(default_factory=dict)
    _ordered: list[AutoRelease] = field(default_factory=list)
    _by: str = "AWS:AROAEXAMPLE:operator"

    def _work(self) -> None:
        """Have the functions do what waits for them."""
        self.world.now = datetime.now(UTC)
        orders, self._ordered = self._ordered, []
        for order in () if self.releasing_off else orders:
            self._by = f"AWS:{RELEASE_ROLE}:release"
            release(order, self.world.ports, self.rules, self.world.now)
            self._hear()
        self._by = "AWS:AROAEXAMPLE:operator"
        self._hear()
        settle_all(self.world, self.rules)

    def _hear(self) -> None:
        if self.deaf:
            return
        places = [place for part in self.store.scan(self.target) for place in part.places]
        now = {lock.ref.place: lock for place in places if (lock := self.store.read(place))}
        for place, lock in now.items():
            if self._held.get(place) != lock:
                self._tell(LockEvent(acquired=True, at=self._at(lock), place=place, **self._how(lock)))
        for place, lock in self._held.items():
            if place not in now and not self.mute:
                self._tell(LockEvent(acquired=False, at=datetime.now(UTC), place=place, **self._how(lock)))
        self._held = now

    def _at(self, lock: HeldLock) -> datetime:
        return lock.ref.since if lock.ref.place.kind is Kind.S3 else datetime.now(UTC)

    def _how(self, lock: HeldLock) -> dict[str, Any]:
        if lock.ref.place.kind is Kind.DYNAMODB:
            return {"told_by": ToldBy.STREAM, "lock": lock, "stamp": lock.ref.stamp}
        return {"principal": self._by, "stamp": lock.ref.stamp}

    def _tell(self, event: LockEvent) -> None:
        record(self.world, event, rules=self.rules)

    def lines(self) -> list[Line]:
        self._work()
        told = cast("list[Line]", [msgspec.to_builtins(line) for line in self.world.journal.lines])
        return [one for one in told if RUN in one.get("state_path", "")]

    def page(self, ref: LockRef) -> Page | None:
        self._work()
        page = self.world.book.find(ref)
        if self.clicking and page and page.posted and not page.ending:
            release(a_click(ref, channel=CHANNEL), self.world.ports, self.rules, self.world.now)
            page = self.world.book.find(ref)
        return page

    def watch(self) -> Watched:
        self._work()
        if self.watch_off:
            return Watched(ran=False, why="Lambda: Rate Exceeded")
        try:
            watch(self.world.ports, self.rules, datetime.now(UTC))
        except WatchIncompleteError as error:
            return Watched(ran=True, why=str(error))
        return Watched(ran=not self.watch_denied, why="access denied" * self.watch_denied, denied=self.watch_denied)

    def order(self, ref: LockRef, channel: str) -> None:
        self._ordered.append(AutoRelease(lock=ref, channel=channel))

    def clues(self, step: Step, target: Target) -> Clues:
        return Clues(**self.clues_are)


@dataclass
class Ground:
    """A bucket or a table, with a client of it, and all that a canary needs there."""

    client: Any
    target: Target
    versioned: bool
    reaper: ReaperAtWork = field(init=False)
    store: Places = field(init=False)

    def __post_init__(self) -> None:
        one = self._own()
        self.store = Places({self.target.kind: one}, lambda _: True)
        world = FakeWorld(datetime.now(UTC))
        world.__dict__["store" if self.target.kind is Kind.S3 else "tables"] = one
        tables = (self.target,) if self.target.kind is Kind.DYNAMODB else ()
        rules = with_tables(some_rules(), *tables) if tables else some_rules()
        self.reaper = ReaperAtWork(world, self.store, self.target, rules)

    def _own(self) -> LockStore:
        def client(*_: object) -> Any:
            return self.client

        store = S3LockStore if self.target.kind is Kind.S3 else DynamoLockStore
        return store(client, client, client)

    def course(self, wait_for_click: float = 0, limit: float = 0.02) -> Course:
        canary = Canary(run=RUN, channel=CHANNEL, target=self.target)
        hand = Hand(writer_for(self.target.kind, self.client), self.store)
        waiting = Waiting(every=0.001, share=limit / 180)
        flight = Flight(canary, hand, self.reaper, waiting)
        return Course(flight, self.client, wait_for_click, self.versioned if self.target.kind is Kind.S3 else None)

    def kept(self) -> list[str]:
        """All that is there of canaries: locks, versions, delete markers."""
        if self.target.kind is Kind.DYNAMODB:
            return [item["LockID"]["S"] for item in self.client.scan(TableName=TABLE)["Items"]]
        told = self.client.list_object_versions(Bucket=BUCKET)
        found = [*told.get("Versions", []), *told.get("DeleteMarkers", [])]
        return [one["Key"] for one in found if FOLDER in one["Key"]]


@contextmanager
def a_bucket(*, versioned: bool = True) -> Iterator[Ground]:
    with moto_clients("s3") as [s3]:
        create_bucket(s3, BUCKET, versioned=versioned)
        yield Ground(s3, Target(Kind.S3, BUCKET), versioned)


@contextmanager
def a_lock_table(*, stream: bool = True) -> Iterator[Ground]:
    with moto_clients("dynamodb") as [dynamodb]:
        create_lock_table(dynamodb, TABLE)
        yield Ground(dynamodb, Target(Kind.DYNAMODB, TABLE, stream=STREAM if stream else ""), versioned=False)


class Killed(BaseException):
    """The program was killed: nothing of it runs any more."""


@contextmanager
def killed_at(client: Any, request: int) -> Iterator[Callable[[], int]]:
    """Kill whoever sends the request of that number, when it is carried out; yield what counts the requests."""
    sent = [0]

    def count(**_: Any) -> None:
        sent[0] += 1
        if sent[0] == request:
            raise Killed

    client.meta.events.register("after-call", count, unique_id="killed")
    try:
        yield lambda: sent[0]
    finally:
        client.meta.events.unregister("after-call", count, unique_id="killed")


@contextmanager
def versions_refused(s3: Any) -> Iterator[None]:
    """Have S3 delete no version by its ID."""

    def refuse(params: dict[str, Any], **_: Any) -> None:
        if "versionId" in params["query_string"]:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "DeleteObject")

    s3.meta.events.register("before-call.s3.DeleteObject", refuse)
    yield
    s3.meta.events.unregister("before-call.s3.DeleteObject", refuse)


def denying(store: Any) -> Any:
    """A store that may delete nothing."""

    class Denying:
        def __getattr__(self, name: str) -> Any:
            return getattr(store, name)

        def delete(self, ref: LockRef, by: str) -> Any:
            raise StoreRefusedError("S3: access denied (s3:DeleteObject)")

    return Denying()
