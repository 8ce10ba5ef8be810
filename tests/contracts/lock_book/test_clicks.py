"""What people wanted of a lock that is held: snoozes, and requests for a release that takes two."""

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone

import pytest

from chalicelib.core.alerts.page import Asked, Page, Snooze
from chalicelib.core.alerts.transitions import endings, wishes
from chalicelib.core.clicks.ending import Ending, Outcome
from chalicelib.ports.book import LockBook
from tests.book_writes import page_after as after
from tests.builders import ALICE, BOB, TAKEN, a_lock

LOCK = a_lock()
HOUR, INSTANT = timedelta(hours=1), timedelta(microseconds=1)
HOSTILE = "\x00<!channel>\n\"'} \U0001f600\uffff #by :by"
QUIET, LONGER = Snooze(HOSTILE, TAKEN + HOUR), Snooze(BOB, TAKEN + 9 * HOUR + INSTANT)
ASKED = Asked(HOSTILE, TAKEN + INSTANT, f"{HOSTILE} 1")
AGAIN, OTHERS = Asked(HOSTILE, TAKEN + HOUR, f"{HOSTILE} 2"), Asked(BOB, TAKEN, f"{BOB} 1")


def found(book: LockBook) -> Page:
    page = book.find(LOCK.ref)
    assert page is not None
    return page


def begin_anew(book: LockBook) -> None:
    book.write(endings.end(LOCK, Ending(outcome=Outcome.GONE, at=TAKEN)))
    book.write(endings.reopen(LOCK, TAKEN))


def test_a_snooze_is_remembered_with_the_time_of_its_click(book: LockBook) -> None:
    page = after(book, wishes.snooze(LOCK, QUIET, TAKEN + INSTANT))
    assert page == found(book) == Page(lock=LOCK, snooze=QUIET, quiet_at=TAKEN + INSTANT)
    assert book.open_pages() == [page]


def test_a_snooze_lasts_until_it_is_ended_or_another_takes_its_place(book: LockBook) -> None:
    book.write(wishes.snooze(LOCK, QUIET, TAKEN))
    assert after(book, wishes.snooze(LOCK, LONGER, TAKEN + HOUR)).snooze == found(book).snooze == LONGER
    assert after(book, wishes.snooze(LOCK, None, TAKEN + 2 * HOUR)).snooze is found(book).snooze is None
    assert after(book, wishes.snooze(LOCK, QUIET, TAKEN + 3 * HOUR)).snooze == QUIET


@pytest.mark.parametrize("later", [QUIET, None], ids=["snooze", "wake"])
@pytest.mark.parametrize("order", [(0, 1), (1, 0), (0, 1, 0), (1, 0, 1)])
def test_of_two_clicks_the_later_one_counts_whichever_comes_first(
    book: LockBook, later: Snooze | None, order: Sequence[int]
) -> None:
    clicks = [(LONGER, TAKEN), (later, TAKEN + INSTANT)]
    for which in order:
        page = after(book, wishes.snooze(LOCK, *clicks[which]))
    assert page == found(book)
    assert (page.snooze, page.quiet_at) == clicks[1]


def test_the_same_click_delivered_again_changes_nothing(book: LockBook) -> None:
    first = after(book, wishes.snooze(LOCK, QUIET, TAKEN))
    assert after(book, wishes.snooze(LOCK, LONGER, TAKEN)) == after(book, wishes.snooze(LOCK, None, TAKEN)) == first


@pytest.mark.parametrize("hours", [-11, 5.5, 14])
def test_times_are_compared_as_times_wherever_they_were_told(book: LockBook, hours: float) -> None:
    def told(at: datetime) -> datetime:
        return at.astimezone(timezone(timedelta(hours=hours)))

    book.write(wishes.snooze(LOCK, QUIET, TAKEN + HOUR))
    assert after(book, wishes.snooze(LOCK, LONGER, told(TAKEN + HOUR - INSTANT))).snooze == QUIET
    assert after(book, wishes.snooze(LOCK, LONGER, told(TAKEN + HOUR + INSTANT))).quiet_at == TAKEN + HOUR + INSTANT


def test_a_click_delivered_again_does_not_snooze_a_lock_that_began_anew(book: LockBook) -> None:
    book.write(wishes.snooze(LOCK, QUIET, TAKEN))
    begin_anew(book)
    assert after(book, wishes.snooze(LOCK, QUIET, TAKEN)).snooze is None
    assert after(book, wishes.snooze(LOCK, LONGER, TAKEN + INSTANT)).snooze == LONGER


def test_who_asked_for_a_release_first_stays_the_one_who_asked(book: LockBook) -> None:
    assert after(book, wishes.ask(LOCK, ASKED)) == Page(lock=LOCK, asked=ASKED)
    assert (
        after(book, wishes.ask(LOCK, OTHERS)).asked
        == after(book, wishes.ask(LOCK, AGAIN)).asked
        == found(book).asked
        == ASKED
    )


def test_what_was_withdrawn_is_no_longer_asked_and_another_can_ask(book: LockBook) -> None:
    book.write(wishes.ask(LOCK, ASKED))
    assert [book.write(wishes.withdraw(LOCK.ref, ASKED)).taken, book.write(wishes.withdraw(LOCK.ref, ASKED)).taken] == [
        True,
        False,
    ]
    assert found(book) == Page(lock=LOCK, withdrawn=frozenset({ASKED.click}))
    assert after(book, wishes.ask(LOCK, OTHERS)).asked == OTHERS


@pytest.mark.parametrize("another", [OTHERS, AGAIN, Asked(ALICE, ASKED.at, ASKED.click)])
def test_only_that_very_request_is_withdrawn(book: LockBook, another: Asked) -> None:
    book.write(wishes.ask(LOCK, ASKED))
    assert book.write(wishes.withdraw(LOCK.ref, another)).taken is False
    assert found(book).asked == ASKED


def test_a_request_withdrawn_too_late_leaves_the_next_one_alone(book: LockBook) -> None:
    book.write(wishes.ask(LOCK, ASKED))
    book.write(wishes.withdraw(LOCK.ref, ASKED))
    book.write(wishes.ask(LOCK, AGAIN))
    assert book.write(wishes.withdraw(LOCK.ref, ASKED)).taken is False
    assert found(book).asked == AGAIN


def test_a_click_that_was_withdrawn_does_not_ask_again(book: LockBook) -> None:
    book.write(wishes.ask(LOCK, ASKED))
    book.write(wishes.withdraw(LOCK.ref, ASKED))
    assert after(book, wishes.ask(LOCK, ASKED)).asked is found(book).asked is None
    assert after(book, wishes.ask(LOCK, AGAIN)).asked == AGAIN


def test_a_withdrawn_click_stays_withdrawn_after_other_requests_and_when_the_lock_begins_anew(book: LockBook) -> None:
    for asked in (ASKED, OTHERS):
        book.write(wishes.ask(LOCK, asked))
        assert after(book, wishes.ask(LOCK, ASKED)).asked == asked
        book.write(wishes.withdraw(LOCK.ref, asked))
    assert after(book, wishes.ask(LOCK, ASKED)).asked is after(book, wishes.ask(LOCK, OTHERS)).asked is None
    begin_anew(book)
    assert after(book, wishes.ask(LOCK, ASKED)).asked is after(book, wishes.ask(LOCK, OTHERS)).asked is None


def test_a_click_that_was_withdrawn_can_be_that_of_another_lock(book: LockBook) -> None:
    book.write(wishes.ask(LOCK, ASKED))
    book.write(wishes.withdraw(LOCK.ref, ASKED))
    assert after(book, wishes.ask(a_lock(key="other.tflock"), ASKED)).asked == ASKED
