from chalicelib.core.audit.window import Window
from tests.tflocks.story import a_hold, at
from tflocks.holds.ranking import rank


def test_only_the_seconds_within_the_window_count() -> None:
    holds = [a_hold(-90, -50), a_hold(50, 90), a_hold(-80, -70), a_hold(70, 80), a_hold(70, None, still_held=True)]
    [ranked] = rank(holds, Window(at(-60), at(60)))
    assert ranked.locked_seconds == 20 * 60


def test_the_longest_hold_is_whole_but_not_longer_than_until_now() -> None:
    [ranked] = rank([a_hold(-90, 90)], Window(at(-60), at(60)))
    assert (ranked.longest_seconds, ranked.locked_seconds) == (150 * 60, 120 * 60)


def test_of_a_long_hold_only_the_part_in_the_window_counts() -> None:
    [ranked] = rank([a_hold(-600, None, still_held=True), a_hold(None, 5)], Window(at(-60), at(60)))
    assert (ranked.locked_seconds, ranked.longest_seconds, ranked.unknown) == (7200.0, 39600.0, 1)


def test_states_are_ranked_by_the_time_they_were_locked_and_then_by_name() -> None:
    holds = [a_hold(0, 1, state_path="a/b"), a_hold(0, 1, state_path="a/a"), a_hold(0, 9, state_path="a/c")]
    assert [one.state_path for one in rank(holds, Window(at(-60), at(60)))] == ["a/c", "a/a", "a/b"]
