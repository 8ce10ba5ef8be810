import os
import signal
import threading
from collections.abc import Iterator

import pytest

from demo import stopping
from demo.stopping import Stopped
from demo.waiting import wait_for

SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in SIGNALS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)
    stopping.forget()


def after(seconds: float, number: signal.Signals) -> None:
    threading.Timer(seconds, os.kill, (os.getpid(), number)).start()


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_ends_nothing_until_all_that_runs_is_known(number: signal.Signals) -> None:
    stopping.listen()
    signal.raise_signal(number)
    assert stopping.asked() == number
    with pytest.raises(Stopped):
        stopping.check()


@pytest.mark.parametrize("number", SIGNALS)
def test_what_leaves_nothing_behind_is_broken_off_at_once(number: signal.Signals) -> None:
    stopping.listen()
    with pytest.raises(Stopped), stopping.at_once():
        signal.raise_signal(number)


def test_what_would_be_broken_off_is_not_begun_after_a_signal() -> None:
    stopping.listen()
    signal.raise_signal(signal.SIGTERM)
    with pytest.raises(Stopped), stopping.at_once():
        pytest.fail("it was begun")


def test_a_second_signal_does_not_disturb_the_clearing_up() -> None:
    stopping.listen()
    for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT):
        signal.raise_signal(number)
    assert stopping.asked() == signal.SIGHUP


def test_what_runs_goes_on_until_a_signal_comes() -> None:
    stopping.listen()
    with stopping.at_once():
        stopping.sleep(0.01)
    assert stopping.asked() == 0


def test_a_signal_ends_a_wait() -> None:
    stopping.listen()
    after(0.05, signal.SIGTERM)
    with pytest.raises(Stopped):
        wait_for("the end of days", lambda: None, every=0.01)
    with pytest.raises(Stopped):
        stopping.sleep(60)


def test_a_demo_under_nohup_outlives_its_terminal() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    stopping.listen()
    signal.raise_signal(signal.SIGHUP)
    assert stopping.asked() == 0
