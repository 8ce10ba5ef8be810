from collections.abc import Iterator

import pytest

from chalicelib.aws.book.lock_book import DynamoLockBook
from chalicelib.aws.book.lock_list import DynamoLockList
from chalicelib.core.alerts.listing import HeldEntry
from chalicelib.core.alerts.message import Posted
from chalicelib.core.alerts.transitions import endings, telling
from chalicelib.core.clicks.ending import Ending, Outcome
from chalicelib.core.locks.lock import HeldLock
from chalicelib.ports.book import LockBook, LockList
from tests.aws_fixtures import lock_book_table
from tests.book_writes import say
from tests.builders import ALICE, CHANNEL, TAKEN, a_lock, a_sending
from tests.fakes.book import FakeBook
from tests.fakes.lock_list import FakeLockList

GONE = Ending(outcome=Outcome.GONE, at=TAKEN)
ODD = a_lock(key="#by :by/ é.tflock")
UNREADABLE = HeldLock(a_lock(key="x.tflock").ref, flaw="is empty")


@pytest.fixture(params=["fake", "DynamoDB in moto"])
def books(request: pytest.FixtureRequest) -> Iterator[tuple[LockBook, LockList]]:
    if request.param == "fake":
        book = FakeBook()
        yield book, FakeLockList(book)
        return
    with lock_book_table() as table:
        yield DynamoLockBook(table), DynamoLockList(table)


def entry(lock: HeldLock, **known: str) -> HeldEntry:
    return HeldEntry(lock.ref.state_path, lock.ref.identity, **known)


def test_an_empty_book_lists_nothing(books: tuple[LockBook, LockList]) -> None:
    assert books[1].held(holders=False) == []
    assert books[1].pages([]) == []


def test_every_lock_that_is_held_is_listed(books: tuple[LockBook, LockList]) -> None:
    book, locks = books
    for lock in (a_lock(), ODD, UNREADABLE, a_lock(key="gone.tflock")):
        book.write(telling.remember(lock))
    book.write(endings.end(a_lock(key="gone.tflock"), GONE))
    listed = sorted(locks.held(holders=False), key=lambda one: one.state_path)
    assert listed == sorted(map(entry, (a_lock(), ODD, UNREADABLE)), key=lambda one: one.state_path)


def test_who_is_behind_a_lock_is_listed_where_it_is_asked_for(books: tuple[LockBook, LockList]) -> None:
    book, locks = books
    book.write(telling.acquire_recorded(a_lock(), TAKEN, "AWS:AROA:ci"))
    sending = a_sending(at=TAKEN, channel=CHANNEL, owner=ALICE)
    say(book, a_lock(), sending, Posted(CHANNEL, "1.1"))
    book.write(telling.remember(UNREADABLE))
    listed = sorted(locks.held(holders=True), key=lambda one: one.state_path)
    assert listed == [
        entry(a_lock(), owner=ALICE, principal="AWS:AROA:ci", who="root@vm"),
        entry(UNREADABLE),
    ]


def test_pages_come_in_the_order_they_are_asked_for_without_what_has_ended(books: tuple[LockBook, LockList]) -> None:
    book, locks = books
    for lock in (a_lock(), ODD, UNREADABLE):
        book.write(telling.remember(lock))
    book.write(endings.end(UNREADABLE, GONE))
    asked = [entry(ODD), entry(a_lock(key="never.tflock")), entry(UNREADABLE), entry(a_lock())]
    assert locks.pages(asked) == [book.find(ODD.ref), book.find(a_lock().ref)]
