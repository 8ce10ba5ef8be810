import itertools
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.aws.book.event_book import DynamoEventBook
from chalicelib.core.audit.event import CLAIMED_FOR, LockEvent, ToldBy
from chalicelib.core.audit.hold import Journaled, NotedEvent, Rival
from chalicelib.core.locks.place import Kind, Place
from chalicelib.ports.book import EventBook, UnderWayError
from tests.aws_fixtures import lock_book_table
from tests.builders import BUCKET, KEY, TAKEN, a_lock
from tests.fakes.events import FakeEventBook

HOSTILE = "\x00~~\n\"'} \U0001f600\U0010ffff released 2099-01-01"
SECOND, INSTANT = timedelta(seconds=1), timedelta(microseconds=1)


@pytest.fixture(scope="module")
def table() -> Iterator[Any]:
    with lock_book_table() as table:
        yield table


@pytest.fixture(params=["fake", "DynamoDB in moto"])
def book(request: pytest.FixtureRequest) -> Iterator[EventBook]:
    if request.param == "fake":
        yield FakeEventBook()
        return
    with lock_book_table() as table:
        yield DynamoEventBook(table)


def an_event(after: timedelta = timedelta(), *, acquired: bool = True, key: str = KEY, **others: Any) -> LockEvent:
    return LockEvent(acquired=acquired, place=Place(Kind.S3, BUCKET, key), at=TAKEN + after, **others)


def a_release(after: timedelta = SECOND, **others: Any) -> LockEvent:
    return an_event(after, acquired=False, **others)


def note(book: EventBook, *events: LockEvent) -> None:
    for event in events:
        with suppress(UnderWayError):
            book.claim(NotedEvent(event), TAKEN)


def before(book: EventBook, event: LockEvent) -> LockEvent | None:
    noted = book.before(event)
    return noted.event if noted else None


@pytest.mark.parametrize(
    "event",
    [
        an_event(timedelta(microseconds=123456), sequencer="0055", version="v1", stamp="e", principal="AWS:AROA:ci"),
        an_event(told_by=ToldBy.EVENTBRIDGE, account="123456789012"),
        an_event(sequencer=HOSTILE, principal=HOSTILE, version=HOSTILE, source_address=HOSTILE),
        an_event(key=f"{HOSTILE}.tflock"),
        a_release(timedelta(), by_lifecycle=True),
    ],
    ids=["all", "eventbridge", "hostile", "hostile key", "release"],
)
def test_an_event_is_remembered_as_it_was_told_with_its_lock(book: EventBook, event: LockEvent) -> None:
    book.claim(NotedEvent(event, a_lock().ref), TAKEN)
    assert book.before(a_release(key=event.place.key)) == NotedEvent(event, a_lock().ref)


def test_what_is_known_of_an_event_stays_as_it_is(book: EventBook) -> None:
    first, again = (NotedEvent(an_event(sequencer="1", stamp=etag), a_lock().ref) for etag in ("", "other"))
    book.claim(first, TAKEN)
    book.claim(again, TAKEN + CLAIMED_FOR)
    assert book.before(a_release()) == first


def test_an_event_that_could_not_be_journaled_yet_is_found_and_can_be_claimed(book: EventBook) -> None:
    noted = NotedEvent(an_event())
    book.remember(noted)
    assert book.before(a_release()) == noted
    assert book.claim(noted, TAKEN)


def test_to_remember_an_event_again_changes_nothing(book: EventBook) -> None:
    noted = NotedEvent(an_event(), a_lock().ref)
    book.claim(noted, TAKEN)
    book.journaled(noted.event, Journaled.HOLD)
    book.remember(NotedEvent(an_event()))
    assert book.before(a_release()) == msgspec.structs.replace(noted, journaled=Journaled.HOLD)
    assert not book.claim(noted, TAKEN + 2 * CLAIMED_FOR)


@pytest.mark.parametrize("what", Journaled)
def test_an_event_is_found_with_what_the_journal_says_of_it(book: EventBook, what: Journaled) -> None:
    noted = NotedEvent(an_event(), a_lock().ref, Rival(a_lock(), TAKEN))
    assert book.find(noted.event) is None
    book.remember(noted)
    assert book.find(noted.event) == noted
    if what is not Journaled.NOTHING:
        book.claim(noted, TAKEN)
        book.journaled(noted.event, what)
    expected = msgspec.structs.replace(noted, journaled=what)
    assert book.find(noted.event) == book.before(a_release()) == expected
    assert book.find(a_release()) is None


def test_what_the_reaper_saw_is_kept_apart_from_what_aws_told(book: EventBook) -> None:
    seen = an_event(told_by=ToldBy.SEEN, sequencer="1")
    note(book, seen)
    assert before(book, a_release()) is None
    assert book.find(an_event()) is None
    assert book.find(an_event(SECOND, told_by=ToldBy.SEEN, sequencer="1")) == NotedEvent(seen)


def test_an_event_is_journaled_once(book: EventBook) -> None:
    noted = NotedEvent(an_event())
    assert book.claim(noted, TAKEN)
    book.journaled(noted.event, Journaled.HOLD)
    assert not book.claim(noted, TAKEN + SECOND)
    assert not book.claim(noted, TAKEN + 2 * CLAIMED_FOR)


def test_nobody_else_journals_an_event_meanwhile(book: EventBook) -> None:
    noted = NotedEvent(an_event())
    book.claim(noted, TAKEN)
    with pytest.raises(UnderWayError):
        book.claim(noted, TAKEN + CLAIMED_FOR - INSTANT)


def test_an_event_that_was_claimed_and_not_journaled_can_be_claimed_again(book: EventBook) -> None:
    noted = NotedEvent(an_event())
    book.claim(noted, TAKEN)
    assert book.claim(noted, TAKEN + CLAIMED_FOR)
    with pytest.raises(UnderWayError):
        book.claim(noted, TAKEN + CLAIMED_FOR + SECOND)


def test_a_claim_is_about_one_event_only(book: EventBook) -> None:
    events = [an_event(), a_release(), an_event(SECOND), an_event(key="other.tflock"), an_event(sequencer="1")]
    assert [book.claim(NotedEvent(event), TAKEN) for event in events] == [True] * 5


def test_the_same_event_in_both_formats_is_one(book: EventBook) -> None:
    direct = an_event(timedelta(milliseconds=357), sequencer="0055", principal="AWS:AROA:ci")
    bridge = an_event(sequencer="0055", told_by=ToldBy.EVENTBRIDGE, account="123456789012")
    assert book.claim(NotedEvent(direct), TAKEN)
    book.journaled(direct, Journaled.HOLD)
    assert not book.claim(NotedEvent(bridge), TAKEN)
    assert before(book, a_release()) == direct
    assert before(book, bridge) is before(book, direct) is None


def test_what_is_not_remembered_was_not_journaled(book: EventBook) -> None:
    book.journaled(an_event(), Journaled.HOLD)
    assert before(book, a_release()) is None
    assert book.claim(NotedEvent(an_event()), TAKEN)


def test_nothing_happened_before_the_first_event(book: EventBook) -> None:
    note(book, an_event(), a_release())
    assert before(book, an_event()) is None
    assert before(book, an_event(-SECOND)) is None


@pytest.mark.parametrize("step", [timedelta(days=3), SECOND, timedelta(milliseconds=1), INSTANT])
@pytest.mark.parametrize("backwards", [False, True])
def test_the_event_right_before_is_found_in_whatever_order_they_came(
    book: EventBook, step: timedelta, backwards: bool
) -> None:
    events = [an_event(step * number, acquired=number % 2 == 0) for number in range(6)]
    note(book, *(reversed(events) if backwards else events))
    assert [before(book, event) for event in events] == [None, *events[:-1]]


def test_more_events_in_one_second_than_are_read_at_once_are_told_apart(book: EventBook) -> None:
    events = [an_event(INSTANT * number, acquired=number % 2 == 0) for number in range(20)]
    note(book, an_event(-SECOND), *events[::-3], *events)
    assert [before(book, event) for event in events] == [an_event(-SECOND), *events[:-1]]


def test_an_event_need_not_be_remembered_to_ask_what_was_before_it(book: EventBook) -> None:
    note(book, an_event(), a_release(2 * SECOND))
    assert before(book, a_release()) == an_event()


OTHER_KEYS = [
    "other.tflock",
    KEY.replace("prod", "Prod"),
    f"{KEY}.tflock",
    f" {KEY}",
    KEY.removesuffix(".tflock")[:-1],
    KEY.removesuffix(".tflock"),  # of the same state path
]


@pytest.mark.parametrize("key", OTHER_KEYS)
def test_another_lock_s_events_are_not_before_it(book: EventBook, key: str) -> None:
    note(book, an_event(key=key), msgspec.structs.replace(an_event(), place=Place(Kind.S3, "acme", KEY)))
    assert before(book, a_release()) is None
    note(book, an_event())
    assert before(book, a_release()) == an_event()
    assert before(book, a_release(key=key)) == an_event(key=key)


@pytest.mark.parametrize("key", OTHER_KEYS)
def test_what_is_journaled_of_one_lock_is_not_of_another(book: EventBook, key: str) -> None:
    assert book.claim(NotedEvent(an_event(key=key)), TAKEN)
    book.journaled(an_event(key=key), Journaled.HOLD)
    book.journaled(an_event(), Journaled.HOLD)
    assert book.claim(NotedEvent(an_event()), TAKEN)
    assert not book.claim(NotedEvent(an_event(key=key)), TAKEN + CLAIMED_FOR)


@pytest.mark.parametrize("sequencer", ["", "~", "\U0010ffff", HOSTILE, "F" * 900])
@pytest.mark.parametrize("version", ["", HOSTILE])
def test_nothing_that_s3_could_write_hides_an_event(book: EventBook, sequencer: str, version: str) -> None:
    event = an_event(sequencer=sequencer, version=version)
    note(book, event)
    assert before(book, a_release()) == before(book, a_release(INSTANT)) == event


def test_in_the_same_instant_sequencers_decide(book: EventBook) -> None:
    events = [an_event(acquired=number % 2 == 0, sequencer=f"{number:018X}") for number in range(12)]
    note(book, *events[::-1])
    assert [before(book, event) for event in events] == [None, *events[:-1]]


def test_without_sequencers_a_lock_was_let_go_before_the_next_was_taken(book: EventBook) -> None:
    note(book, an_event(-SECOND), an_event(), a_release(timedelta()))
    assert before(book, an_event()) == a_release(timedelta())
    assert before(book, a_release(timedelta())) == an_event(-SECOND)


def gone(after: timedelta, number: int = 1, **others: Any) -> LockEvent:
    return a_release(after, permanent=True, version=f"v{number}", sequencer=f"{number:018X}", **others)


def test_a_version_that_is_gone_is_found_by_what_happened_before_it_the_latest_first(book: EventBook) -> None:
    events = [gone(SECOND * number, number) for number in range(4)]
    for event in (*events, *events, gone(SECOND, 9, key="other.tflock")):
        book.remember_gone(event)
    assert book.gone_after(a_release(-SECOND)) == events[::-1]
    assert book.gone_after(events[1]) == events[:1:-1]
    assert book.gone_after(events[3]) == book.gone_after(a_release(SECOND * 9)) == []


def test_a_version_that_is_gone_in_the_same_second_is_after_what_happened_before_it(book: EventBook) -> None:
    book.remember_gone(gone(INSTANT * 3))
    assert book.gone_after(a_release(INSTANT * 2)) == [gone(INSTANT * 3)]
    assert book.gone_after(a_release(INSTANT * 4)) == []


def test_of_many_versions_that_are_gone_the_latest_twenty_are_found(book: EventBook) -> None:
    for number in range(25):
        book.remember_gone(gone(SECOND * number, number))
    assert [one.at for one in book.gone_after(a_release(-SECOND))] == [
        TAKEN + SECOND * number for number in range(24, 4, -1)
    ]


def test_a_version_that_is_gone_is_no_event_before_another_and_can_still_be_one(book: EventBook) -> None:
    note(book, an_event())
    book.remember_gone(gone(SECOND))
    assert before(book, a_release(2 * SECOND)) == an_event()
    assert book.claim(NotedEvent(gone(SECOND)), TAKEN)
    assert before(book, a_release(2 * SECOND)) == gone(SECOND)


def test_a_lock_that_is_there_again_is_another_event_than_the_version_that_is_gone(book: EventBook) -> None:
    event = gone(SECOND)
    again = msgspec.structs.replace(event, acquired=True, permanent=False, reappeared=True)
    assert [book.claim(NotedEvent(one), TAKEN) for one in (event, again)] == [True, True]
    assert before(book, a_release(2 * SECOND)) in (event, again)


minutes = st.sampled_from([timedelta(), CLAIMED_FOR - INSTANT, CLAIMED_FOR, 2 * CLAIMED_FOR])
events = st.builds(
    an_event,
    st.sampled_from([0, 1, 999_999, 1_000_000, 2_500_000]).map(lambda micros: INSTANT * micros),
    acquired=st.booleans(),
    sequencer=st.sampled_from(["", "00A1", "00A2", "00A3", HOSTILE, "~"]),
    version=st.sampled_from(["", "v1"]),
)
KEYS = (KEY, KEY.removesuffix(".tflock"), f"{KEY}.tflock")  # two of them of one state path
keys, indices = st.sampled_from(KEYS), st.integers(0, 5)


def answer(ask: Callable[[], object]) -> object:
    try:
        return ask()
    except UnderWayError:
        return "under way"


_buckets = itertools.count()


@pytest.mark.thorough
@settings(max_examples=20)
@given(
    pool=st.lists(events, min_size=1, max_size=6),
    asked=st.lists(st.tuples(st.sampled_from(["claim", "claim", "journaled"]), indices, keys, minutes), max_size=14),
)
def test_the_book_in_memory_and_dynamodb_s_answer_alike(
    table: Any, pool: list[LockEvent], asked: list[tuple[str, int, str, timedelta]]
) -> None:
    fake, real = FakeEventBook(), DynamoEventBook(table)
    mine = f"acme-{next(_buckets)}"  # the table is empty for each example
    for act, index, key, after in asked:
        event = msgspec.structs.replace(pool[index % len(pool)], place=Place(Kind.S3, mine, key))
        first, second = (
            answer(
                partial(book.claim, NotedEvent(event), TAKEN + after)
                if act == "claim"
                else partial(book.journaled, event, Journaled.HOLD)
            )
            for book in (fake, real)
        )
        assert first == second
    for event in (msgspec.structs.replace(event, place=Place(Kind.S3, mine, key)) for event in pool for key in KEYS):
        assert fake.before(event) == real.before(event)
