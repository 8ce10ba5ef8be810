import pytest

from chalicelib.core.alert import Alert, Posted, alert_for
from chalicelib.core.release import Ending, ReleaseOutcome
from chalicelib.jobs.watch import WatchIncompleteError, watch
from chalicelib.ports import BookError
from tests.builders import ALICE, BUCKET, KEY, TAKEN, a_lock, a_policy, sample, some_rules
from tests.fakes import FakeMessenger, FakeWorld

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


def test_a_lock_whose_target_was_taken_out_is_closed_as_no_longer_watched_and_not_read() -> None:
    world = a_world()
    watch(world.ports, RULES, world.later(hours=2))
    world.store.read_keys.clear()
    watch(world.ports, some_rules(prefixes=("staging/",)), world.later(hours=2))
    [alert] = world.messenger.shown.values()
    assert alert.ending is not None
    assert alert.ending.outcome is ReleaseOutcome.UNWATCHED
    assert (world.store.read_keys, world.book.records()) == ([], [])


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


class Released(FakeMessenger):
    """A Slack in which somebody releases the lock while the watch is speaking of it."""

    def __init__(self, world: FakeWorld) -> None:
        super().__init__(shown=world.messenger.shown)
        self.world = world

    def edit(self, posted: Posted, alert: Alert) -> None:
        if not self.world.book.pages[a_lock().ref].ending:
            self.release(posted)
        super().edit(posted, alert)

    def post(self, channel: str, alert: Alert) -> Posted:
        posted = super().post(channel, alert)
        self.world.book.end(a_lock(), RELEASED)
        return posted

    def release(self, posted: Posted) -> None:
        self.world.book.end(a_lock(), RELEASED)
        super().edit(posted, alert_for(self.world.book.pages[a_lock().ref], a_policy(), TAKEN, None, RELEASED))


RELEASED = Ending(outcome=ReleaseOutcome.RELEASED, at=TAKEN, user=ALICE)


def shown_endings(world: FakeWorld) -> list[Ending | None]:
    return [alert.ending for alert in world.messenger.shown.values()]


def test_a_lock_released_while_its_age_is_edited_reads_released_in_the_end() -> None:
    world = a_world()
    watch(world.ports, RULES, world.later(hours=2))
    world.messenger = Released(world)
    watch(world.ports, RULES, world.later(minutes=15))
    assert shown_endings(world) == [RELEASED]


def test_a_lock_released_while_its_alert_is_posted_reads_released_in_the_end() -> None:
    world = a_world()
    world.messenger = Released(world)
    watch(world.ports, RULES, world.later(hours=2))
    assert shown_endings(world) == [RELEASED]


def test_an_ending_told_since_the_book_was_listed_is_not_told_otherwise() -> None:
    world = a_world()
    watch(world.ports, RULES, world.later(hours=2))
    [stale] = world.book.records()
    world.store.remove(BUCKET, KEY)
    assert stale.posted
    Released(world).release(stale.posted)
    world.book.records = lambda: [stale]  # type: ignore[method-assign]
    watch(world.ports, RULES, world.later(minutes=15))
    assert shown_endings(world) == [RELEASED]
