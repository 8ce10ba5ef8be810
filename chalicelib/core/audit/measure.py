"""Make metrics from the journal's lines, so that metrics and journal cannot contradict each other.

Only four measurements come from elsewhere: failed calls to Slack, requests that were turned away, the duration of a
sweep, and that it is not known what the target rules found.
"""

from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum

import msgspec

from chalicelib.core.audit.line import JournalLine, LineKind
from chalicelib.core.clicks.ending import LetGoBy, Outcome
from chalicelib.core.locks.terraform.lock_info import risk_of


class Unit(StrEnum):
    """Units of metrics, by CloudWatch's names."""

    COUNT = "Count"
    SECONDS = "Seconds"


class Measurement(msgspec.Struct, frozen=True):
    """One value of a metric. CloudWatch counts, and bills, each combination of dimensions as a metric of its own."""

    name: str
    value: float
    unit: Unit = Unit.COUNT
    dimensions: tuple[tuple[str, str], ...] = ()
    """The dimensions besides the stage, which every metric has."""


SLACK_FAILURE = Measurement("SlackFailures", 1)
"""One failed call to Slack's Web API."""
FOUND_UNKNOWN = Measurement("RulesFailed", 1)
"""One time that it could not be read what the target rules found."""
TURNED_AWAY = Measurement("RequestsTurnedAway", 1)
"""One request to the API that was not from Slack, or not for this app and workspace."""

_Measured = tuple[Measurement, ...]
_CONFLICTS = {Outcome.GONE, Outcome.REPLACED, Outcome.UNCONFIRMED}


def measured(line: JournalLine) -> tuple[Measurement, ...]:
    """Return the measurements of one line of the journal; many kinds of lines have none."""
    measure = _MEASURES.get(line.event)
    return measure(line) if measure else ()


def sweep_duration(took: timedelta) -> Measurement:
    """Return how long the sweep of one target took, whether it found everything or not."""
    return Measurement("SweepDuration", took.total_seconds(), Unit.SECONDS)


def _acquired(_line: JournalLine) -> _Measured:
    return (Measurement("Acquires", 1),)


def _released(line: JournalLine) -> _Measured:
    release = Measurement("Releases", 1, dimensions=(("Kind", line.released_by or LetGoBy.UNKNOWN.value),))
    if line.held_seconds is None:
        return (release,)
    operation = risk_of(line.operation).value
    return release, Measurement("HoldTime", line.held_seconds, Unit.SECONDS, (("Operation", operation),))


def _refused(_line: JournalLine) -> _Measured:
    return (Measurement("RefusedReleases", 1),)


def _replaced(_line: JournalLine) -> _Measured:
    return (Measurement("ConflictingReleases", 1),)


def _answered(line: JournalLine) -> _Measured:
    """Measure a click that came too late, or at the same moment as another release."""
    return (Measurement("ConflictingReleases", 1),) if line.outcome in _CONFLICTS else ()


def _swept(line: JournalLine) -> _Measured:
    return (
        Measurement("SweepsFinished", 1),
        Measurement("ObjectsListed", line.objects or 0),
    )


def _night_finished(line: JournalLine) -> _Measured:
    """Measure how many targets were not swept. Without the 0 of a good night, an alarm would look back to a bad one."""
    return (Measurement("TargetsFailed", line.failed or 0),)


def _ordered(_line: JournalLine) -> _Measured:
    return (Measurement("NightlySweeps", 1),)


def _watched(line: JournalLine) -> _Measured:
    return (
        Measurement("HeldLocks", line.locks or 0),
        Measurement("StaleLocks", line.stale or 0),
        Measurement("OldestLockAge", line.oldest_seconds or 0, Unit.SECONDS),
        # These are written as 0 four times an hour. Without a value, an alarm looks further back than its periods say
        # (docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html).
        Measurement("NightlySweeps", 0),
        Measurement("SlackFailures", 0),
    )


def _found(line: JournalLine) -> _Measured:
    return (Measurement("RulesFailed", 1 if line.detail else 0),)


def _examined(line: JournalLine) -> _Measured:
    """Measure only what is red: each further colour would be one more metric to pay for."""
    return (Measurement("DoctorRed", line.red or 0),)


_MEASURES: dict[LineKind, Callable[[JournalLine], _Measured]] = {
    LineKind.LOCK_ACQUIRED: _acquired,
    LineKind.LOCK_RELEASED: _released,
    LineKind.RELEASE_REFUSED: _refused,
    LineKind.RELEASE_ANSWERED: _answered,
    LineKind.LOCK_REPLACED: _replaced,
    LineKind.SWEEP_FINISHED: _swept,
    LineKind.SWEEPS_ORDERED: _ordered,
    LineKind.NIGHT_FINISHED: _night_finished,
    LineKind.WATCH_FINISHED: _watched,
    LineKind.TARGETS_FOUND: _found,
    LineKind.DOCTOR_EXAMINED: _examined,
}
