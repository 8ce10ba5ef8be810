"""boto3's resources in a run of many threads."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from boto3.dynamodb.conditions import Attr, ConditionExpressionBuilder

from chalicelib.aws.one_a_thread import OneAThread


class Made:
    """A resource that knows which one it is."""

    count = 0

    def __init__(self) -> None:
        Made.count += 1
        self.number = Made.count


def test_each_thread_has_an_object_of_its_own_and_keeps_it() -> None:
    table = OneAThread(Made)
    there = Barrier(3, timeout=10)

    def twice(_: int) -> tuple[int, int]:
        there.wait()
        return table.number, table.number

    with ThreadPoolExecutor(3) as threads:
        seen = list(threads.map(twice, range(3)))
    assert all(first == second for first, second in seen)
    assert len({first for first, _ in seen}) == 3


def test_no_thread_s_object_is_made_before_it_is_needed() -> None:
    table = OneAThread(lambda: pytest.fail("made too early"))
    assert table is not None


def test_why_they_are_not_shared_two_conditions_built_at_once_would_have_one_name() -> None:
    """boto3 resets its one builder at the beginning of each request, so also in the middle of another."""
    builder = ConditionExpressionBuilder()
    first = builder.build_expression(Attr("Sending").not_exists())
    builder.reset()  # another thread's request
    second = builder.build_expression(Attr("Ending").not_exists())
    assert first.attribute_name_placeholders.keys() == second.attribute_name_placeholders.keys()
