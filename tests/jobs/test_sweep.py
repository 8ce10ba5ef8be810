from datetime import timedelta

import pytest

from chalicelib.core.alerts.message import Posted, Sending
from chalicelib.core.alerts.transitions import telling
from chalicelib.core.audit.line import LineKind
from chalicelib.core.clicks.ending import Outcome
from chalicelib.core.locks.lock import Body
from chalicelib.core.locks.place import Kind
from chalicelib.core.locks.target import Target
from chalicelib.core.nights.sweep_order import SweepOrder
from chalicelib.core.policy import Route
from chalicelib.jobs.nights.begin import order_sweeps
from chalicelib.jobs.sweep import SweepIncompleteError
from chalicelib.ports.people import ChannelRefusedError, Message
from tests.builders import BUCKET, CHANNEL, KEY, STATE_KEY, TAKEN, a_policy, a_sending, sample, some_rules
from tests.builders import a_lock as build_lock
from tests.fakes.slack import FakeMessenger
from tests.fakes.world import FakeWorld
from tests.sweeps import sweep

RULES = some_rules()
TARGET = Target(Kind.S3, BUCKET)


def a_world(name: str = "s3-apply-default") -> FakeWorld:
    world = FakeWorld(TAKEN)
    world.store.put(BUCKET, KEY, sample(name))
    return world


def test_one_order_is_left_for_each_target() -> None:
    world = a_world()
    order_sweeps(world.ports, RULES, TAKEN)
    assert world.orders.sweeps == [SweepOrder(target, TAKEN) for target in RULES.targets]
    assert [(line.event, line.targets) for line in world.journal.lines] == [(LineKind.SWEEPS_ORDERED, 2)]


def test_a_lock_under_its_threshold_is_remembered_and_not_alerted() -> None:
    world = a_world()
    sweep(TARGET, world.ports, RULES, world.later(minutes=119))
    assert world.messenger.shown == {}
    assert [page.lock.ref.place.key for page in world.book.open_pages()] == [KEY]


def test_a_lock_over_its_threshold_is_alerted_in_the_channel_of_its_route() -> None:
    world = a_world()
    rules = some_rules(Route((f"{BUCKET}/prod/*",), a_policy(channel="C0PROD")))
    sweep(TARGET, world.ports, rules, world.later(hours=2))
    [(posted, alert)] = world.messenger.shown.items()
    assert posted.channel == "C0PROD"
    assert (alert.lock, alert.level) == (build_lock(), 1)
    assert LineKind.ALERT_POSTED in world.journal.kinds()


def test_a_plan_has_a_threshold_of_its_own() -> None:
    world = a_world("s3-plan-default")
    sweep(TARGET, world.ports, RULES, world.later(minutes=45))
    assert len(world.messenger.shown) == 1


def test_the_alert_tells_when_the_state_was_written_after_the_lock_was_taken() -> None:
    world = a_world()
    written = world.later(minutes=20)
    world.store.put(BUCKET, STATE_KEY, b"state")
    sweep(TARGET, world.ports, RULES, world.later(hours=2))
    [alert] = world.messenger.shown.values()
    assert alert.state_written is not None
    assert alert.state_written.at == written


def test_a_second_sweep_edits_the_age_and_posts_nothing() -> None:
    world = a_world()
    sweep(TARGET, world.ports, RULES, world.later(hours=2))
    sweep(TARGET, world.ports, RULES, world.later(hours=24))
    [alert] = world.messenger.shown.values()
    assert (alert.now - TAKEN, alert.level) == (timedelta(hours=26), 2)
    assert (world.messenger.edits, len(world.messenger.replies)) == (1, 1)


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"[]", b"{" * 100_000, b"x" * 5_000_000, b'{"ID":5}'])
def test_a_lock_that_cannot_be_parsed_is_alerted_as_what_it_is(body: bytes) -> None:
    world = FakeWorld(TAKEN)
    world.store.put(BUCKET, KEY, body)
    sweep(TARGET, world.ports, RULES, world.later(hours=1))
    [alert] = world.messenger.shown.values()
    assert alert.lock.info is None
    assert alert.lock.flaw


def test_a_lock_that_s3_will_not_show_is_alerted_too() -> None:
    world = a_world()
    world.store.keys_refused.add(KEY)
    sweep(TARGET, world.ports, RULES, world.later(hours=1))
    [alert] = world.messenger.shown.values()
    assert alert.lock.body is Body.DENIED


def test_a_lock_gone_since_the_last_sweep_closes_its_alert() -> None:
    world = a_world()
    sweep(TARGET, world.ports, RULES, world.later(hours=2))
    world.store.remove(BUCKET, KEY)
    sweep(TARGET, world.ports, RULES, world.later(hours=24))
    [alert] = world.messenger.shown.values()
    assert alert.ending is not None
    assert alert.ending.outcome is Outcome.GONE
    assert world.book.open_pages() == []


def test_a_lock_that_another_one_replaced_closes_its_alert_and_the_other_gets_its_own() -> None:
    world = a_world()
    sweep(TARGET, world.ports, RULES, world.later(hours=2))
    world.store.put(BUCKET, KEY, sample("s3-plan-default"))
    sweep(TARGET, world.ports, RULES, world.later(hours=24))
    old, new = world.messenger.shown.values()
    assert old.ending is not None
    assert old.ending.outcome is Outcome.REPLACED
    assert new.lock.operation == "plan"


def test_a_lock_recorded_while_the_bucket_was_listed_is_not_taken_for_gone() -> None:
    world = a_world()
    world.book.write(telling.remember(build_lock()))
    world.store.scan = lambda target, after="": iter(())  # type: ignore[method-assign]
    sweep(TARGET, world.ports, RULES, world.later(minutes=1))
    assert len(world.book.open_pages()) == 1


def test_the_records_of_another_target_are_left_alone() -> None:
    world = a_world()
    world.book.write(telling.remember(build_lock()))
    sweep(Target(Kind.S3, "acme-other"), world.ports, RULES, world.later(hours=5))
    sweep(Target(Kind.S3, BUCKET, ("staging/",)), world.ports, RULES, world.now)
    assert len(world.book.open_pages()) == 1


def test_a_target_that_s3_refuses_is_journaled_and_not_tried_again() -> None:
    world = a_world()
    world.store.buckets_refused[BUCKET] = "listing acme-tfstate: there is no such bucket"
    sweep(TARGET, world.ports, RULES, world.now)
    assert world.journal.kinds() == [LineKind.SWEEP_FAILED]
    assert world.journal.lines[0].detail == "listing acme-tfstate: there is no such bucket"


def test_an_alert_that_its_channel_refuses_is_journaled_and_told_elsewhere_and_the_others_are_sent() -> None:
    world = a_world()
    world.store.put(BUCKET, "other.tfstate.tflock", sample("s3-plan-default"))
    rules = some_rules(Route((f"{BUCKET}/prod/*",), a_policy(channel="C0PROD")))
    world.messenger.channels_refused.add("C0PROD")
    sweep(TARGET, world.ports, rules, world.later(hours=3))
    told = [(posted.channel, alert.instead_of) for posted, alert in world.messenger.shown.items()]
    assert sorted(told) == [(CHANNEL, ""), (CHANNEL, "C0PROD")]
    assert LineKind.ALERT_FAILED in world.journal.kinds()
    world.messenger.channels_refused.clear()
    sweep(TARGET, world.ports, rules, world.later(minutes=15))
    assert len(world.messenger.shown) == 2


def test_an_alert_that_slack_refuses_is_journaled_and_the_next_run_sends_it() -> None:
    world = a_world()
    world.messenger.refusing = "Slack answered invalid_auth"
    sweep(TARGET, world.ports, RULES, world.later(hours=3))
    assert LineKind.ALERT_FAILED in world.journal.kinds()
    world.messenger.refusing = ""
    sweep(TARGET, world.ports, RULES, world.later(minutes=15))
    assert len(world.messenger.shown) == 1


def test_two_sweeps_at_once_post_one_alert() -> None:
    world = a_world()
    world.book.write(telling.remember(build_lock()))
    world.book.write(telling.claim(build_lock(), a_sending(at=world.later(hours=3), channel=CHANNEL)))
    sweep(TARGET, world.ports, RULES, world.now)
    assert world.messenger.shown == {}


def test_without_the_book_an_alert_that_slack_refuses_makes_the_order_come_again() -> None:
    world = a_world()
    world.book.down = True
    world.messenger = NoAlerts()
    rules = some_rules(Route((f"{BUCKET}/prod/*",), a_policy(channel="C0PROD")))
    with pytest.raises(SweepIncompleteError, match="prod/network"):
        sweep(TARGET, world.ports, rules, world.later(hours=3))


class NoAlerts(FakeMessenger):
    """Slack takes no alert in any channel."""

    def post(self, message: Message, sending: Sending) -> Posted:
        raise ChannelRefusedError(sending.channel, "Slack answered not_in_channel")


def test_without_the_lock_book_a_sweep_alerts_all_the_same_and_says_so() -> None:
    world = a_world()
    world.book.down = True
    sweep(TARGET, world.ports, RULES, world.later(hours=3))
    assert len(world.messenger.shown) == 1
    assert "the lock book could not be read" in world.journal.lines[-1].detail


def test_an_alert_that_somebody_deleted_is_posted_anew() -> None:
    world = a_world()
    sweep(TARGET, world.ports, RULES, world.later(hours=2))
    world.messenger.shown.clear()
    world.store.put(BUCKET, STATE_KEY, b"written since, so that there is something to edit")
    sweep(TARGET, world.ports, RULES, world.later(hours=2))
    assert len(world.messenger.shown) == 1


def test_a_finished_sweep_is_journaled_with_its_counts() -> None:
    world = a_world()
    sweep(TARGET, world.ports, RULES, world.later(hours=3))
    finished = world.journal.lines[-1]
    assert (finished.event, finished.target, finished.locks, finished.alerts) == (
        LineKind.SWEEP_FINISHED,
        BUCKET,
        1,
        1,
    )
