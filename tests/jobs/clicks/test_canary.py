"""A canary is alerted alone at once, and an order of its own releases it; for nothing else an order suffices."""

from datetime import timedelta

import msgspec

from chalicelib.core.alerts.transitions import telling
from chalicelib.core.canary import Canary, body_of
from chalicelib.core.clicks.ending import Outcome
from chalicelib.core.clicks.order import AutoRelease
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import Kind
from chalicelib.core.locks.target import Target
from chalicelib.jobs.clicks.release import release
from chalicelib.jobs.watch import watch
from tests.builders import BUCKET, CHANNEL, KEY, TAKEN, sample, some_rules
from tests.fakes.world import FakeWorld

RULES = some_rules(auto_release=timedelta(hours=6))
RUN = "0123456789ab"
PLACE = Canary(run=RUN, channel=CHANNEL, target=Target(Kind.S3, BUCKET)).place("first")


def known(world: FakeWorld, key: str = PLACE.key, body: bytes = body_of(PLACE, RUN, 1, TAKEN)) -> HeldLock:
    world.store.put(BUCKET, key, body)
    lock = world.store.read(msgspec.structs.replace(PLACE, key=key))
    assert lock
    world.book.write(telling.remember(lock))
    return lock


def ordered(world: FakeWorld, lock: HeldLock) -> Outcome:
    ending = release(AutoRelease(lock=lock.ref, channel=CHANNEL), world.ports, RULES, world.now)
    assert ending
    return ending.outcome


def test_a_canary_is_alerted_by_the_first_watch_and_never_in_a_digest() -> None:
    world = FakeWorld(TAKEN)
    known(world)
    for number in range(8):
        known(world, f"app-{number}/terraform.tfstate.tflock", sample("s3-apply-default"))
    watch(world.ports, RULES, world.later(hours=2))
    alone = [alert.lock.ref.place for posted, alert in world.messenger.shown.items() if not posted.beneath]
    assert alone == [PLACE]
    assert len(world.messenger.digests) == 1


def test_a_flood_of_canaries_is_a_digest_like_every_other_flood() -> None:
    world = FakeWorld(TAKEN)
    for number in range(20):
        place = Canary(run=RUN, channel=CHANNEL, target=Target(Kind.S3, BUCKET)).place(f"flood-{number}")
        known(world, place.key, body_of(place, RUN, number, TAKEN))
    watch(world.ports, RULES, world.later(hours=2))
    alone = [posted for posted in world.messenger.shown if not posted.beneath]
    assert (len(alone), len(world.messenger.digests)) == (3, 1)


def test_an_order_releases_a_canary_without_notice_and_its_message_says_so() -> None:
    world = FakeWorld(TAKEN)
    lock = known(world)
    watch(world.ports, RULES, world.later(seconds=1))
    assert ordered(world, lock) is Outcome.RELEASED
    assert world.store.deleted == [lock.ref]
    [alert] = world.messenger.shown.values()
    assert alert.ending
    assert alert.ending.by_reaper


def test_the_same_order_for_a_terraform_lock_at_a_canary_s_key_releases_nothing() -> None:
    world = FakeWorld(TAKEN)
    lock = known(world, body=sample("s3-plan-default"))
    watch(world.ports, RULES, world.later(seconds=1))
    assert ordered(world, lock) is Outcome.REFUSED
    assert world.store.deleted == []


def test_the_same_order_for_any_other_lock_releases_nothing() -> None:
    world = FakeWorld(TAKEN)
    lock = known(world, KEY, sample("s3-plan-default"))
    watch(world.ports, RULES, world.later(hours=1))
    assert ordered(world, lock) is Outcome.REFUSED
    assert world.store.deleted == []


def test_a_canary_that_was_replaced_on_the_way_stays_and_its_message_says_so() -> None:
    world = FakeWorld(TAKEN)
    lock = known(world)
    watch(world.ports, RULES, world.later(seconds=1))
    world.store.put(BUCKET, PLACE.key, body_of(PLACE, RUN, 2, TAKEN))
    assert ordered(world, lock) is Outcome.REPLACED
    assert world.store.deleted == []
    [alert] = world.messenger.shown.values()
    assert alert.ending
    assert alert.ending.outcome is Outcome.REPLACED


def test_an_order_for_a_canary_that_names_another_lock_beside_it_releases_nothing() -> None:
    world = FakeWorld(TAKEN)
    lock, other = known(world), known(world, KEY, sample("s3-plan-default"))
    watch(world.ports, RULES, world.later(seconds=1))
    for halves in ((lock.ref, other.ref), (other.ref,)):
        order = AutoRelease(lock=lock.ref, halves=halves, channel=CHANNEL)
        ending = release(order, world.ports, RULES, world.now)
        assert ending
        assert ending.outcome is Outcome.REFUSED
    assert world.store.deleted == []
