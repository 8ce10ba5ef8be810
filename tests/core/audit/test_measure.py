"""What a line of the journal says in numbers."""

from datetime import UTC, datetime, timedelta
from itertools import product

import msgspec
import pytest

from chalicelib.core.audit.line import JournalLine, LineKind
from chalicelib.core.audit.measure import Measurement, Unit, measured, sweep_duration
from chalicelib.core.clicks.ending import LetGoBy, Outcome
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.terraform.lock_info import LockInfo
from tests.builders import a_lock

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
OPERATIONS = ("OperationTypePlan", "OperationTypeApply", "OperationTypeInvalid", "state-mv", 'x","_aws":{', "")


def a_line(event: LineKind, **fields: object) -> JournalLine:
    return msgspec.convert({"event": event, "time": NOON, "event_id": "1", **fields}, JournalLine)


def all_lines() -> list[JournalLine]:
    """A line of each kind in each of its varieties."""
    plain = [a_line(event) for event in LineKind]
    answers = [a_line(LineKind.RELEASE_ANSWERED, outcome=outcome.value) for outcome in Outcome]
    releases = [
        a_line(LineKind.LOCK_RELEASED, operation=operation, released_by=kind.value, held_seconds=7.5)
        for operation, kind in product(OPERATIONS, LetGoBy)
    ]
    return [*plain, *answers, *releases]


def values(event: JournalLine) -> dict[str, float]:
    return {one.name: one.value for one in measured(event)}


def test_a_release_counts_by_who_let_go_and_its_hold_by_operation() -> None:
    line = a_line(
        LineKind.LOCK_RELEASED, released_by="slack", held_seconds=90.5, operation="OperationTypeApply", who="a@b"
    )
    assert measured(line) == (
        Measurement("Releases", 1, dimensions=(("Kind", "slack"),)),
        Measurement("HoldTime", 90.5, Unit.SECONDS, (("Operation", "apply"),)),
    )


def test_a_release_whose_acquire_is_not_known_has_no_hold_time() -> None:
    assert values(a_line(LineKind.LOCK_RELEASED, released_by="unknown")) == {"Releases": 1}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_operations_are_told_apart_as_thresholds_tell_them(operation: str) -> None:
    line = a_line(LineKind.LOCK_RELEASED, operation=operation, held_seconds=1)
    lock = HeldLock(a_lock().ref, LockInfo(Operation=operation))
    assert measured(line)[1].dimensions == (("Operation", lock.risk.value),)


def test_a_watch_tells_what_is_held_and_that_neither_a_night_nor_a_failure_has_happened_since() -> None:
    line = a_line(LineKind.WATCH_FINISHED, locks=3, stale=1, oldest_seconds=3600.0)
    assert values(line) == {
        "HeldLocks": 3,
        "StaleLocks": 1,
        "OldestLockAge": 3600,
        "NightlySweeps": 0,
        "SlackFailures": 0,
    }


def test_nothing_held_is_a_number_too() -> None:
    line = a_line(LineKind.WATCH_FINISHED, locks=0, stale=0, oldest_seconds=0.0)
    assert (values(line)["HeldLocks"], values(line)["OldestLockAge"]) == (0, 0)


def test_a_night_is_one_heartbeat_however_many_targets_it_orders() -> None:
    assert values(a_line(LineKind.SWEEPS_ORDERED, targets=40)) == {"NightlySweeps": 1}


def test_a_target_rule_is_counted_when_it_has_trouble_and_written_as_zero_when_it_has_none() -> None:
    assert values(a_line(LineKind.TARGETS_FOUND, targets=3)) == {"RulesFailed": 0}
    assert values(a_line(LineKind.TARGETS_FOUND, targets=0, detail="finds nothing")) == {"RulesFailed": 1}


def test_the_weekly_look_says_how_much_is_red_also_when_it_is_nothing() -> None:
    assert values(a_line(LineKind.DOCTOR_EXAMINED, red=2, yellow=5)) == {"DoctorRed": 2}
    assert values(a_line(LineKind.DOCTOR_EXAMINED, red=0)) == {"DoctorRed": 0}


def test_a_sweep_that_finished_says_how_much_it_listed() -> None:
    line = a_line(LineKind.SWEEP_FINISHED, objects=1200)
    assert values(line) == {"SweepsFinished": 1, "ObjectsListed": 1200}


def test_a_night_says_how_many_targets_were_not_swept_also_when_it_was_none() -> None:
    assert values(a_line(LineKind.NIGHT_FINISHED, targets=40, failed=3)) == {"TargetsFailed": 3}
    assert values(a_line(LineKind.NIGHT_FINISHED, targets=40, failed=0)) == {"TargetsFailed": 0}


@pytest.mark.parametrize("outcome", Outcome)
def test_a_click_that_came_too_late_is_a_conflict_and_any_other_answer_is_none(outcome: Outcome) -> None:
    conflicts = {Outcome.GONE, Outcome.REPLACED, Outcome.UNCONFIRMED}
    expected = {"ConflictingReleases": 1} if outcome in conflicts else {}
    assert values(a_line(LineKind.RELEASE_ANSWERED, outcome=outcome.value)) == expected


def test_a_replaced_lock_is_a_conflict_and_a_refused_click_is_counted_apart() -> None:
    assert values(a_line(LineKind.LOCK_REPLACED, outcome="replaced")) == {"ConflictingReleases": 1}
    assert values(a_line(LineKind.RELEASE_REFUSED, outcome="refused")) == {"RefusedReleases": 1}


def test_a_failed_alert_is_counted_by_its_call_to_slack_and_not_again() -> None:
    assert measured(a_line(LineKind.ALERT_FAILED)) == ()


def test_whatever_clients_write_the_number_of_metrics_stays_small() -> None:
    metrics = {(one.name, one.dimensions) for line in all_lines() for one in measured(line)}
    assert len(metrics) == 23


def test_a_sweep_is_timed_in_seconds() -> None:
    assert sweep_duration(timedelta(minutes=2)) == Measurement("SweepDuration", 120, Unit.SECONDS)
