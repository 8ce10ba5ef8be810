"""Test what DynamoDB's book of joint alerts does with damaged items."""

from typing import Any

import pytest

from chalicelib.aws.book.joint.joint_book import DynamoJointBook
from chalicelib.core.clicks.ending import Outcome
from chalicelib.core.clicks.part import Part, Result
from tests.aws_fixtures import lock_book_table
from tests.builders import TAKEN


@pytest.mark.parametrize("damage", [{"Results": {"no JSON"}}, {"Results": 5}, {"Results": {'{"number": 1}'}}])
def test_a_damaged_result_hides_no_other_one(damage: dict[str, Any]) -> None:
    with lock_book_table() as table:
        joints = DynamoJointBook(table)
        for number in range(3):
            joints.report(Part("a", "U0ALICE 1", number), Result(number, Outcome.RELEASED), TAKEN)
        [_, item, _] = table.scan()["Items"]
        table.put_item(Item=item | damage)
        assert [one.number for one in joints.results("a", "U0ALICE 1")] == [0, 2]
