"""Which hold a release ended, where the lock book remembers more than one."""

from datetime import timedelta

from chalicelib.core.change import ReleaseKind, hold_ended_by, page_of, release_kind
from chalicelib.core.release import Ending, Outcome
from tests.builders import ALICE, TAKEN, a_lock
from tests.core.test_change import HOUR, ROLE, SECOND, a_page, a_release, an_acquire


def test_a_hold_that_ended_long_before_is_not_ended_again_when_its_events_are_forgotten() -> None:
    ended = a_page(acquired_at=TAKEN, ending=Ending(outcome=Outcome.GONE, at=TAKEN + HOUR))
    assert hold_ended_by(a_release(48 * HOUR), None, [ended]) is None
    assert hold_ended_by(a_release(HOUR), None, [ended]) is not None


def test_of_two_pages_of_the_same_bytes_the_nearer_one_is_an_acquire_s() -> None:
    pages = [a_page(), a_page(a_lock(taken=TAKEN + SECOND))]
    assert page_of(an_acquire(1.1 * SECOND), pages) == pages[1]
    assert page_of(an_acquire(timedelta(milliseconds=100)), pages) == pages[0]


def test_the_reaper_s_role_is_known_without_the_word_that_some_events_leave_out() -> None:
    hold = hold_ended_by(a_release(), None, [a_page(requested_by=ALICE)])
    assert release_kind(a_release(principal=f"{ROLE}:release"), hold, ROLE) is ReleaseKind.SLACK
