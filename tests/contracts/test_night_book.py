"""What holds of every night book: each target of a night has its latest result, and a night is summed up once."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from chalicelib.aws.book.nightly.night_book import DynamoNightBook
from chalicelib.core.nights.night import Night, Ordered, Result
from chalicelib.core.nights.sweep_order import Counts
from chalicelib.ports.nights import NightBook
from tests.aws_fixtures import lock_book_table
from tests.builders import TAKEN
from tests.fakes.nights import FakeNightBook

HOME, OTHER = "s3:::acme-tfstate", "dynamodb:111122223333:eu-west-1:terraform-locks"
HOSTILE = "\x00<!channel>\n\"'} \U0001f600\uffff #by :by"
DAY = timedelta(days=1)


@pytest.fixture(params=["fake", "DynamoDB in moto"])
def nights(request: pytest.FixtureRequest) -> Iterator[NightBook]:
    if request.param == "fake":
        yield FakeNightBook()
        return
    with lock_book_table() as table:
        yield DynamoNightBook(table)


def test_a_new_book_has_no_nights(nights: NightBook) -> None:
    assert nights.untold() == []
    assert nights.result(TAKEN, HOME) is None
    assert nights.read(TAKEN) == Night(TAKEN)


def test_a_night_has_its_targets_and_what_came_of_them(nights: NightBook) -> None:
    ordered = (Ordered(HOME, "prod (111122223333)"), Ordered(OTHER, HOSTILE))
    nights.begin(TAKEN, ordered)
    result = Result(home=HOME, finished=True, failure=HOSTILE, found=Counts(locks=1, objects=2_000_000_000))
    nights.note(TAKEN, result)
    assert nights.read(TAKEN) == Night(TAKEN, ordered, (result,))
    assert nights.result(TAKEN, HOME) == result
    assert nights.result(TAKEN, OTHER) is None
    assert nights.result(TAKEN + DAY, HOME) is None


def test_a_night_may_have_thousands_of_targets(nights: NightBook) -> None:
    ordered = [Ordered(f"s3:::bucket-{number:04}", "111122223333") for number in range(1201)]
    nights.begin(TAKEN, ordered)
    assert sorted(target.home for target in nights.read(TAKEN).ordered) == [target.home for target in ordered]


def test_a_night_that_is_begun_again_keeps_its_results(nights: NightBook) -> None:
    for _ in range(2):
        nights.begin(TAKEN, [Ordered(HOME, "1")])
        nights.note(TAKEN, Result(home=HOME, finished=True))
    assert nights.read(TAKEN) == Night(TAKEN, (Ordered(HOME, "1"),), (Result(home=HOME, finished=True),))


def test_an_earlier_order_that_is_delivered_again_replaces_no_later_result(nights: NightBook) -> None:
    nights.note(TAKEN, Result(home=HOME, part=1, failure="S3 failed"))
    nights.note(TAKEN, Result(home=HOME, part=2))
    nights.note(TAKEN, Result(home=HOME, part=1, finished=True))
    assert nights.result(TAKEN, HOME) == Result(home=HOME, part=2)
    nights.note(TAKEN, Result(home=HOME, part=2, finished=True))
    assert nights.result(TAKEN, HOME) == Result(home=HOME, part=2, finished=True)


def test_a_night_is_journaled_once_and_untold_until_it_ends(nights: NightBook) -> None:
    for began in (TAKEN + DAY, TAKEN):
        nights.begin(began, [Ordered(HOME, "1")])
    assert nights.untold() == [TAKEN, TAKEN + DAY]
    assert [nights.journal(TAKEN) for _ in range(2)] == [True, False]
    assert (nights.read(TAKEN).journaled, nights.read(TAKEN + DAY).journaled) == (True, False)
    nights.end(TAKEN)
    assert nights.untold() == [TAKEN + DAY]
