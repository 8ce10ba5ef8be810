"""Every transition, before and after every other one: the book in memory and DynamoDB's come to the same pages."""

import inspect
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from chalicelib.aws.book.lock_book import DynamoLockBook
from chalicelib.aws.book.wire import key_of, update_of
from chalicelib.core.alerts.message import Posted, Saying, Topic
from chalicelib.core.alerts.page import Asked, Page, Snooze
from chalicelib.core.alerts.transitions import endings, restores, telling, wishes
from chalicelib.core.alerts.transitions.transition import Transition
from chalicelib.core.clicks.claim import Releasing, Restorer, Restoring
from chalicelib.core.clicks.deletion import KeptHalf, LockObject
from chalicelib.core.clicks.ending import Ending, Outcome
from chalicelib.core.locks.state_lock import Half
from tests.aws_fixtures import lock_book_table
from tests.builders import ALICE, BOB, CHANNEL, TAKEN, a_lock, a_sending
from tests.fakes.book import FakeBook

LOCK, OTHER = a_lock(), a_lock(taken=TAKEN + timedelta(hours=1))
LATER = TAKEN + timedelta(minutes=1)
ALERTED = a_sending(level=1, owner=BOB, appearance="as it was")
RAISED = a_sending(saying=(Saying(Topic.LEVEL, "2"), Saying(Topic.SNOOZE_OVER)), at=LATER, beneath="1.1", level=2)
ANNOUNCED = a_sending(saying=(Saying(Topic.AUTO_RELEASED),), at=LATER, beneath="1.1")
POSTED, REPLY = Posted(CHANNEL, "1.1"), Posted(CHANNEL, "1.2", "1.1")
ALICES, BOBS = Releasing(ALICE, "1", LATER), Releasing(BOB, "2", LATER, ALICE)
PUT, ANOTHER = Restoring(ALICE, "3", LATER), Restoring(BOB, "4", LATER)
RELEASED = Ending(outcome=Outcome.RELEASED, at=LATER, user=ALICE, undo_until=LATER + timedelta(hours=1))
KEPT = KeptHalf(OTHER.ref, LockObject(b"\xff"))
HALVES = (Half(LOCK.ref, held=False), Half(OTHER.ref))
GONE = Ending(outcome=Outcome.GONE, at=TAKEN, held_now=OTHER)
OLD = Page(lock=LOCK, posted=POSTED, alerted_at=TAKEN, principal="AROA:ci", owner=BOB)

WRITERS: dict[str, tuple[Transition, ...]] = {
    "remember": (telling.remember(LOCK),),
    "acquire_recorded": (telling.acquire_recorded(LOCK, LATER, "AROA:other"),),
    "claim": (telling.claim(LOCK, RAISED), telling.claim(LOCK, ANNOUNCED, ended=True)),
    "said": (*telling.said(LOCK, ALERTED, POSTED)[:2], *telling.said(LOCK, RAISED, REPLY)),
    "drop_claim": (telling.drop_claim(LOCK.ref, RAISED),),
    "doubt": (telling.doubt(LOCK.ref, RAISED, LATER),),
    "shown": (telling.shown(LOCK.ref, LATER, "as it is"),),
    "snooze": (wishes.snooze(LOCK, Snooze(BOB, LATER), TAKEN), wishes.snooze(LOCK, None, LATER)),
    "ask": (wishes.ask(LOCK, Asked(BOB, LATER, "6")),),
    "withdraw": (wishes.withdraw(LOCK.ref, Asked(ALICE, TAKEN, "5")),),
    "refused": (wishes.refused(LOCK.ref, BOB),),
    "begin_release": (
        endings.begin_release(LOCK, ALICES, LockObject(b"\x00", {"a": "b"}), None),
        endings.begin_release(LOCK, BOBS, None, ALICES),
    ),
    "begin_halves": (
        endings.begin_halves(Page(lock=LOCK), LOCK, ALICES, {"kept_halves": (KEPT,)}),
        endings.begin_halves(Page(lock=LOCK, releasing=ALICES), LOCK, BOBS, {"half_ending": GONE}),
        endings.begin_halves(Page(lock=LOCK, half_ending=RELEASED), LOCK, BOBS, {"kept": LockObject(b"{}")}),
    ),
    "abandon_release": (endings.abandon_release(LOCK.ref, ALICES),),
    "end": (
        endings.end(LOCK, GONE),
        endings.end(LOCK, GONE, ALICES),
        endings.end(LOCK, RELEASED, ALICES),
        endings.end(LOCK, RELEASED, ALICES, {"halves": HALVES, "half_ending": GONE}),
    ),
    "end_half": (endings.end_half(LOCK, GONE, None), endings.end_half(LOCK, RELEASED, ALICES)),
    "keep_open": (endings.keep_open(LOCK.ref, {"halves": HALVES, "half_ending": RELEASED}, ALICES),),
    "end_unspoken": (endings.end_unspoken(LOCK, GONE),),
    "ending_told": (endings.ending_told(LOCK.ref),),
    "reopen": (endings.reopen(LOCK, LATER),),
    "begin_restore": (
        restores.begin_restore(LOCK.ref, PUT, None),
        restores.begin_restore(LOCK.ref, ANOTHER, PUT),
    ),
    "abandon_restore": (restores.abandon_restore(LOCK.ref, PUT),),
    "restored": (
        restores.restored(OLD, OTHER, Restorer(ALICE, "3"))[1],
        restores.restored(OLD, LOCK, Restorer(BOB, "4"))[0],
    ),
    "lead_after_all": (restores.lead_after_all(LOCK.ref, REPLY),),
    "handed_over": (restores.handed_over(LOCK.ref, OTHER.ref, Restorer(BOB, "4")),),
    "undone": (restores.undone(LOCK.ref, Restorer(ALICE, "3")),),
}
BEFORE: dict[str, tuple[Transition, ...]] = {
    "forgotten": (),
    "held": (
        telling.acquire_recorded(LOCK, TAKEN, "AROA:ci"),
        telling.said(LOCK, ALERTED, POSTED)[0],
        telling.claim(LOCK, RAISED),
        wishes.ask(LOCK, Asked(ALICE, TAKEN, "5")),
    ),
    "being released": (telling.remember(LOCK), endings.begin_release(LOCK, ALICES, LockObject(b"{}"), None)),
    "released": (
        telling.said(LOCK, ALERTED, POSTED)[0],
        endings.begin_release(LOCK, ALICES, LockObject(b"{}"), None),
        endings.end(LOCK, RELEASED, ALICES),
        restores.begin_restore(LOCK.ref, PUT, None),
    ),
    "gone and told": (endings.end_unspoken(LOCK, GONE),),
}
ALL = [transition for several in WRITERS.values() for transition in several]


def test_every_transition_there_is_is_tried_here() -> None:
    made = {
        name
        for module in (telling, wishes, endings, restores)
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
    }
    assert made == set(WRITERS)


@pytest.mark.parametrize("name", WRITERS)
def test_no_attribute_is_both_put_and_removed(name: str) -> None:
    for transition in WRITERS[name]:
        update = update_of(transition)
        written = [*update.put, *update.put_first, *update.add, *update.remove]
        assert len(written) == len(set(written))


Items = list[dict[str, Any]]


class Both:
    """The book in DynamoDB and its model, which go the same ways from the same pages."""

    def __init__(self, table: Any) -> None:
        self._table = table
        self.book, self.model = DynamoLockBook(table), FakeBook()
        self.gone_on: set[str] = set()
        """The states from which every transition has been tried."""

    def state(self) -> tuple[Items, FakeBook]:
        """All that they have now; both of the transitions that made it may have refused to change anything."""
        return self._table.scan()["Items"], replace(self.model, stored=dict(self.model.stored))

    def be(self, state: tuple[Items, FakeBook]) -> None:
        items, model = state
        self.model = replace(model, stored=dict(model.stored))
        if not items:
            self._table.delete_item(Key=key_of(LOCK.ref))
        for item in items:
            self._table.put_item(Item=item)

    def write(self, transition: Transition) -> bool:
        answer = self.book.write(transition)
        assert self.model.write(transition) == answer
        return answer.taken


@pytest.fixture(scope="module")
def both() -> Iterator[Both]:
    with lock_book_table() as table:
        yield Both(table)


@pytest.mark.thorough
@pytest.mark.parametrize(("before", "name"), list(product(BEFORE, WRITERS)))
def test_whichever_of_two_comes_first_both_books_have_the_same_page(both: Both, before: str, name: str) -> None:
    """What comes second depends on the state alone, so that each state is gone on from once."""
    both.be(([], FakeBook()))
    for transition in BEFORE[before]:
        assert both.write(transition)
    begin = both.state()
    for first in WRITERS[name]:
        both.be(begin)
        both.write(first)
        assert both.model.open_pages() == both.book.open_pages()
        after = both.state()
        if repr(after) not in both.gone_on:
            both.gone_on.add(repr(after))
            for second in ALL:
                taken = both.write(second)
                assert both.model.open_pages() == both.book.open_pages()
                if taken:
                    both.be(after)
