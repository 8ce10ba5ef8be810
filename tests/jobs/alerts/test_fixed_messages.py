"""Messages that are there and can never be edited: what there is to say is said beneath them, once."""

from chalicelib.core.alerts.message import Topic
from chalicelib.core.alerts.transitions import telling
from chalicelib.core.policy import Rules
from chalicelib.jobs.clicks.release import release
from chalicelib.jobs.watch import watch
from tests.builders import ALICE, BUCKET, KEY, TAKEN, a_click, a_lock, sample, some_rules
from tests.fakes.world import FakeWorld

RULES: Rules = some_rules()
APPLY = "s3-apply-default"


def an_alerted_lock() -> FakeWorld:
    world = FakeWorld(TAKEN)
    world.store.put(BUCKET, KEY, sample(APPLY))
    world.book.write(telling.remember(a_lock(APPLY)))
    watch(world.ports, RULES, world.later(hours=5))
    assert len(world.messenger.shown) == 1
    world.messenger.fixed = True
    return world


def said_beneath(world: FakeWorld) -> list[Topic]:
    return [told.sending.first.topic for told in world.messenger.replies.values()]


def test_a_lock_that_is_gone_is_said_to_be_gone_beneath_its_message_once() -> None:
    world = an_alerted_lock()
    world.store.remove(BUCKET, KEY)
    for _ in range(3):
        watch(world.ports, RULES, world.later(minutes=15))
    assert said_beneath(world) == [Topic.ENDED]


def test_a_released_lock_is_said_to_be_released_beneath_its_message_and_the_releaser_is_told() -> None:
    world = an_alerted_lock()
    release(a_click(a_lock(APPLY).ref), world.ports, RULES, world.later(minutes=1))
    assert said_beneath(world) == [Topic.ENDED]
    [(_, alert)] = [(posted, told.alert) for posted, told in world.messenger.replies.items()]
    assert alert.ending is not None
    assert alert.ending.user == ALICE


def test_a_messenger_that_can_only_post_posts_an_alert_once_and_what_is_new_once() -> None:
    world = FakeWorld(TAKEN)
    world.messenger.can = frozenset()
    world.store.put(BUCKET, KEY, sample(APPLY))
    world.book.write(telling.remember(a_lock(APPLY)))
    for _ in range(60):
        watch(world.ports, RULES, world.later(hours=1))
    world.store.remove(BUCKET, KEY)
    for _ in range(3):
        watch(world.ports, RULES, world.later(minutes=15))
    assert len(world.messenger.shown) == 1
    assert said_beneath(world) == [Topic.LEVEL, Topic.ENDED]
