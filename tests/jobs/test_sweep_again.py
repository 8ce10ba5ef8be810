import pytest

from chalicelib.core.alerts.transitions import endings
from chalicelib.core.audit.line import LineKind
from chalicelib.core.clicks.ending import Ending, Outcome
from chalicelib.core.locks.lock import Body
from chalicelib.jobs.sweep import SweepIncompleteError
from tests.builders import ALICE, BUCKET, KEY, TAKEN, sample
from tests.builders import a_lock as build_lock
from tests.fakes.world import FakeWorld
from tests.jobs.test_sweep import RULES, TARGET, a_world
from tests.sweeps import sweep


def test_a_lock_that_had_ended_and_is_there_again_is_alerted_again() -> None:
    world = a_world()
    sweep(TARGET, world.ports, RULES, world.later(hours=2))
    world.book.write(endings.end(build_lock(), Ending(outcome=Outcome.RELEASED, at=world.now, user=ALICE)))
    sweep(TARGET, world.ports, RULES, world.later(hours=2))
    assert len(world.messenger.shown) == 2
    assert [page.lock for page in world.book.open_pages()] == [build_lock()]


def test_one_lock_that_s3_fails_on_stops_no_other_and_the_order_comes_again() -> None:
    world = a_world()
    world.store.put(BUCKET, "a.tfstate.tflock", sample("s3-plan-default"))
    world.store.keys_failing.add("a.tfstate.tflock")
    with pytest.raises(SweepIncompleteError, match=r"a\.tfstate\.tflock"):
        sweep(TARGET, world.ports, RULES, world.later(hours=3))
    assert len(world.messenger.shown) == 1


def test_a_bucket_that_s3_merely_fails_on_is_tried_again() -> None:
    world = a_world()
    world.store.buckets_failing.add(BUCKET)
    with pytest.raises(SweepIncompleteError):
        sweep(TARGET, world.ports, RULES, world.now)
    assert world.journal.kinds() == [LineKind.SWEEP_FAILED]


def test_a_lock_that_could_not_be_read_at_first_is_told_as_it_is_once_it_can() -> None:
    world = a_world("s3-plan-default")
    world.store.keys_refused.add(KEY)
    sweep(TARGET, world.ports, RULES, world.later(hours=2))
    world.store.keys_refused.clear()
    sweep(TARGET, world.ports, RULES, world.later(hours=2))
    [alert] = world.messenger.shown.values()
    assert (alert.lock.body, alert.lock.operation) == (Body.LOCK, "plan")


def test_a_state_whose_key_ends_like_a_lock_s_is_told_as_a_state() -> None:
    world = FakeWorld(TAKEN)
    world.store.put(
        BUCKET, "prod/x.tflock", b'{\n  "version": 4,\n  "terraform_version": "1.11.4",\n  "serial": 3' + b" " * 99_999
    )
    sweep(TARGET, world.ports, RULES, world.later(hours=3))
    [alert] = world.messenger.shown.values()
    assert (alert.lock.body, alert.lock.flaw) == (Body.STATE, "looks like a Terraform state, not like a lock")
