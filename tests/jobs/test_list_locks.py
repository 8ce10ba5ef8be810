"""``/tflocks``: the locks of a channel, from the lock book alone."""

import pytest

from chalicelib.core.alerts.listing import Listing, ListRequest
from chalicelib.core.alerts.transitions import endings, telling
from chalicelib.core.clicks.ending import Ending, Outcome
from chalicelib.core.policy import Route, Rules
from chalicelib.jobs.list_locks import list_locks
from chalicelib.jobs.watch import WatchIncompleteError, watch
from chalicelib.ports.book import BookError
from tests.builders import ALICE, BOB, BUCKET, CHANNEL, TAKEN, a_lock, a_policy, some_rules
from tests.fakes.lock_list import FakeLockList
from tests.fakes.world import FakeWorld

GROUP, OTHER = "S0ONCALL", "C0OTHER"
RULES = some_rules(Route((f"{BUCKET}/other/*",), a_policy(channel=OTHER)))


def a_world() -> FakeWorld:
    world = FakeWorld(TAKEN)
    world.book.write(telling.remember(a_lock("s3-plan-default", key="b.tflock", taken=world.later(minutes=1))))
    world.book.write(telling.remember(a_lock(key="a.tflock")))
    world.book.write(telling.remember(a_lock(key="other/c.tflock")))
    return world


def listed(
    world: FakeWorld, text: str = "", user: str = ALICE, channel: str = CHANNEL, rules: Rules = RULES
) -> Listing:
    return list_locks(ListRequest(user, channel, text), FakeLockList(world.book), world.groups, rules, world.now)


def keys(listing: Listing) -> list[str]:
    return [entry.page.lock.ref.place.key for entry in listing.locks]


def test_the_locks_of_a_channel_s_routes_are_listed_oldest_first() -> None:
    assert keys(listed(a_world())) == ["a.tflock", "b.tflock"]
    assert keys(listed(a_world(), channel=OTHER)) == ["other/c.tflock"]


def test_all_lists_the_locks_of_all_channels() -> None:
    assert keys(listed(a_world(), text=" ALL ")) == ["a.tflock", "other/c.tflock", "b.tflock"]


def test_a_channel_that_no_route_leads_to_is_told_so() -> None:
    listing = listed(a_world(), channel="C0RANDOM")
    assert (listing.routed, listing.locks, listing.total) == (False, (), 0)


def test_a_part_of_the_state_path_narrows_the_list() -> None:
    assert keys(listed(a_world(), text="all OTHER/")) == ["other/c.tflock"]


def test_mine_are_those_whose_holder_is_mapped_to_the_one_who_asks_in_whatever_channel() -> None:
    rules = some_rules(Route((f"{BUCKET}/other/*",), a_policy(channel=OTHER, owners={"root@*": BOB})))
    assert keys(listed(a_world(), text="mine", user=BOB, rules=rules)) == ["other/c.tflock"]
    assert keys(listed(a_world(), text="mine", user=ALICE, rules=rules)) == []


def test_of_many_locks_a_page_is_read_and_all_are_counted() -> None:
    world = FakeWorld(TAKEN)
    for number in range(40):
        world.book.write(telling.remember(a_lock(key=f"{number:02}.tflock", taken=world.later(seconds=1))))
    listing = listed(world, text="page 2")
    assert (listing.total, listing.pages, listing.query.page) == (40, 3, 2)
    assert keys(listing) == [f"{number}.tflock" for number in range(15, 30)]


@pytest.mark.parametrize("channel", [CHANNEL, OTHER])
def test_one_route_of_several_that_leads_to_a_channel_is_enough(channel: str) -> None:
    assert listed(FakeWorld(TAKEN), channel=channel).routed


def test_a_lock_that_has_ended_is_not_held_even_if_nobody_was_told_yet() -> None:
    world = a_world()
    world.book.write(endings.end(a_lock(key="a.tflock"), Ending(outcome=Outcome.GONE, at=world.now)))
    assert keys(listed(world)) == ["b.tflock"]


def test_a_lock_outside_of_the_targets_is_not_listed() -> None:
    assert keys(listed(a_world(), rules=some_rules(prefixes=("b",)))) == ["b.tflock"]


@pytest.mark.parametrize(("user", "may"), [(ALICE, True), (BOB, False)])
def test_only_who_may_release_has_a_button(user: str, may: bool) -> None:
    assert [entry.releasable for entry in listed(a_world(), user=user).locks] == [may, may]


def test_who_is_in_a_group_is_as_the_watch_last_found_it() -> None:
    world, rules = a_world(), some_rules(releasers=(GROUP,))
    world.directory.groups[GROUP] = frozenset({BOB})
    assert not any(entry.releasable for entry in listed(world, user=BOB, rules=rules).locks)
    watch(world.ports, rules, world.now)
    world.directory.refusing = "Slack is not asked"
    assert all(entry.releasable for entry in listed(world, user=BOB, rules=rules).locks)
    assert not any(entry.releasable for entry in listed(world, user=ALICE, rules=rules).locks)


def test_a_group_that_cannot_be_looked_up_is_a_failure_that_is_seen() -> None:
    world, rules = a_world(), some_rules(releasers=(GROUP,))
    world.directory.refusing = "Slack answered missing_scope"
    with pytest.raises(WatchIncompleteError, match="user group S0ONCALL: Slack answered missing_scope"):
        watch(world.ports, rules, world.now)


def test_without_the_book_there_is_no_list() -> None:
    world = a_world()
    world.book.down = True
    with pytest.raises(BookError):
        listed(world)
