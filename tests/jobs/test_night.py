"""A night from its orders to its one summary: what was swept, what was not, and who hears of it."""

from datetime import timedelta

import pytest

from chalicelib.core.audit.line import JournalLine, LineKind
from chalicelib.core.locks.account import Account
from chalicelib.core.locks.place import Kind
from chalicelib.core.locks.target import Target
from chalicelib.core.nights.night import Standing
from chalicelib.core.nights.summary import NightSummary
from chalicelib.core.policy import Rules
from chalicelib.jobs.nights.begin import NightIncompleteError, order_sweeps
from chalicelib.jobs.sweep import SweepIncompleteError, sweep
from chalicelib.jobs.watch import WatchIncompleteError, watch
from tests.builders import BUCKET, CHANNEL, KEY, TABLE, TAKEN, sample, some_rules, with_tables
from tests.fakes.world import FakeWorld

PROD = Account("111122223333", "prod", "arn:aws:iam::111122223333:role/reaper")
ELSEWHERE = Target(Kind.DYNAMODB, TABLE, account=PROD)
RULES = with_tables(some_rules(), ELSEWHERE).at_home("999988887777", "eu-central-1")
HOME, OTHER = (target.home for target in RULES.targets[:2])
QUARTER = timedelta(minutes=15)


def a_night(rules: Rules = RULES) -> FakeWorld:
    world = FakeWorld(TAKEN)
    world.store.put(BUCKET, KEY, sample("s3-apply-default"))
    order_sweeps(world.ports, rules, TAKEN)
    return world


def carry_out(world: FakeWorld, rules: Rules = RULES) -> list[str]:
    """Deliver all sweep orders, also those that they leave, until none waits; return those that fail."""
    failed = []
    while world.orders.sweeps:
        order = world.orders.sweeps.pop(0)
        try:
            sweep(order, world.ports, rules, world.now)
        except SweepIncompleteError:
            failed.append(order.target.container)
    return failed


def summaries(world: FakeWorld) -> list[JournalLine]:
    return [line for line in world.journal.lines if line.event is LineKind.NIGHT_FINISHED]


def told(world: FakeWorld) -> NightSummary:
    [(channel, subject, summary)] = world.messenger.reports
    assert isinstance(summary, NightSummary)
    assert (channel, subject) == (CHANNEL, "the night that began 2026-11-21 03:18 UTC")
    return summary


def test_a_night_in_which_all_was_swept_is_one_line_and_no_message() -> None:
    world = a_night()
    assert carry_out(world) == []
    for _ in range(3):
        watch(world.ports, RULES, world.later(minutes=15))
    [line] = summaries(world)
    assert (line.targets, line.failed, line.locks, line.objects) == (3, 0, 1, 1)
    assert line.detail.split("; ") == [
        "999988887777: 2 of 2 targets swept, 1 lock",
        "prod (111122223333): 1 of 1 targets swept, 0 locks",
    ]
    assert world.messenger.reports == []


def test_a_night_is_not_summed_up_while_a_target_may_still_tell() -> None:
    world = a_night()
    world.orders.sweeps.pop()
    carry_out(world)
    watch(world.ports, RULES, world.later(minutes=119))
    assert summaries(world) == []


def test_targets_that_were_refused_are_told_in_one_message_with_their_accounts_and_what_was_said() -> None:
    world = a_night()
    world.store.buckets_refused[BUCKET] = "listing acme-tfstate: S3 answered AccessDenied"
    world.tables.tables_gone.add(TABLE)
    assert carry_out(world) == []
    with pytest.raises(WatchIncompleteError):  # a table that is gone is a trouble of the watch too
        watch(world.ports, RULES, world.later(minutes=15))
    summary = told(world)
    assert (summary.targets, summary.failed) == (3, 2)
    assert [(night.account, night.swept, night.targets) for night in summary.accounts] == [
        ("999988887777", 1, 2),
        ("prod (111122223333)", 0, 1),
    ]
    assert [one.why for night in summary.accounts for one in night.not_swept] == [
        "listing acme-tfstate: S3 answered AccessDenied",
        "there is no such table",
    ]
    assert summaries(world)[0].failed == 2


def test_a_target_that_may_be_tried_again_is_waited_for_and_is_no_failure_once_it_is_swept() -> None:
    world = a_night()
    world.store.buckets_failing.add(BUCKET)
    again = world.orders.sweeps[0]
    assert carry_out(world) == [BUCKET]
    watch(world.ports, RULES, world.later(minutes=15))
    assert summaries(world) == []
    world.store.buckets_failing.clear()
    world.orders.sweeps.append(again)
    carry_out(world)
    watch(world.ports, RULES, world.later(minutes=15))
    assert [line.failed for line in summaries(world)] == [0]
    assert world.messenger.reports == []


def test_a_target_whose_orders_died_is_told_with_its_last_failure_and_one_that_never_told_is_named() -> None:
    world = a_night()
    world.store.buckets_failing.add(BUCKET)
    world.orders.sweeps.pop()  # its function was killed six times
    assert carry_out(world) == [BUCKET]
    watch(world.ports, RULES, world.later(hours=2))
    assert [(one.standing, one.why) for night in told(world).accounts for one in night.not_swept] == [
        (Standing.FAILED, "S3 failed"),
        (Standing.UNANSWERED, ""),
    ]
    failed = [line for line in world.journal.lines if line.event is LineKind.SWEEP_FAILED]
    assert [(line.target, line.detail) for line in failed] == [
        (BUCKET, "S3 failed"),
        (TABLE, "it was not heard of: no sweep of it answered"),
    ]


def test_a_night_that_the_next_one_overtakes_is_summed_up_first() -> None:
    world = a_night()
    order_sweeps(world.ports, RULES, world.later(minutes=30))
    watch(world.ports, RULES, world.later(minutes=1))
    assert told(world).began == TAKEN
    assert len(summaries(world)) == 1


def test_a_night_that_cannot_be_read_hides_no_later_one() -> None:
    world = a_night()
    world.nights.damaged = {TAKEN}
    order_sweeps(world.ports, RULES, world.later(hours=24))
    world.orders.sweeps.clear()
    with pytest.raises(WatchIncompleteError, match="the night that began 2026-11-21 03:18 UTC"):
        watch(world.ports, RULES, world.later(hours=3))
    [(_, subject, _)] = world.messenger.reports
    assert subject == "the night that began 2026-11-22 03:18 UTC"
    assert len(summaries(world)) == 1


def test_what_slack_does_not_take_is_told_by_the_next_watch_and_journaled_once() -> None:
    world = a_night()
    world.orders.sweeps.clear()
    world.messenger.refusing = "Slack answered internal_error"
    with pytest.raises(WatchIncompleteError, match="the summary of the night"):
        watch(world.ports, RULES, world.later(hours=3))
    world.messenger.refusing = ""
    watch(world.ports, RULES, world.later(minutes=15))
    watch(world.ports, RULES, world.later(minutes=15))
    assert told(world).failed == 3
    assert len(summaries(world)) == 1


def test_an_order_that_cannot_be_left_stops_no_other_and_the_night_is_begun_again() -> None:
    world = FakeWorld(TAKEN)
    world.orders.refusing = "SQS is down"
    with pytest.raises(NightIncompleteError, match="bucket acme-tfstate: its sweep could not be ordered: SQS is down"):
        order_sweeps(world.ports, RULES, TAKEN)
    assert {result.failure for result in world.nights.results.values()} == {
        "its sweep could not be ordered: SQS is down"
    }
    world.orders.refusing = ""
    order_sweeps(world.ports, RULES, TAKEN)
    carry_out(world)
    watch(world.ports, RULES, world.later(minutes=15))
    assert [line.failed for line in summaries(world)] == [0]


def test_without_the_lock_book_every_target_is_swept_all_the_same() -> None:
    world = FakeWorld(TAKEN)
    world.nights.down = True
    with pytest.raises(NightIncompleteError, match="nobody will get a summary"):
        order_sweeps(world.ports, RULES, TAKEN)
    world.store.put(BUCKET, KEY, sample("s3-apply-default"))
    world.later(hours=3)
    assert carry_out(world) == []
    assert len(world.messenger.shown) == 1


def test_hundreds_of_denied_accounts_are_one_message() -> None:
    denied = [Target(Kind.DYNAMODB, TABLE, account=Account(f"{number:012}")) for number in range(300)]
    rules = with_tables(some_rules(), *denied).at_home("999988887777", "eu-central-1")
    world = a_night(rules)
    world.tables.tables_refused[TABLE] = "AccessDenied"
    carry_out(world, rules)
    with pytest.raises(WatchIncompleteError):
        watch(world.ports, rules, world.later(minutes=15))
    assert told(world).failed == 300
    assert len(summaries(world)) == 1


def test_an_order_that_is_delivered_again_after_it_was_carried_out_does_nothing() -> None:
    world = a_night()
    orders = list(world.orders.sweeps)
    carry_out(world)
    lines = len(world.journal.lines)
    world.orders.sweeps = orders
    carry_out(world)
    assert len(world.journal.lines) == lines
