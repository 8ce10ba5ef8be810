"""One click releases all locks of a joint alert, each on its own condition; what changed is left and named."""

from datetime import timedelta

import msgspec
import pytest

from chalicelib.core.audit.line import LineKind
from chalicelib.core.clicks.click import Click, SnoozeFor
from chalicelib.core.clicks.ending import Outcome, Refusal
from chalicelib.core.joint.click import JointOutcome
from chalicelib.core.joint.verb import JointVerb
from chalicelib.core.policy import Route
from tests.builders import ALICE, BOB, BUCKET, a_policy, some_rules
from tests.jobs.joint.run_all import RunAll, a_body, state_key
from tests.jobs.killed import killed_after

pytestmark = pytest.mark.thorough


def released(count: int, **rules: object) -> RunAll:
    run = RunAll(count, some_rules(**rules))  # type: ignore[arg-type]
    run.watch()
    run.world.later(minutes=1)
    run.deliver(run.click())
    run.deliver_all()
    return run


def answers(run: RunAll) -> list[JointOutcome]:
    return [told.outcome for _, told in run.world.messenger.answers]


def test_three_hundred_locks_are_released_by_one_click_and_nobody_is_told_three_hundred_times() -> None:
    run = released(300)
    assert not run.world.store.objects
    act = run.shown.joint.act
    assert act
    assert (len(act.done), act.left, act.over, act.by) == (300, (), True, ALICE)
    assert not run.shown.joint.held
    assert not run.world.messenger.whispers
    assert not run.world.messenger.joint_replies
    assert len(run.world.messenger.joints) == 1
    lines = [line for line in run.world.journal.lines if line.event is LineKind.RELEASE_ANSWERED]
    assert len({line.event_id for line in lines}) == len(lines) == 300
    assert len({line.joint_click for line in lines}) == 1
    assert {(line.outcome, line.slack_user) for line in lines} == {(Outcome.RELEASED, ALICE)}


def test_the_message_shows_the_progress_at_a_bounded_pace() -> None:
    run = RunAll(30)
    run.watch()
    run.deliver(run.click())
    edits = run.world.messenger.edits
    [progress] = run.world.orders.joint_clicks
    for order in run.world.orders.releases[:10]:
        run.deliver(order)
    run.deliver(progress)
    act = run.shown.joint.running
    assert act
    assert (act.ended, len(act.numbers)) == (10, 30)
    assert run.world.messenger.edits == edits + 1
    assert run.world.orders.delays[-1] == timedelta(seconds=3)


def test_what_changed_since_it_was_shown_is_left_and_named() -> None:
    run = RunAll(5)
    run.watch()
    click = run.click()
    key = f"{state_key(1)}.tflock"
    run.world.later(minutes=1)
    run.world.store.put(BUCKET, key, a_body(1, who="bob@laptop"))
    run.world.store.remove(BUCKET, f"{state_key(2)}.tflock")
    run.deliver(click)
    run.deliver_all()
    assert [name for _, name in run.world.store.objects] == [key]
    act = run.shown.joint.act
    assert act
    assert len(act.done) == 3
    assert [(one.number, one.outcome, one.why) for one in act.left] == [
        (1, Outcome.REPLACED, "bob@laptop"),
        (2, Outcome.GONE, ""),
    ]


def test_a_click_on_what_is_not_shown_any_more_does_nothing() -> None:
    run = RunAll(5)
    run.watch()
    click = run.click()
    run.take(9)
    run.watch(minutes=125)
    run.watch(minutes=15)
    assert run.deliver(click) is JointOutcome.CHANGED
    assert not run.world.orders.releases
    assert len(run.world.store.objects) == 6


def test_a_forged_value_does_nothing() -> None:
    run = RunAll(3)
    run.watch()
    assert run.deliver(run.click(shown="")) is JointOutcome.CHANGED
    assert run.deliver(run.click(joint="0" * 32)) is JointOutcome.UNKNOWN
    assert not run.world.orders.releases


def test_a_person_has_to_be_allowed_for_every_lock() -> None:
    rules = some_rules(Route((f"{BUCKET}/live/app-0002/*",), a_policy(releasers=(BOB,))), releasers=(ALICE, BOB))
    run = RunAll(5, rules)
    run.watch()
    assert run.deliver(run.click()) is JointOutcome.REFUSED
    [(_, told)] = run.world.messenger.answers
    assert (told.refusal, told.state_path) == (Refusal.NOT_LISTED, f"{BUCKET}/{state_key(2)}")
    assert run.world.journal.kinds().count(LineKind.RELEASE_REFUSED) == 1
    run.deliver(run.click(user=BOB))
    run.deliver_all()
    assert not run.world.store.objects


def test_a_stranger_releases_nothing() -> None:
    run = RunAll(3, some_rules(releasers=("*",)))
    run.watch()
    run.deliver(run.click(user_team="T0OTHER"))
    assert [told.refusal for _, told in run.world.messenger.answers] == [Refusal.FOREIGN]
    assert not run.world.orders.releases


def test_a_redelivered_click_changes_nothing_more() -> None:
    run = RunAll(10)
    run.watch()
    click = run.click()
    run.deliver(click)
    run.deliver(click)
    run.deliver_all()
    run.deliver(click)
    run.deliver_all()
    act = run.shown.joint.act
    assert act
    assert len(act.done) == 10
    lines = [line for line in run.world.journal.lines if line.event is LineKind.RELEASE_ANSWERED]
    assert len({line.event_id for line in lines}) == 10


def test_of_two_people_who_click_at_once_one_releases_and_the_other_is_told() -> None:
    run = RunAll(10, some_rules(releasers=(ALICE, BOB)))
    run.watch()
    first, second = run.click(), run.click(user=BOB)
    run.deliver(first)
    assert run.deliver(second) is JointOutcome.BUSY
    run.deliver_all()
    act = run.shown.joint.act
    assert act
    assert (act.by, len(act.done)) == (ALICE, 10)
    assert run.deliver(second) is JointOutcome.CHANGED


def test_a_release_by_two_people_is_asked_for_and_approved_once_for_all() -> None:
    run = RunAll(4, some_rules(releasers=(ALICE, BOB), second_person=True))
    run.watch()
    asking = run.click()
    assert [run.deliver(asking), run.deliver(asking)] == [JointOutcome.ASKED] * 2
    assert run.deliver(run.click(click="another")) is JointOutcome.REFUSED
    assert run.shown.joint.asked
    assert len(run.world.store.objects) == 4
    run.deliver(run.click(user=BOB))
    run.deliver_all()
    assert not run.world.store.objects
    lines = [line for line in run.world.journal.lines if line.event is LineKind.RELEASE_ANSWERED]
    assert {(line.slack_user, line.asked_by) for line in lines} == {(BOB, ALICE)}


def test_a_request_is_not_for_a_lock_that_joined_since() -> None:
    run = RunAll(4, some_rules(releasers=(ALICE, BOB), second_person=True))
    run.watch()
    asking = run.click()
    run.deliver(asking)
    run.take(4)
    run.watch(minutes=180)
    assert len(run.shown.joint.held) == 5
    assert run.shown.joint.asked is None
    assert run.deliver(asking) is JointOutcome.CHANGED
    assert run.deliver(run.click(user=BOB)) is JointOutcome.ASKED
    assert len(run.world.store.objects) == 5
    run.world.store.objects.popitem()
    run.watch(minutes=15)
    assert run.shown.joint.asked  # fewer locks than were asked for
    run.deliver(run.click())
    run.deliver_all()
    assert not run.world.store.objects


def test_a_withdrawn_request_asks_no_more() -> None:
    run = RunAll(4, some_rules(releasers=(ALICE, BOB), second_person=True))
    run.watch()
    asking = run.click()
    run.deliver(asking)
    assert run.deliver(run.click(JointVerb.WITHDRAW, user=BOB)) is JointOutcome.REFUSED
    assert run.deliver(run.click(JointVerb.WITHDRAW)) is JointOutcome.WITHDRAWN
    assert run.deliver(asking) is JointOutcome.WITHDRAWN
    assert run.joint.asked is None
    assert not run.world.orders.releases


def test_a_function_whose_time_is_over_hands_the_rest_on() -> None:
    run = RunAll(120)
    run.watch()
    click = run.click()
    began = run.world.now
    run.world.later(seconds=20)
    run.deliver(click, now=began)
    [handed_on] = run.world.orders.joint_releases
    assert handed_on == msgspec.structs.replace(click, begin=0)
    run.deliver_all()
    assert not run.world.store.objects


@pytest.mark.parametrize("last", range(1, 12))
def test_a_function_that_is_killed_at_any_step_goes_on_when_the_click_is_delivered_again(last: int) -> None:
    run = RunAll(3)
    run.watch()
    click = run.click()
    killed_after(run.world, last, lambda ports: run.deliver(click, ports))
    run.deliver(click)
    run.deliver_all()
    assert not run.world.store.objects
    act = run.shown.joint.act
    assert act
    assert act.over
    lines = [line for line in run.world.journal.lines if line.event is LineKind.RELEASE_ANSWERED]
    assert len({line.event_id for line in lines}) == 3


@pytest.mark.parametrize("last", range(1, 14))
def test_a_lock_s_own_release_that_is_killed_at_any_step_is_reported_in_the_end(last: int) -> None:
    run = RunAll(2)
    run.watch()
    run.deliver(run.click())
    first = run.world.orders.releases[0]
    killed_after(run.world, last, lambda ports: run.deliver(first, ports))
    run.world.later(minutes=3)
    run.deliver(first)
    run.deliver_all(rounds=60)
    assert not run.world.store.objects
    act = run.shown.joint.act
    assert act
    assert act.over
    assert len(act.done) + act.left_count == 2


@pytest.mark.parametrize("last", range(1, 8))
def test_the_progress_goes_on_after_its_function_was_killed(last: int) -> None:
    run = RunAll(2)
    run.watch()
    run.deliver(run.click())
    progress = run.world.orders.joint_clicks.pop(0)
    for order in [*run.world.orders.releases]:
        run.deliver(order)
    run.world.orders.forget()
    killed_after(run.world, last, lambda ports: run.deliver(progress, ports))
    run.watch(minutes=3)
    run.deliver_all()
    run.watch(minutes=15)
    run.deliver_all()
    assert not run.shown.joint.held
    act = run.shown.joint.act
    assert act
    assert act.over


def test_an_order_that_was_lost_is_waited_for_only_so_long() -> None:
    run = RunAll(3)
    run.watch()
    run.deliver(run.click())
    run.world.orders.releases.pop(0)
    for order in [*run.world.orders.releases]:
        run.deliver(order)
    run.world.orders.forget()
    run.watch(minutes=16)
    run.deliver_all()
    act = run.shown.joint.act
    assert act
    assert (len(act.done), [one.outcome for one in act.left]) == (2, [Outcome.FAILED])
    assert len(run.shown.joint.held) == 1


def test_the_whole_is_put_back_each_lock_only_where_nothing_is() -> None:
    run = released(300)
    key = f"{state_key(7)}.tflock"
    run.world.store.put(BUCKET, key, a_body(7, who="bob@laptop"))
    run.deliver(run.click(JointVerb.PUT_BACK))
    run.deliver_all()
    act = run.shown.joint.act
    assert act
    assert (act.verb, len(act.done), act.by) == (JointVerb.PUT_BACK, 299, ALICE)
    assert [(one.number, one.outcome, one.why) for one in act.left] == [(7, Outcome.OCCUPIED, "bob@laptop")]
    assert len(run.world.store.objects) == 300
    assert len(run.shown.joint.held) == 299
    assert not run.world.messenger.shown
    restored = [line for line in run.world.journal.lines if line.event is LineKind.LOCK_RESTORED]
    assert len({line.event_id for line in restored}) == 299
    assert len({line.joint_click for line in restored}) == 1


def test_what_was_put_back_is_one_alert_again_and_can_be_released_again() -> None:
    run = released(3)
    run.deliver(run.click(JointVerb.PUT_BACK))
    run.deliver_all()
    for _ in range(2):
        run.watch(minutes=15)
    assert not run.world.messenger.shown
    assert len(run.shown.joint.held) == 3
    run.deliver(run.click())
    run.deliver_all()
    assert not run.world.store.objects


def test_when_the_time_for_undo_is_over_nothing_is_put_back_and_the_button_is_gone() -> None:
    run = RunAll(3)
    run.watch()
    run.deliver(run.click())
    run.deliver_all(rounds=3)
    click = run.click(JointVerb.PUT_BACK)
    run.world.later(minutes=11)
    assert run.deliver(click) is JointOutcome.REFUSED
    assert [told.refusal for _, told in run.world.messenger.answers][-1] is Refusal.TOO_LATE
    assert not run.world.store.objects


def test_a_snooze_is_for_the_whole_run_its_levels_and_its_automatic_releases() -> None:
    run = RunAll(3, some_rules(mentions={2: (BOB,)}, auto_release=timedelta(hours=4)))
    run.watch()
    assert run.deliver(run.click(JointVerb.SNOOZE)) is JointOutcome.SNOOZED
    assert run.shown.joint.snooze
    run.watch(minutes=45)
    run.world.orders.forget()
    assert run.deliver(run.click(JointVerb.WAKE)) is JointOutcome.WOKEN
    assert run.shown.joint.snooze is None


def test_a_lock_whose_target_is_gone_lets_nobody_be_refused_for_the_others() -> None:
    run = RunAll(4)
    run.watch()
    everything, target = run.rules, run.rules.targets[0]
    only = msgspec.structs.replace(target, prefixes=tuple(f"live/app-000{number}/" for number in range(3)))
    run.rules = msgspec.structs.replace(everything, targets=(only, *everything.targets[1:]))
    for _ in range(2):
        run.watch(minutes=15)
    assert len(run.shown.joint.held) == 3
    assert run.deliver(run.click(JointVerb.SNOOZE, snooze_for=SnoozeFor.HOUR)) is JointOutcome.SNOOZED
    run.deliver(run.click())
    run.deliver_all()
    assert len(run.world.store.objects) == 1
    assert run.deliver(run.click(JointVerb.PUT_BACK)) is JointOutcome.BEGUN
    run.deliver_all()
    assert len(run.world.store.objects) == 4


def test_plans_of_a_joint_alert_are_released_by_themselves_as_their_route_asks() -> None:
    run = RunAll(0, some_rules(auto_release=timedelta(hours=4)))
    for number in range(3):
        run.take(number, operation="OperationTypePlan")
    run.world.later(hours=3)
    run.watch()
    run.watch(minutes=75)
    assert len(run.world.orders.releases) == 3
    run.deliver_all()
    assert not run.world.store.objects
    run.watch(minutes=15)
    run.watch(minutes=15)
    assert not run.shown.joint.held


def test_nothing_is_released_by_itself_while_the_joint_alert_is_snoozed() -> None:
    run = RunAll(0, some_rules(auto_release=timedelta(hours=4)))
    for number in range(3):
        run.take(number, operation="OperationTypePlan")
    run.world.later(hours=3)
    run.watch()
    run.deliver(run.click(JointVerb.SNOOZE))
    run.watch(minutes=75)
    run.deliver_all()
    assert len(run.world.store.objects) == 3


def test_the_list_is_one_message_in_the_thread_whose_pages_are_turned_in_place() -> None:
    run = RunAll(40)
    run.watch()
    run.deliver(run.click(JointVerb.LIST))
    [(posted, first)] = run.world.messenger.lists.items()
    root = next(iter(run.world.messenger.joints))
    assert posted.beneath == root.handle
    assert (first.page, first.pages, len(first.locks)) == (1, 3, 15)
    run.deliver(run.click(JointVerb.LIST, page=3, message=posted.handle, click="turn"))
    [last] = run.world.messenger.lists.values()
    assert (last.page, len(last.locks)) == (3, 10)
    run.deliver(run.click(JointVerb.LIST, click="again"))
    assert len(run.world.messenger.lists) == 1


def test_one_lock_of_the_list_is_released_alone_and_can_be_put_back() -> None:
    run = RunAll(4)
    run.watch()
    lock = run.joint.locks[1].ref
    team = run.rules.team
    run.deliver(Click(lock=lock, user=ALICE, user_team=team, click=f"{ALICE} 9", at=run.world.now))
    assert len(run.world.messenger.whispers) == 1
    run.deliver_all(rounds=1)
    assert len(run.shown.joint.held) == 3
    assert run.shown.joint.undoable(run.rules.undo, run.world.now)
    run.deliver(run.click(JointVerb.PUT_BACK))
    run.deliver_all()
    assert len(run.shown.joint.held) == 4
    assert len(run.world.store.objects) == 4
