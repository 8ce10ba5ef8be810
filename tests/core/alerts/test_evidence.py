from datetime import timedelta

import pytest

from chalicelib.core.alerts.evidence import Sign, StateWritten, sign_of
from chalicelib.core.alerts.page import Page
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


def test_of_a_lock_that_nothing_dates_a_write_says_nothing() -> None:
    undated = Page(lock=a_table_lock(body=b""), seen_at=TAKEN)
    assert sign_of(undated, StateWritten(NOW), NOW) is Sign.UNDATED
    assert sign_of(undated, StateWritten(None), NOW) is Sign.NO_STATE


def test_of_a_state_that_nobody_may_look_at_the_evidence_is_unknown_and_says_why() -> None:
    elsewhere = StateWritten(None, digest=True, elsewhere=True)
    assert sign_of(Page(lock=a_table_lock()), elsewhere, NOW) is Sign.ELSEWHERE
