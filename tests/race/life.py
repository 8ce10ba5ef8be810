"""One random life of one state: who clicks when, which runs there are, what is delivered late, twice or never."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

from chalicelib.core.audit.event import LockEvent
from chalicelib.core.clicks.click import Click, Verb
from chalicelib.core.clicks.deletion import Deletion
from chalicelib.core.locks.place import LockRef
from chalicelib.jobs.clicks.delete import OutcomeUnknownError
from chalicelib.jobs.event_case import EventCase
from chalicelib.jobs.record import record_event
from chalicelib.jobs.settle import settle
from chalicelib.jobs.watch import WatchIncompleteError, watch
from chalicelib.ports.book import BookError
from chalicelib.ports.locks import StoreError
from chalicelib.ports.orders import OrderError
from chalicelib.ports.people import MessengerError
from tests.builders import ALICE, BOB, CHANNEL, TEAM, some_rules
from tests.fakes.book import FakeBook
from tests.jobs.delivery import Order, deliver
from tests.jobs.recording import RECORDING
from tests.race.bucket import Acquire, Bucket
from tests.race.schedule import KilledError, Schedule
from tests.race.world import Channel, Deliveries, Lines, world_of

CAROL = "U0CAROL"
PEOPLE = (ALICE, BOB, CAROL)
RULES = some_rules(releasers=PEOPLE, undo=timedelta(minutes=10))
TWO = some_rules(releasers=PEOPLE, undo=timedelta(minutes=10), second_person=True)
_LIFE, _AGAIN = 30.0, 180.0
_FAILURES = (MessengerError, OutcomeUnknownError, StoreError, BookError, OrderError, WatchIncompleteError)


@dataclass
class Race:
    """What happened in one schedule, for ``verdict``."""

    seed: int
    unconditional: bool = False
    """The control: releases read, compare and delete, as ``terraform force-unlock`` does."""
    clicks: list[Click] = field(default_factory=list)
    shown: dict[str, Acquire | None] = field(default_factory=dict)
    """Which acquire each click was about."""
    meant: list[tuple[Click, Acquire]] = field(default_factory=list)
    events: dict[str, Acquire] = field(default_factory=dict)
    """By the ``event_id`` of the journal's line."""
    in_time: bool = True
    """Every event was recorded before what came after it was settled."""
    calm: bool = True
    """Nothing was killed, and nothing was delivered twice."""

    def __post_init__(self) -> None:
        self.schedule = Schedule(self.seed)
        self.random = self.schedule.random
        self.channel = Channel(schedule=self.schedule)
        self.lines = Lines(self.schedule)
        draw = self.random.random
        self.bucket = Bucket(self.schedule, self._told, encrypted=draw() < 0.2, nameless=draw() < 0.25)
        self.rules = TWO if self.random.random() < 0.15 else RULES
        deliveries = Deliveries(self.schedule, self.deliver, self._settle)
        self.book = FakeBook()
        """What the lock book has at the end."""
        self.world = world_of(self.bucket, self.channel, self.lines, self.book, deliveries)

    def run(self) -> "Race":
        """Let it all happen."""
        self.schedule.spawn(self._begin)
        self.schedule.run()
        self.schedule.faults = False
        for _ in range(2):
            self.schedule.spawn(self._watch, 1800)
            self.schedule.run()
        return self

    # --- what people and runs do

    def _begin(self) -> None:
        self.bucket.take(0)
        faults, self.schedule.faults = self.schedule.faults, False
        self.schedule.pause(3 * 3600)
        watch(self.world, self.rules, self.schedule.now)
        self.schedule.faults = faults
        begin = self.schedule.spawn
        draw = self.random.random
        for user in PEOPLE[: 2 + (draw() < 0.5)]:
            begin(self._one_who(user, Verb.RELEASE), draw() * (3 if draw() < 0.7 else 90))
        for user in PEOPLE[1 : 2 + (draw() < 0.6)]:
            begin(self._one_who(user, Verb.PUT_BACK), draw() * 20)
        for user in PEOPLE[: int(draw() * 3)]:
            begin(self._one_who(user, Verb.RELEASE), 20 + draw() * 200)
        if draw() < 0.5:
            begin(lambda: self.bucket.let_go(0), draw() * (20 if draw() < 0.5 else 300))
        for run in range(1, 2 + (draw() < 0.4)):
            begin(lambda: self._run_of(run), draw() * 60)  # noqa: B023  a run keeps its number by then
        for _ in range(2):
            begin(self._watch, draw() * 400)

    def _run_of(self, run: int) -> None:
        for _ in range(4):
            if self.bucket.take(run):
                self.schedule.pause(self.random.random() * 60)
                if self.random.random() < 0.6:
                    self.bucket.let_go(run)
                return
            self.schedule.pause(self.random.random() * 10)

    def _one_who(self, user: str, verb: Verb) -> Callable[[], None]:
        """Somebody who looks at the channel now and then, and clicks once."""

        def look() -> None:
            for _ in range(8):
                for posted, alert in list(self.channel.shown.items()):
                    offered = alert.open if verb is Verb.RELEASE else self._undoable(alert.ending)
                    if offered:
                        self._click(user, verb, alert.lock.ref, posted.handle)
                        return
                self.schedule.pause(self.random.random() * 8)

        return look

    def _undoable(self, ending: object) -> bool:
        return bool(ending and ending.undoable(self.schedule.now))  # type: ignore[attr-defined]

    def _click(self, user: str, verb: Verb, ref: LockRef, ts: str) -> None:
        name = f"{user} {len(self.clicks)}"
        click = Click(
            lock=ref,
            verb=verb,
            user=user,
            user_team=TEAM,
            channel=CHANNEL,
            message=ts,
            at=self.schedule.now,
            click=name,
        )
        self.clicks.append(click)
        same = [one for one in self.bucket.history if one.ref == ref]
        self.shown[name] = same[-1] if same else None
        self.deliver(click)

    # --- what AWS does

    def deliver(self, order: Order) -> None:
        """Give an order to its function, again and again until it is done."""
        self.schedule.spawn(lambda: self._invoke(order, lambda: self._carry_out(order), 30))

    def _carry_out(self, order: Order) -> object:
        if self.unconditional and isinstance(order, Click) and order.verb is Verb.RELEASE:
            return self._force_unlock(order)
        return deliver(order, self.world, self.rules, self.schedule.now)

    def _invoke(self, order: Order | None, job: Callable[[], object], receives: int) -> None:
        task, began = self.schedule.task, self.schedule.seconds
        task.click, task.dies_at = order if isinstance(order, Click) else None, began + _LIFE
        again = True
        try:
            with suppress(*_FAILURES):
                job()
                again = self.schedule.chance(0.03)
        except KilledError:
            pass
        if again and receives:
            self.calm = False
            self.in_time = self.in_time and order is not None
            after = began + _AGAIN - self.schedule.seconds
            self.schedule.spawn(lambda: self._invoke(order, job, receives - 1), max(0.0, after))

    def _told(self, event: LockEvent, about: Acquire) -> None:
        """Deliver an event, mostly. Without an identity a release is known by its neighbours only (decision 36)."""
        self.events[event.event_id] = about
        longest = RECORDING.settled_after.total_seconds() - _LIFE if self.bucket.nameless else 300
        if self.bucket.nameless or self.random.random() < 0.9:
            late = self.random.random() * (2 if self.random.random() < 0.8 else longest)
            self._work(lambda: record_event(self._case(event)), late)

    def _settle(self, release: LockEvent) -> None:
        self._work(lambda: settle(self._case(release)), 0)

    def _case(self, event: LockEvent) -> EventCase:
        return EventCase(event, self.world, self.rules, RECORDING, self.schedule.now)

    def _watch(self) -> None:
        self._work(lambda: watch(self.world, self.rules, self.schedule.now), 0)

    def _work(self, job: Callable[[], object], after: float) -> None:
        self.schedule.spawn(lambda: self._invoke(None, job, 5), after)

    def _force_unlock(self, click: Click) -> Deletion | None:
        current = self.bucket.read(click.lock.place)
        if current is None or current.ref != click.lock:
            return None
        return self.bucket.delete_whatever_is_there()
