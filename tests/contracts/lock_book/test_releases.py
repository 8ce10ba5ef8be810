"""Who may delete a lock, and put it back: claims in the lock book, of which a page has one at a time."""

from datetime import timedelta

import msgspec
import pytest

from chalicelib.core.alerts.page import Page
from chalicelib.core.alerts.transitions import endings, restores, telling
from chalicelib.core.clicks.claim import Releasing, Restorer, Restoring
from chalicelib.core.clicks.deletion import LockObject
from chalicelib.core.clicks.ending import Ending, Outcome
from chalicelib.ports.book import LockBook
from tests.book_writes import kept, page_after
from tests.builders import ALICE, BOB, TAKEN, a_claim, a_lock

LOCK, MINUTE = a_lock(), timedelta(minutes=1)
HOSTILE = "\x00<!channel>\n\U0001f600 #by :by"
KEPT = LockObject(b"\x00\xff", {"ContentType": HOSTILE}, {"a": HOSTILE}, {HOSTILE: "b"})
ALICES, BOBS = a_claim(), Releasing(HOSTILE, HOSTILE, TAKEN + MINUTE, HOSTILE)
RELEASED = Ending(outcome=Outcome.RELEASED, at=TAKEN, user=ALICE)
GONE = Ending(outcome=Outcome.GONE, at=TAKEN)
PUT, ANOTHER = Restoring(ALICE, HOSTILE, TAKEN + MINUTE), Restoring(BOB, "2", TAKEN + MINUTE)


def found(book: LockBook) -> Page:
    page = book.find(LOCK.ref)
    assert page is not None
    return page


def test_a_claim_to_a_delete_is_remembered_and_opens_a_page(book: LockBook) -> None:
    assert (
        page_after(book, endings.begin_release(LOCK, BOBS, None, None))
        == found(book)
        == Page(lock=LOCK, releasing=BOBS)
    )


def test_nobody_takes_the_claim_of_another_that_came_in_between(book: LockBook) -> None:
    book.write(endings.begin_release(LOCK, ALICES, None, None))
    assert page_after(book, endings.begin_release(LOCK, BOBS, KEPT, None)).releasing == ALICES
    longer = msgspec.structs.replace(ALICES, until=TAKEN + MINUTE)
    assert page_after(book, endings.begin_release(LOCK, BOBS, KEPT, longer)).releasing == ALICES
    assert kept(book, LOCK.ref) is None


def test_the_claim_that_was_seen_can_be_taken_over(book: LockBook) -> None:
    book.write(endings.begin_release(LOCK, ALICES, None, None))
    assert page_after(book, endings.begin_release(LOCK, BOBS, None, ALICES)).releasing == BOBS
    assert page_after(book, endings.begin_release(LOCK, ALICES, None, ALICES)).releasing == BOBS


def test_a_claim_that_is_no_longer_there_cannot_be_taken_over(book: LockBook) -> None:
    assert book.write(endings.begin_release(LOCK, BOBS, None, ALICES)) == (False, None)


@pytest.mark.parametrize("ending", [RELEASED, GONE])
def test_no_delete_is_begun_once_an_ending_is_noted(book: LockBook, ending: Ending) -> None:
    book.write(endings.end(LOCK, ending))
    assert page_after(book, endings.begin_release(LOCK, ALICES, KEPT, None)) == Page(lock=LOCK, ending=ending)
    assert kept(book, LOCK.ref) is None


def test_a_delete_is_not_resumed_once_an_ending_is_noted(book: LockBook) -> None:
    book.write(endings.begin_release(LOCK, ALICES, None, None))
    book.write(endings.end(LOCK, RELEASED))
    assert page_after(book, endings.begin_release(LOCK, BOBS, None, ALICES)).releasing == ALICES


def test_a_claim_is_dropped_by_its_own_click_only(book: LockBook) -> None:
    book.write(endings.begin_release(LOCK, ALICES, None, None))
    book.write(endings.abandon_release(LOCK.ref, BOBS))
    book.write(endings.abandon_release(LOCK.ref, msgspec.structs.replace(ALICES, until=TAKEN + MINUTE)))
    assert found(book).releasing == ALICES
    book.write(endings.abandon_release(LOCK.ref, ALICES))
    assert found(book) == Page(lock=LOCK)


def test_what_a_release_can_put_back_is_kept_as_it_was(book: LockBook) -> None:
    book.write(endings.begin_release(LOCK, ALICES, KEPT, None))
    assert kept(book, LOCK.ref) == KEPT


def test_what_one_release_kept_is_not_lost_by_another_that_came_to_nothing(book: LockBook) -> None:
    book.write(endings.begin_release(LOCK, ALICES, KEPT, None))
    book.write(endings.begin_release(LOCK, BOBS, None, ALICES))
    book.write(endings.abandon_release(LOCK.ref, BOBS))
    assert kept(book, LOCK.ref) == KEPT


def test_an_ending_that_does_not_know_of_the_delete_that_was_begun_is_not_believed(book: LockBook) -> None:
    book.write(endings.begin_release(LOCK, ALICES, None, None))
    assert not book.write(endings.end(LOCK, GONE)).taken
    assert not book.write(endings.end(LOCK, GONE, BOBS)).taken
    assert found(book).ending is None
    assert book.write(endings.end(LOCK, GONE, ALICES)).taken


def test_an_ending_by_a_claim_that_was_dropped_since_is_not_believed(book: LockBook) -> None:
    book.write(telling.remember(LOCK))
    assert not book.write(endings.end(LOCK, ALICES.ending(Outcome.UNCONFIRMED, TAKEN), ALICES)).taken
    assert book.write(endings.end(LOCK, GONE)).taken


def test_the_deleter_is_believed_whoever_has_begun_since(book: LockBook) -> None:
    book.write(endings.begin_release(LOCK, BOBS, None, None))
    assert book.write(endings.end(LOCK, RELEASED, ALICES)).taken


def test_a_lock_whose_delete_was_begun_does_not_end_unspoken(book: LockBook) -> None:
    book.write(endings.begin_release(LOCK, ALICES, None, None))
    assert not book.write(endings.end_unspoken(LOCK, GONE)).taken
    assert found(book).ending is None


def test_a_put_is_begun_by_one_click_at_a_time_and_all_of_them_are_remembered(book: LockBook) -> None:
    book.write(endings.end(LOCK, RELEASED))
    for _ in range(2):
        page = page_after(book, restores.begin_restore(LOCK.ref, PUT, None))
        assert page == found(book)
        assert page.restoring == PUT
    page = page_after(book, restores.begin_restore(LOCK.ref, ANOTHER, None))
    assert page
    assert (page.restoring, page.restorers) == (PUT, frozenset({Restorer(ALICE, HOSTILE)}))
    page = page_after(book, restores.begin_restore(LOCK.ref, ANOTHER, PUT))
    assert page
    assert (page.restoring, page.restorers) == (ANOTHER, frozenset({Restorer(ALICE, HOSTILE), Restorer(BOB, "2")}))


def test_a_put_is_dropped_by_its_own_click_only_and_its_mark_is_known_for_ever(book: LockBook) -> None:
    book.write(endings.end(LOCK, RELEASED))
    book.write(restores.begin_restore(LOCK.ref, PUT, None))
    book.write(restores.abandon_restore(LOCK.ref, ANOTHER))
    assert found(book).restoring == PUT
    book.write(restores.abandon_restore(LOCK.ref, PUT))
    book.write(endings.reopen(LOCK, TAKEN))
    assert found(book) == Page(lock=LOCK, restorers=frozenset({Restorer(ALICE, HOSTILE)}), reopened_at=TAKEN)


def test_no_put_is_begun_of_a_lock_that_is_held_or_back_already(book: LockBook) -> None:
    book.write(telling.remember(LOCK))
    assert page_after(book, restores.begin_restore(LOCK.ref, PUT, None)) == Page(lock=LOCK)
    book.write(endings.end(LOCK, RELEASED))
    book.write(restores.undone(LOCK.ref, Restorer(BOB, "2")))
    page = page_after(book, restores.begin_restore(LOCK.ref, PUT, None))
    assert page
    assert (page.restoring, page.restorers) == (None, frozenset())
