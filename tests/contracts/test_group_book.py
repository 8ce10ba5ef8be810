from collections.abc import Iterator

import pytest

from chalicelib.aws.book.group_book import DynamoGroupBook
from chalicelib.ports.book import GroupBook
from tests.aws_fixtures import lock_book_table
from tests.builders import ALICE, BOB
from tests.fakes.book import FakeGroupBook

HOSTILE = "\x00<!channel>\n\"'} \U0001f600\uffff #by :by"


@pytest.fixture(params=["fake", "DynamoDB in moto"])
def groups(request: pytest.FixtureRequest) -> Iterator[GroupBook]:
    if request.param == "fake":
        yield FakeGroupBook()
        return
    with lock_book_table() as table:
        yield DynamoGroupBook(table)


def test_a_new_book_has_no_groups(groups: GroupBook) -> None:
    assert groups.members() == {}


@pytest.mark.parametrize("members", [{ALICE, BOB}, set(), {HOSTILE, ""}, {f"U{number}" for number in range(1000)}])
def test_a_group_has_the_members_that_were_kept(groups: GroupBook, members: set[str]) -> None:
    groups.replace("S0PLATFORM", frozenset(members))
    groups.replace(HOSTILE, frozenset({ALICE}))
    assert groups.members() == {"S0PLATFORM": members, HOSTILE: {ALICE}}


def test_who_left_a_group_is_no_longer_in_it(groups: GroupBook) -> None:
    groups.replace("S0PLATFORM", frozenset({ALICE, BOB}))
    groups.replace("S0PLATFORM", frozenset({BOB}))
    assert groups.members() == {"S0PLATFORM": {BOB}}
