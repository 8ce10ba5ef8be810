from datetime import timedelta

import pytest

from chalicelib.core.alert import LockRecord, Posted, Step, alert_for, next_step
from chalicelib.core.release import Ending, ReleaseOutcome
from tests.builders import CHANNEL, TAKEN, a_lock, a_policy

POSTED = Posted(CHANNEL, "1.1")
ENDED = Ending(outcome=ReleaseOutcome.GONE, at=TAKEN)
YOUNG, OLD = timedelta(hours=1), timedelta(hours=3)


@pytest.mark.parametrize(
    ("posted", "ending", "held", "age", "step"),
    [
        (None, None, True, YOUNG, Step.NOTHING),
        (None, None, True, OLD, Step.POST),
        (POSTED, None, True, OLD, Step.EDIT),
        (POSTED, None, True, YOUNG, Step.EDIT),
        (None, None, False, YOUNG, Step.CLOSE),
        (POSTED, None, False, OLD, Step.CLOSE),
        (POSTED, ENDED, False, OLD, Step.NOTHING),
        (POSTED, ENDED, True, OLD, Step.REOPEN),
    ],
)
def test_the_next_step(posted: Posted | None, ending: Ending | None, held: bool, age: timedelta, step: Step) -> None:
    record = LockRecord(lock=a_lock(), posted=posted, ending=ending)
    assert next_step(record, a_policy(), TAKEN + age, held=held) is step


def test_a_level_that_the_policy_has_lost_since_is_the_highest_it_has() -> None:
    record = LockRecord(lock=a_lock("s3-plan-default"), posted=POSTED, level=2)
    assert alert_for(record, a_policy(), TAKEN + OLD, None).level == 1


def test_an_alert_never_falls_back_to_a_lower_level() -> None:
    record = LockRecord(lock=a_lock(), posted=POSTED, level=2)
    assert alert_for(record, a_policy(), TAKEN + OLD, None).level == 2
