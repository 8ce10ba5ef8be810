from datetime import datetime, timedelta

import pytest

from chalicelib.core.alerts.evidence import Sign, StateWritten, sign_of
from chalicelib.core.alerts.page import Page
from chalicelib.core.locks.state_lock import Half
from tests.builders import TAKEN, a_lock, a_table_lock

NOW = TAKEN + timedelta(hours=8)


@pytest.mark.parametrize(
    ("operation", "written", "sign"),
    [
        ("s3-apply-default", None, Sign.NO_STATE),
        ("s3-apply-default", TAKEN, Sign.SAME_SECOND),
        ("s3-apply-default", TAKEN - timedelta(days=9), Sign.NO_PROOF),
        ("s3-plan-default", TAKEN - timedelta(days=9), Sign.SAYS_NOTHING),
        ("s3-plan-default", NOW - timedelta(hours=1), Sign.BY_ANOTHER),
        ("s3-apply-default", NOW - timedelta(minutes=119), Sign.ALIVE_THEN),
        ("s3-apply-default", NOW - timedelta(hours=2), Sign.WENT_SILENT),
        ("s3-console-default", NOW - timedelta(hours=1), Sign.PERHAPS_BY_IT),
        ("s3-import-default", NOW - timedelta(hours=3), Sign.PERHAPS_BY_IT),
        ("s3-refresh-default", NOW - timedelta(hours=1), Sign.ALIVE_THEN),
    ],
)
def test_when_the_state_was_written_says_so_much_and_no_more(operation: str, written: object, sign: Sign) -> None:
    assert sign_of(Page(lock=a_lock(operation)), StateWritten(written), NOW) is sign  # type: ignore[arg-type]


def test_nothing_is_said_where_nobody_looked() -> None:
    assert sign_of(Page(lock=a_lock()), None, NOW) is Sign.UNKNOWN


@pytest.mark.parametrize(
    ("seen", "written", "sign"),
    [
        (TAKEN, None, Sign.NO_STATE),
        (TAKEN, TAKEN - timedelta(seconds=1), Sign.UNDATED),
        (TAKEN, TAKEN, Sign.WENT_SILENT),
        (TAKEN, NOW, Sign.ALIVE_THEN),
    ],
)
def test_a_lock_that_nothing_dates_was_there_when_the_reaper_first_saw_it(
    seen: datetime, written: datetime | None, sign: Sign
) -> None:
    assert sign_of(Page(lock=a_table_lock(body=b""), seen_at=seen), StateWritten(written), NOW) is sign


@pytest.mark.parametrize(
    ("apart", "of_apply", "of_plan"),
    [
        (timedelta(minutes=-16), Sign.NO_PROOF, Sign.SAYS_NOTHING),
        (timedelta(minutes=-15), Sign.TWO_CLOCKS, Sign.SAYS_NOTHING),
        (timedelta(0), Sign.TWO_CLOCKS, Sign.SAYS_NOTHING),
        (timedelta(minutes=15), Sign.TWO_CLOCKS, Sign.SAYS_NOTHING),
        (timedelta(minutes=16), Sign.WENT_SILENT, Sign.BY_ANOTHER),
    ],
)
def test_a_client_s_clock_does_not_tell_which_of_two_near_times_came_first(
    apart: timedelta, of_apply: Sign, of_plan: Sign
) -> None:
    for name, sign in (("s3-apply-default", of_apply), ("s3-plan-default", of_plan)):
        lock = a_table_lock(name)
        assert sign_of(Page(lock=lock), StateWritten(lock.ref.since + apart), NOW) is sign


@pytest.mark.parametrize(
    ("digest", "sign"), [(False, Sign.NO_DIGEST), (True, Sign.WENT_SILENT), (None, Sign.WENT_SILENT)]
)
def test_a_write_without_a_digest_in_the_table_was_not_by_a_run_that_locks_there(
    digest: bool | None,
    sign: Sign,
) -> None:
    state = StateWritten(TAKEN + timedelta(hours=1), digest=digest)
    assert sign_of(Page(lock=a_table_lock()), state, NOW) is sign


@pytest.mark.parametrize(
    ("rival", "taken", "sign"),
    [
        ("s3-apply-default", timedelta(minutes=30), Sign.BY_EITHER),
        ("s3-apply-default", timedelta(minutes=74), Sign.BY_EITHER),
        ("s3-apply-default", timedelta(minutes=76), Sign.WENT_SILENT),
        ("s3-plan-default", timedelta(minutes=30), Sign.WENT_SILENT),
    ],
)
def test_where_another_holder_may_have_written_the_state_nobody_is_said_to_live_or_to_have_died(
    rival: str, taken: timedelta, sign: Sign
) -> None:
    page = Page(lock=a_table_lock(), rivals=(a_lock(rival, taken=TAKEN + taken),))
    assert sign_of(page, StateWritten(TAKEN + timedelta(hours=1), digest=True), NOW) is sign


def test_a_half_in_s3_tells_the_time_of_both() -> None:
    halves = (Half(a_table_lock().ref), Half(a_lock().ref))
    page = Page(lock=a_table_lock(), halves=halves)
    assert sign_of(page, StateWritten(TAKEN + timedelta(minutes=1)), NOW) is Sign.WENT_SILENT


def test_of_a_state_that_nobody_may_look_at_the_evidence_is_unknown_and_says_why() -> None:
    state = StateWritten(None, digest=True, elsewhere=True)
    assert sign_of(Page(lock=a_table_lock()), state, NOW) is Sign.ELSEWHERE


def test_an_item_that_is_no_lock_is_no_state_either_unless_it_looks_like_one() -> None:
    for body in (b"42", b"not json"):
        assert sign_of(Page(lock=a_table_lock(body=body)), StateWritten(None), NOW) is Sign.NO_STATE
        assert sign_of(Page(lock=a_lock(body=body)), StateWritten(None), NOW) is Sign.PERHAPS_A_STATE
    a_state = b'{"version":4,"terraform_version":"1.11.4","lineage":"x","resources":[]}'
    assert sign_of(Page(lock=a_table_lock(body=a_state)), StateWritten(None), NOW) is Sign.PERHAPS_A_STATE
