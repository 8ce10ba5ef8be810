"""Many new alerts of a channel at once: one digest, and a line each beneath it."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from chalicelib.core.alerts.digest import Digest
from chalicelib.core.alerts.message import Posted, Sending
from chalicelib.core.alerts.transitions import telling
from chalicelib.core.locks.place import Kind, Place
from chalicelib.core.policy import Route
from chalicelib.jobs.alerts.round import Round
from chalicelib.jobs.clicks.release import release
from chalicelib.jobs.watch import WatchIncompleteError, watch
from chalicelib.ports.people import Message, MessengerError
from tests.builders import ALICE, BUCKET, CHANNEL, TAKEN, a_click, a_policy, sample, some_rules
from tests.fakes.slack import ANSWER, REQUEST, FakeMessenger
from tests.fakes.world import FakeWorld

RULES = some_rules()


def a_world(count: int) -> FakeWorld:
    """So many locks, each a minute younger than the one before it, all over their threshold."""
    world = FakeWorld(TAKEN)
    for index in range(count):
        world.store.put(BUCKET, key(index), sample("s3-apply-default"))
        lock = world.store.read(Place(Kind.S3, BUCKET, key(index)))
        assert lock
        world.book.write(telling.remember(lock))
        world.later(minutes=1)
    world.later(hours=2)
    return world


def key(index: int) -> str:
    return f"app-{index:03}/terraform.tfstate.tflock"


def the_digest(world: FakeWorld) -> Digest:
    [digest] = world.messenger.digests.values()
    return digest


def test_a_few_new_alerts_are_a_message_each() -> None:
    world = a_world(5)
    watch(world.ports, RULES, world.now)
    assert [posted.beneath for posted in world.messenger.shown] == [""] * 5
    assert not world.messenger.digests


def test_many_new_alerts_become_one_digest_that_names_the_oldest_with_a_line_each_in_its_thread() -> None:
    world = a_world(6)
    watch(world.ports, RULES, world.now)
    [root] = world.messenger.digests
    assert [posted.beneath for posted in world.messenger.shown] == [root.handle] * 6
    digest = the_digest(world)
    assert (digest.total, digest.held, digest.waiting) == (6, 6, 0)
    assert [named.state_path for named in digest.oldest] == [
        f"{BUCKET}/app-{index:03}/terraform.tfstate" for index in range(5)
    ]


def test_each_channel_counts_for_itself() -> None:
    rules = some_rules(Route((f"{BUCKET}/app-000/*",), a_policy(channel="C0OTHER")))
    world = a_world(6)
    watch(world.ports, rules, world.now)
    assert not world.messenger.digests
    assert sorted(posted.channel for posted in world.messenger.shown) == ["C0OTHER"] + [CHANNEL] * 5


def test_a_lock_of_a_digest_is_released_and_raised_like_any_other() -> None:
    rules = some_rules(mentions={2: (ALICE,)})
    world = a_world(6)
    watch(world.ports, rules, world.now)
    [root] = world.messenger.digests
    first, second, *_ = world.book.open_pages()
    release(a_click(first.lock, message=first.posted.handle if first.posted else ""), world.ports, rules, world.now)
    assert [bool(alert.ending) for alert in world.messenger.shown.values()] == [True] + [False] * 5
    world.store.objects = {(BUCKET, second.lock.ref.place.key): world.store.objects[BUCKET, second.lock.ref.place.key]}
    watch(world.ports, rules, world.later(days=1))
    assert [reply.beneath for reply in world.messenger.replies] == [root.handle]


def test_the_digest_says_how_many_are_still_held_and_is_forgotten_when_none_is() -> None:
    world = a_world(6)
    watch(world.ports, RULES, world.now)
    for page in world.book.open_pages()[:4]:
        world.store.remove(BUCKET, page.lock.ref.place.key)
    for _ in range(2):
        watch(world.ports, RULES, world.later(minutes=15))
    watch(world.ports, RULES, world.later(minutes=15))
    assert the_digest(world).held == 2
    for page in world.book.open_pages():
        world.store.remove(BUCKET, page.lock.ref.place.key)
    for _ in range(2):
        watch(world.ports, RULES, world.later(minutes=15))
    assert the_digest(world).held == 0
    assert world.digests.open() == []


def test_one_run_tells_all_new_locks_beneath_one_digest() -> None:
    world = a_world(107)
    watch(world.ports, RULES, world.now)
    assert (the_digest(world).total, the_digest(world).coming, the_digest(world).waiting) == (107, 0, 0)
    assert len(world.messenger.shown) == 107


@pytest.mark.parametrize("lost", [ANSWER, REQUEST])
def test_a_digest_whose_answer_was_lost_is_there_once_in_the_end(lost: str) -> None:
    world = a_world(6)
    world.messenger.losing = lost
    with pytest.raises(WatchIncompleteError, match="timed out"):
        watch(world.ports, RULES, world.now)
    world.messenger.losing = ""
    watch(world.ports, RULES, world.later(seconds=30))
    assert not world.messenger.shown
    for _ in range(2):
        watch(world.ports, RULES, world.later(minutes=15))
    [root] = world.messenger.digests
    assert [posted.beneath for posted in world.messenger.shown] == [root.handle] * 6


def test_a_digest_that_slack_refuses_is_posted_by_the_next_run() -> None:
    world = a_world(6)
    world.messenger.refusing = "Slack answered internal_error"
    with pytest.raises(WatchIncompleteError, match=CHANNEL):
        watch(world.ports, RULES, world.now)
    world.messenger.refusing = ""
    watch(world.ports, RULES, world.later(minutes=15))
    assert (len(world.messenger.digests), len(world.messenger.shown)) == (1, 6)


def test_of_two_runs_at_once_one_tells_the_channel() -> None:
    world = a_world(6)
    there = Digest(
        channel=CHANNEL,
        locks=("another run's",),
        held=1,
        oldest=(),
        at=world.now,
        claimed_until=world.now + timedelta(minutes=20),
    )
    world.digests.claim(there)
    watch(world.ports, RULES, world.now)
    assert not world.messenger.shown


def test_without_the_memory_of_digests_the_channel_is_told_all_the_same() -> None:
    world = a_world(6)
    known = world.book.open_pages()
    world.digests.down = True
    round_ = Round(world.ports, RULES, world.now)
    for page in known:
        round_.look_at(page)
    round_.finish()
    assert (len(world.messenger.digests), len(world.messenger.shown)) == (1, 6)


def test_the_lines_that_a_broken_run_left_out_go_beneath_the_same_digest() -> None:
    world = a_world(8)

    @dataclass
    class Tired(FakeMessenger):
        """Slack takes the digest and so many lines."""

        takes: int = 3

        def post(self, message: Message, sending: Sending) -> Posted:
            if len(self.shown) >= self.takes:
                raise MessengerError("Slack answered ratelimited")
            return super().post(message, sending)

    world.messenger = tired = Tired()
    with pytest.raises(WatchIncompleteError, match="ratelimited"):
        watch(world.ports, RULES, world.now)
    tired.takes = 8
    for _ in range(3):
        watch(world.ports, RULES, world.later(minutes=15))
    [root] = world.messenger.digests
    assert [posted.beneath for posted in world.messenger.shown] == [root.handle] * 8
    assert (the_digest(world).total, the_digest(world).held) == (8, 8)
