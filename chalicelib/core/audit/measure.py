"""Measure the journal's lines. Metrics are made from the lines, so the two can never contradict each other.

Only three measurements come from elsewhere: failed calls of Slack, requests that were turned away, and how long a sweep
took.
"""

from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum

import msgspec

from chalicelib.core.audit.line import EventType, JournalLine
from chalicelib.core.clicks.ending import LetGoBy, Outcome
from chalicelib.core.locks.terraform.lock_info import risk_of


class Unit(StrEnum):
    """CloudWatch's own names."""

    COUNT = "Count"
    SECONDS = "Seconds"


class Measurement(msgspec.Struct, frozen=True):
    """One value of a metric. CloudWatch takes each combination of dimensions for a metric, and bills it as one."""

    name: str
    value: float
    unit: Unit = Unit.COUNT
    dimensions: tuple[tuple[str, str], ...] = ()
    """Without the stage, which every metric has."""


SLACK_FAILURE = Measurement("SlackFailures", 1)
"""One failed call of Slack's Web API."""
TURNED_AWAY = Measurement("RequestsTurnedAway", 1)
"""One request to the API that was not from Slack, or not for this app and workspace."""

_Measured = tuple[Measurement, ...]
_CONFLICTS = {Outcome.GONE, Outcome.REPLACED, Outcome.UNCONFIRMED}


def measured(event: JournalLine) -> tuple[Measurement, ...]:
    """Return what one line of the journal measures; nothing for many kinds of lines."""
    measure = _MEASURES.get(event.event)
    return measure(event) if measure else ()


def sweep_duration(took: timedelta) -> Measurement:
    """Return how long the sweep of one target took, whether it found everything or not."""
    return Measurement("SweepDuration", took.total_seconds(), Unit.SECONDS)


def _acquired(_event: JournalLine) -> _Measured:
    return (Measurement("Acquires", 1),)


def _released(event: JournalLine) -> _Measured:
    release = Measurement("Releases", 1, dimensions=(("Kind", event.released_by or LetGoBy.UNKNOWN.value),))
    if event.held_seconds is None:
        return (release,)
    operation = risk_of(event.operation).value
    return release, Measurement("HoldTime", event.held_seconds, Unit.SECONDS, (("Operation", operation),))


def _refused(_event: JournalLine) -> _Measured:
    return (Measurement("RefusedReleases", 1),)


def _replaced(_event: JournalLine) -> _Measured:
    return (Measurement("ConflictingReleases", 1),)


def _answered(event: JournalLine) -> _Measured:
    """Measure a click that came too late, or in the same moment as somebody else's release."""
    return (Measurement("ConflictingReleases", 1),) if event.outcome in _CONFLICTS else ()


def _swept(event: JournalLine) -> _Measured:
    return (
        Measurement("SweepsFinished", 1),
        Measurement("ObjectsListed", event.objects or 0),
        # A night without failures is 0, not nothing: else an alarm on two nights in a row looks past it to an older
        # one.
        Measurement("TargetsFailed", 0),
    )


def _sweep_failed(_event: JournalLine) -> _Measured:
    return (Measurement("TargetsFailed", 1),)


def _ordered(_event: JournalLine) -> _Measured:
    return (Measurement("NightlySweeps", 1),)


def _watched(event: JournalLine) -> _Measured:
    return (
        Measurement("HeldLocks", event.locks or 0),
        Measurement("StaleLocks", event.stale or 0),
        Measurement("OldestLockAge", event.oldest_seconds or 0, Unit.SECONDS),
        # These are 0, not nothing, four times an hour: where a value is missing, an alarm looks further back than its
        # periods say (docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html).
        Measurement("NightlySweeps", 0),
        Measurement("SlackFailures", 0),
    )


_MEASURES: dict[EventType, Callable[[JournalLine], _Measured]] = {
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
