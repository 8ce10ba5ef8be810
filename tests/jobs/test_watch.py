import pytest

from chalicelib.core.release import ReleaseOutcome
from chalicelib.jobs.watch import WatchIncompleteError, watch
from chalicelib.ports import BookError
from tests.builders import BUCKET, KEY, TAKEN, a_lock, sample, some_rules
from tests.fakes import FakeWorld

RULES = some_rules()


def a_world() -> FakeWorld:
    world = FakeWorld(TAKEN)
    world.store.put(BUCKET, KEY, sample("s3-apply-default"))
    world.book.remember(a_lock())
    return world


def test_a_lock_that_reaches_its_threshold_is_alerted() -> None:
    world = a_world()
    watch(world.ports, RULES, world.later(hours=2))
    assert len(world.messenger.shown) == 1


def test_a_lock_that_is_not_due_costs_no_request_to_s3() -> None:
    world = a_world()
    watch(world.ports, RULES, world.later(hours=1))
    assert world.store.read_keys == []


def test_a_due_lock_is_read_again_before_anybody_is_told() -> None:
    world = a_world()
    world.store.remove(BUCKET, KEY)
    watch(world.ports, RULES, world.later(hours=2))
    assert world.messenger.shown == {}
    assert world.book.records() == []


def test_an_alerted_lock_that_is_gone_closes_its_alert() -> None:
    world = a_world()
    watch(world.ports, RULES, world.later(hours=2))
    world.store.remove(BUCKET, KEY)
    watch(world.ports, RULES, world.later(minutes=15))
    [alert] = world.messenger.shown.values()
    assert alert.ending is not None
    assert alert.ending.outcome is ReleaseOutcome.GONE


def test_a_record_outside_of_the_targets_is_not_touched() -> None:
    world = a_world()
    watch(world.ports, some_rules(prefixes=("staging/",)), world.later(hours=2))
    assert world.store.read_keys == []


def test_one_lock_that_slack_refuses_does_not_stop_the_others_and_the_failure_is_raised() -> None:
    world = a_world()
    world.messenger.refusing = "Slack answered internal_error"
    with pytest.raises(WatchIncompleteError, match="prod/network"):
        watch(world.ports, RULES, world.later(hours=2))


def test_a_book_that_is_down_is_a_failure_of_the_watch() -> None:
    world = a_world()
    world.book.down = True
    with pytest.raises(BookError):
        watch(world.ports, RULES, world.later(hours=2))
