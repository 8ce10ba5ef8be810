from tests.tflocks.story import a_hold, at
from tflocks.holds.ranking import rank


def test_only_the_seconds_within_the_window_count() -> None:
    holds = [a_hold(-90, -50), a_hold(50, 90), a_hold(-80, -70), a_hold(70, 80), a_hold(70, None, still_held=True)]
    [ranked] = rank(holds, at(-60), at(60))
    assert ranked.locked_seconds == 20 * 60


def test_the_longest_hold_is_whole_but_not_longer_than_until_now() -> None:
    [ranked] = rank([a_hold(-90, 90)], at(-60), at(60))
    assert (ranked.longest_seconds, ranked.locked_seconds) == (150 * 60, 120 * 60)
