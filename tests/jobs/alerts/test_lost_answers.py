"""What Slack was told and did not confirm: looked for before it is said again."""

from datetime import timedelta

import pytest

from chalicelib.core.alerts.transitions import telling
from chalicelib.core.audit.line import LineKind
from chalicelib.core.clicks.click import Verb
from chalicelib.core.clicks.ending import Outcome
from chalicelib.jobs.clicks.answer import answer
from chalicelib.jobs.clicks.release import release
from chalicelib.jobs.watch import WatchIncompleteError, watch
from chalicelib.ports.people import Ability
from tests.builders import ALICE, BUCKET, CHANNEL, KEY, a_click, a_lock, some_rules
from tests.fakes.slack import ANSWER, REQUEST
from tests.fakes.world import FakeWorld
from tests.jobs.alerts.test_escalation import RULES, a_world


def a_watch_that_loses(world: FakeWorld, lost: str) -> None:
    world.messenger.losing = lost
    with pytest.raises(WatchIncompleteError, match="timed out"):
        watch(world.ports, RULES, world.now)
    world.messenger.losing = ""


@pytest.mark.parametrize("lost", [ANSWER, REQUEST])
def test_an_alert_whose_answer_was_lost_is_there_once_in_the_end(lost: str) -> None:
    world = a_world()
    world.later(hours=2)
    a_watch_that_loses(world, lost)
    for _ in range(3):
        watch(world.ports, RULES, world.later(minutes=15))
    [posted] = world.messenger.shown
    [page] = world.book.open_pages()
    assert (page.posted, page.level) == (posted, 1)
    assert world.journal.kinds().count(LineKind.ALERT_POSTED) == 1


def test_nobody_looks_for_a_lost_message_before_slack_had_time_to_post_it() -> None:
    world = a_world()
    world.later(hours=2)
    a_watch_that_loses(world, REQUEST)
    watch(world.ports, RULES, world.later(seconds=30))
    assert not world.messenger.shown
    watch(world.ports, RULES, world.later(seconds=30))
    assert len(world.messenger.shown) == 1


@pytest.mark.parametrize("lost", [ANSWER, REQUEST])
def test_a_level_whose_answer_was_lost_is_raised_once_in_the_end(lost: str) -> None:
    world = a_world()
    watch(world.ports, RULES, world.later(hours=2))
    world.later(hours=22)
    a_watch_that_loses(world, lost)
    for _ in range(3):
        watch(world.ports, RULES, world.later(minutes=15))
    assert len(world.messenger.replies) == 1
    assert world.book.open_pages()[0].level == 2


def test_a_lock_that_ended_before_its_lost_alert_was_found_has_that_alert_closed() -> None:
    world = a_world()
    world.later(hours=2)
    a_watch_that_loses(world, ANSWER)
    world.store.remove(BUCKET, KEY)
    for _ in range(2):
        watch(world.ports, RULES, world.later(seconds=30))
    [alert] = world.messenger.shown.values()
    assert alert.ending
    assert world.book.open_pages() == []


def test_a_run_that_died_between_its_claim_and_its_message_holds_the_alert_up_for_twenty_minutes_only() -> None:
    world = a_world()
    world.later(hours=2)
    a_watch_that_loses(world, REQUEST)
    [page] = world.book.open_pages()
    assert page.sending
    world.book.write(telling.doubt(a_lock().ref, page.sending, world.now + timedelta(minutes=20)))
    watch(world.ports, RULES, world.later(minutes=19))
    assert not world.messenger.shown
    watch(world.ports, RULES, world.later(minutes=1))
    assert len(world.messenger.shown) == 1


def test_without_the_right_to_look_an_alert_is_told_twice_rather_than_never() -> None:
    world = a_world()
    world.messenger.can -= {Ability.FIND}
    world.later(hours=2)
    a_watch_that_loses(world, ANSWER)
    watch(world.ports, RULES, world.later(minutes=15))
    assert len(world.messenger.shown) == 2


def test_a_click_on_a_message_that_the_book_does_not_know_yet_closes_it() -> None:
    world = a_world()
    world.later(hours=2)
    a_watch_that_loses(world, ANSWER)
    release(a_click(a_lock()), world.ports, some_rules(), world.later(seconds=5))
    [alert] = world.messenger.shown.values()
    assert alert.ending
    assert alert.ending.outcome is Outcome.RELEASED
    watch(world.ports, RULES, world.later(minutes=15))
    assert len(world.messenger.shown) == 1
    assert world.book.open_pages() == []


def test_an_hour_without_slack_is_made_up_for_once() -> None:
    world = a_world()
    world.messenger.refusing = "Slack answered internal_error"
    world.later(hours=2)
    for _ in range(4):
        with pytest.raises(WatchIncompleteError):
            watch(world.ports, RULES, world.later(minutes=15))
    world.messenger.refusing = ""
    for _ in range(2):
        watch(world.ports, RULES, world.later(minutes=15))
    assert [posted.channel for posted in world.messenger.shown] == [CHANNEL]


def test_a_lock_released_and_put_back_before_its_lost_alert_was_found_keeps_that_alert() -> None:
    world = a_world()
    world.later(hours=2)
    a_watch_that_loses(world, ANSWER)
    release(a_click(a_lock()), world.ports, some_rules(), world.later(seconds=5))
    answer(a_click(a_lock(), verb=Verb.PUT_BACK), world.ports, some_rules(), world.later(seconds=5))
    for _ in range(3):
        watch(world.ports, RULES, world.later(hours=2))
    [alert] = world.messenger.shown.values()
    assert alert.open
    assert alert.page.restored_by == ALICE
