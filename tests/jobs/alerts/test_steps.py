"""What a step leaves to be done later is right when its turn comes, whatever has happened since."""

from datetime import timedelta

from chalicelib.core.alerts.transitions import endings, telling
from chalicelib.core.clicks.ending import Ending, Outcome
from chalicelib.jobs.alerts.steps import Steps
from chalicelib.jobs.joint.standing import Standing
from chalicelib.jobs.runs.tasks import Wait
from chalicelib.jobs.watch import watch
from tests.builders import BUCKET, KEY, TAKEN, a_lock, sample, some_rules
from tests.fakes.world import FakeWorld

RULES = some_rules()
LOCK = a_lock("s3-apply-default")


def test_an_edit_that_had_to_wait_leaves_a_lock_alone_that_has_ended_since() -> None:
    world = FakeWorld(TAKEN)
    world.store.put(BUCKET, KEY, sample("s3-apply-default"))
    world.book.write(telling.remember(LOCK))
    watch(world.ports, RULES, world.later(hours=100))
    page = world.book.find(LOCK.ref)
    assert page is not None
    [edit] = Steps(world.ports, RULES, world.later(hours=130), Standing(world.joints)).tend(page, LOCK).tasks
    assert edit.kind is Wait.EDIT
    world.book.write(endings.end(LOCK, Ending(outcome=Outcome.GONE, at=world.now + timedelta(seconds=1)), None))
    edits = world.messenger.edits
    edit.act()
    assert world.messenger.edits == edits
