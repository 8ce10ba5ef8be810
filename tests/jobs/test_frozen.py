"""A thread that Lambda froze with its process, and that goes on when others have done its work."""

from collections.abc import Callable
from typing import Any

from chalicelib.core.alerts.transitions import telling
from chalicelib.core.locks.place import Kind, Place
from chalicelib.core.policy import Rules
from chalicelib.jobs.runs.agenda import Agenda
from chalicelib.jobs.runs.run import OneByOne, Run
from chalicelib.jobs.runs.tasks import Rank, Task, Wait
from chalicelib.jobs.watch import watch
from tests.builders import BUCKET, KEY, TAKEN, sample, some_rules
from tests.fakes.world import FakeWorld
from tests.jobs.alerts.slow_slack import Time

RULES = some_rules()
DIGESTS = some_rules(digest_over=1)


def a_world(locks: int) -> FakeWorld:
    """So many locks that are due."""
    world = FakeWorld(TAKEN)
    for number in range(locks):
        key = f"{number}/{KEY}"
        world.store.put(BUCKET, key, sample("s3-apply-default"))
        if lock := world.store.read(Place(Kind.S3, BUCKET, key)):
            world.book.write(telling.remember(lock))
    world.later(hours=2)
    return world


def frozen_after(claim: Callable[..., Any], world: FakeWorld, rules: Rules) -> Callable[..., Any]:
    """Take the claim; the first time, the thread is frozen then, and another function's watch comes meanwhile."""
    frozen: list[Any] = []

    def freezing(*arguments: Any, **named: Any) -> Any:
        taken = claim(*arguments, **named)
        if not frozen:
            frozen.append(taken)
            watch(world.ports, rules, world.later(minutes=21))
        return taken

    return freezing


def test_an_alert_that_another_run_has_posted_since_is_not_posted_late() -> None:
    world = a_world(1)
    world.book.write = frozen_after(world.book.write, world, RULES)  # type: ignore[method-assign]
    watch(world.ports, RULES, world.now)
    assert len(world.messenger.shown) == 1
    watch(world.ports, RULES, world.later(minutes=15))
    assert len(world.messenger.shown) == 1


def test_a_digest_that_another_run_has_posted_since_is_not_posted_late() -> None:
    world = a_world(3)
    world.digests.claim = frozen_after(world.digests.claim, world, DIGESTS)  # type: ignore[method-assign]
    watch(world.ports, DIGESTS, world.now)
    watch(world.ports, DIGESTS, world.later(minutes=15))
    assert (len(world.messenger.digests), len(world.messenger.shown)) == (1, 3)
    assert [digest.coming for digest in world.digests.open()] == [0]


def test_a_task_that_waited_for_a_thread_until_its_run_was_over_is_not_carried_out() -> None:
    time, done = Time(), list[str]()

    class BusyThreads(OneByOne):
        def begin(self, act: Callable[[], object]) -> Any:
            time.now += 100
            return super().begin(act)

    run = Run(BusyThreads(time, time.sleep), begins_until=10, ends=60)
    agenda = Agenda(run, FakeWorld(TAKEN).ports.messenger, lambda _: None, lambda *_: None, lambda *_: None)
    agenda.add(Task(Wait.BOOK, "", Rank.NEW, "late", lambda: done.append("late")))
    agenda.work()
    assert done == []
