"""How a lock in two places ended, from how each of its halves did."""

from datetime import timedelta

import pytest

from chalicelib.core.clicks.ending import Ending, HalfEnding, Outcome
from chalicelib.core.clicks.halves import Part, ending_of
from tests.builders import ALICE, BOB, TAKEN, a_lock, a_table_lock

S3, ITEM = a_lock().ref, a_table_lock().ref
LATER = TAKEN + timedelta(minutes=1)


def ended(outcome: Outcome, user: str = "", later: bool = False) -> Ending:
    return Ending(outcome=outcome, at=LATER if later else TAKEN, user=user)


@pytest.mark.parametrize("other", [Outcome.UNCONFIRMED, Outcome.REPLACED, Outcome.GONE, Outcome.CONTAINER_GONE])
def test_a_lock_was_released_when_the_reaper_deleted_one_half(other: Outcome) -> None:
    parts = [Part(ITEM, ended(Outcome.RELEASED, ALICE)), Part(S3, ended(other, BOB, later=True))]
    whole = ending_of(parts, lambda _: False)
    assert (whole.outcome, whole.user) == (Outcome.RELEASED, ALICE)
    assert [(half.place, half.outcome) for half in whole.halves] == [(ITEM.place, Outcome.RELEASED), (S3.place, other)]


def test_of_two_that_released_a_half_each_the_one_that_comes_first_counts_else_the_later_one() -> None:
    mine, theirs = ended(Outcome.RELEASED, ALICE), ended(Outcome.RELEASED, BOB, later=True)
    parts = [Part(ITEM, mine), Part(S3, theirs)]
    assert ending_of(parts, lambda one: one is mine).user == ALICE
    assert ending_of(parts, lambda _: False).user == BOB


def test_a_half_that_is_left_tells_why() -> None:
    assert Part(S3, why="no network").told == HalfEnding(S3.place, Outcome.FAILED, "no network")
    assert Part(S3).half.held


def test_of_a_lock_in_one_place_nothing_is_told_apart() -> None:
    assert ending_of([Part(S3, ended(Outcome.GONE))], lambda _: False).halves == ()
