"""Who carries out a run's tasks, and how much time there is."""

import threading
from concurrent.futures import Future
from math import inf

import pytest

from chalicelib.jobs.runs.run import OneByOne, Run, Threads, Workers, run_of


def divide() -> float:
    return 1 / 0


@pytest.fixture(params=["one by one", "threads"])
def workers(request: pytest.FixtureRequest) -> Workers:
    return OneByOne() if request.param == "one by one" else Threads(3)


def ended(workers: Workers, future: "Future[object]") -> "Future[object]":
    while not future.done():
        workers.wait([future], 1)
    return future


def test_a_task_s_answer_and_its_exception_come_with_its_future(workers: Workers) -> None:
    assert ended(workers, workers.begin(lambda: 42)).result() == 42
    assert isinstance(ended(workers, workers.begin(divide)).exception(), ZeroDivisionError)


def test_with_nothing_to_do_they_wait_as_long_as_they_are_told(workers: Workers) -> None:
    began = workers.clock()
    workers.wait([], 0.02)
    assert workers.clock() - began >= 0.02


def test_threads_work_side_by_side() -> None:
    workers = Threads(3)
    all_there = threading.Barrier(3, timeout=10)
    futures = [workers.begin(all_there.wait) for _ in range(3)]
    assert {ended(workers, future).result() for future in futures} == {0, 1, 2}


def test_threads_that_hang_are_waited_for_no_longer_than_told() -> None:
    workers = Threads(1)
    go_on = threading.Event()
    hanging = workers.begin(go_on.wait)
    workers.wait([hanging], 0.01)
    assert not hanging.done()
    go_on.set()
    assert ended(workers, hanging).result() is True


def test_a_run_keeps_time_for_what_it_has_begun_and_for_its_last_line() -> None:
    run = run_of(OneByOne(clock=lambda: 100.0), 840)
    assert (run.begins_until, run.ends) == (100 + 840 - 5 - 45, 100 + 840 - 5)
    assert run.left() == 835


@pytest.mark.parametrize("seconds", [3, 60, 120, 840, 900])
def test_a_run_of_any_length_has_most_of_its_time_to_begin_things(seconds: float) -> None:
    run = run_of(OneByOne(clock=lambda: 0.0), seconds)
    assert seconds / 2 < run.begins_until < run.ends < seconds


def test_a_run_without_an_end_has_all_the_time() -> None:
    assert (Run().begins_until, Run().left()) == (inf, inf)
