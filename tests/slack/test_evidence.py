from datetime import datetime, timedelta

import pytest

from chalicelib.core.alert import LockRecord, alert_for
from chalicelib.core.evidence import Sign, StateWritten, sign_of
from chalicelib.slack.evidence import evidence
from tests.builders import ALICE, TAKEN, a_lock, a_policy

NOW = TAKEN + timedelta(hours=8)
BEFORE = TAKEN - timedelta(days=1)


@pytest.mark.parametrize(
    ("name", "written", "sign", "said"),
    [
        ("s3-apply-default", NOW - timedelta(minutes=5), Sign.ALIVE_THEN, "*Alive 5 min ago:* the state was written <"),
        ("s3-apply-default", NOW - timedelta(minutes=5), Sign.ALIVE_THEN, "7 h 55 min after the lock was taken."),
        ("s3-apply-default", TAKEN + timedelta(hours=3), Sign.WENT_SILENT, "*Probably died half-way:*"),
        ("s3-apply-default", TAKEN + timedelta(hours=3), Sign.WENT_SILENT, "then nothing for 5 h. It may be behind"),
        ("s3-apply-default", TAKEN, Sign.SAME_SECOND, "in the second the lock was taken, and not since, for 8 h."),
        ("s3-apply-default", BEFORE, Sign.NO_PROOF, "*No sign of life, and no proof of death:*"),
        ("s3-plan-default", BEFORE, Sign.SAYS_NOTHING, "*No evidence:* a plan never writes the state"),
        ("s3-plan-default", NOW, Sign.BY_ANOTHER, "but a plan never writes. Somebody else did"),
        ("s3-apply-default", None, Sign.NO_STATE, "there is no state object"),
    ],
)
def test_it_says_what_the_times_prove_and_no_more(name: str, written: datetime | None, sign: Sign, said: str) -> None:
    state = StateWritten(written)
    assert sign_of(a_lock(name), state, NOW) is sign
    assert said in evidence(alert_for(LockRecord(lock=a_lock(name)), a_policy(), NOW, state))


def test_what_s3_would_not_say_is_told_as_that() -> None:
    assert "S3 did not say" in evidence(alert_for(LockRecord(lock=a_lock()), a_policy(), NOW, None))


def test_of_a_lock_that_was_put_back_it_says_what_came_after_that() -> None:
    record = LockRecord(lock=a_lock(), restored_by=ALICE)
    alert = alert_for(record, a_policy(), NOW, StateWritten(BEFORE))
    assert "before the lock was put back." in evidence(alert)
