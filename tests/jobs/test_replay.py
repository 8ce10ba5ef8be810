"""A busy day of S3 events, told in any order and as often as S3 likes: the journal's facts are the same."""

import heapq
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from chalicelib.core.audit.event import LockEvent, ToldBy
from chalicelib.core.audit.line import JournalLine, LineKind
from chalicelib.core.locks.place import Kind, Place
from chalicelib.core.locks.target import Target
from chalicelib.core.locks.terraform.body import read_body
from chalicelib.core.policy import Rules
from tests.builders import BUCKET, TAKEN, a_ref, sample, some_rules
from tests.fakes.world import FakeWorld
from tests.jobs.recording import RECORDING, record, settle_all, settle_and_tell

pytestmark = pytest.mark.thorough

UNVERSIONED, ELSEWHERE = "acme-unversioned", "acme-eu-central-1"
"""In the second one's region only EventBridge tells of it."""
TARGETS = (Target(Kind.S3, BUCKET), Target(Kind.S3, UNVERSIONED), Target(Kind.S3, ELSEWHERE))
RULES: Rules = msgspec.structs.replace(some_rules(), targets=TARGETS)
STATES, HOLDS, HELD, SEED = 120, 1_200, 20, 20261121
BODIES = ("s3-plan-default", "s3-apply-default", "s3-import-default", "s3-workspace-delete-dev")
PRINCIPALS = ("AWS:AROACI:run-7", "AWS:AROACI:run-8", "AWS:AIDABOB")
Fact = tuple[LineKind, str, datetime, datetime | None, float | None, str, str, str, str, bool]


@dataclass
class Day:
    """What really happened, and what S3 has to tell of it."""

    dice: random.Random
    world: FakeWorld = field(default_factory=lambda: FakeWorld(TAKEN))
    events: list[LockEvent] = field(default_factory=list)
    facts: Counter[Fact] = field(default_factory=Counter)

    def hold(self, bucket: str, key: str, begin: datetime, end: datetime | None) -> None:
        """One lock, taken and, unless it is still held, let go."""
        body = sample(self.dice.choice(BODIES)).replace(b'"Info":""', b'"Info":"%d"' % len(self.events))
        self.world.store.now = begin
        version = self.world.store.put(bucket, key, body)
        place, etag = Place(Kind.S3, bucket, key), a_ref(key, body).stamp
        # Without versions only the lock that is still there can be read when the day is over.
        info = None if bucket == UNVERSIONED and end else read_body(body).info
        operation = info.Operation if info else ""
        version = "" if bucket == UNVERSIONED else version
        taken = self.tell(place, begin, acquired=True, version=version, stamp=etag)
        self.facts[acquired(taken, operation)] += 1
        if end:
            self.world.store.remove(bucket, key)
            gone = self.tell(place, end, acquired=False)
            self.facts[released(taken, gone, operation)] += 1

    def tell(self, place: Place, at: datetime, *, acquired: bool, **others: Any) -> LockEvent:
        event = LockEvent(
            acquired=acquired,
            place=place,
            at=at,
            **others,
            principal=self.dice.choice(PRINCIPALS),
            sequencer=f"{0x0055AED6DCD90281E5 + len(self.events):018X}",
        )
        if place.container == ELSEWHERE:
            whole = at.replace(microsecond=0)
            event = msgspec.structs.replace(
                event, at=whole, principal="", account="123456789012", told_by=ToldBy.EVENTBRIDGE
            )
        self.events.append(event)
        return event


def a_busy_day() -> Day:
    day = Day(random.Random(SEED))  # noqa: S311  a reproducible day
    states = [
        (day.dice.choice([BUCKET, BUCKET, UNVERSIONED, ELSEWHERE]), f"team-{number % 7}/état {number}+a&b.tflock")
        for number in range(STATES)
    ]
    free = dict.fromkeys(states, TAKEN)
    for number in range(HOLDS):
        state = states[number % STATES] if number < STATES else day.dice.choice(states)
        # A third follows at once, as runs do that wait for the lock.
        begin = free[state] + timedelta(milliseconds=day.dice.choice([1, 40, 900, 60_000, 3_600_000]))
        end = begin + timedelta(milliseconds=day.dice.choice([15, 700, 2_400, 45_000, 1_300_000]))
        free[state] = end
        day.hold(*state, begin, end)
    for state in states[:HELD]:
        day.hold(*state, free[state] + timedelta(minutes=5), None)
    return day


def cleared_away(day: Day) -> list[LockEvent]:
    """What lifecycle rules make of old versions."""
    old = [msgspec.structs.replace(event, acquired=False, permanent=True) for event in day.events if event.version]
    return [msgspec.structs.replace(event, at=event.at + timedelta(days=1), sequencer="") for event in old[:200]]


def journaled(day: Day) -> Counter[Fact]:
    return Counter(fact(line) for line in day.world.journal.lines)


def fact(line: JournalLine) -> Fact:
    return (
        line.event,
        line.state_path,
        line.time,
        line.acquired_at,
        line.held_seconds,
        line.operation,
        line.taken_by,
        line.principal,
        line.released_by,
        line.incomplete,
    )


def acquired(taken: LockEvent, operation: str) -> Fact:
    path, at = taken.ref.state_path, taken.at
    return LineKind.LOCK_ACQUIRED, path, at, at, None, operation, "", taken.principal, "", not operation


def released(taken: LockEvent, gone: LockEvent, operation: str) -> Fact:
    known = bool(taken.principal and gone.principal)
    by = ("holder" if taken.principal == gone.principal else "other") if known else "unknown"
    held = (gone.at - taken.at).total_seconds()
    path, kind = gone.ref.state_path, LineKind.LOCK_RELEASED
    return kind, path, gone.at, taken.at, held, operation, taken.principal, gone.principal, by, not operation


def shuffled(day: Day, seed: int) -> Iterator[LockEvent]:
    """All of them, many more than once, in any order."""
    dice = random.Random(seed)  # noqa: S311
    events = [*day.events, *dice.choices(day.events, k=HOLDS), *cleared_away(day)]
    dice.shuffle(events)
    return iter(events)


@pytest.mark.parametrize("order", ["as it happened", "backwards", "shuffled 1", "shuffled 2"])
def test_the_facts_of_a_day_are_the_same_exactly_once_in_whatever_order_and_however_often_told(
    order: str,
) -> None:
    day = a_busy_day()
    day.world.later(days=2 * order.startswith("shuffled 2"))  # late, all of them
    told = {"as it happened": iter(day.events), "backwards": reversed(day.events)}
    record(day.world, *(told.get(order) or shuffled(day, int(order[-1]))), rules=RULES)
    random.Random(order).shuffle(day.world.orders.settling)  # noqa: S311
    settle_all(day.world, RULES)
    assert journaled(day) == day.facts
    assert len(day.world.book.open_pages()) == HELD
    assert len({line.event_id for line in day.world.journal.lines}) == len(day.events)


def test_the_facts_of_a_day_are_the_same_with_events_up_to_two_minutes_late_and_lines_in_between() -> None:
    day = a_busy_day()
    dice = random.Random(SEED)  # noqa: S311
    late = [(event.at + timedelta(seconds=dice.uniform(0, 119)), number) for number, event in enumerate(day.events)]
    again = [(at + timedelta(seconds=dice.uniform(0, 900)), number) for at, number in dice.choices(late, k=HOLDS)]
    due = [(at, 0, number) for at, number in late + again]
    orders: list[LockEvent] = []
    heapq.heapify(due)
    while due:
        now, is_order, number = heapq.heappop(due)
        day.world.now = now
        if is_order:
            settle_and_tell(orders[number], day.world.ports, RULES, now)
        else:
            record(day.world, day.events[number], rules=RULES)
        for release in day.world.orders.settling:
            heapq.heappush(due, (now + RECORDING.settled_after, 1, len(orders)))
            orders.append(release)
        day.world.orders.settling.clear()
    assert journaled(day) == day.facts


def test_the_day_that_is_replayed_is_a_busy_one() -> None:
    day = a_busy_day()
    assert len({(event.place.container, event.place.key) for event in day.events}) >= 100
    assert sum(not event.acquired for event in day.events) >= 1_000
