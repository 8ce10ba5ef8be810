from datetime import timedelta

import pytest

from chalicelib.core.alerts.alert import alert_for
from chalicelib.core.alerts.message import Posted, Sending
from chalicelib.core.alerts.transitions import endings, telling
from chalicelib.core.clicks.ending import Ending, Outcome
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import Kind, LockRef, Place
from chalicelib.jobs.watch import WatchIncompleteError, watch
from chalicelib.ports.book import BookError
from chalicelib.ports.people import Message
from tests.builders import ALICE, BUCKET, KEY, STATE_KEY, TAKEN, a_lock, a_policy, sample, some_rules
from tests.fakes.slack import FakeMessenger
from tests.fakes.world import FakeWorld
from tests.jobs.alerts.busy_slack import BusySlack

RULES = some_rules()


def a_world() -> FakeWorld:
    world = FakeWorld(TAKEN)
    world.store.put(BUCKET, KEY, sample("s3-apply-default"))
    world.book.write(telling.remember(a_lock()))
    return world


def test_a_lock_that_reaches_its_threshold_is_alerted() -> None:
    world = a_world()
    watch(world.ports, RULES, world.later(hours=2))
    assert len(world.messenger.shown) == 1


def test_a_lock_that_is_not_due_costs_no_request_to_s3() -> None:
    world = a_world()
    watch(world.ports, RULES, world.later(hours=1))
    assert world.store.read_keys == []


def test_what_a_watch_costs_does_not_depend_on_the_size_of_the_buckets() -> None:
    world = a_world()
    for index in range(50):
        world.store.put(BUCKET, f"unknown-{index}.tfstate.tflock", sample("s3-apply-default"))
        world.store.put(BUCKET, f"state-{index}.tfstate", b"state")
    watch(world.ports, RULES, world.later(hours=2))
    assert world.store.read_keys == [KEY]
    assert world.store.listed == []


def test_a_due_lock_is_read_again_before_anybody_is_told() -> None:
    world = a_world()
    world.store.remove(BUCKET, KEY)
    watch(world.ports, RULES, world.later(hours=2))
    assert world.messenger.shown == {}
    assert world.book.open_pages() == []


def test_an_alerted_lock_that_is_gone_closes_its_alert() -> None:
    world = a_world()
    watch(world.ports, RULES, world.later(hours=2))
    world.store.remove(BUCKET, KEY)
    watch(world.ports, RULES, world.later(minutes=15))
    [alert] = world.messenger.shown.values()
    assert alert.ending is not None
    assert alert.ending.outcome is Outcome.GONE


def test_a_lock_whose_target_was_taken_out_is_closed_as_no_longer_watched_and_not_read() -> None:
    world = a_world()
    watch(world.ports, RULES, world.later(hours=2))
    world.store.read_keys.clear()
    watch(world.ports, some_rules(prefixes=("staging/",)), world.later(hours=2))
    [alert] = world.messenger.shown.values()
    assert alert.ending is not None
    assert alert.ending.outcome is Outcome.UNWATCHED
    assert (world.store.read_keys, world.book.open_pages()) == ([], [])


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

    def edit(self, posted: Posted, message: Message) -> None:
        if not self.world.book.pages[a_lock().ref].ending:
            self.release(posted)
        super().edit(posted, message)

    def post(self, message: Message, sending: Sending) -> Posted:
        posted = super().post(message, sending)
        self.world.book.write(endings.end(a_lock(), RELEASED))
        return posted

    def release(self, posted: Posted) -> None:
        self.world.book.write(endings.end(a_lock(), RELEASED))
        super().edit(posted, alert_for(self.world.book.pages[a_lock().ref], a_policy(), TAKEN, None, RELEASED))


RELEASED = Ending(outcome=Outcome.RELEASED, at=TAKEN, user=ALICE)


def shown_endings(world: FakeWorld) -> list[Ending | None]:
    return [alert.ending for alert in world.messenger.shown.values()]


def test_a_lock_released_while_its_evidence_is_edited_reads_released_in_the_end() -> None:
    world = a_world()
    watch(world.ports, RULES, world.later(hours=2))
    world.messenger = Released(world)
    world.store.put(BUCKET, STATE_KEY, b"written since")
    watch(world.ports, RULES, world.later(hours=1))
    assert shown_endings(world) == [RELEASED]


def test_a_lock_released_while_its_alert_is_posted_reads_released_in_the_end() -> None:
    world = a_world()
    world.messenger = Released(world)
    watch(world.ports, RULES, world.later(hours=2))
    assert shown_endings(world) == [RELEASED]


def test_an_ending_told_since_the_book_was_listed_is_not_told_otherwise() -> None:
    world = a_world()
    watch(world.ports, RULES, world.later(hours=2))
    [stale] = world.book.open_pages()
    world.store.remove(BUCKET, KEY)
    assert stale.posted
    Released(world).release(stale.posted)
    world.book.open_pages = lambda home="": [stale]  # type: ignore[method-assign]
    watch(world.ports, RULES, world.later(minutes=15))
    assert shown_endings(world) == [RELEASED]


def test_an_order_that_cannot_be_left_stops_no_new_alert() -> None:
    world = FakeWorld(TAKEN)
    rules = some_rules(auto_release=timedelta(hours=6))
    world.store.put(BUCKET, KEY, sample("s3-plan-default"))
    world.book.write(telling.remember(a_lock("s3-plan-default")))
    watch(world.ports, rules, world.later(hours=5))
    world.store.put(BUCKET, "new.tflock", sample("s3-apply-default"))
    world.book.write(telling.remember(a_lock(key="new.tflock", taken=world.now)))
    world.orders.refusing = "SQS is down"
    with pytest.raises(WatchIncompleteError, match="SQS is down"):
        watch(world.ports, rules, world.later(hours=3))
    assert len(world.messenger.shown) == 2


def test_what_is_new_is_told_before_what_is_only_kept_up_to_date() -> None:
    world = a_world()
    world.messenger = slack = BusySlack()
    watch(world.ports, RULES, world.later(hours=2))
    world.store.put(BUCKET, "a.tflock", sample("s3-plan-default"))
    world.book.write(telling.remember(a_lock("s3-plan-default", key="a.tflock", taken=world.now)))
    world.store.put(BUCKET, STATE_KEY, b"written since, so that there is something to edit")
    told: list[str] = []
    slack.before = [lambda: told.append(f"{len(slack.shown)} messages")] * 2
    watch(world.ports, RULES, world.later(hours=2))
    assert told == ["1 messages", "2 messages"]


def test_a_lock_whose_bucket_is_gone_is_closed_as_that_and_fails_no_watch() -> None:
    world = a_world()
    watch(world.ports, RULES, world.later(hours=2))
    world.store.buckets_gone.add(BUCKET)
    watch(world.ports, RULES, world.later(minutes=15))
    [alert] = world.messenger.shown.values()
    assert alert.ending is not None
    assert (alert.ending.outcome, alert.open) == (Outcome.CONTAINER_GONE, False)
    watch(world.ports, RULES, world.later(minutes=15))
    assert world.book.open_pages() == []


def test_a_lock_nobody_was_told_of_ends_with_its_bucket_without_a_word() -> None:
    world = a_world()
    world.store.buckets_gone.add(BUCKET)
    watch(world.ports, RULES, world.later(hours=3))
    assert (world.messenger.shown, world.book.open_pages()) == ({}, [])


def test_a_bucket_that_fails_again_and_again_does_not_take_the_time_of_all_others() -> None:
    world = FakeWorld(TAKEN)
    for index in range(9):
        world.book.write(telling.remember(a_lock(key=f"{index}.tflock")))
    lock = LockRef(Place(Kind.S3, "acme-other", KEY), a_lock().ref.stamp, TAKEN)
    world.store.put("acme-other", KEY, sample("s3-apply-default"))
    world.book.write(telling.remember(HeldLock(lock, a_lock().info)))
    world.store.buckets_failing.add(BUCKET)
    with pytest.raises(WatchIncompleteError, match="because bucket acme-tfstate failed 5 times"):
        watch(world.ports, RULES, world.later(hours=2))
    assert [alert.lock.ref for alert in world.messenger.shown.values()] == [lock]
