"""Of several clicks on Release one has the claim to the delete; the others are told how that one ended, and by whom."""

from datetime import timedelta

import pytest

from chalicelib.core.alerts.page import Page
from chalicelib.core.alerts.transitions import endings
from chalicelib.core.alerts.transitions.transition import Transition
from chalicelib.core.audit.line import LineKind
from chalicelib.core.clicks.click import Click
from chalicelib.core.clicks.deletion import Deletion
from chalicelib.core.clicks.ending import REAPER, Outcome
from chalicelib.core.clicks.order import AutoRelease
from chalicelib.core.locks.place import LockRef
from chalicelib.jobs.clicks.delete import OutcomeUnknownError
from chalicelib.jobs.clicks.release import release
from chalicelib.jobs.watch import watch
from chalicelib.ports.book import Written
from chalicelib.ports.locks import StoreError
from tests.builders import ALICE, BOB, BUCKET, KEY, a_claim, a_click, a_lock, sample, some_rules
from tests.fakes.world import FakeWorld
from tests.jobs.clicks.test_release import an_alerted_world, outcome_shown
from tests.jobs.killed import killed_after

RULES = some_rules(releasers=(ALICE, BOB))
ALICES, BOBS = a_click(a_lock()), a_click(a_lock(), BOB)
MINUTE = timedelta(minutes=1)


def known(world: FakeWorld) -> Page:
    page = world.book.find(a_lock().ref)
    assert page is not None
    return page


def claimed(world: FakeWorld, by: str = ALICE) -> None:
    """Somebody's function has begun a delete, and nobody knows what became of it."""
    world.book.write(endings.begin_release(a_lock(), a_claim(by, world.now + MINUTE), None, None))


def killed_at_delete(world: FakeWorld, *, done: bool) -> None:
    """ALICE's function dies right before, or right after, its delete."""
    name = "delete" if done else "begin_release"
    for last in range(1, 20):
        trial = an_alerted_world(RULES)
        if killed_after(trial, last, lambda ports: release(ALICES, ports, RULES, trial.now)) == name:  # noqa: B023
            killed_after(world, last, lambda ports: release(ALICES, ports, RULES, world.now))
            return


def test_while_a_delete_may_be_on_its_way_a_second_click_waits_and_sends_none() -> None:
    world = an_alerted_world(RULES)
    claimed(world)
    assert release(BOBS, world.ports, RULES, world.now) is None
    assert (world.store.deleted, world.messenger.whispers) == ([], [])
    assert (world.orders.releases, world.orders.delays) == ([BOBS], [timedelta(seconds=5)])


def test_a_click_that_waits_comes_no_later_than_the_claim_is_over() -> None:
    world = an_alerted_world(RULES)
    claimed(world)
    release(BOBS, world.ports, RULES, world.later(seconds=58))
    assert world.orders.delays == [timedelta(seconds=3)]


def test_a_click_delivered_twice_at_once_waits_for_its_own_claim() -> None:
    world = an_alerted_world(RULES)
    claimed(world)
    assert release(ALICES, world.ports, RULES, world.now) is None
    assert world.store.deleted == []


def test_the_one_who_waited_is_told_who_released_it() -> None:
    world = an_alerted_world(RULES)

    class Crowded(type(world.store)):  # type: ignore[misc]
        """BOB's click comes right before ALICE's delete, and right after it."""

        def delete(self, ref: LockRef, by: str) -> Deletion:
            release(BOBS, world.ports, RULES, world.now)
            deletion = super().delete(ref, by)
            release(BOBS, world.ports, RULES, world.now)
            return deletion  # type: ignore[no-any-return]

    world.store.__class__ = Crowded
    release(ALICES, world.ports, RULES, world.now)
    assert world.messenger.whispers == []
    for click in world.orders.releases:
        release(click, world.ports, RULES, world.later(seconds=5))
    assert {(user, told.ending.outcome, told.ending.user) for user, told in world.messenger.whispers} == {
        (BOB, Outcome.RELEASED, ALICE)
    }
    assert len(world.store.deleted) == 1


def test_when_the_claim_is_over_and_the_lock_still_there_the_next_click_releases_it() -> None:
    world = an_alerted_world(RULES)
    killed_at_delete(world, done=False)
    release(BOBS, world.ports, RULES, world.later(minutes=1))
    [alert] = world.messenger.shown.values()
    assert alert.ending
    assert (alert.ending.outcome, alert.ending.user) == (Outcome.RELEASED, BOB)


@pytest.mark.parametrize("second", [BOBS, ALICES], ids=["another", "the same"])
def test_a_delete_whose_function_died_is_told_in_the_name_of_its_click_whoever_comes_next(second: Click) -> None:
    world = an_alerted_world(RULES)
    killed_at_delete(world, done=True)
    assert (BUCKET, KEY) not in world.store.objects
    release(second, world.ports, RULES, world.later(minutes=1))
    [alert] = world.messenger.shown.values()
    assert alert.ending
    assert (alert.ending.outcome, alert.ending.user) == (Outcome.UNCONFIRMED, ALICE)
    told = [(user, answer.ending.user) for user, answer in world.messenger.whispers]
    assert told == ([(BOB, ALICE)] if second is BOBS else [])
    lines = [line for line in world.journal.lines if line.event is LineKind.RELEASE_ANSWERED]
    assert [(line.slack_user, line.outcome) for line in lines] == [(ALICE, "unconfirmed")]


def test_the_watch_leaves_a_lock_alone_that_a_delete_may_be_on_its_way_to() -> None:
    world = an_alerted_world(RULES)
    killed_at_delete(world, done=True)
    watch(world.ports, RULES, world.later(seconds=59))
    assert known(world).ending is None
    watch(world.ports, RULES, world.later(seconds=1))
    assert (known(world).ending.outcome, known(world).ending.user) == (Outcome.UNCONFIRMED, ALICE)  # type: ignore[union-attr]


def test_the_watch_forgets_a_delete_that_never_came_so_that_it_is_nobody_s_when_the_holder_lets_go() -> None:
    world = an_alerted_world(RULES)
    killed_at_delete(world, done=False)
    watch(world.ports, RULES, world.later(minutes=1))
    assert known(world).releasing is None
    world.store.remove(BUCKET, KEY)
    watch(world.ports, RULES, world.later(minutes=15))
    assert (known(world).ending.outcome, known(world).ending.user) == (Outcome.GONE, "")  # type: ignore[union-attr]


def test_the_watch_ends_nothing_in_nobody_s_name_when_a_delete_was_begun_since_it_looked() -> None:
    world = an_alerted_world(RULES)
    world.store.remove(BUCKET, KEY)

    class Crowded(type(world.book)):  # type: ignore[misc]
        """A delete is begun right before an ending is noted."""

        def write(self, transition: Transition) -> Written:
            if "ending" in transition.put and "told" not in transition.put:
                claimed(world)
            return super().write(transition)  # type: ignore[no-any-return]

    world.book.__class__ = Crowded
    watch(world.ports, RULES, world.later(minutes=15))
    assert known(world).ending is None
    watch(world.ports, RULES, world.later(minutes=15))
    assert (known(world).ending.outcome, known(world).ending.user) == (Outcome.UNCONFIRMED, ALICE)  # type: ignore[union-attr]


def test_a_delete_of_the_reaper_s_own_that_nobody_saw_the_end_of_is_its_own() -> None:
    world = an_alerted_world(RULES)
    claimed(world, REAPER)
    world.store.remove(BUCKET, KEY)
    release(BOBS, world.ports, RULES, world.later(minutes=1))
    [(_, told)] = world.messenger.whispers
    assert (told.ending.outcome, told.ending.user, told.ending.by_reaper) == (Outcome.UNCONFIRMED, "", True)


def test_an_order_of_the_reaper_s_own_does_not_wait_for_a_click() -> None:
    rules, plan = some_rules(auto_release=timedelta(0)), a_lock("s3-plan-default")
    world = an_alerted_world(rules, sample("s3-plan-default"))
    world.book.write(endings.begin_release(plan, a_claim(ALICE, world.later(hours=1) + MINUTE), None, None))
    order = AutoRelease(lock=plan.ref)
    assert release(order, world.ports, rules, world.now) is None
    assert (world.store.deleted, world.orders.releases) == ([], [])


def test_a_delete_is_never_sent_after_its_claim_is_over() -> None:
    world = an_alerted_world(RULES)

    class Slow(type(world.book)):  # type: ignore[misc]
        """The lock book takes half a minute to answer."""

        def write(self, transition: Transition) -> Written:
            world.later(seconds=30 if "releasing" in transition.put else 0)
            return super().write(transition)  # type: ignore[no-any-return]

    world.book.__class__ = Slow
    release(ALICES, world.ports, RULES, world.now)
    assert world.store.deleted == []
    assert outcome_shown(world) is Outcome.FAILED
    assert known(world).releasing is None


def test_a_delete_that_got_no_answer_and_may_still_arrive_is_looked_at_again_when_it_cannot() -> None:
    world = an_alerted_world(RULES)
    world.store.answers = [Deletion.UNKNOWN] * 3
    assert release(ALICES, world.ports, RULES, world.now) is None
    assert world.orders.releases == [ALICES]
    assert release(BOBS, world.ports, RULES, world.later(seconds=30)) is None
    release(ALICES, world.ports, RULES, world.later(seconds=30))
    assert outcome_shown(world) is Outcome.RELEASED


def test_after_a_lost_answer_nothing_that_fails_later_frees_the_claim() -> None:
    world = an_alerted_world(RULES)
    world.store.answers = [Deletion.UNKNOWN, StoreError("S3 failed")]
    with pytest.raises(OutcomeUnknownError):
        release(ALICES, world.ports, RULES, world.now)
    assert known(world).releasing is not None


def test_who_had_asked_for_a_release_is_named_however_the_delete_is_told() -> None:
    rules = some_rules(releasers=(ALICE, BOB), second_person=True)
    world = an_alerted_world(rules)
    release(ALICES, world.ports, rules, world.now)
    world.store.lost_replies = 1
    killed_after(world, 10, lambda ports: release(BOBS, ports, rules, world.now))
    assert (BUCKET, KEY) not in world.store.objects
    watch(world.ports, rules, world.later(minutes=1))
    ending = known(world).ending
    assert ending
    assert (ending.user, ending.approved) == (BOB, ALICE)


def test_where_the_book_does_not_take_an_ending_nobody_is_told_a_guess() -> None:
    world = an_alerted_world(RULES)
    world.store.remove(BUCKET, KEY)

    class Forgetful(type(world.book)):  # type: ignore[misc]
        """The lock book fails when it is to note an ending."""

        def write(self, transition: Transition) -> Written:
            self.down = "ending" in transition.put
            return super().write(transition)  # type: ignore[no-any-return]

    world.book.__class__ = Forgetful
    assert release(ALICES, world.ports, RULES, world.now) is None
    assert (world.messenger.whispers, world.orders.releases) == ([], [ALICES])
