"""Test what DynamoDB's book of nights does with damaged items."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.aws.book.nightly.night_book import DynamoNightBook
from chalicelib.core.nights.night import Ordered, Result
from tests.aws_fixtures import lock_book_table
from tests.builders import TAKEN

HOMES = ("s3:::a", "s3:::b")


@pytest.mark.parametrize("damage", [{"Result": "no JSON"}, {"Result": 5}, {"Result": "{}"}])
def test_a_damaged_result_counts_as_none_and_hides_no_other_one(damage: dict[str, Any]) -> None:
    with lock_book_table() as table:
        nights = DynamoNightBook(table)
        nights.begin(TAKEN, [Ordered(home, "1") for home in HOMES])
        for home in HOMES:
            nights.note(TAKEN, Result(home=home, finished=True))
        [item] = [item for item in table.scan()["Items"] if item["LockIdentity"] == f"result {HOMES[0]}"]
        table.put_item(Item=item | damage)
        assert [result.home for result in nights.read(TAKEN).results] == [HOMES[1]]


@pytest.mark.parametrize("damage", [{"Began": "some day"}, {"Began": 5}])
def test_a_damaged_night_hides_no_other_one(damage: dict[str, Any]) -> None:
    with lock_book_table() as table:
        nights, later = DynamoNightBook(table), TAKEN + timedelta(days=1)
        for began in (TAKEN, later):
            nights.begin(began, [])
        item = next(item for item in table.scan()["Items"] if item["StatePath"] == "#nights")
        table.put_item(Item=item | damage)
        assert nights.untold() == [TAKEN, later]
