"""What the journal's lines say in numbers. Metrics are derived from lines, so that they can never say other than them.

Only three things are measured that no line tells: calls that Slack did not take, requests that were not taken for
Slack's, and how long a sweep took.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from enum import StrEnum

import msgspec

from chalicelib.core.audit.line import EventType, LockEvent
from chalicelib.core.clicks.ending import LetGoBy, Outcome
from chalicelib.core.locks.terraform.lock_info import risk_of


class Unit(StrEnum):
    """CloudWatch's own names."""

    COUNT = "Count"
    SECONDS = "Seconds"


class Measurement(msgspec.Struct, frozen=True):
    """One value of a metric. Each combination of dimensions is a metric of its own to CloudWatch, and paid as one."""

    name: str
    value: float
    unit: Unit = Unit.COUNT
    dimensions: tuple[tuple[str, str], ...] = ()
    """Beside the stage, which is on all of them."""


SLACK_FAILURE = Measurement("SlackFailures", 1)
"""One call of Slack's Web API that came to nothing."""
TURNED_AWAY = Measurement("RequestsTurnedAway", 1)
"""One request to the API that was not from Slack, or not for this app and workspace."""

_CONFLICTS = {Outcome.GONE, Outcome.REPLACED, Outcome.UNCONFIRMED}


def measured(event: LockEvent) -> tuple[Measurement, ...]:
    """What one line of the journal says in numbers; for many kinds of lines nothing."""
    measure = _MEASURES.get(event.event)
    return tuple(measure(event)) if measure else ()


def sweep_duration(took: timedelta) -> Measurement:
    """How long the sweep of one target took, whether it found everything or not."""
    return Measurement("SweepDuration", took.total_seconds(), Unit.SECONDS)


def _acquired(_event: LockEvent) -> Iterator[Measurement]:
    yield Measurement("Acquires", 1)


def _released(event: LockEvent) -> Iterator[Measurement]:
    kind = event.released_by or LetGoBy.UNKNOWN.value
    yield Measurement("Releases", 1, dimensions=(("Kind", kind),))
    if event.held_seconds is not None:
        operation = risk_of(event.operation).value
        yield Measurement("HoldTime", event.held_seconds, Unit.SECONDS, (("Operation", operation),))


def _refused(_event: LockEvent) -> Iterator[Measurement]:
    yield Measurement("RefusedReleases", 1)


def _replaced(_event: LockEvent) -> Iterator[Measurement]:
    yield Measurement("ConflictingReleases", 1)


def _answered(event: LockEvent) -> Iterator[Measurement]:
    """A click that came too late, or in the same moment as somebody else's release."""
    if event.outcome in _CONFLICTS:
        yield Measurement("ConflictingReleases", 1)


def _swept(event: LockEvent) -> Iterator[Measurement]:
    yield Measurement("SweepsFinished", 1)
    yield Measurement("ObjectsListed", event.objects or 0)
    # A night without failures is a number too: else an alarm on two nights running looks past it, at an older one.
    yield Measurement("TargetsFailed", 0)


def _sweep_failed(_event: LockEvent) -> Iterator[Measurement]:
    yield Measurement("TargetsFailed", 1)


def _ordered(_event: LockEvent) -> Iterator[Measurement]:
    yield Measurement("NightlySweeps", 1)


def _watched(event: LockEvent) -> Iterator[Measurement]:
    yield Measurement("HeldLocks", event.locks or 0)
    yield Measurement("StaleLocks", event.stale or 0)
    yield Measurement("OldestLockAge", event.oldest_seconds or 0, Unit.SECONDS)
    # Nothing has happened is a number too, four times an hour: where there is none, an alarm looks further back than
    # its periods say (docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html).
    yield Measurement("NightlySweeps", 0)
    yield Measurement("SlackFailures", 0)


_MEASURES: dict[EventType, Callable[[LockEvent], Iterator[Measurement]]] = {
    EventType.LOCK_ACQUIRED: _acquired,
    EventType.LOCK_RELEASED: _released,
    EventType.RELEASE_REFUSED: _refused,
    EventType.RELEASE_ANSWERED: _answered,
    EventType.LOCK_REPLACED: _replaced,
    EventType.SWEEP_FINISHED: _swept,
    EventType.SWEEP_FAILED: _sweep_failed,
    EventType.SWEEPS_ORDERED: _ordered,
    EventType.WATCH_FINISHED: _watched,
}
