import pytest

from chalicelib.slack.pace import Pace


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
