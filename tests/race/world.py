"""The jobs' neighbours in a schedule: others may go first at each call, answers get lost, and it is noted who asked."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from chalicelib.core.alerts.message import Posted
from chalicelib.core.audit.event import LockEvent
from chalicelib.core.audit.line import JournalLine
from chalicelib.core.clicks.click import Click, Person, Whisper
from chalicelib.core.clicks.order import AutoRelease, EndUndo
from chalicelib.core.joint.click import JointAnswer
from chalicelib.ports.book import BookError
from chalicelib.ports.orders import AT_ONCE
from chalicelib.ports.people import Message, MessengerError
from chalicelib.ports.world import World
from tests.fakes.book import FakeBook
from tests.fakes.slack import FakeMessenger
from tests.fakes.world import FakeWorld
from tests.jobs.delivery import Order
from tests.race.places import RacePlaces
from tests.race.schedule import BEGINS, Schedule


class Crossing:
    """A neighbour at whose door others may go first, or where an answer or a request is lost."""

    def __init__(self, neighbour: object, schedule: Schedule, failure: type[Exception] | None = None) -> None:
        self._neighbour, self._schedule, self._failure = neighbour, schedule, failure

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._neighbour, name)
        if not callable(method):
            return method
        schedule, failure = self._schedule, self._failure

        def call(*arguments: Any, **named: Any) -> Any:
            schedule.step()
            if failure and schedule.chance(0.005):
                raise failure(f"{name}: it could not be reached")
            answer = method(*arguments, **named)
            if failure is BookError and schedule.chance(0.01):
                return method(*arguments, **named)  # its answer was lost, and botocore has sent it once more
            if failure and schedule.chance(0.005):
                raise failure(f"{name}: no answer")
            return answer

        setattr(self, name, call)
        return call


@dataclass
class Channel(FakeMessenger):
    """A Slack that remembers for which click it was told something."""

    schedule: Schedule = field(default_factory=lambda: Schedule(0))
    answered: set[str] = field(default_factory=set)
    told: list[tuple[Click, Whisper]] = field(default_factory=list)

    def edit(self, posted: Posted, message: Message) -> None:
        super().edit(posted, message)
        click = self.schedule.task.click
        if click and click.message == posted.handle:
            self.answered.add(click.click)

    def whisper(self, person: Person, whisper: Whisper | JointAnswer) -> None:
        super().whisper(person, whisper)
        click = self.schedule.task.click
        if click and click.user == person.user and isinstance(whisper, Whisper):
            self.answered.add(click.click)
            self.told.append((click, whisper))


@dataclass
class Lines:
    """The journal, with the click for which each line was written."""

    schedule: Schedule
    lines: list[tuple[Click | None, JournalLine]] = field(default_factory=list)

    def write(self, line: JournalLine) -> None:
        self.lines.append((self.schedule.task.click, line))


@dataclass
class Deliveries:
    """``ports.orders.Orders`` that hands each order on when it is due."""

    schedule: Schedule
    deliver: Callable[[Order], object]
    settle_now: Callable[[LockEvent], object]

    def carry_out(self, click: Click, after: timedelta = AT_ONCE) -> None:
        self._later(lambda: self.deliver(click), after)

    def release_by_itself(self, order: AutoRelease) -> None:
        self._later(lambda: self.deliver(order), AT_ONCE)

    def end_undo(self, order: EndUndo, after: timedelta) -> None:
        self._later(lambda: self.deliver(order), after)

    def settle(self, release: LockEvent, after: timedelta) -> None:
        self._later(lambda: self.settle_now(release), after)

    def _later(self, act: Callable[[], object], after: timedelta) -> None:
        self.schedule.spawn(act, after.total_seconds() + self.schedule.random.random())


def world_of(places: RacePlaces, channel: Channel, lines: Lines, book: FakeBook, deliveries: Deliveries) -> World:
    """Return the world of one schedule: memory as in all other tests, everything else as above."""
    schedule = places.schedule
    fakes = FakeWorld(BEGINS, book=book).ports
    failing = {"book": BookError, "events": BookError}
    memory: dict[str, Any] = {
        name: Crossing(getattr(fakes, name), schedule, failing.get(name))
        for name in ("book", "events", "channels", "digests", "joints", "groups", "nights", "debris", "directory")
    }
    others: dict[str, Any] = {
        "store": places,
        "messenger": Crossing(channel, schedule, MessengerError),
        "journal": Crossing(lines, schedule),
        "orders": Crossing(deliveries, schedule),
        "clock": lambda: schedule.now,
    }
    return World(**memory, **others)
