"""One message about a lock at a time, each thing once: claims in the lock book."""

from datetime import timedelta

import msgspec
import pytest

from chalicelib.core.alerts.message import Posted, Saying, Sending, Topic
from chalicelib.core.alerts.page import LockRecord
from chalicelib.core.clicks.ending import Ending, Outcome
from chalicelib.ports.book import LockBook
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


def record(book: LockBook) -> LockRecord:
    known = book.find(LOCK.ref)
    assert known is not None
    return known


def test_a_claim_is_taken_once_and_opens_a_page(book: LockBook) -> None:
    assert [book.claim(LOCK, ALERTED), book.claim(LOCK, ALERTED)] == [True, False]
    assert book.records() == [LockRecord(lock=LOCK, sending=ALERTED, claimed_until=TAKEN + CLAIM)]


@pytest.mark.parametrize("after", [timedelta(seconds=1), CLAIM, timedelta(days=3)])
def test_a_claim_whose_end_is_not_known_is_never_taken_over(book: LockBook, after: timedelta) -> None:
    book.claim(LOCK, ALERTED)
    assert not book.claim(LOCK, later(ALERTED, after))
    assert not book.claim(LOCK, later(RAISED, after))
    assert record(book).sending == ALERTED


@pytest.mark.parametrize("saying", ["\x00", "\uffff", "a" * 1000, "#by :by"])
def test_a_message_being_sent_is_remembered_as_it_is(book: LockBook, saying: str) -> None:
    said = (Saying(Topic.LEVEL, saying), Saying(Topic.SNOOZE_OVER, "and more"))
    sending = a_sending(about=saying, saying=said, channel=saying, beneath=saying, level=3, owner=saying)
    book.claim(LOCK, sending)
    assert record(book).sending == sending
    book.said(LOCK, sending, Posted(saying, saying))
    assert record(book).said == {one.name for one in said}
    assert not book.claim(LOCK, sending)


def test_an_alert_that_stands_there_is_remembered_with_its_level_and_owner(book: LockBook) -> None:
    book.claim(LOCK, ALERTED)
    book.said(LOCK, ALERTED, POSTED)
    assert record(book) == LockRecord(
        lock=LOCK, posted=POSTED, level=1, alerted_at=TAKEN, shown_at=TAKEN, said=frozenset({Topic.ALERT}), owner=BOB
    )


def test_an_alert_that_stands_there_is_remembered_with_what_it_shows(book: LockBook) -> None:
    book.said(LOCK, msgspec.structs.replace(ALERTED, appearance="as it should"), POSTED)
    assert record(book).appearance == "as it should"


def test_an_alert_that_nobody_could_claim_is_remembered_all_the_same(book: LockBook) -> None:
    book.said(LOCK, ALERTED, POSTED)
    assert [known.posted for known in book.records()] == [POSTED]


def test_a_thing_that_was_said_is_never_claimed_again_and_another_is(book: LockBook) -> None:
    book.claim(LOCK, ALERTED)
    book.said(LOCK, ALERTED, POSTED)
    assert not book.claim(LOCK, later(ALERTED))
    assert book.claim(LOCK, RAISED)


def test_a_reply_raises_the_level_and_leaves_the_message_alone(book: LockBook) -> None:
    book.said(LOCK, ALERTED, POSTED)
    book.claim(LOCK, RAISED)
    book.said(LOCK, RAISED, REPLY)
    known = record(book)
    assert (known.level, known.posted, known.shown_at, known.owner) == (2, POSTED, TAKEN, BOB)
    assert known.said == {Topic.ALERT, "level 2", "snooze over x"}
    assert (known.sending, known.claimed_until) == (None, None)


def test_all_that_a_message_said_was_said(book: LockBook) -> None:
    book.said(LOCK, RAISED, REPLY)
    assert not book.claim(LOCK, WOKEN)


@pytest.mark.parametrize("order", [(ALERTED, RAISED, WOKEN), (WOKEN, RAISED, ALERTED), (RAISED, ALERTED, WOKEN)])
def test_the_level_is_the_highest_in_whatever_order_they_come(book: LockBook, order: tuple[Sending, ...]) -> None:
    for sending in order:
        book.said(LOCK, sending, POSTED)
    assert record(book).level == 2


def test_a_message_posted_anew_keeps_the_time_of_the_first_alert(book: LockBook) -> None:
    book.said(LOCK, ALERTED, POSTED)
    book.claim(LOCK, POSTED_ANEW)
    book.said(LOCK, POSTED_ANEW, AGAIN)
    known = record(book)
    assert (known.posted, known.alerted_at, known.shown_at, known.owner) == (AGAIN, TAKEN, TAKEN + HOUR, ALICE)


def test_a_message_found_by_two_is_noted_once(book: LockBook) -> None:
    book.claim(LOCK, ALERTED)
    book.said(LOCK, ALERTED, POSTED)
    book.said(LOCK, POSTED_ANEW, AGAIN)
    book.said(LOCK, ALERTED, POSTED)
    assert record(book).posted == AGAIN


def test_a_message_found_by_two_does_not_free_what_is_claimed_meanwhile(book: LockBook) -> None:
    book.claim(LOCK, ALERTED)
    book.said(LOCK, ALERTED, POSTED)
    book.claim(LOCK, RAISED)
    book.said(LOCK, ALERTED, POSTED)
    assert record(book).sending == RAISED


def test_a_message_found_after_it_was_given_up_is_noted_and_frees_no_other_claim(book: LockBook) -> None:
    book.claim(LOCK, ALERTED)
    book.drop_claim(LOCK.ref, ALERTED)
    book.claim(LOCK, later(ALERTED))
    book.said(LOCK, ALERTED, POSTED)
    assert (record(book).posted, record(book).sending) == (POSTED, later(ALERTED))
    book.said(LOCK, later(ALERTED), AGAIN)
    assert (record(book).posted, record(book).sending) == (POSTED, None)


def test_a_claim_that_came_to_nothing_can_be_taken_anew(book: LockBook) -> None:
    book.claim(LOCK, ALERTED)
    book.drop_claim(LOCK.ref, ALERTED)
    assert record(book) == LockRecord(lock=LOCK)
    assert book.claim(LOCK, later(ALERTED))


def test_of_two_who_give_a_claim_up_the_second_does_not_drop_the_next_one(book: LockBook) -> None:
    book.claim(LOCK, ALERTED)
    book.drop_claim(LOCK.ref, ALERTED)
    book.claim(LOCK, later(ALERTED))
    book.drop_claim(LOCK.ref, ALERTED)
    book.doubt(LOCK.ref, ALERTED, TAKEN)
    assert record(book).sending == later(ALERTED)
    assert record(book).claimed_until == TAKEN + HOUR + CLAIM


def test_a_claim_is_another_s_when_it_says_something_else_at_the_same_time(book: LockBook) -> None:
    book.claim(LOCK, later(ALERTED))
    book.drop_claim(LOCK.ref, RAISED)
    assert record(book).sending == later(ALERTED)


def test_a_doubtful_claim_stays_with_the_time_from_which_to_look(book: LockBook) -> None:
    book.claim(LOCK, ALERTED)
    book.doubt(LOCK.ref, ALERTED, TAKEN + timedelta(minutes=1, microseconds=5))
    known = record(book)
    assert (known.sending, known.claimed_until) == (ALERTED, TAKEN + timedelta(minutes=1, microseconds=5))
    assert not book.claim(LOCK, later(ALERTED))


def test_a_doubt_after_the_claim_was_settled_is_none(book: LockBook) -> None:
    book.claim(LOCK, ALERTED)
    book.said(LOCK, ALERTED, POSTED)
    book.doubt(LOCK.ref, ALERTED, TAKEN)
    assert (record(book).sending, record(book).claimed_until) == (None, None)


def test_nothing_is_claimed_of_a_lock_that_has_ended_but_what_is_about_its_end(book: LockBook) -> None:
    assert not book.claim(LOCK, ANNOUNCED, ended=True)
    assert book.find(LOCK.ref) is None
    book.remember(LOCK)
    assert not book.claim(LOCK, ANNOUNCED, ended=True)
    book.end(LOCK, GONE)
    assert not book.claim(LOCK, ALERTED)
    assert [book.claim(LOCK, ANNOUNCED, ended=True) for _ in range(2)] == [True, False]
    book.said(LOCK, ANNOUNCED, REPLY)
    assert not book.claim(LOCK, later(ANNOUNCED), ended=True)


def test_a_claim_taken_before_the_end_is_still_there_after_it(book: LockBook) -> None:
    book.claim(LOCK, ALERTED)
    book.end(LOCK, GONE)
    assert not book.claim(LOCK, ANNOUNCED, ended=True)
    assert record(book).sending == ALERTED


def test_an_alert_that_comes_after_the_end_was_told_has_not_been_told_of_it(book: LockBook) -> None:
    book.claim(LOCK, ALERTED)
    book.end(LOCK, GONE)
    book.ending_told(LOCK.ref)
    book.said(LOCK, ALERTED, POSTED)
    assert [(known.posted, known.told) for known in book.records()] == [(POSTED, False)]


def test_a_reply_that_comes_after_the_end_was_told_changes_nothing_about_that(book: LockBook) -> None:
    book.end(LOCK, GONE)
    book.claim(LOCK, ANNOUNCED, ended=True)
    book.ending_told(LOCK.ref)
    book.said(LOCK, ANNOUNCED, REPLY)
    assert record(book).told
    assert book.records() == []
