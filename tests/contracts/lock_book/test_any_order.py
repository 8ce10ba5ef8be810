"""Whatever is done with a lock book, in whatever order: the one in memory and DynamoDB's remember the same."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.aws.book.lock_book import DynamoLockBook
from chalicelib.core.alerts.message import Posted, Saying, Sending, Topic
from chalicelib.core.alerts.page import Asked, Page, Snooze
from chalicelib.core.alerts.transitions import endings, restores, telling, wishes
from chalicelib.core.alerts.transitions.transition import Transition
from chalicelib.core.clicks.claim import Releasing, Restorer, Restoring
from chalicelib.core.clicks.deletion import LockObject
from chalicelib.core.clicks.ending import Ending, Outcome
from chalicelib.core.locks.lock import HeldLock
from chalicelib.ports.book import LockBook
from tests.aws_fixtures import lock_book_table
from tests.book_writes import put_back, say
from tests.builders import ALICE, BOB, CHANNEL, TAKEN, a_lock, a_sending
from tests.fakes.book import FakeBook

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
endings_ = st.builds(Ending, outcome=outcomes, at=times, user=users)
requests = st.builds(Asked, users, times, users)
claims = st.builds(Releasing, users, users, times)
puts = st.builds(Restoring, users, users, times)
restorers = st.builds(Restorer, users, users)
objects = st.none() | st.binary(max_size=4).map(LockObject)


def step(made: Callable[..., Transition], *arguments: st.SearchStrategy[Any], **named: Any) -> st.SearchStrategy[Step]:
    def writing(drawn: tuple[Any, dict[str, Any]]) -> Step:
        return lambda book: book.write(made(*drawn[0], **drawn[1]))

    return st.tuples(st.tuples(*arguments), st.fixed_dictionaries(named)).map(writing)


def saying(lock: HeldLock, sending: Sending, posted: Posted) -> Step:
    return lambda book: say(book, lock, sending, posted)


def restoring(old: int, new: int, by: Restorer) -> Step:
    def restored(book: LockBook) -> Page:
        ref = LOCKS[old].ref
        return put_back(book, book.find(ref) or Page(lock=LOCKS[old]), LOCKS[new], by)

    return restored


refs = locks.map(lambda lock: lock.ref)
steps = st.one_of(
    step(telling.remember, locks),
    step(endings.reopen, locks, times),
    step(telling.claim, locks, sendings, ended=st.booleans()),
    st.builds(saying, locks, sendings, messages),
    step(telling.drop_claim, refs, sendings),
    step(telling.doubt, refs, sendings, times),
    step(telling.shown, refs, times, users),
    step(wishes.refused, refs, users),
    step(telling.acquire_recorded, locks, times, principals),
    step(wishes.snooze, locks, st.none() | st.builds(Snooze, users, times), times),
    step(wishes.ask, locks, requests),
    step(wishes.withdraw, refs, requests),
    step(endings.begin_release, locks, claims, objects, st.none() | claims),
    step(endings.abandon_release, refs, claims),
    step(endings.end, locks, endings_, st.none() | claims),
    step(endings.end_unspoken, locks, endings_),
    step(endings.ending_told, refs),
    step(restores.begin_restore, refs, puts, st.none() | puts),
    step(restores.abandon_restore, refs, puts),
    step(restores.undone, refs, restorers),
    st.builds(restoring, st.integers(0, 1), st.just(2), restorers),
    st.builds(restoring, st.just(0), st.just(1), restorers),
)


def remembered(book: LockBook) -> list[Any]:
    pages = [book.find(lock.ref) for lock in LOCKS]
    return [pages, sorted(book.open_pages(), key=lambda page: page.lock.ref.identity)]


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
