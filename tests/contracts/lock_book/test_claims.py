"""One message about a lock at a time, each thing once: claims in the lock book."""

from datetime import timedelta

import msgspec
import pytest

from chalicelib.core.alerts.message import Posted, Saying, Sending, Topic
from chalicelib.core.alerts.page import Page
from chalicelib.core.alerts.transitions import endings, telling
from chalicelib.core.clicks.ending import Ending, Outcome
from chalicelib.ports.book import LockBook
from tests.book_writes import say
from tests.builders import ALICE, BOB, CHANNEL, TAKEN, a_lock, a_sending

LOCK = a_lock()
HOUR, CLAIM = timedelta(hours=1), timedelta(minutes=20)
POSTED, REPLY, AGAIN = Posted(CHANNEL, "1.1"), Posted(CHANNEL, "1.2", "1.1"), Posted(CHANNEL, "2.1")
GONE = Ending(outcome=Outcome.GONE, at=TAKEN)
ALERTED = a_sending(at=TAKEN, channel=CHANNEL, level=1, owner=BOB)
POSTED_ANEW = a_sending(which="after 1.1", at=TAKEN + HOUR, level=1, owner=ALICE)
OVER = Saying(Topic.SNOOZE_OVER, "x")
RAISED = a_sending(saying=(Saying(Topic.LEVEL, "2"), OVER), at=TAKEN + HOUR, beneath="1.1", level=2)
WOKEN = a_sending(saying=(OVER,), at=TAKEN + 2 * HOUR, beneath="1.1")
ANNOUNCED = a_sending(Topic.AUTO_RELEASED, at=TAKEN + HOUR, channel=CHANNEL, beneath="1.1")


def later(sending: Sending, time: timedelta = HOUR) -> Sending:
    return msgspec.structs.replace(sending, at=sending.at + time)


def record(book: LockBook) -> Page:
    known = book.find(LOCK.ref)
    assert known is not None
    return known


def test_a_claim_is_taken_once_and_opens_a_page(book: LockBook) -> None:
    assert [book.write(telling.claim(LOCK, ALERTED)).taken for _ in range(2)] == [True, False]
    assert book.open_pages() == [Page(lock=LOCK, sending=ALERTED, claimed_until=TAKEN + CLAIM)]


@pytest.mark.parametrize("after", [timedelta(seconds=1), CLAIM, timedelta(days=3)])
def test_a_claim_whose_end_is_not_known_is_never_taken_over(book: LockBook, after: timedelta) -> None:
    book.write(telling.claim(LOCK, ALERTED))
    assert not book.write(telling.claim(LOCK, later(ALERTED, after))).taken
    assert not book.write(telling.claim(LOCK, later(RAISED, after))).taken
    assert record(book).sending == ALERTED


@pytest.mark.parametrize("saying", ["\x00", "\uffff", "a" * 1000, "#by :by"])
def test_a_message_being_sent_is_remembered_as_it_is(book: LockBook, saying: str) -> None:
    said = (Saying(Topic.LEVEL, saying), Saying(Topic.SNOOZE_OVER, "and more"))
    sending = a_sending(about=saying, saying=said, channel=saying, beneath=saying, level=3, owner=saying)
    book.write(telling.claim(LOCK, sending))
    assert record(book).sending == sending
    say(book, LOCK, sending, Posted(saying, saying))
    assert record(book).said == {one.name for one in said}
    assert not book.write(telling.claim(LOCK, sending)).taken


def test_an_alert_that_stands_there_is_remembered_with_its_level_and_owner(book: LockBook) -> None:
    book.write(telling.claim(LOCK, ALERTED))
    say(book, LOCK, ALERTED, POSTED)
    assert record(book) == Page(
        lock=LOCK, posted=POSTED, level=1, alerted_at=TAKEN, shown_at=TAKEN, said=frozenset({Topic.ALERT}), owner=BOB
    )


def test_an_alert_that_stands_there_is_remembered_with_what_it_shows(book: LockBook) -> None:
    say(book, LOCK, msgspec.structs.replace(ALERTED, appearance="as it should"), POSTED)
    assert record(book).appearance == "as it should"


def test_an_alert_that_nobody_could_claim_is_remembered_all_the_same(book: LockBook) -> None:
    say(book, LOCK, ALERTED, POSTED)
    assert [known.posted for known in book.open_pages()] == [POSTED]


def test_a_thing_that_was_said_is_never_claimed_again_and_another_is(book: LockBook) -> None:
    book.write(telling.claim(LOCK, ALERTED))
    say(book, LOCK, ALERTED, POSTED)
    assert not book.write(telling.claim(LOCK, later(ALERTED))).taken
    assert book.write(telling.claim(LOCK, RAISED)).taken


def test_a_reply_raises_the_level_and_leaves_the_message_alone(book: LockBook) -> None:
    say(book, LOCK, ALERTED, POSTED)
    book.write(telling.claim(LOCK, RAISED))
    say(book, LOCK, RAISED, REPLY)
    known = record(book)
    assert (known.level, known.posted, known.shown_at, known.owner) == (2, POSTED, TAKEN, BOB)
    assert known.said == {Topic.ALERT, "level 2", "snooze over x"}
    assert (known.sending, known.claimed_until) == (None, None)


def test_all_that_a_message_said_was_said(book: LockBook) -> None:
    say(book, LOCK, RAISED, REPLY)
    assert not book.write(telling.claim(LOCK, WOKEN)).taken


@pytest.mark.parametrize("order", [(ALERTED, RAISED, WOKEN), (WOKEN, RAISED, ALERTED), (RAISED, ALERTED, WOKEN)])
def test_the_level_is_the_highest_in_whatever_order_they_come(book: LockBook, order: tuple[Sending, ...]) -> None:
    for sending in order:
        say(book, LOCK, sending, POSTED)
    assert record(book).level == 2


def test_a_message_posted_anew_keeps_the_time_of_the_first_alert(book: LockBook) -> None:
    say(book, LOCK, ALERTED, POSTED)
    book.write(telling.claim(LOCK, POSTED_ANEW))
    say(book, LOCK, POSTED_ANEW, AGAIN)
    known = record(book)
    assert (known.posted, known.alerted_at, known.shown_at, known.owner) == (AGAIN, TAKEN, TAKEN + HOUR, ALICE)


def test_a_message_found_by_two_is_noted_once(book: LockBook) -> None:
    book.write(telling.claim(LOCK, ALERTED))
    say(book, LOCK, ALERTED, POSTED)
    say(book, LOCK, POSTED_ANEW, AGAIN)
    say(book, LOCK, ALERTED, POSTED)
    assert record(book).posted == AGAIN


def test_a_message_found_by_two_does_not_free_what_is_claimed_meanwhile(book: LockBook) -> None:
    book.write(telling.claim(LOCK, ALERTED))
    say(book, LOCK, ALERTED, POSTED)
    book.write(telling.claim(LOCK, RAISED))
    say(book, LOCK, ALERTED, POSTED)
    assert record(book).sending == RAISED


def test_a_message_found_after_it_was_given_up_is_noted_and_frees_no_other_claim(book: LockBook) -> None:
    book.write(telling.claim(LOCK, ALERTED))
    book.write(telling.drop_claim(LOCK.ref, ALERTED))
    book.write(telling.claim(LOCK, later(ALERTED)))
    say(book, LOCK, ALERTED, POSTED)
    assert (record(book).posted, record(book).sending) == (POSTED, later(ALERTED))
    say(book, LOCK, later(ALERTED), AGAIN)
    assert (record(book).posted, record(book).sending) == (POSTED, None)


def test_a_claim_that_came_to_nothing_can_be_taken_anew(book: LockBook) -> None:
    book.write(telling.claim(LOCK, ALERTED))
    book.write(telling.drop_claim(LOCK.ref, ALERTED))
    assert record(book) == Page(lock=LOCK)
    assert book.write(telling.claim(LOCK, later(ALERTED))).taken


def test_of_two_who_give_a_claim_up_the_second_does_not_drop_the_next_one(book: LockBook) -> None:
    book.write(telling.claim(LOCK, ALERTED))
    book.write(telling.drop_claim(LOCK.ref, ALERTED))
    book.write(telling.claim(LOCK, later(ALERTED)))
    book.write(telling.drop_claim(LOCK.ref, ALERTED))
    book.write(telling.doubt(LOCK.ref, ALERTED, TAKEN))
    assert record(book).sending == later(ALERTED)
    assert record(book).claimed_until == TAKEN + HOUR + CLAIM


def test_a_claim_is_another_s_when_it_says_something_else_at_the_same_time(book: LockBook) -> None:
    book.write(telling.claim(LOCK, later(ALERTED)))
    book.write(telling.drop_claim(LOCK.ref, RAISED))
    assert record(book).sending == later(ALERTED)


def test_a_doubtful_claim_stays_with_the_time_from_which_to_look(book: LockBook) -> None:
    book.write(telling.claim(LOCK, ALERTED))
    book.write(telling.doubt(LOCK.ref, ALERTED, TAKEN + timedelta(minutes=1, microseconds=5)))
    known = record(book)
    assert (known.sending, known.claimed_until) == (ALERTED, TAKEN + timedelta(minutes=1, microseconds=5))
    assert not book.write(telling.claim(LOCK, later(ALERTED))).taken


def test_a_doubt_after_the_claim_was_settled_is_none(book: LockBook) -> None:
    book.write(telling.claim(LOCK, ALERTED))
    say(book, LOCK, ALERTED, POSTED)
    book.write(telling.doubt(LOCK.ref, ALERTED, TAKEN))
    assert (record(book).sending, record(book).claimed_until) == (None, None)


def test_nothing_is_claimed_of_a_lock_that_has_ended_but_what_is_about_its_end(book: LockBook) -> None:
    assert not book.write(telling.claim(LOCK, ANNOUNCED, ended=True)).taken
    assert book.find(LOCK.ref) is None
    book.write(telling.remember(LOCK))
    assert not book.write(telling.claim(LOCK, ANNOUNCED, ended=True)).taken
    book.write(endings.end(LOCK, GONE))
    assert not book.write(telling.claim(LOCK, ALERTED)).taken
    assert [book.write(telling.claim(LOCK, ANNOUNCED, ended=True)).taken for _ in range(2)] == [True, False]
    say(book, LOCK, ANNOUNCED, REPLY)
    assert not book.write(telling.claim(LOCK, later(ANNOUNCED), ended=True)).taken


def test_a_claim_taken_before_the_end_is_still_there_after_it(book: LockBook) -> None:
    book.write(telling.claim(LOCK, ALERTED))
    book.write(endings.end(LOCK, GONE))
    assert not book.write(telling.claim(LOCK, ANNOUNCED, ended=True)).taken
    assert record(book).sending == ALERTED


def test_an_alert_that_comes_after_the_end_was_told_has_not_been_told_of_it(book: LockBook) -> None:
    book.write(telling.claim(LOCK, ALERTED))
    book.write(endings.end(LOCK, GONE))
    book.write(endings.ending_told(LOCK.ref))
    say(book, LOCK, ALERTED, POSTED)
    assert [(known.posted, known.told) for known in book.open_pages()] == [(POSTED, False)]


def test_a_reply_that_comes_after_the_end_was_told_changes_nothing_about_that(book: LockBook) -> None:
    book.write(endings.end(LOCK, GONE))
    book.write(telling.claim(LOCK, ANNOUNCED, ended=True))
    book.write(endings.ending_told(LOCK.ref))
    say(book, LOCK, ANNOUNCED, REPLY)
    assert record(book).told
    assert book.open_pages() == []
