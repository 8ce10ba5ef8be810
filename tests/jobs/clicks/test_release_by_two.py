"""A release that takes two people: one asks, another approves."""

import msgspec

from chalicelib.core.audit.line import LineKind
from chalicelib.core.clicks.click import Verb
from chalicelib.core.clicks.ending import Outcome, Refusal
from chalicelib.jobs.clicks.answer import answer
from chalicelib.jobs.clicks.release import release
from tests.builders import ALICE, BOB, a_click, a_lock, some_rules
from tests.fakes.world import FakeWorld
from tests.jobs.clicks.test_release import an_alerted_world, outcome_shown

CAROL, GROUP = "U0CAROL", "S0ONCALL"
RULES = some_rules(releasers=(ALICE, BOB), second_person=True)


def an_asked_world() -> FakeWorld:
    world = an_alerted_world(RULES)
    release(a_click(a_lock()), world.ports, RULES, world.now)
    return world


def asked_by(world: FakeWorld) -> str:
    [alert] = world.messenger.shown.values()
    return alert.page.asked.by if alert.page.asked else ""


def test_the_first_click_only_asks_and_the_message_says_who() -> None:
    world = an_asked_world()
    assert world.store.deleted == []
    assert asked_by(world) == ALICE
    assert world.journal.lines[-1].event is LineKind.RELEASE_ASKED
    [(user, told)] = world.messenger.whispers
    assert (user, told.ending.outcome, told.releasers) == (ALICE, Outcome.ASKED, (ALICE, BOB))


def test_another_person_s_click_releases_and_both_are_named() -> None:
    world = an_asked_world()
    release(a_click(a_lock(), BOB), world.ports, RULES, world.later(minutes=1))
    assert world.store.deleted == [a_lock().ref]
    [alert] = world.messenger.shown.values()
    assert alert.ending
    assert (alert.ending.user, alert.ending.approved) == (BOB, ALICE)
    line = world.journal.lines[-1]
    assert (line.event, line.slack_user, line.asked_by) == (LineKind.RELEASE_ANSWERED, BOB, ALICE)


def test_the_requester_cannot_approve() -> None:
    world = an_asked_world()
    release(a_click(a_lock(), click="2"), world.ports, RULES, world.later(minutes=1))
    assert world.store.deleted == []
    assert world.messenger.whispers[-1][1].ending.refusal is Refusal.OWN_REQUEST
    assert world.journal.lines[-1].event is LineKind.RELEASE_REFUSED


def test_a_request_delivered_again_is_the_same_request() -> None:
    world = an_asked_world()
    release(a_click(a_lock()), world.ports, RULES, world.later(minutes=1))
    assert world.store.deleted == []
    assert world.messenger.whispers[-1][1].ending.outcome is Outcome.ASKED


def test_who_may_not_release_may_not_approve() -> None:
    world = an_asked_world()
    release(a_click(a_lock(), CAROL), world.ports, RULES, world.now)
    assert world.store.deleted == []
    assert world.messenger.whispers[-1][1].ending.refusal is Refusal.NOT_LISTED


def test_a_request_of_somebody_who_may_no_longer_release_counts_for_nothing() -> None:
    world = an_asked_world()
    rules = some_rules(releasers=(BOB, CAROL), second_person=True)
    release(a_click(a_lock(), BOB), world.ports, rules, world.now)
    assert world.store.deleted == []
    assert asked_by(world) == BOB
    release(a_click(a_lock(), CAROL), world.ports, rules, world.now)
    assert world.store.deleted == [a_lock().ref]


def test_a_request_can_be_withdrawn_by_who_made_it_only() -> None:
    world = an_asked_world()
    answer(a_click(a_lock(), BOB, verb=Verb.WITHDRAW), world.ports, RULES, world.now)
    assert asked_by(world) == ALICE
    assert world.messenger.whispers[-1][1].ending.refusal is Refusal.NOT_ASKED
    answer(a_click(a_lock(), verb=Verb.WITHDRAW), world.ports, RULES, world.now)
    assert asked_by(world) == ""
    assert world.journal.lines[-1].event is LineKind.RELEASE_WITHDRAWN
    release(a_click(a_lock(), BOB), world.ports, RULES, world.now)
    assert world.store.deleted == []


def test_where_one_person_is_enough_an_old_request_is_in_nobody_s_way() -> None:
    world = an_asked_world()
    release(a_click(a_lock(), click="2"), world.ports, some_rules(), world.now)
    assert outcome_shown(world) is Outcome.RELEASED


def test_a_member_of_a_group_may_release_and_a_group_that_is_not_known_opens_nothing() -> None:
    rules = some_rules(releasers=(GROUP,))
    world = an_alerted_world(rules)
    world.directory.refusing = "Slack answered missing_scope"
    release(a_click(a_lock(), CAROL), world.ports, rules, world.now)
    [(_, told)] = world.messenger.whispers
    assert (told.ending.refusal, told.releasers) == (Refusal.UNKNOWN_MEMBERS, (GROUP,))
    assert world.store.deleted == []
    world.directory.refusing = ""
    world.directory.groups[GROUP] = frozenset({CAROL})
    release(a_click(a_lock(), CAROL, "2"), world.ports, rules, world.now)
    assert world.store.deleted == [a_lock().ref]


def test_a_click_on_a_list_that_one_person_sees_is_answered_to_that_person() -> None:
    world = an_alerted_world()
    click = msgspec.structs.replace(a_click(a_lock()), message="")
    release(click, world.ports, some_rules(), world.now)
    [(user, told)] = world.messenger.whispers
    assert (user, told.ending.outcome) == (ALICE, Outcome.RELEASED)
    assert outcome_shown(world) is Outcome.RELEASED


def test_a_request_that_was_withdrawn_does_not_come_back_when_its_click_is_delivered_again() -> None:
    world = an_asked_world()
    answer(a_click(a_lock(), verb=Verb.WITHDRAW), world.ports, RULES, world.now)
    release(a_click(a_lock()), world.ports, RULES, world.later(minutes=3))
    assert asked_by(world) == ""
    assert world.messenger.whispers[-1][1].ending.outcome is Outcome.WITHDRAWN
    release(a_click(a_lock(), BOB), world.ports, RULES, world.now)
    release(a_click(a_lock()), world.ports, RULES, world.later(minutes=3))
    assert world.store.deleted == []
    assert asked_by(world) == BOB


def test_who_asked_is_not_forgotten_because_slack_does_not_say_whether_they_still_may() -> None:
    rules = some_rules(releasers=(GROUP,), second_person=True)
    world = an_alerted_world(rules)
    world.directory.groups[GROUP] = frozenset({ALICE, BOB})
    release(a_click(a_lock()), world.ports, rules, world.now)
    mixed = some_rules(releasers=(BOB, GROUP), second_person=True)
    world.directory.refusing = "Slack answered internal_error"
    release(a_click(a_lock(), BOB), world.ports, mixed, world.now)
    assert (world.store.deleted, asked_by(world)) == ([], ALICE)
    assert world.messenger.whispers[-1][1].ending.refusal is Refusal.UNKNOWN_MEMBERS
