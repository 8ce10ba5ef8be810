from datetime import timedelta

import pytest

from chalicelib.core.alerts.message import Posted
from chalicelib.core.alerts.transitions import endings
from chalicelib.core.audit.line import LineKind
from chalicelib.core.clicks.deletion import Deletion
from chalicelib.core.clicks.ending import Ending, Outcome, Refusal
from chalicelib.core.locks.place import LockRef
from chalicelib.core.policy import Rules
from chalicelib.jobs.clicks.delete import OutcomeUnknownError
from chalicelib.jobs.clicks.release import release
from chalicelib.ports.locks import StoreError
from chalicelib.ports.people import MessengerError
from tests.builders import ALICE, BOB, BUCKET, CHANNEL, KEY, TAKEN, a_claim, a_click, a_lock, sample, some_rules
from tests.fakes.store import FakeStore
from tests.fakes.world import FakeWorld
from tests.sweeps import sweep

RULES = some_rules()
CLICK = a_click(a_lock())


def an_alerted_world(rules: Rules = RULES, body: bytes | None = None) -> FakeWorld:
    world = FakeWorld(TAKEN)
    world.store.put(BUCKET, KEY, sample("s3-apply-default") if body is None else body)
    sweep(rules.targets[0], world.ports, rules, world.later(hours=2))
    return world


def endings_shown(world: FakeWorld) -> dict[Posted, Ending | None]:
    return {posted: alert.ending for posted, alert in world.messenger.shown.items()}


def outcome_shown(world: FakeWorld) -> Outcome | None:
    [alert] = world.messenger.shown.values()
    return alert.ending.outcome if alert.ending else None


def test_a_releaser_s_click_deletes_the_lock_and_the_message_says_by_whom() -> None:
    world = an_alerted_world()
    release(CLICK, world.ports, RULES, world.now)
    assert world.store.deleted == [a_lock().ref]
    assert outcome_shown(world) is Outcome.RELEASED
    [alert] = world.messenger.shown.values()
    assert alert.ending is not None
    assert alert.ending.user == ALICE


def test_the_journal_has_the_request_before_and_the_outcome_after_the_delete() -> None:
    world = an_alerted_world()
    release(CLICK, world.ports, RULES, world.now)
    asked, answered = world.journal.lines[-2:]
    assert (asked.event, asked.slack_user, asked.lock_id[:8]) == (LineKind.RELEASE_REQUESTED, ALICE, "78653438")
    assert (answered.event, answered.outcome) == (LineKind.RELEASE_ANSWERED, "released")


def test_a_lock_replaced_since_it_was_shown_is_left_alone_and_its_holder_named() -> None:
    world = an_alerted_world()
    world.store.put(BUCKET, KEY, sample("s3-plan-default"))
    release(CLICK, world.ports, RULES, world.now)
    assert world.store.deleted == []
    assert (BUCKET, KEY) in world.store.objects
    [alert] = world.messenger.shown.values()
    assert alert.ending is not None
    assert alert.ending.outcome is Outcome.REPLACED
    assert alert.ending.held_now == a_lock("s3-plan-default", taken=world.now)
    assert world.journal.kinds()[-1] is LineKind.LOCK_REPLACED


def test_a_lock_taken_anew_with_the_same_bytes_is_another_lock() -> None:
    world = an_alerted_world(body=b"")
    empty = a_lock(body=b"")
    world.store.put(BUCKET, KEY, b"")
    release(a_click(empty), world.ports, RULES, world.now)
    assert world.store.deleted == []
    assert outcome_shown(world) is Outcome.REPLACED


def test_an_empty_lock_can_be_released() -> None:
    world = an_alerted_world(body=b"")
    release(a_click(a_lock(body=b"")), world.ports, RULES, world.now)
    assert outcome_shown(world) is Outcome.RELEASED


def test_a_lock_already_gone_is_told_as_gone() -> None:
    world = an_alerted_world()
    world.store.remove(BUCKET, KEY)
    release(CLICK, world.ports, RULES, world.now)
    assert outcome_shown(world) is Outcome.GONE


def test_a_second_click_changes_nothing_and_is_answered_privately() -> None:
    world = an_alerted_world(rules := some_rules(releasers=(ALICE, BOB)))
    release(CLICK, world.ports, rules, world.now)
    shown = endings_shown(world)
    release(a_click(a_lock(), user=BOB), world.ports, rules, world.later(seconds=5))
    assert endings_shown(world) == shown
    [(user, told)] = world.messenger.whispers
    assert (user, told.ending.outcome, told.ending.user) == (BOB, Outcome.RELEASED, ALICE)
    assert len(world.store.deleted) == 1


def test_the_same_click_delivered_again_changes_nothing_and_whispers_nothing() -> None:
    world = an_alerted_world()
    release(CLICK, world.ports, RULES, world.now)
    shown, lines = endings_shown(world), len(world.journal.lines)
    release(CLICK, world.ports, RULES, world.later(minutes=1))
    assert (endings_shown(world), world.messenger.whispers, len(world.journal.lines)) == (shown, [], lines)


def test_a_click_on_an_old_message_of_a_state_that_is_locked_again_touches_nothing() -> None:
    world = an_alerted_world()
    release(CLICK, world.ports, RULES, world.now)
    world.store.put(BUCKET, KEY, sample("s3-plan-default"))
    release(a_click(a_lock(), click="2"), world.ports, RULES, world.later(minutes=1))
    assert len(world.store.deleted) == 1
    assert outcome_shown(world) is Outcome.RELEASED


def test_when_the_answer_to_the_delete_is_lost_nobody_claims_to_know_who_released_it() -> None:
    world = an_alerted_world()
    world.store.lost_replies = 1
    release(CLICK, world.ports, RULES, world.now)
    assert outcome_shown(world) is Outcome.UNCONFIRMED


def test_a_lost_request_is_sent_again_while_the_same_lock_is_there() -> None:
    world = an_alerted_world()
    world.store.answers = [Deletion.UNKNOWN]
    release(CLICK, world.ports, RULES, world.now)
    assert outcome_shown(world) is Outcome.RELEASED


def test_a_conflict_is_decided_again_by_what_is_there_then() -> None:
    world = an_alerted_world()
    world.store.answers = [Deletion.CONFLICT, Deletion.CONFLICT]
    release(CLICK, world.ports, RULES, world.now)
    assert outcome_shown(world) is Outcome.RELEASED


def test_a_release_is_given_up_after_three_deletes_and_keeps_the_button() -> None:
    world = an_alerted_world()
    world.store.answers = [Deletion.CONFLICT] * 3
    release(CLICK, world.ports, RULES, world.now)
    [alert] = world.messenger.shown.values()
    assert outcome_shown(world) is Outcome.FAILED
    assert alert.open
    page = world.book.find(a_lock().ref)
    assert page is not None
    assert (page.releasing, page.ending) == (None, None)


def test_what_s3_refuses_is_told_with_its_reason_and_can_be_tried_again() -> None:
    world = an_alerted_world()
    world.store.answers = [StoreError("deleting: access denied")]
    release(CLICK, world.ports, RULES, world.now)
    [alert] = world.messenger.shown.values()
    assert alert.ending is not None
    assert alert.ending.detail == "deleting: access denied"
    assert [(user, told.ending.detail) for user, told in world.messenger.whispers] == [
        (ALICE, "deleting: access denied")
    ]
    release(a_click(a_lock(), click="2"), world.ports, RULES, world.now)
    assert outcome_shown(world) is Outcome.RELEASED


def test_a_function_that_died_after_its_delete_does_not_call_the_lock_already_gone() -> None:
    world = an_alerted_world()
    world.book.write(endings.begin_release(a_lock(), a_claim(until=world.now), None, None))
    world.store.remove(BUCKET, KEY)
    release(CLICK, world.ports, RULES, world.now)
    assert outcome_shown(world) is Outcome.UNCONFIRMED


def test_a_click_whose_answer_slack_refused_is_delivered_again_and_then_answered() -> None:
    world = an_alerted_world()
    world.messenger.refusing = "Slack answered internal_error"
    with pytest.raises(MessengerError):
        release(CLICK, world.ports, RULES, world.now)
    world.messenger.refusing = ""
    release(CLICK, world.ports, RULES, world.later(minutes=1))
    assert len(world.store.deleted) == 1
    assert outcome_shown(world) is Outcome.RELEASED


def test_a_lock_that_s3_will_not_show_is_not_released() -> None:
    world = an_alerted_world()
    world.store.keys_refused.add(KEY)
    release(CLICK, world.ports, RULES, world.now)
    assert world.store.deleted == []
    [(_, told)] = world.messenger.whispers
    assert (told.ending.outcome, told.ending.refusal) == (Outcome.REFUSED, Refusal.UNSEEN)


def test_a_lost_lock_book_costs_no_release() -> None:
    world = an_alerted_world()
    world.book.pages.clear()
    release(CLICK, world.ports, RULES, world.now)
    assert len(world.store.deleted) == 1
    [alert] = world.messenger.shown.values()
    assert alert.lock == a_lock()
    assert outcome_shown(world) is Outcome.RELEASED


def test_while_the_lock_book_is_down_nothing_is_deleted_and_the_clicker_is_told() -> None:
    world = an_alerted_world()
    world.book.down = True
    release(CLICK, world.ports, RULES, world.now)
    assert world.store.deleted == []
    assert "lock book" in world.messenger.whispers[0][1].ending.detail


def test_both_messages_are_closed_when_the_clicked_one_is_not_the_one_in_the_book() -> None:
    world = an_alerted_world()
    [alert] = world.messenger.shown.values()
    world.messenger.shown[Posted(CHANNEL, "0.9")] = alert
    release(a_click(a_lock(), message="0.9"), world.ports, RULES, world.later(minutes=1))
    endings = [alert.ending for alert in world.messenger.shown.values()]
    assert [ending and ending.outcome for ending in endings] == [Outcome.RELEASED] * 2


def test_a_click_on_a_message_that_somebody_deleted_meanwhile_is_answered_privately() -> None:
    world = an_alerted_world()
    world.messenger.shown.clear()
    release(CLICK, world.ports, RULES, world.now + timedelta(minutes=1))
    [(user, told)] = world.messenger.whispers
    assert (user, told.ending.outcome) == (ALICE, Outcome.RELEASED)
    assert world.messenger.shown == {}


def test_when_a_lost_answer_cannot_be_looked_after_the_click_is_delivered_again_and_then_told_truly() -> None:
    world = an_alerted_world()

    class Failing(FakeStore):
        """S3 fails right after the delete whose answer it lost."""

        def delete(self, ref: LockRef, by: str) -> Deletion:
            self.keys_failing.add(KEY)
            return super().delete(ref, by)

    world.store = Failing(world.now, objects=world.store.objects, lost_replies=1)
    with pytest.raises(OutcomeUnknownError):
        release(CLICK, world.ports, RULES, world.now)
    world.store.keys_failing.clear()
    release(CLICK, world.ports, RULES, world.later(minutes=3))
    assert outcome_shown(world) is Outcome.UNCONFIRMED
