from collections.abc import Iterator
from datetime import timedelta

import boto3
import pytest

from chalicelib.aws.lock_book import DynamoLockBook
from chalicelib.core.alert import LockRecord, Posted
from chalicelib.core.lock import StateLock
from chalicelib.core.release import Ending, ReleaseOutcome
from chalicelib.ports import LockBook
from tests.aws_fixtures import REGION, create_lock_book, moto
from tests.builders import ALICE, BOB, CHANNEL, TAKEN, a_lock, a_ref
from tests.fakes import FakeBook

GONE = Ending(outcome=ReleaseOutcome.GONE, at=TAKEN, user=BOB)
RELEASED = Ending(outcome=ReleaseOutcome.RELEASED, at=TAKEN, user=ALICE, held_now=a_lock("s3-plan-default"))


@pytest.fixture(params=["fake", "DynamoDB in moto"])
def book(request: pytest.FixtureRequest) -> Iterator[LockBook]:
    if request.param == "fake":
        yield FakeBook()
        return
    with moto("dynamodb") as client:
        create_lock_book(client)
        yield DynamoLockBook(boto3.resource("dynamodb", region_name=REGION).Table("book"))


@pytest.mark.parametrize(
    "lock",
    [
        a_lock(),
        a_lock(body=b""),
        a_lock(body=b'{"Who":"\\u0000\\ud83d\\ude00","ID":""}'),
        a_lock(key="k" * 893 + ".tflock"),
        StateLock(a_ref("\n é.tflock"), flaw="cannot be read", opaque=True),
    ],
    ids=["genuine", "empty", "odd characters", "long key", "opaque"],
)
def test_a_lock_is_remembered_as_it_is(book: LockBook, lock: StateLock) -> None:
    book.remember(lock)
    record = book.find(lock.ref)
    assert record is not None
    assert record.lock == lock
    assert [record.lock for record in book.records()] == [lock]


def test_a_lock_that_nobody_remembers_is_none(book: LockBook) -> None:
    assert book.find(a_lock().ref) is None
    assert book.records_of(a_lock().ref.state_path) == []


def test_remembering_again_forgets_nothing(book: LockBook) -> None:
    lock = a_lock()
    book.acquire_recorded(lock, TAKEN)
    book.alert_posted(lock, Posted(CHANNEL, "1.1"), 1)
    record = book.remember(lock)
    assert (record.posted, record.level, record.acquired_at) == (Posted(CHANNEL, "1.1"), 1, TAKEN)


def test_two_locks_on_one_state_path_have_a_page_each_oldest_first(book: LockBook) -> None:
    younger, older = a_lock("s3-plan-default", taken=TAKEN + timedelta(hours=1)), a_lock()
    book.remember(younger)
    book.remember(older)
    assert [record.lock for record in book.records_of(older.ref.state_path)] == [older, younger]


def test_an_alert_is_claimed_once_until_the_claim_runs_out(book: LockBook) -> None:
    lock = book.remember(a_lock()).lock
    claims = [book.claim_alert(lock, TAKEN + timedelta(seconds=seconds)) for seconds in (0, 1, 1199, 1201)]
    assert claims == [True, False, False, True]


def test_a_claim_that_came_to_nothing_can_be_taken_anew(book: LockBook) -> None:
    lock = book.remember(a_lock()).lock
    book.claim_alert(lock, TAKEN)
    book.drop_claim(lock.ref)
    assert book.claim_alert(lock, TAKEN)


def test_a_posted_alert_is_never_claimed_again(book: LockBook) -> None:
    lock = book.remember(a_lock()).lock
    book.alert_posted(lock, Posted(CHANNEL, "1.1"), 1)
    assert book.claim_alert(lock, TAKEN + timedelta(days=1)) is False


def test_an_alert_claimed_or_posted_of_a_lock_nobody_remembered_opens_its_page(book: LockBook) -> None:
    claimed, posted = a_lock(), a_lock("s3-plan-default")
    book.claim_alert(claimed, TAKEN)
    book.alert_posted(posted, Posted(CHANNEL, "1.1"), 1)
    assert {record.lock.operation for record in book.records()} == {"apply or destroy", "plan"}


def test_what_is_recorded_of_a_forgotten_lock_opens_no_page(book: LockBook) -> None:
    book.release_recorded(a_lock().ref, TAKEN)
    book.abandon_release(a_lock().ref)
    assert book.find(a_lock().ref) is None


def test_a_lock_that_is_held_after_all_begins_anew(book: LockBook) -> None:
    lock = a_lock()
    book.acquire_recorded(lock, TAKEN)
    book.claim_alert(lock, TAKEN)
    book.alert_posted(lock, Posted(CHANNEL, "1.1"), 2)
    book.begin_release(lock, ALICE)
    book.end(lock, RELEASED)
    book.release_recorded(lock.ref, TAKEN)
    reopened = book.reopen(lock)
    assert reopened == LockRecord(lock=lock, acquired_at=TAKEN)
    assert book.records() == [reopened]
    assert book.claim_alert(lock, TAKEN)


def test_a_release_begun_is_remembered_until_it_is_abandoned(book: LockBook) -> None:
    lock = a_lock()
    book.begin_release(lock, ALICE)
    assert [record.requested_by for record in book.records()] == [ALICE]
    book.abandon_release(lock.ref)
    assert [record.requested_by for record in book.records()] == [""]


def test_the_first_ending_is_believed_and_the_lock_is_no_longer_among_the_held(book: LockBook) -> None:
    lock = book.remember(a_lock()).lock
    other = Ending(outcome=ReleaseOutcome.REPLACED, at=TAKEN)
    assert [book.end(lock, GONE), book.end(lock, other)] == [True, False]
    record = book.find(lock.ref)
    assert record is not None
    assert record.ending == GONE
    assert book.records() == []


def test_the_one_who_did_delete_it_is_believed_even_later(book: LockBook) -> None:
    lock = a_lock()
    book.end(lock, GONE)
    assert book.end(lock, RELEASED) is True
    record = book.find(lock.ref)
    assert record is not None
    assert record.ending == RELEASED


def test_a_release_is_recorded_with_the_time_of_its_event(book: LockBook) -> None:
    lock = book.remember(a_lock()).lock
    at = TAKEN + timedelta(milliseconds=1234)
    book.release_recorded(lock.ref, at)
    assert [record.released_at for record in book.records()] == [at]
