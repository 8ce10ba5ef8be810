"""A lock that was released and put back: its message moves to the page of the lock that is there now."""

from datetime import timedelta

import msgspec
import pytest

from chalicelib.core.alerts.message import Posted, Saying, Topic
from chalicelib.core.alerts.page import Asked, Page, Snooze
from chalicelib.core.alerts.transitions import endings, restores, telling, wishes
from chalicelib.core.clicks.claim import Restorer, Restoring
from chalicelib.core.clicks.deletion import LockObject
from chalicelib.core.clicks.ending import Ending, Outcome
from chalicelib.ports.book import LockBook
from tests.book_writes import page_after, put_back, say
from tests.builders import ALICE, BOB, CHANNEL, TAKEN, a_claim, a_lock, a_sending

OLD = a_lock()
NEW = a_lock(taken=TAKEN + timedelta(hours=2))
AT = NEW.ref.since + timedelta(milliseconds=500)
POSTED = Posted(CHANNEL, "1.1", "1.0")
ALERTED = a_sending(saying=(Saying(Topic.ALERT), Saying(Topic.LEVEL, "more")), level=2, owner=BOB)
RELEASED = Ending(outcome=Outcome.RELEASED, at=AT, user=ALICE, undo_until=AT + timedelta(minutes=10))
GONE = Ending(outcome=Outcome.GONE, at=AT)
HOSTILE = "\x00<!channel>\n\U0001f600 #by :by"
RESTORING = Restoring(HOSTILE, f"{HOSTILE} 1", AT)
RESTORER = Restorer(HOSTILE, f"{HOSTILE} 1")
BY_ALICE, BY_BOB = Restorer(ALICE, "1"), Restorer(BOB, "2")


@pytest.fixture
def released(book: LockBook) -> Page:
    book.write(telling.acquire_recorded(OLD, TAKEN, "AROA:ci"))
    say(book, OLD, ALERTED, POSTED)
    book.write(wishes.snooze(OLD, Snooze(BOB, AT), TAKEN))
    book.write(wishes.ask(OLD, Asked(BOB, TAKEN, "click")))
    book.write(endings.begin_release(OLD, a_claim(), LockObject(b"{}"), None))
    book.write(endings.end(OLD, RELEASED))
    book.write(restores.begin_restore(OLD.ref, RESTORING, None))
    return found(book, OLD.ref)


def found(book: LockBook, ref: object = NEW.ref) -> Page:
    page = next(
        (page for page in book.pages_of(NEW.ref.state_path, NEW.ref.since) if page.lock.ref == ref),
        None,
    )
    assert page is not None
    return page


def inherited(page: Page) -> tuple[object, ...]:
    return (page.posted, page.owner, page.principal, page.alerted_at)


def test_for_whom_and_by_which_click_a_lock_is_about_to_be_put_back_is_remembered(released: Page) -> None:
    assert released.restoring == RESTORING


def test_a_put_that_did_nothing_is_no_longer_remembered(book: LockBook, released: Page) -> None:
    book.write(restores.abandon_restore(OLD.ref, RESTORING))
    assert found(book, OLD.ref) == msgspec.structs.replace(released, restoring=None)


def test_the_new_page_has_the_message_and_nothing_that_was_wanted_of_the_old_one(
    book: LockBook, released: Page
) -> None:
    new = put_back(book, released, NEW, RESTORER)
    assert new == found(book)
    assert new == Page(lock=NEW, posted=POSTED, alerted_at=TAKEN, principal="AROA:ci", owner=BOB, restored_by=HOSTILE)


def test_what_was_said_of_the_released_lock_can_be_said_of_the_one_put_back(book: LockBook, released: Page) -> None:
    put_back(book, released, NEW, BY_ALICE)
    assert book.write(telling.claim(NEW, ALERTED)).taken


def test_what_was_said_of_the_lock_put_back_before_that_was_known_stays_said(book: LockBook, released: Page) -> None:
    say(book, NEW, ALERTED, Posted(CHANNEL, "2.1"))
    new = put_back(book, released, NEW, BY_ALICE)
    assert (new.posted, new.level, new.said) == (POSTED, 2, frozenset(one.name for one in ALERTED.saying))


def test_the_old_page_says_by_whom_and_has_nothing_left_to_tell(book: LockBook, released: Page) -> None:
    put_back(book, released, NEW, RESTORER)
    old = found(book, OLD.ref)
    assert old.ending is not None
    assert (old.ending.outcome, old.ending.restored_by, old.told) == (Outcome.RELEASED, HOSTILE, True)
    assert (old.posted, old.restoring) == (None, None)
    assert [page.lock for page in book.open_pages()] == [NEW]


def test_a_lock_that_was_put_back_is_not_released_by_what_comes_late(book: LockBook, released: Page) -> None:
    put_back(book, released, NEW, BY_ALICE)
    assert not book.write(endings.end(OLD, RELEASED)).taken
    assert not book.write(endings.end(OLD, GONE)).taken
    ending = found(book, OLD.ref).ending
    assert ending is not None
    assert ending.restored_by == ALICE


def test_a_lock_noted_as_put_back_twice_keeps_its_first_restorer(book: LockBook, released: Page) -> None:
    first = put_back(book, released, NEW, BY_ALICE)
    assert put_back(book, released, NEW, BY_BOB) == first
    ending = found(book, OLD.ref).ending
    assert ending is not None
    assert ending.restored_by == ALICE


def test_a_put_back_noted_once_more_after_the_new_lock_ended_leaves_that_ending_alone(
    book: LockBook, released: Page
) -> None:
    put_back(book, released, NEW, BY_ALICE)
    book.write(endings.end(NEW, GONE))
    book.write(endings.ending_told(NEW.ref))
    assert put_back(book, released, NEW, BY_ALICE).told


@pytest.mark.parametrize("event_first", [True, False])
def test_who_took_a_lock_stays_who_took_it_whether_s3_told_of_the_put_before_or_after(
    book: LockBook, released: Page, event_first: bool
) -> None:
    event = AT + timedelta(milliseconds=7)
    if event_first:
        book.write(telling.acquire_recorded(NEW, event, "AROA:the-reaper-itself"))
    put_back(book, released, NEW, BY_ALICE)
    book.write(telling.acquire_recorded(NEW, event, "AROA:the-reaper-itself"))
    assert (found(book).principal, found(book).acquired_at) == ("AROA:ci", event)


def test_a_new_lock_that_ended_before_its_page_got_the_message_is_still_to_be_told(
    book: LockBook, released: Page
) -> None:
    book.write(endings.end(NEW, GONE))
    book.write(endings.ending_told(NEW.ref))
    put_back(book, released, NEW, BY_ALICE)
    assert [(page.lock, page.ending, page.posted) for page in book.open_pages()] == [(NEW, GONE, POSTED)]


def test_a_lock_without_a_message_can_be_put_back_too(book: LockBook) -> None:
    book.write(endings.end(OLD, RELEASED))
    new = put_back(book, found(book, OLD.ref), NEW, BY_ALICE)
    assert inherited(new) == (None, "", "", None)


def test_a_lock_whose_old_page_was_lost_is_put_back_too(book: LockBook) -> None:
    put_back(book, Page(lock=OLD, posted=POSTED), NEW, BY_ALICE)
    assert [page.lock for page in book.pages_of(NEW.ref.state_path, NEW.ref.since)] == [NEW]


def test_a_restored_lock_can_be_released_and_put_back_again(book: LockBook, released: Page) -> None:
    third = a_lock(taken=AT.replace(microsecond=0) + timedelta(hours=1))
    second = put_back(book, released, NEW, BY_ALICE)
    assert book.write(endings.end(NEW, RELEASED)).taken
    assert inherited(put_back(book, second, third, BY_BOB)) == inherited(second)
    assert [page.lock for page in book.open_pages()] == [third]


def test_a_lock_that_is_there_after_all_is_another_time_s_and_can_be_released_again(
    book: LockBook, released: Page
) -> None:
    put_back(book, released, NEW, BY_BOB)
    book.write(endings.reopen(OLD, TAKEN))
    assert book.write(endings.end(OLD, RELEASED)).taken
    assert found(book, OLD.ref).ending == RELEASED


def test_a_lock_put_back_and_let_go_since_is_to_be_told_of_once_more(book: LockBook, released: Page) -> None:
    book.write(endings.ending_told(OLD.ref))
    book.write(restores.undone(OLD.ref, BY_BOB))
    undone = msgspec.structs.replace(RELEASED, restored_by=BOB, restored_click="2")
    assert book.open_pages() == [msgspec.structs.replace(released, ending=undone, restoring=None)]
    book.write(endings.ending_told(OLD.ref))
    assert book.open_pages() == []
    assert (found(book, OLD.ref).ending, found(book, OLD.ref).told) == (undone, True)


def test_a_lock_put_back_and_let_go_since_has_ended_for_good(book: LockBook, released: Page) -> None:
    book.write(restores.undone(OLD.ref, BY_BOB))
    book.write(restores.undone(OLD.ref, BY_ALICE))
    assert [book.write(endings.end(OLD, RELEASED)).taken, book.write(endings.end(OLD, GONE)).taken] == [False, False]
    assert found(book, OLD.ref).ending == msgspec.structs.replace(RELEASED, restored_by=BOB, restored_click="2")


def test_a_lock_that_is_held_was_not_let_go(book: LockBook) -> None:
    book.write(telling.remember(OLD))
    book.write(restores.undone(OLD.ref, BY_BOB))
    assert found(book, OLD.ref) == Page(lock=OLD)


def test_a_lock_let_go_that_is_there_after_all_begins_anew(book: LockBook, released: Page) -> None:
    book.write(restores.undone(OLD.ref, BY_BOB))
    reopened = page_after(book, endings.reopen(OLD, TAKEN))
    assert (reopened.ending, reopened.told, reopened.restored_by) == (None, False, "")
    assert book.write(endings.end(OLD, RELEASED)).taken
    assert found(book, OLD.ref).ending == RELEASED
