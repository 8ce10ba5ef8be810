"""Whatever is done with a lock book, in whatever order: the one in memory and DynamoDB's remember the same."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.aws.book.lock_book import DynamoLockBook
from chalicelib.core.alerts.message import Posted, Saying, Topic
from chalicelib.core.alerts.page import Asked, LockRecord, Snooze
from chalicelib.core.clicks.claim import Releasing, Restorer, Restoring
from chalicelib.core.clicks.deletion import LockObject
from chalicelib.core.clicks.ending import Ending, Outcome
from chalicelib.ports.book import LockBook
from tests.aws_fixtures import lock_book_table
from tests.builders import ALICE, BOB, CHANNEL, TAKEN, a_lock, a_sending
from tests.fake_book import FakeBook

pytestmark = pytest.mark.thorough

LOCKS = [a_lock(), a_lock(taken=TAKEN + timedelta(hours=1)), a_lock("s3-plan-default")]
Step = Callable[[LockBook], Any]

locks = st.sampled_from(LOCKS)
users, principals = st.sampled_from([ALICE, BOB]), st.sampled_from(["AROA:ci", ""])
times = st.integers(0, 3).map(lambda minutes: TAKEN + timedelta(minutes=minutes))
sayings = st.sampled_from(
    [
        (Saying(Topic.ALERT),),
        (Saying(Topic.ALERT, "after 1.1"),),
        (Saying(Topic.LEVEL, "2"), Saying(Topic.SNOOZE_OVER)),
        (Saying(Topic.SNOOZE_OVER),),
        (Saying(Topic.AUTO_RELEASED),),
    ]
)
sendings = st.builds(a_sending, saying=sayings, at=times, level=st.integers(0, 3), owner=users)
messages = st.integers(1, 3).map(lambda number: Posted(CHANNEL, f"{number}.1"))
outcomes = st.sampled_from([Outcome.GONE, Outcome.RELEASED, Outcome.UNCONFIRMED])
endings = st.builds(Ending, outcome=outcomes, at=times, user=users)
requests = st.builds(Asked, users, times, users)
claims = st.builds(Releasing, users, users, times)
puts = st.builds(Restoring, users, users, times)
restorers = st.builds(Restorer, users, users)
objects = st.none() | st.binary(max_size=4).map(LockObject)


def step(name: str, *arguments: st.SearchStrategy[Any], **options: st.SearchStrategy[Any]) -> st.SearchStrategy[Step]:
    return st.tuples(st.tuples(*arguments), st.fixed_dictionaries(options)).map(
        lambda drawn: lambda book: getattr(book, name)(*drawn[0], **drawn[1])
    )


def restoring(old: int, new: int, by: Restorer) -> Step:
    def restored(book: LockBook) -> LockRecord:
        ref = LOCKS[old].ref
        return book.restored(book.find(ref) or LockRecord(lock=LOCKS[old]), LOCKS[new], by)

    return restored


refs = locks.map(lambda lock: lock.ref)
steps = st.one_of(
    step("remember", locks),
    step("reopen", locks, times),
    step("claim", locks, sendings, ended=st.booleans()),
    step("said", locks, sendings, messages),
    step("drop_claim", refs, sendings),
    step("doubt", refs, sendings, times),
    step("shown", refs, times, users),
    step("refused", refs, users),
    step("acquire_recorded", locks, times, principals),
    step("snooze", locks, st.none() | st.builds(Snooze, users, times), times),
    step("ask", locks, requests),
    step("withdraw", refs, requests),
    step("begin_release", locks, claims, objects, st.none() | claims),
    step("abandon_release", refs, claims),
    step("end", locks, endings, st.none() | claims),
    step("end_unspoken", locks, endings),
    step("ending_told", refs),
    step("begin_restore", refs, puts, st.none() | puts),
    step("abandon_restore", refs, puts),
    step("undone", refs, restorers),
    st.builds(restoring, st.integers(0, 1), st.just(2), restorers),
    st.builds(restoring, st.just(0), st.just(1), restorers),
)


def remembered(book: LockBook) -> list[Any]:
    pages = [[book.find(lock.ref), book.kept(lock.ref)] for lock in LOCKS]
    return [pages, sorted(book.records(), key=lambda record: record.lock.ref.identity)]


@pytest.fixture(scope="module")
def table() -> Iterator[Any]:
    with lock_book_table() as table:
        yield table


@settings(max_examples=40)
@given(taken=st.lists(steps, max_size=25))
def test_the_book_in_memory_remembers_what_dynamodb_s_does(table: Any, taken: list[Step]) -> None:
    fake, book = FakeBook(), DynamoLockBook(table)
    for lock in LOCKS:
        table.delete_item(Key={"StatePath": lock.ref.state_path, "LockIdentity": lock.ref.identity})
    for act in taken:
        assert act(fake) == act(book)
    assert remembered(fake) == remembered(book)
