"""A run's tasks side by side, of which some never answer."""

from collections.abc import Callable, Collection
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from chalicelib.jobs.runs.agenda import Agenda
from chalicelib.jobs.runs.run import Run
from chalicelib.jobs.runs.tasks import Rank, Task, Wait
from tests.fakes.slack import FakeMessenger
from tests.jobs.alerts.slow_slack import Time


@dataclass
class Workers:
    """So many at once; a task whose answer is None never ends."""

    clock: Time = field(default_factory=Time)
    size: int = 5
    begun: int = 0

    def begin(self, act: Callable[[], object]) -> "Future[Any]":
        self.begun += 1
        future: Future[Any] = Future()
        if answer := act():
            future.set_result(answer)
        return future

    def wait(self, running: "Collection[Future[Any]]", seconds: float) -> None:
        if not any(future.done() for future in running):
            self.clock.sleep(seconds)


def an_agenda(workers: Workers, **answers: str | None) -> Agenda:
    """A run of a minute in which each bucket has one new task with this answer."""
    run = Run(workers, begins_until=workers.clock() + 10, ends=workers.clock() + 60)
    agenda = Agenda(run, FakeMessenger(), lambda _: None, lambda *_: None, lambda *_: None)
    for name, answer in answers.items():
        agenda.add(Task(Wait.PLACE, name, Rank.NEW, name, lambda answer=answer: answer))  # type: ignore[misc]
    return agenda


def test_a_run_ends_in_time_and_says_what_has_not_answered() -> None:
    workers = Workers()
    agenda = an_agenda(workers, well="well", hanging=None)
    agenda.work()
    assert 60 <= workers.clock() < 61
    assert [task.subject for task in agenda.left] == ["hanging"]


def test_what_has_not_answered_for_some_seconds_is_not_waited_for() -> None:
    workers = Workers()
    agenda = an_agenda(workers, well="well", hanging=None)
    expected: list[tuple[float, bool]] = []
    agenda.work(lambda: expected.append((workers.clock(), agenda.expects(Rank.NEW, Wait.PLACE))))
    assert {expects for at, expects in expected if at < 2.5} == {True}
    assert {expects for at, expects in expected if at > 3.5} == {False}


def test_no_more_is_begun_than_there_are_workers() -> None:
    workers = Workers(size=3)
    agenda = an_agenda(workers, **dict.fromkeys("abcdefgh"))
    agenda.work()
    assert workers.begun == 3
