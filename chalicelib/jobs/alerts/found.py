"""The result of a look at a lock: what is to be posted, and the tasks that wait for Slack."""

from collections.abc import Callable, Iterable

import msgspec

from chalicelib.jobs.alerts.case import Case
from chalicelib.jobs.runs.tasks import Rank, Task, Wait


class Found(msgspec.Struct, frozen=True):
    """The result of a look at a lock: new alerts, or other tasks."""

    new: tuple[Case, ...] = ()
    tasks: tuple[Task, ...] = ()
    posted: int = 0
    """Number of alerts that were just posted."""


def together(found: Iterable[Found]) -> Found:
    """Return the results of several looks as one."""
    several = list(found)
    new = tuple(case for one in several for case in one.new)
    return Found(new, tuple(task for one in several for task in one.tasks))


def task(kind: Wait, place: str, rank: Rank, case: Case, act: Callable[[], object]) -> Found:
    """Return one task for a case."""
    return Found(tasks=(Task(kind, place, rank, case.state_path, act),))


def in_channel(kind: Wait, rank: Rank, case: Case, act: Callable[[], object]) -> Found:
    """Return one task for a case that posts to, or edits in, the channel of its message."""
    channel = case.page.posted.channel if case.page.posted else case.policy.channel
    return task(kind, channel, rank, case, act)
