"""Levels: the first posts, each further one is one reply that calls people; working hours; whose run it is."""

from datetime import time
from typing import Any

import pytest

from chalicelib.core.alerts.evidence import Sign, sign_of
from chalicelib.core.alerts.transitions import telling
from chalicelib.core.audit.event import LockEvent
from chalicelib.core.audit.line import LineKind
from chalicelib.core.hours import WorkingHours
from chalicelib.core.locks.place import Kind, Place
from chalicelib.core.policy import Rules
from chalicelib.jobs.watch import WatchIncompleteError, watch
from tests.book_writes import page_after
from tests.builders import ALICE, BOB, BUCKET, KEY, STATE_KEY, TAKEN, a_lock, sample, some_rules
from tests.fakes.world import FakeWorld
from tests.jobs.recording import record

ONCALL, LEAD = "S0ONCALL", "U0LEAD"
RULES = some_rules(mentions={1: (ALICE,), 2: (ONCALL, LEAD)})
SSO = "AWS:AROAEXAMPLE:bob@example.com"


def a_world(rules: Rules = RULES, principal: str = "", name: str = "s3-apply-default") -> FakeWorld:
    world = FakeWorld(TAKEN)
    world.store.put(BUCKET, KEY, sample(name))
    taken = LockEvent(acquired=True, place=Place(Kind.S3, BUCKET, KEY), at=TAKEN, principal=principal)
    record(world, taken, rules=rules)
    return world


def called(world: FakeWorld) -> list[tuple[str, ...]]:
    return [reply.called for reply in world.messenger.replies.values()]


def test_the_first_level_is_a_message_that_calls_its_people() -> None:
    world = a_world()
    watch(world.ports, RULES, world.later(hours=2))
    [alert] = world.messenger.shown.values()
    assert (alert.called, called(world)) == ((ALICE,), [])


def test_a_further_level_is_one_reply_that_calls_its_people_and_an_edit_of_the_message() -> None:
    world = a_world()
    watch(world.ports, RULES, world.later(hours=2))
    for _ in range(3):
        watch(world.ports, RULES, world.later(hours=22))
    [(posted, alert)] = world.messenger.shown.items()
    [reply] = world.messenger.replies
    assert called(world) == [(ONCALL, LEAD)]
    assert reply.beneath == posted.handle
    assert (alert.level, alert.called) == (2, (ALICE, ONCALL, LEAD))
    raised = [line for line in world.journal.lines if line.event is LineKind.ALERT_RAISED]
    assert [line.level for line in raised] == [2]


def test_a_lock_found_late_is_one_message_that_calls_the_people_of_every_level() -> None:
    world = a_world()
    watch(world.ports, RULES, world.later(days=3))
    watch(world.ports, RULES, world.later(minutes=15))
    [alert] = world.messenger.shown.values()
    assert (alert.level, alert.called, called(world)) == (2, (ALICE, ONCALL, LEAD), [])


def test_an_alert_whose_message_was_deleted_rises_in_a_new_message() -> None:
    world = a_world()
    watch(world.ports, RULES, world.later(hours=2))
    [posted] = world.messenger.shown
    world.messenger.delete(posted)
    watch(world.ports, RULES, world.later(hours=22))
    watch(world.ports, RULES, world.later(hours=2))
    [alert] = world.messenger.shown.values()
    assert (alert.level, alert.called) == (2, (ALICE, ONCALL, LEAD))


def test_outside_of_working_hours_everything_waits_for_the_morning() -> None:
    rules = some_rules(
        mentions={2: (LEAD,)}, working_hours=WorkingHours("Europe/Berlin", (0, 1, 2, 3, 4), time(9), time(17))
    )
    world = a_world(rules)  # on a Saturday, at 4:18:57 in Berlin
    watch(world.ports, rules, world.later(hours=52.5))
    assert not world.messenger.shown
    watch(world.ports, rules, world.later(minutes=15))
    assert world.now.isoformat() == "2026-11-23T08:03:57+00:00"
    assert len(world.messenger.shown) == 1


def test_an_open_alert_is_kept_up_to_date_at_night_without_calling_anybody() -> None:
    world = a_world()
    watch(world.ports, RULES, world.later(hours=2))
    at_night = some_rules(mentions={2: (LEAD,)}, working_hours=WorkingHours("UTC", (0,), time(9), time(17)))
    watch(world.ports, at_night, world.later(hours=24))
    [alert] = world.messenger.shown.values()
    assert (alert.now, called(world)) == (world.now, [])
    watch(world.ports, at_night, world.later(hours=30))
    assert called(world) == [(LEAD,)]


def test_a_message_is_not_edited_more_often_than_it_reads_differently() -> None:
    world = a_world()
    watch(world.ports, RULES, world.later(hours=2))
    for _ in range(8):
        watch(world.ports, RULES, world.later(minutes=15))
    assert world.messenger.edits == 0
    world.store.put(BUCKET, STATE_KEY, b"the run is alive")
    for _ in range(4):
        watch(world.ports, RULES, world.later(minutes=15))
    assert world.messenger.edits == 1


def test_a_message_is_edited_when_its_evidence_turns_by_time_alone() -> None:
    world = a_world()
    world.later(hours=1)
    world.store.put(BUCKET, STATE_KEY, b"written after the lock was taken")
    watch(world.ports, RULES, world.later(hours=1))
    assert shown_sign(world) is Sign.ALIVE_THEN
    watch(world.ports, RULES, world.later(hours=1))
    assert (world.messenger.edits, shown_sign(world)) == (1, Sign.WENT_SILENT)


def test_a_message_is_edited_once_a_day_at_least_so_that_a_deleted_one_is_missed() -> None:
    world = a_world(name="s3-plan-default")
    watch(world.ports, RULES, world.later(hours=1))
    for _ in range(71):
        watch(world.ports, RULES, world.later(hours=1))
    assert world.messenger.edits == 3
    world.messenger.shown.clear()
    for _ in range(24):
        watch(world.ports, RULES, world.later(hours=1))
    assert len(world.messenger.shown) == 1


def shown_sign(world: FakeWorld) -> Sign:
    [alert] = world.messenger.shown.values()
    return sign_of(alert.page, alert.state_written, alert.now)


@pytest.mark.parametrize(
    ("policy", "principal", "owner"),
    [
        ({"owners": {"root@*": ALICE}}, SSO, ALICE),
        ({"owners": {"bob@example.com": BOB, "root@*": ALICE}}, SSO, BOB),
        ({"owner_emails": True}, SSO, BOB),
        ({"owner_emails": True}, "AWS:AROAEXAMPLE:nobody@example.com", ""),
        ({"owner_emails": True}, "AWS:AIDAEXAMPLE", ""),
        ({}, SSO, ""),
    ],
)
def test_the_first_alert_names_whose_run_it_is(policy: dict[str, Any], principal: str, owner: str) -> None:
    rules = some_rules(**policy)
    world = a_world(rules, principal)
    world.directory.users["bob@example.com"] = BOB
    watch(world.ports, rules, world.later(hours=2))
    [alert] = world.messenger.shown.values()
    assert (alert.page.owner, alert.page.principal) == (owner, principal)
    [page] = world.book.open_pages()
    assert page.owner == owner


def test_an_alert_does_not_wait_for_a_look_up_that_fails_and_the_journal_says_so() -> None:
    rules = some_rules(owner_emails=True)
    world = a_world(rules, SSO)
    world.directory.refusing = "Slack answered missing_scope"
    watch(world.ports, rules, world.later(hours=2))
    assert len(world.messenger.shown) == 1
    [posted] = [line for line in world.journal.lines if line.event is LineKind.ALERT_POSTED]
    assert "missing_scope" in posted.detail


def test_a_level_that_slack_refuses_is_raised_by_the_next_watch_once() -> None:
    world = a_world()
    watch(world.ports, RULES, world.later(hours=2))
    world.messenger.refusing = "Slack answered internal_error"
    for _ in range(4):
        with pytest.raises(WatchIncompleteError, match="prod/network"):
            watch(world.ports, RULES, world.later(hours=22))
    world.messenger.refusing = ""
    for _ in range(3):
        watch(world.ports, RULES, world.later(minutes=15))
    assert called(world) == [(ONCALL, LEAD)]


def test_two_watches_at_once_raise_a_level_once() -> None:
    world = a_world()
    watch(world.ports, RULES, world.later(hours=2))
    [stale] = world.book.open_pages()
    watch(world.ports, RULES, world.later(hours=22))
    world.book.open_pages = lambda home="": [stale]  # type: ignore[method-assign]
    watch(world.ports, RULES, world.now)
    assert called(world) == [(ONCALL, LEAD)]


def test_a_lock_that_is_read_anew_keeps_its_level() -> None:
    world = a_world()
    watch(world.ports, RULES, world.later(days=2))
    assert page_after(world.book, telling.remember(a_lock())).level == 2
