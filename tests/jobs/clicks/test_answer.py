"""Snooze, end a snooze, withdraw: everything in Slack that is neither a release nor its undoing."""

from datetime import time, timedelta

import msgspec
import pytest

from chalicelib.core.alerts.message import Posted
from chalicelib.core.alerts.page import Snooze
from chalicelib.core.alerts.transitions import telling, wishes
from chalicelib.core.audit.line import LineKind
from chalicelib.core.clicks.click import Click, SnoozeFor, Verb
from chalicelib.core.clicks.ending import Ending, Outcome, Refusal
from chalicelib.core.clicks.order import EndUndo
from chalicelib.core.hours import WorkingHours
from chalicelib.jobs.clicks.answer import answer
from chalicelib.jobs.clicks.release import release
from chalicelib.jobs.watch import watch
from chalicelib.ports.people import Message
from tests.builders import ALICE, BOB, BUCKET, KEY, STATE_KEY, TAKEN, a_click, a_lock, sample, some_rules
from tests.fakes.slack import FakeMessenger
from tests.fakes.world import FakeWorld
from tests.jobs.clicks.test_release import RULES, an_alerted_world

ONCALL = "S0ONCALL"


def a_snooze(user: str = ALICE, length: SnoozeFor = SnoozeFor.FOUR_HOURS, click: str = "1") -> Click:
    return msgspec.structs.replace(a_click(a_lock(), user, click, verb=Verb.SNOOZE), snooze_for=length)


def a_wake(user: str = ALICE) -> Click:
    return a_click(a_lock(), user, verb=Verb.WAKE)


def shown_snooze(world: FakeWorld) -> Snooze | None:
    [alert] = world.messenger.shown.values()
    return alert.page.snooze


def test_a_snooze_is_shown_with_who_and_until_when_and_is_in_the_journal() -> None:
    world = an_alerted_world()
    answer(a_snooze(), world.ports, RULES, world.now)
    until = world.now + timedelta(hours=4)
    assert shown_snooze(world) == Snooze(ALICE, until)
    line = world.journal.lines[-1]
    assert (line.event, line.slack_user, line.until) == (LineKind.ALERT_SNOOZED, ALICE, until)


def test_a_snoozed_lock_calls_nobody_until_the_snooze_is_over_and_then_once() -> None:
    world = an_alerted_world()
    answer(a_snooze(BOB), world.ports, rules := some_rules(releasers=(BOB,)), world.now)
    watch(world.ports, rules, world.later(hours=3.9))
    assert not world.messenger.replies
    for _ in range(2):
        watch(world.ports, rules, world.later(hours=0.2))
    assert [reply.called for reply in world.messenger.replies.values()] == [(BOB,)]


def test_a_level_reached_during_a_snooze_is_raised_when_it_is_over_in_one_reply() -> None:
    rules = some_rules(mentions={2: (ONCALL,)})
    world = an_alerted_world(rules)
    answer(a_snooze(length=SnoozeFor.WEEK), world.ports, rules, world.now)
    watch(world.ports, rules, world.later(days=6))
    assert not world.messenger.replies
    for _ in range(3):
        watch(world.ports, rules, world.later(days=1))
    assert [reply.called for reply in world.messenger.replies.values()] == [(ONCALL,)]


def test_a_snooze_ended_by_a_button_lets_levels_rise_again() -> None:
    world = an_alerted_world()
    answer(a_snooze(length=SnoozeFor.WEEK), world.ports, RULES, world.now)
    answer(a_wake(), world.ports, RULES, world.later(hours=1))
    assert shown_snooze(world) is None
    assert world.journal.lines[-1].event is LineKind.ALERT_WOKEN
    watch(world.ports, RULES, world.later(hours=22))
    [reply] = world.messenger.replies.values()
    assert reply.sending.level == 2


def test_until_tomorrow_morning_is_the_team_s_morning() -> None:
    rules = some_rules(working_hours=WorkingHours("Europe/Berlin", (0, 1, 2, 3, 4), time(8), time(18)))
    world = an_alerted_world()
    answer(a_snooze(length=SnoozeFor.MORNING), world.ports, rules, world.now)
    snooze = shown_snooze(world)
    assert snooze
    assert snooze.until.isoformat() == "2026-11-23T08:00:00+01:00"


def test_another_lock_on_the_same_state_is_not_snoozed() -> None:
    world = an_alerted_world()
    answer(a_snooze(length=SnoozeFor.WEEK), world.ports, RULES, world.now)
    world.store.put(BUCKET, KEY, sample("s3-plan-default"))
    world.book.write(telling.remember(a_lock("s3-plan-default", taken=world.now)))
    watch(world.ports, RULES, world.later(hours=1))
    old, new = world.messenger.shown.values()
    assert old.ending
    assert (new.lock.operation, new.page.snooze) == ("plan", None)


@pytest.mark.parametrize("verb", [Verb.SNOOZE, Verb.WAKE, Verb.WITHDRAW, Verb.PUT_BACK])
def test_who_may_not_release_may_nothing_else_and_is_told_whom_to_ask(verb: Verb) -> None:
    world = an_alerted_world()
    answer(a_click(a_lock(), BOB, verb=verb), world.ports, RULES, world.now)
    [(user, told)] = world.messenger.whispers
    assert (user, told.verb, told.ending.refusal, told.releasers) == (BOB, verb, Refusal.NOT_LISTED, (ALICE,))
    assert shown_snooze(world) is None
    assert world.journal.lines[-1].event is LineKind.CLICK_REFUSED


def test_the_owner_of_a_run_may_snooze_its_alert() -> None:
    rules = some_rules(owners={"root@*": BOB})
    world = an_alerted_world(rules)
    answer(a_snooze(BOB), world.ports, rules, world.now)
    assert shown_snooze(world) is not None


def test_a_click_on_a_lock_that_has_ended_is_answered_with_how() -> None:
    world = an_alerted_world()
    release(a_click(a_lock()), world.ports, RULES, world.now)
    answer(a_snooze(), world.ports, RULES, world.later(seconds=5))
    [(user, told)] = world.messenger.whispers
    assert (user, told.ending.outcome) == (ALICE, Outcome.RELEASED)
    assert world.book.open_pages() == []


def test_while_the_book_is_down_a_click_changes_nothing_and_says_so() -> None:
    world = an_alerted_world()
    world.book.down = True
    answer(a_snooze(), world.ports, RULES, world.now)
    [(_, told)] = world.messenger.whispers
    assert (told.ending.outcome, "lock book" in told.ending.detail) == (Outcome.FAILED, True)


def test_a_lock_that_the_book_has_lost_can_be_snoozed() -> None:
    world = an_alerted_world()
    world.book.pages.clear()
    answer(a_snooze(), world.ports, RULES, world.now)
    [page] = world.book.open_pages()
    assert page.snooze is not None


def test_the_button_that_undoes_a_release_is_gone_when_its_time_is_over() -> None:
    world = an_alerted_world()
    release(a_click(a_lock()), world.ports, RULES, world.now)
    [end] = world.orders.clicks
    assert (end, world.orders.delays) == (EndUndo(a_lock().ref), [RULES.undo])
    answer(end, world.ports, RULES, world.later(minutes=10))
    [alert] = world.messenger.shown.values()
    assert isinstance(alert.ending, Ending)
    assert not alert.ending.undoable(alert.now)


def test_the_end_of_an_undo_says_nothing_of_a_lock_that_was_put_back() -> None:
    world = an_alerted_world()
    release(a_click(a_lock()), world.ports, RULES, world.now)
    answer(a_click(a_lock(), verb=Verb.PUT_BACK), world.ports, RULES, world.later(minutes=1))
    shown = dict(world.messenger.shown)
    [end] = world.orders.clicks
    answer(end, world.ports, RULES, TAKEN + timedelta(hours=2, minutes=10))
    assert world.messenger.shown == shown


def test_a_snooze_is_counted_from_its_click_and_not_from_its_delivery() -> None:
    world = an_alerted_world()
    click = msgspec.structs.replace(a_snooze(length=SnoozeFor.HOUR), at=world.now)
    for _ in range(3):
        answer(click, world.ports, RULES, world.later(minutes=15))
    assert shown_snooze(world) == Snooze(ALICE, TAKEN + timedelta(hours=3))
    assert world.journal.kinds().count(LineKind.ALERT_SNOOZED) == 1


def test_a_snooze_delivered_again_does_not_undo_the_end_of_it() -> None:
    world = an_alerted_world()
    click = msgspec.structs.replace(a_snooze(length=SnoozeFor.WEEK), at=world.now)
    answer(click, world.ports, RULES, world.now)
    later = world.later(minutes=1)
    answer(msgspec.structs.replace(a_wake(), at=later), world.ports, RULES, world.now)
    answer(click, world.ports, RULES, world.later(minutes=2))
    assert shown_snooze(world) is None


def test_a_snooze_that_came_while_the_message_was_edited_is_shown_in_the_end() -> None:
    world = an_alerted_world()

    class Busy(FakeMessenger):
        """Somebody snoozes the alert while the watch is bringing it up to date."""

        def edit(self, posted: Posted, message: Message) -> None:
            if not world.book.pages[a_lock().ref].snooze:
                world.book.write(wishes.snooze(a_lock(), Snooze(ALICE, world.now + timedelta(hours=1)), world.now))
            super().edit(posted, message)

    world.messenger = Busy(shown=world.messenger.shown)
    world.store.put(BUCKET, STATE_KEY, b"written since, so that there is something to edit")
    watch(world.ports, RULES, world.later(hours=1))
    assert shown_snooze(world) is not None


def test_a_message_deleted_during_its_snooze_is_posted_anew_when_people_may_be_called() -> None:
    world = an_alerted_world()
    answer(a_snooze(length=SnoozeFor.FOUR_HOURS), world.ports, RULES, world.now)
    world.messenger.shown.clear()
    watch(world.ports, RULES, world.later(hours=2))
    assert not world.messenger.shown
    for _ in range(2):
        watch(world.ports, RULES, world.later(hours=2))
    assert len(world.messenger.shown) == 1


def test_a_click_whose_message_is_gone_is_answered_privately() -> None:
    world = an_alerted_world()
    world.messenger.shown.clear()
    answer(a_snooze(), world.ports, RULES, world.now)
    [(user, told)] = world.messenger.whispers
    assert (user, told.ending.outcome) == (ALICE, Outcome.SNOOZED)
