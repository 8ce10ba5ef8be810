from tests.tflocks.story import a_hold
from tflocks.holds.matching import nearest

SECOND = 1 / 60


def test_the_nearest_are_the_same_whichever_comes_first() -> None:
    ones = [a_hold(0, None), a_hold(1.5 * SECOND, None)]
    others = [a_hold(1.4 * SECOND, None)]
    assert nearest(ones, others) == {1: 0}
    assert nearest(ones[::-1], others) == {0: 0}
    assert nearest(others, ones) == {0: 1}


def test_each_hold_is_matched_once() -> None:
    holds = [a_hold(number * SECOND, None) for number in range(5)]
    assert nearest(holds, holds) == {number: number for number in range(5)}
    assert nearest(holds, holds[:1]) == {0: 0}


def test_of_two_that_began_alike_the_one_that_ended_alike_is_the_same() -> None:
    ones = [a_hold(0, 10)]
    assert nearest(ones, [a_hold(0, 20), a_hold(0, 10)]) == {0: 1}


def test_equal_bytes_may_be_some_seconds_apart_and_unequal_ones_are_never_the_same() -> None:
    assert nearest([a_hold(0, None, etag="x")], [a_hold(4 * SECOND, None, etag="x")]) == {0: 0}
    assert nearest([a_hold(0, None, etag="x")], [a_hold(4 * SECOND, None)]) == {}
    assert nearest([a_hold(0, None, etag="x")], [a_hold(0, None, etag="y")]) == {}


def test_a_hold_of_unknown_beginning_is_known_by_its_end() -> None:
    assert nearest([a_hold(None, 10)], [a_hold(0, 10 + SECOND), a_hold(0, 10)]) == {0: 1}
    assert nearest([a_hold(None, 10)], [a_hold(0, 11), a_hold(0, None)]) == {}
