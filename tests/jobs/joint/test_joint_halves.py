"""A joint alert of dual locks: both halves of each are released and put back, as of any lock."""

from dataclasses import dataclass

from chalicelib.core.alerts.page import Page
from chalicelib.core.joint.verb import JointVerb
from chalicelib.core.locks.place import Kind, Place
from tests.builders import BUCKET, TABLE, some_rules, with_tables
from tests.jobs.joint.run_all import RunAll, state_key


@dataclass
class DualRun(RunAll):
    """A run that locks in S3 and in a table."""

    def take(self, number: int, **said: str) -> Page:
        page = super().take(number, **said)
        body = self.world.store.objects[BUCKET, page.lock.ref.place.key][0]
        path = f"{BUCKET}/{state_key(number)}"
        self.world.tables.put(TABLE, path, body)
        return page


def in_table(run: RunAll) -> list[bool]:
    places = [Place(Kind.DYNAMODB, TABLE, f"{BUCKET}/{state_key(number)}") for number in range(run.count)]
    return [run.world.tables.read(place) is not None for place in places]


def test_dual_locks_of_one_run_are_one_entry_each_and_both_halves_go_and_come_back() -> None:
    run = DualRun(4, with_tables(some_rules()))
    run.watch()
    assert [len(one.halves) for one in run.shown.joint.locks] == [2] * 4
    assert not run.world.messenger.shown
    run.deliver(run.click())
    run.deliver_all()
    assert not run.world.store.objects
    assert in_table(run) == [False] * 4
    run.deliver(run.click(JointVerb.PUT_BACK))
    run.deliver_all()
    assert len(run.world.store.objects) == 4
    assert in_table(run) == [True] * 4
    for _ in range(2):
        run.watch(minutes=15)
    assert not run.world.messenger.shown
    assert len(run.shown.joint.held) == 4
