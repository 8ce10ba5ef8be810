"""Test that the jobs tell each lock's account, as the rules have it, where targets are in more than one account."""

import msgspec

from chalicelib.core.alerts.listing import ListRequest
from chalicelib.core.locks.account import HOME, Account
from chalicelib.core.policy import Rules
from chalicelib.jobs.clicks.release import release
from chalicelib.jobs.list_locks import list_locks
from chalicelib.jobs.watch import watch
from tests.builders import ALICE, BOB, BUCKET, CHANNEL, TAKEN, a_click, sample, some_rules
from tests.fakes.lock_list import FakeLockList
from tests.fakes.world import FakeWorld
from tests.sweeps import sweep

STACK, OTHER = "000011112222", "acme-other"
PROD = Account("111122223333", "prod-network")


def rules_in(account: Account) -> Rules:
    """Return rules with one bucket at home and one in this account."""
    targets = [msgspec.structs.replace(one, account=HOME) for one in some_rules().targets]
    assert [one.container for one in targets] == [BUCKET, OTHER]
    targets[1] = msgspec.structs.replace(targets[1], account=account)
    return msgspec.structs.replace(some_rules(), targets=tuple(targets)).at_home(STACK, "eu-west-1")


def a_world(*buckets: str, rules: Rules) -> FakeWorld:
    """Return a world with a stale lock in each bucket, which a sweep has told."""
    world = FakeWorld(TAKEN)
    for index, bucket in enumerate(buckets):
        world.store.put(bucket, f"{index}.tflock", sample("s3-apply-default"))
    world.later(hours=3)
    for target in rules.targets:
        sweep(target, world.ports, rules, world.now)
    return world


def told(world: FakeWorld) -> set[str]:
    return {alert.account for alert in world.messenger.shown.values()}


def test_an_alert_tells_the_account_of_its_lock() -> None:
    assert told(a_world(BUCKET, OTHER, rules=rules_in(PROD))) == {STACK, "prod-network (111122223333)"}


def test_with_one_account_no_alert_tells_it() -> None:
    assert told(a_world(BUCKET, OTHER, rules=rules_in(HOME))) == {""}


def test_an_alert_is_edited_once_when_its_account_s_name_is_learned() -> None:
    world = a_world(OTHER, rules=rules_in(Account(PROD.id)))
    assert told(world) == {PROD.id}
    for _ in range(8):
        watch(world.ports, rules_in(PROD), world.later(minutes=15))
    assert (told(world), world.messenger.edits) == ({"prod-network (111122223333)"}, 1)


def test_a_digest_counts_its_held_locks_by_account_and_again_as_they_go() -> None:
    rules = msgspec.structs.replace(rules_in(PROD), digest_over=1)
    world = a_world(BUCKET, OTHER, OTHER, rules=rules)
    [digest] = world.messenger.digests.values()
    assert digest.accounts == (("prod-network (111122223333)", 2),)
    assert {one.account for one in digest.oldest} == {"prod-network (111122223333)"}
    world.store.remove(OTHER, "1.tflock")
    for _ in range(8):
        watch(world.ports, rules, world.later(minutes=15))
    [digest] = world.messenger.digests.values()
    assert digest.accounts == (("prod-network (111122223333)", 1),)


def test_a_list_and_an_answer_to_a_click_tell_the_account() -> None:
    rules = rules_in(PROD)
    world = a_world(OTHER, rules=rules)
    request = ListRequest(ALICE, CHANNEL, "")
    listing = list_locks(request, FakeLockList(world.book), world.groups, rules, world.now)
    [listed] = listing.locks
    assert listed.account == "prod-network (111122223333)"
    release(a_click(listed.page.lock, BOB), world.ports, rules, world.now)
    [(_, whisper)] = world.messenger.whispers
    assert whisper.account == "prod-network (111122223333)"
