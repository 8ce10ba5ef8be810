from concurrent.futures import ThreadPoolExecutor

import pytest

from chalicelib.ports.people import Way
from chalicelib.slack.web.pace import Pace, Paces


class Clock:
    """A clock that goes on while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_few_posts_go_out_at_once_and_the_others_one_a_second(clock: Clock) -> None:
    pace = Pace(clock, clock.sleep, seconds=1.0, burst=4)
    for _ in range(10):
        pace.wait("C1")
    assert clock.slept == [1.0] * 6


def test_every_channel_has_a_pace_of_its_own(clock: Clock) -> None:
    pace = Pace(clock, clock.sleep, seconds=1.0, burst=4)
    for channel in ("C1", "C2", "C3") * 4:
        pace.wait(channel)
    assert clock.slept == []


def test_after_a_quiet_time_a_few_go_out_at_once_again_and_no_more(clock: Clock) -> None:
    pace = Pace(clock, clock.sleep, seconds=1.0, burst=4)
    for _ in range(4):
        pace.wait("C1")
    clock.now += 3600
    for _ in range(5):
        pace.wait("C1")
    assert clock.slept == [1.0]


def test_what_is_slow_enough_by_itself_never_waits(clock: Clock) -> None:
    pace = Pace(clock, clock.sleep, seconds=1.0, burst=4)
    for _ in range(20):
        pace.wait("C1")
        clock.now += 1.5
    assert clock.slept == []


def test_the_rate_and_the_burst_are_its_maker_s(clock: Clock) -> None:
    pace = Pace(clock, clock.sleep, seconds=1.5, burst=2)
    for _ in range(4):
        pace.wait()
    assert clock.slept == [1.5] * 2


def test_a_pace_says_how_early_a_call_would_be_without_counting_it(clock: Clock) -> None:
    pace = Pace(clock, clock.sleep, seconds=1.0, burst=2)
    pace.wait("C1")
    assert pace.early("C1") <= 0
    pace.wait("C1")
    assert [pace.early("C1") for _ in range(3)] == [1.0] * 3
    assert pace.early("C2") <= 0
    clock.now += 0.75
    assert pace.early("C1") == 0.25


def test_threads_that_share_a_pace_are_no_faster_than_one() -> None:
    slept: list[float] = []
    pace = Pace(lambda: 1000.0, slept.append, seconds=1.0, burst=4)
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(pace.wait, ["C1"] * 40))
    assert sorted(slept) == [float(second) for second in range(1, 37)]


def test_a_workspace_gets_five_posts_a_second_in_all_its_channels(clock: Clock) -> None:
    paces = Paces(clock, clock.sleep)
    for number in range(110):
        paces.wait(Way.POST, f"C{number}")
    assert sum(clock.slept) == pytest.approx(20)
    assert paces.busy_for(Way.POST, "C999") == pytest.approx(0.2)
    assert paces.busy_for(Way.EDIT, "C999") <= 0
