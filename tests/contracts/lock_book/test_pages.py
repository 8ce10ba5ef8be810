"""What is remembered of a lock, from its first page to its end. Claims, clicks, and locks put back: see beside."""

from datetime import timedelta

import pytest

from chalicelib.core.alerts.message import Posted, Sending
from chalicelib.core.alerts.page import Asked, Page, Snooze
from chalicelib.core.alerts.transitions import endings, restores, telling, wishes
from chalicelib.core.clicks.claim import Restorer, Restoring
from chalicelib.core.clicks.deletion import LockObject
from chalicelib.core.clicks.ending import Ending, Outcome
from chalicelib.core.locks.lock import Body, HeldLock
from chalicelib.core.locks.place import LockRef
from chalicelib.ports.book import LockBook
from tests.book_writes import kept, page_after, say
from tests.builders import ALICE, BOB, CHANNEL, TAKEN, a_claim, a_lock, a_ref, a_sending, a_table_lock, sample

HOUR = timedelta(hours=1)
GONE = Ending(outcome=Outcome.GONE, at=TAKEN, user=BOB)
RESTORING = Restoring(ALICE, "click", TAKEN)
RELEASED = Ending(outcome=Outcome.RELEASED, at=TAKEN, user=ALICE, held_now=a_lock("s3-plan-default"))
POSTED = Posted(CHANNEL, "1.1")
HOSTILE = "\x00<!channel>\n\"'}; DROP \U0001f600\uffff #by :by"
KEPT = LockObject(b"\x00\xff" + sample("s3-apply-default"), {"ServerSideEncryption": "aws:kms"})


def an_alert(level: int = 1) -> Sending:
    return a_sending(at=TAKEN, channel=CHANNEL, level=level, owner=BOB)


def found(book: LockBook, ref: LockRef | None = None) -> Page:
    page = book.find(ref or a_lock().ref)
    assert page is not None
    return page


@pytest.mark.parametrize(
    "lock",
    [
        a_lock(),
        a_lock(body=b""),
        a_lock(body=b'{"Who":"\\u0000\\ud83d\\ude00","ID":""}'),
        a_lock(key="k" * 893 + ".tflock"),
        HeldLock(a_ref("\n é.tflock"), flaw="cannot be read", body=Body.DENIED),
        HeldLock(a_ref("#digests/#by :by.tflock")),
    ],
    ids=["genuine", "empty", "odd characters", "long key", "opaque", "words of DynamoDB"],
)
def test_a_lock_is_remembered_as_it_is(book: LockBook, lock: HeldLock) -> None:
    assert page_after(book, telling.remember(lock)) == Page(lock=lock)
    assert found(book, lock.ref) == Page(lock=lock)
    assert book.open_pages() == book.pages_of(lock.ref.state_path, TAKEN) == [Page(lock=lock)]


def test_the_open_pages_of_one_bucket_or_table_are_only_its_own(book: LockBook) -> None:
    table, elsewhere = a_table_lock(), a_table_lock(region="us-east-1")
    in_bucket, in_another = a_lock(), HeldLock(a_ref(bucket="acme-tfstate-2"))
    for lock in (table, elsewhere, in_bucket, in_another):
        book.write(telling.remember(lock))
    for lock in (table, elsewhere, in_bucket, in_another):
        assert [page.lock for page in book.open_pages(lock.ref.place.home)] == [lock]
    assert book.open_pages(a_ref(bucket="acme").place.home) == []
    book.write(endings.end(in_bucket, GONE))
    assert [page.ending for page in book.open_pages(in_bucket.ref.place.home)] == [GONE]
    book.write(endings.ending_told(in_bucket.ref))
    assert book.open_pages(in_bucket.ref.place.home) == []


def test_a_lock_that_nobody_remembers_is_none(book: LockBook) -> None:
    assert book.find(a_lock().ref) is None
    assert kept(book, a_lock().ref) is None
    assert book.pages_of(a_lock().ref.state_path, TAKEN) == []


def test_remembering_again_forgets_nothing(book: LockBook) -> None:
    lock = a_lock()
    book.write(telling.acquire_recorded(lock, TAKEN, "AROA:ci"))
    say(book, lock, an_alert(), POSTED)
    before = found(book)
    assert page_after(book, telling.remember(lock)) == before
    assert (before.posted, before.level, before.acquired_at) == (POSTED, 1, TAKEN)


def test_a_lock_that_could_not_be_read_at_first_is_remembered_as_it_was_read_later(book: LockBook) -> None:
    book.write(telling.remember(HeldLock(a_lock().ref, flaw="cannot be read")))
    assert page_after(book, telling.remember(a_lock())).lock == a_lock()


def test_two_locks_on_one_state_path_have_a_page_each_oldest_first(book: LockBook) -> None:
    younger, older = a_lock("s3-plan-default", taken=TAKEN + HOUR), a_lock()
    book.write(telling.remember(younger))
    book.write(telling.remember(older))
    assert [page.lock for page in book.pages_of(older.ref.state_path, TAKEN + HOUR)] == [older, younger]
    assert [page.lock for page in book.pages_of(older.ref.state_path, TAKEN + HOUR / 2)] == [older]


def test_of_a_busy_state_s_locks_the_last_ten_up_to_a_second_are_looked_at(book: LockBook) -> None:
    locks = [a_lock(taken=TAKEN + timedelta(seconds=number)) for number in range(15)]
    for lock in locks:
        book.write(telling.remember(lock))
    until = TAKEN + timedelta(seconds=12, milliseconds=300)
    assert [page.lock for page in book.pages_of(locks[0].ref.state_path, until)] == locks[3:13]


def test_an_acquire_is_remembered_with_the_time_of_its_event_and_its_principal(book: LockBook) -> None:
    at = TAKEN + timedelta(milliseconds=1234)
    book.write(telling.acquire_recorded(a_lock(), at, HOSTILE))
    assert (found(book).acquired_at, found(book).principal) == (at, HOSTILE)


def test_the_first_acquire_that_is_recorded_stays(book: LockBook) -> None:
    book.write(telling.acquire_recorded(a_lock(), TAKEN, ""))
    book.write(telling.acquire_recorded(a_lock(), TAKEN + HOUR, "AROA:other"))
    assert (found(book).acquired_at, found(book).principal) == (TAKEN, "")


def test_what_is_recorded_of_a_forgotten_lock_opens_no_page(book: LockBook) -> None:
    ref = a_lock().ref
    book.write(telling.shown(ref, TAKEN, "as it was"))
    book.write(wishes.refused(ref, BOB))
    book.write(telling.drop_claim(ref, an_alert()))
    book.write(telling.doubt(ref, an_alert(), TAKEN))
    book.write(endings.ending_told(ref))
    assert book.write(restores.begin_restore(ref, RESTORING, None)) == (False, None)
    book.write(restores.abandon_restore(ref, RESTORING))
    book.write(endings.abandon_release(ref, a_claim()))
    book.write(restores.undone(ref, Restorer(ALICE, "click")))
    assert book.write(wishes.withdraw(ref, Asked(ALICE, TAKEN, "click"))).taken is False
    assert book.find(ref) is None


def test_a_page_knows_when_its_message_was_last_shown(book: LockBook) -> None:
    say(book, a_lock(), an_alert(), POSTED)
    book.write(telling.shown(a_lock().ref, TAKEN + HOUR, "as it should"))
    assert (found(book).alerted_at, found(book).shown_at) == (TAKEN, TAKEN + HOUR)
    assert found(book).appearance == "as it should"


def test_who_was_refused_is_remembered_once_each(book: LockBook) -> None:
    book.write(telling.remember(a_lock()))
    for user in (BOB, ALICE, BOB):
        book.write(wishes.refused(a_lock().ref, user))
    assert found(book).refused == {ALICE, BOB}


def test_the_first_ending_is_believed(book: LockBook) -> None:
    lock = page_after(book, telling.remember(a_lock())).lock
    other = Ending(outcome=Outcome.REPLACED, at=TAKEN)
    assert [book.write(endings.end(lock, GONE)).taken, book.write(endings.end(lock, other)).taken] == [True, False]
    assert found(book).ending == GONE


def test_the_one_who_did_delete_it_is_believed_even_later_and_it_is_not_told_yet(book: LockBook) -> None:
    lock = a_lock()
    book.write(endings.end(lock, GONE))
    book.write(endings.ending_told(lock.ref))
    assert book.write(endings.end(lock, RELEASED)).taken is True
    assert (found(book).ending, found(book).told) == (RELEASED, False)
    assert [page.ending for page in book.open_pages()] == [RELEASED]
    assert book.write(endings.end(lock, GONE)).taken is False


def test_a_lock_that_nobody_remembered_can_end_and_that_is_to_be_told(book: LockBook) -> None:
    assert book.write(endings.end(a_lock(), GONE)).taken
    assert book.open_pages() == [Page(lock=a_lock(), ending=GONE)]


def test_a_lock_that_ended_is_looked_at_until_that_has_been_told(book: LockBook) -> None:
    lock = page_after(book, telling.remember(a_lock())).lock
    book.write(endings.end(lock, GONE))
    assert [page.told for page in book.open_pages()] == [False]
    book.write(endings.ending_told(lock.ref))
    assert book.open_pages() == []
    assert [page.told for page in book.pages_of(lock.ref.state_path, TAKEN)] == [True]


def test_a_lock_that_nothing_was_said_of_ends_at_once_and_only_once(book: LockBook) -> None:
    lock = page_after(book, telling.remember(a_lock())).lock
    assert book.write(endings.end_unspoken(lock, GONE)).taken
    assert (found(book).ending, found(book).told, book.open_pages()) == (GONE, True, [])
    assert not book.write(endings.end_unspoken(lock, RELEASED)).taken
    assert found(book).ending == GONE


def test_a_lock_that_was_spoken_of_does_not_end_untold(book: LockBook) -> None:
    lock = a_lock()
    book.write(telling.claim(lock, an_alert()))
    assert not book.write(endings.end_unspoken(lock, GONE)).taken
    say(book, lock, an_alert(), POSTED)
    assert not book.write(endings.end_unspoken(lock, GONE)).taken
    assert found(book).ending is None


def test_a_told_lock_is_not_looked_at_again_by_what_comes_late(book: LockBook) -> None:
    lock = a_lock()
    book.write(endings.end(lock, GONE))
    book.write(endings.ending_told(lock.ref))
    book.write(telling.acquire_recorded(lock, TAKEN, "AROA:ci"))
    book.write(wishes.snooze(lock, Snooze(BOB, TAKEN), TAKEN))
    assert book.open_pages() == []
    assert found(book).told


def test_a_lock_that_is_held_is_not_told_to_have_ended(book: LockBook) -> None:
    book.write(telling.remember(a_lock()))
    book.write(endings.ending_told(a_lock().ref))
    assert [page.told for page in book.open_pages()] == [False]


def test_a_lock_that_is_held_after_all_begins_anew(book: LockBook) -> None:
    lock = a_lock()
    book.write(telling.acquire_recorded(lock, TAKEN, "AROA:ci"))
    say(book, lock, an_alert(2), POSTED)
    book.write(telling.shown(lock.ref, TAKEN + HOUR, "as it was"))
    book.write(wishes.refused(lock.ref, BOB))
    book.write(wishes.snooze(lock, Snooze(BOB, TAKEN), TAKEN))
    book.write(wishes.ask(lock, Asked(BOB, TAKEN, "click")))
    book.write(endings.begin_release(lock, a_claim(), KEPT, None))
    book.write(endings.end(lock, RELEASED))
    book.write(restores.begin_restore(lock.ref, RESTORING, None))
    book.write(endings.ending_told(lock.ref))
    reopened = page_after(book, endings.reopen(lock, TAKEN + HOUR))
    begun = frozenset({Restorer(ALICE, "click")})
    assert reopened == Page(
        lock=lock,
        acquired_at=TAKEN,
        principal="AROA:ci",
        quiet_at=TAKEN,
        restorers=begun,
        reopened_at=TAKEN + HOUR,
    )
    assert book.open_pages() == [reopened]
    assert kept(book, lock.ref) is None
    assert book.write(telling.claim(lock, an_alert())).taken


def test_of_two_who_find_a_lock_held_after_all_the_second_undoes_nothing(book: LockBook) -> None:
    lock = a_lock()
    book.write(endings.end(lock, GONE))
    book.write(endings.reopen(lock, TAKEN))
    say(book, lock, an_alert(), POSTED)
    assert page_after(book, endings.reopen(lock, TAKEN)).posted == POSTED


def test_a_message_that_may_stand_there_is_not_forgotten_when_its_lock_begins_anew(book: LockBook) -> None:
    lock = a_lock()
    book.write(telling.claim(lock, an_alert()))
    book.write(endings.end(lock, GONE))
    assert page_after(book, endings.reopen(lock, TAKEN)).sending == an_alert()
    assert not book.write(telling.claim(lock, an_alert())).taken
    say(book, lock, an_alert(), POSTED)
    assert (found(book).posted, found(book).sending) == (POSTED, None)
