"""S3's events and what ``record_lock_event`` makes of them, again and again."""

from datetime import datetime, timedelta
from typing import Any

from chalicelib.core.audit.event import LockEvent
from chalicelib.core.locks.place import Kind, Place
from chalicelib.core.policy import Rules
from chalicelib.jobs.alerts.endings import tell_endings
from chalicelib.jobs.event_case import EventCase, Recording
from chalicelib.jobs.record import record_event
from chalicelib.jobs.runs.run import Run
from chalicelib.jobs.settle import settle
from chalicelib.ports.world import World
from tests.builders import BUCKET, KEY, some_rules
from tests.fakes.world import FakeWorld

RELEASE_ROLE = "AROARELEASE"
RESTORE_ROLE = "AROAANSWER"
RECORDING = Recording(settled_after=timedelta(seconds=120), release_role=RELEASE_ROLE, restore_role=RESTORE_ROLE)
_RULES = some_rules()


def an_event(at: datetime, version: str = "", *, acquired: bool, key: str = KEY, **others: Any) -> LockEvent:
    told: dict[str, Any] = {"principal": "AWS:AROAEXAMPLE:ci-run-7", "source_address": "203.0.113.9"}
    told["place"] = Place(Kind.S3, BUCKET, key)
    return LockEvent(acquired=acquired, at=at, version=version, **(told | others))


def case_of_event(event: LockEvent, world: FakeWorld, rules: Rules = _RULES) -> EventCase:
    return EventCase(event, world.ports, rules, RECORDING, world.now)


def record(world: FakeWorld, *events: LockEvent, rules: Rules = _RULES) -> None:
    for event in events:
        record_and_tell(event, world.ports, rules, world.now)


def record_and_tell(event: LockEvent, ports: World, rules: Rules, now: datetime) -> None:
    """An event as the entry point has it recorded, in a batch of its own."""
    tell_endings(record_event(EventCase(event, ports, rules, RECORDING, now)), ports, Run())


def settle_all(world: FakeWorld, rules: Rules = _RULES) -> None:
    """Carry out the orders that wait until what happened before has been told too."""
    releases, world.orders.settling = world.orders.settling, []
    for release in releases:
        settle_and_tell(release, world.ports, rules, world.now)


def settle_and_tell(release: LockEvent, ports: World, rules: Rules, now: datetime) -> None:
    tell_endings(settle(EventCase(release, ports, rules, RECORDING, now)), ports, Run())
