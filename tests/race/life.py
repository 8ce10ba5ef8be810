"""One random life of one state: who clicks when, which runs there are, what is delivered late, twice or never."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

from chalicelib.core.alerts.page import Page
from chalicelib.core.audit.event import LockEvent
from chalicelib.core.clicks.click import Click, Verb
from chalicelib.jobs.clicks.delete import OutcomeUnknownError
from chalicelib.jobs.event_case import EventCase
from chalicelib.jobs.record import record_event
from chalicelib.jobs.settle import settle
from chalicelib.jobs.watch import WatchIncompleteError, watch
from chalicelib.ports.book import BookError
from chalicelib.ports.locks import StoreError
from chalicelib.ports.orders import OrderError
from chalicelib.ports.people import MessengerError
from tests.builders import ALICE, BOB, CHANNEL, TABLE, TEAM, a_table, some_rules, with_tables
from tests.fakes.book import FakeBook
from tests.jobs.delivery import Order, deliver
from tests.jobs.recording import RECORDING
from tests.race.places import Acquire, Locking, RacePlaces
from tests.race.schedule import KilledError, Schedule
from tests.race.world import Channel, Deliveries, Lines, world_of
from tests.sweeps import sweep

CAROL = "U0CAROL"
PEOPLE = (ALICE, BOB, CAROL)
RULES = some_rules(releasers=PEOPLE, undo=timedelta(minutes=10))
TWO = some_rules(releasers=PEOPLE, undo=timedelta(minutes=10), second_person=True)
_STREAM = f"arn:aws:dynamodb:eu-central-1:123456789012:table/{TABLE}/stream/2026-11-21T03:18:57.000"
RIVAL = 9
_LIFE, _AGAIN = 30.0, 180.0
_FAILURES = (MessengerError, OutcomeUnknownError, StoreError, BookError, OrderError, WatchIncompleteError)


@dataclass
class Race:
    """What happened in one schedule, for ``verdict``."""

    seed: int
    unconditional: bool = False
    """The control: releases read, compare and delete, as ``terraform force-unlock`` does."""
    clicks: list[Click] = field(default_factory=list)
    shown: dict[str, list[Acquire]] = field(default_factory=dict)
    """Which acquires each click was about: those of the lock, and those of the halves that its message showed."""
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
        self.places = RacePlaces(self.schedule, self._told, nameless=draw() < 0.25)
        self.places.buckets.encrypted = draw() < 0.2
        self.locking = self.random.choices(list(Locking), (3, 2, 5))[0]
        """Where the run of the alert locks. The others lock as it happens, as in the middle of a migration."""
        self.places.streamed = draw() < 0.5
        table = a_table(stream=_STREAM if self.places.streamed else "")
        self.rules = with_tables(TWO if self.random.random() < 0.15 else RULES, table)
        deliveries = Deliveries(self.schedule, self.deliver, self._settle)
        self.book = FakeBook()
        """What the lock book has at the end."""
        self.world = world_of(self.places, self.channel, self.lines, self.book, deliveries)

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
        faults, self.schedule.faults = self.schedule.faults, False
        self.places.take(0, self.locking)
        if self.locking is not Locking.DUAL and self.random.random() < 0.2:
            self.places.take(RIVAL, Locking.TABLE if self.locking is Locking.S3 else Locking.S3)
        self.schedule.pause(3 * 3600)
        sweep(self.rules.targets[0], self.world, self.rules, self.schedule.now)
        watch(self.world, self.rules, self.schedule.now)
        self.schedule.faults = faults
        self._people_come()
        self._runs_come()
        for _ in range(2):
            self.schedule.spawn(self._watch, self.random.random() * 400)

    def _people_come(self) -> None:
        begin, draw = self.schedule.spawn, self.random.random
        for user in PEOPLE[: 2 + (draw() < 0.5)]:
            begin(self._one_who(user, Verb.RELEASE), draw() * (3 if draw() < 0.7 else 90))
        for user in PEOPLE[1 : 2 + (draw() < 0.6)]:
            begin(self._one_who(user, Verb.PUT_BACK), draw() * 20)
        for user in PEOPLE[: int(draw() * 3)]:
            begin(self._one_who(user, Verb.RELEASE), 20 + draw() * 200)

    def _runs_come(self) -> None:
        begin, draw = self.schedule.spawn, self.random.random
        if draw() < 0.5:
            begin(lambda: self.places.let_go(0), draw() * (20 if draw() < 0.5 else 300))
        if draw() < 0.15:  # terraform force-unlock, of whatever is left
            begin(lambda: self.places.let_go(0), draw() * 300)
        if draw() < 0.1:  # somebody deletes one half by hand
            begin(lambda: self.places.let_go(0, self.random.choice([Locking.S3, Locking.TABLE])), draw() * 300)
        for run in range(1, 2 + (draw() < 0.4)):
            begin(lambda: self._run_of(run), draw() * 60)  # noqa: B023  a run keeps its number by then

    def _run_of(self, run: int) -> None:
        locking = self.random.choice(list(Locking))
        for _ in range(4):
            if self.places.take(run, locking):
                self.schedule.pause(self.random.random() * 60)
                if self.random.random() < 0.6:
                    self.places.let_go(run, locking)
                return
            self.schedule.pause(self.random.random() * 10)

    def _one_who(self, user: str, verb: Verb) -> Callable[[], None]:
        """Somebody who looks at the channel now and then, and clicks once."""

        def look() -> None:
            for _ in range(8):
                for posted, alert in list(self.channel.shown.items()):
                    offered = alert.open if verb is Verb.RELEASE else self._undoable(alert.ending)
                    if offered:
                        self._click(user, verb, alert.page, posted.handle)
                        return
                self.schedule.pause(self.random.random() * 8)

        return look

    def _undoable(self, ending: object) -> bool:
        return bool(ending and ending.undoable(self.schedule.now))  # type: ignore[attr-defined]

    def _click(self, user: str, verb: Verb, page: Page, ts: str) -> None:
        """Click as Slack sends it; now and then on a message from before the halves were one lock."""
        name, ref = f"{user} {len(self.clicks)}", page.lock.ref
        several = verb is Verb.RELEASE and page.halves and self.random.random() < 0.9
        halves = page.present if several else ()
        click = Click(
            lock=ref,
            halves=halves,
            verb=verb,
            user=user,
            user_team=TEAM,
            channel=CHANNEL,
            message=ts,
            at=self.schedule.now,
            click=name,
        )
        self.clicks.append(click)
        shown = [*(halves or (ref,))] if verb is Verb.RELEASE else [ref, *(half.ref for half in page.halves)]
        self.shown[name] = [one for one in map(self.places.acquires, shown) if one]
        self.deliver(click)

    # --- what AWS does

    def deliver(self, order: Order) -> None:
        """Give an order to its function, again and again until it is done."""
        self.schedule.spawn(lambda: self._invoke(order, lambda: self._carry_out(order), 30))

    def _carry_out(self, order: Order) -> object:
        if self.unconditional and isinstance(order, Click) and order.verb is Verb.RELEASE:
            self._force_unlock(order)
            return None
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
        nameless = not event.principal
        longest = RECORDING.settled_after.total_seconds() - _LIFE if nameless else 300
        if nameless or self.random.random() < 0.9:
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

    def _force_unlock(self, click: Click) -> None:
        for ref in click.halves or (click.lock,):
            current = self.places.read(ref.place)
            if current and current.ref == ref:
                self.places.delete_whatever_is_there(ref.place)
