from datetime import timedelta

import pytest

from chalicelib.core.alerts.transitions import endings
from chalicelib.core.audit.event import LockEvent
from chalicelib.core.audit.hold import EndedHold, who_let_go
from chalicelib.core.audit.line import LineKind
from chalicelib.core.clicks.ending import Ending, LetGoBy, Outcome
from chalicelib.core.clicks.order import EndUndo, OperatorRelease
from chalicelib.core.locks.place import LockRef
from chalicelib.jobs.clicks.answer import answer
from chalicelib.jobs.clicks.clicked import NotYetError
from chalicelib.jobs.clicks.release import release
from chalicelib.jobs.watch import watch
from tests.builders import ALICE, BUCKET, KEY, OPERATOR, TAKEN, a_claim, a_lock, sample, some_rules
from tests.jobs.clicks.test_release import RULES, an_alerted_world, outcome_shown

DELETED_BY = "AWS:AROAEXAMPLE:carol@acme.example"


def an_order(ref: LockRef | None = None) -> OperatorRelease:
    return OperatorRelease(lock=ref or a_lock().ref, user=OPERATOR, click="terminal 1")


def test_an_operator_s_release_is_noted_and_journaled_in_the_name_of_their_aws_identity() -> None:
    world = an_alerted_world()
    ending = release(an_order(), world.ports, RULES, world.now)
    assert ending
    assert (ending.outcome, ending.user) == (Outcome.RELEASED, OPERATOR)
    assert world.store.deleted == [a_lock().ref]
    asked, answered = world.journal.lines[-2:]
    assert (asked.event, asked.operator, asked.slack_user) == (LineKind.RELEASE_REQUESTED, OPERATOR, "")
    assert (answered.event, answered.operator, answered.outcome) == (LineKind.RELEASE_ANSWERED, OPERATOR, "released")


def test_slack_is_not_spoken_to_but_answer_click_is_asked_to_edit_the_message() -> None:
    world = an_alerted_world()
    before = dict(world.messenger.shown)
    release(an_order(), world.ports, RULES, world.now)
    assert world.messenger.shown == before
    order = world.orders.clicks[-1]
    assert (order, world.orders.delays[-1]) == (EndUndo(a_lock().ref), timedelta(0))
    assert isinstance(order, EndUndo)
    answer(order, world.ports, RULES, world.now)
    assert outcome_shown(world) is Outcome.RELEASED


def test_without_that_order_the_next_watch_edits_the_message() -> None:
    world = an_alerted_world()
    world.orders.refusing = "no right to send it"
    release(an_order(), world.ports, RULES, world.now)
    watch(world.ports, RULES, world.later(minutes=15))
    assert outcome_shown(world) is Outcome.RELEASED


def test_a_lock_that_changed_since_the_operator_saw_it_is_left_alone() -> None:
    world = an_alerted_world()
    world.store.put(BUCKET, KEY, sample("s3-plan-default"))
    ending = release(an_order(), world.ports, RULES, world.now)
    assert ending
    assert (ending.outcome, world.store.deleted) == (Outcome.REPLACED, [])


def test_a_lock_outside_of_all_targets_is_released_too_with_the_operator_s_own_rights() -> None:
    world = an_alerted_world()
    world.store.put("acme-elsewhere", KEY, sample("s3-apply-default"))
    ref = a_lock().ref
    there = LockRef(ref.place.__class__(ref.place.kind, "acme-elsewhere", KEY), ref.stamp, world.now)
    ending = release(an_order(there), world.ports, RULES, world.now)
    assert ending
    assert ending.outcome is Outcome.RELEASED


def test_while_a_click_s_delete_may_be_on_its_way_the_operator_has_to_wait() -> None:
    world = an_alerted_world()
    claim = a_claim(ALICE, world.now + timedelta(seconds=40))
    world.book.write(endings.begin_release(a_lock(), claim, None, None))
    with pytest.raises(NotYetError):
        release(an_order(), world.ports, RULES, world.now)
    assert world.store.deleted == []


def test_who_clicked_first_is_named_to_the_operator_who_comes_too_late() -> None:
    world = an_alerted_world()
    world.book.write(endings.end(a_lock(), Ending(outcome=Outcome.RELEASED, at=world.now, user=ALICE, click="1")))
    world.store.remove(BUCKET, KEY)
    ending = release(an_order(), world.ports, RULES, world.now)
    assert ending
    assert (ending.outcome, ending.user) == (Outcome.RELEASED, ALICE)


@pytest.mark.parametrize(
    ("principal", "kind"),
    [
        (DELETED_BY, LetGoBy.OPERATOR),
        ("", LetGoBy.OPERATOR),
        ("AWS:AROAEXAMPLE:run-1", LetGoBy.HOLDER),
        ("AWS:AROAEXAMPLE:bob", LetGoBy.OTHER),
    ],
)
def test_aws_s_event_of_the_delete_is_the_operator_s_unless_it_names_another_session(
    principal: str, kind: LetGoBy
) -> None:
    world = an_alerted_world()
    release(an_order(), world.ports, some_rules(), world.now)
    event = LockEvent(acquired=False, place=a_lock().ref.place, at=world.now, principal=principal)
    hold = EndedHold(since=TAKEN, lock=a_lock(), page=world.book.find(a_lock().ref), taken_by="AWS:AROAEXAMPLE:run-1")
    assert who_let_go(event, hold, "AROARELEASE") is kind
