"""Test what DynamoDB's book of the doctor does with damaged items."""

from typing import Any

import pytest

from chalicelib.aws.book.nightly.doctor_book import DynamoDoctorBook
from chalicelib.core.doctor.weekly.memory import Remembered
from tests.aws_fixtures import lock_book_table
from tests.builders import TAKEN


@pytest.mark.parametrize("damage", [{"Known": "no JSON"}, {"Known": 5}, {"Known": "{}"}])
def test_a_damaged_item_counts_as_not_known_and_hides_no_other_one(damage: dict[str, Any]) -> None:
    with lock_book_table() as table:
        book = DynamoDoctorBook(table)
        for subject in ("bucket a", "bucket b"):
            book.note(Remembered(subject=subject, at=TAKEN))
        [item] = [item for item in table.scan()["Items"] if item["LockIdentity"] == "bucket a"]
        table.put_item(Item=item | damage)
        assert book.remembered().keys() == {"bucket b"}
