"""Which hold a release ended, where the lock book remembers more than one."""

from datetime import timedelta

from chalicelib.core.audit.event_line import of_release
from chalicelib.core.audit.hold import NotedEvent, hold_ended_by, page_of, who_let_go
from chalicelib.core.clicks.ending import REAPER, Ending, LetGoBy, Outcome
from tests.builders import ALICE, BOB, TAKEN, a_claim, a_lock
from tests.core.audit.test_hold import HOUR, ROLE, SECOND, a_page, a_release, an_acquire


def test_a_hold_that_ended_long_before_is_not_ended_again_when_its_events_are_forgotten() -> None:
    ended = a_page(acquired_at=TAKEN, ending=Ending(outcome=Outcome.GONE, at=TAKEN + HOUR))
    assert hold_ended_by(a_release(48 * HOUR), None, [ended]) is None
    assert hold_ended_by(a_release(HOUR), None, [ended]) is not None


def test_an_older_event_that_is_not_forgotten_yet_does_not_hide_a_hold_whose_acquire_is() -> None:
    left_over = NotedEvent(a_release(-24 * HOUR))
    page = a_page(acquired_at=TAKEN)
    hold = hold_ended_by(a_release(30 * 24 * HOUR), left_over, [page])
    assert hold is not None
    assert hold.page == page


def test_of_two_who_clicked_at_once_the_line_names_the_one_whose_delete_it_was() -> None:
    ending = Ending(outcome=Outcome.RELEASED, at=TAKEN + HOUR, user=ALICE, approved=BOB)
    released = a_release(principal=f"AWS:{ROLE}:release")
    hold = hold_ended_by(released, None, [a_page(releasing=a_claim(BOB), ending=ending)])
    line = of_release(released, hold, who_let_go(released, hold, ROLE))
    assert (line.released_by, line.slack_user, line.asked_by) == ("slack", ALICE, BOB)


def test_what_the_reaper_was_about_to_release_and_did_not_it_has_not_released() -> None:
    gone = a_page(releasing=a_claim(REAPER), ending=Ending(outcome=Outcome.GONE, at=TAKEN + HOUR))
    hold = hold_ended_by(a_release(principal=""), None, [gone])
    assert who_let_go(a_release(principal=""), hold, ROLE) is LetGoBy.UNKNOWN


def test_of_two_pages_of_the_same_bytes_the_nearer_one_is_an_acquire_s() -> None:
    pages = [a_page(), a_page(a_lock(taken=TAKEN + SECOND))]
    assert page_of(an_acquire(1.1 * SECOND), pages) == pages[1]
    assert page_of(an_acquire(timedelta(milliseconds=100)), pages) == pages[0]


def test_the_reaper_s_role_is_known_without_the_word_that_some_events_leave_out() -> None:
    hold = hold_ended_by(a_release(), None, [a_page(releasing=a_claim())])
    assert who_let_go(a_release(principal=f"{ROLE}:release"), hold, ROLE) is LetGoBy.SLACK
