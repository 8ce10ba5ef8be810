"""Test that the jobs tell each lock's account, as the rules have it, where targets are in more than one account."""

import msgspec

from chalicelib.core.alerts.listing import ListRequest
from chalicelib.core.audit.event import ToldBy
from chalicelib.core.audit.line import LineKind
from chalicelib.core.locks.account import HOME, Account
from chalicelib.core.policy import Rules
from chalicelib.jobs.clicks.release import release
from chalicelib.jobs.list_locks import list_locks
from chalicelib.jobs.watch import watch
from tests.builders import ALICE, BOB, BUCKET, CHANNEL, TAKEN, a_click, at, sample, some_rules
from tests.fakes.lock_list import FakeLockList
from tests.fakes.world import FakeWorld
from tests.jobs.recording import an_event, record
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


def test_every_line_of_the_journal_about_a_lock_or_a_sweep_tells_the_account_and_the_region() -> None:
    rules = rules_in(PROD)
    world = a_world(OTHER, rules=rules)
    [alert] = world.messenger.shown.values()
    release(a_click(alert.page.lock), world.ports, rules, world.now)
    lines = [line for line in world.journal.lines if line.address or line.target == OTHER]
    assert {line.event for line in lines} == {
        LineKind.SWEEP_FINISHED,
        LineKind.ALERT_POSTED,
        LineKind.RELEASE_REQUESTED,
        LineKind.RELEASE_ANSWERED,
    }
    told = {(line.lock_account, line.lock_account_name, line.lock_region) for line in lines}
    assert told == {(PROD.id, PROD.name, "eu-west-1")}


def test_with_one_account_the_journal_tells_it_too() -> None:
    world = a_world(OTHER, rules=rules_in(HOME))
    assert {line.lock_account for line in world.journal.lines if line.address} == {STACK}


def test_an_event_s_line_tells_the_account_of_the_lock_beside_that_of_who_did_it() -> None:
    rules = rules_in(PROD)
    world = FakeWorld(TAKEN)
    world.store.put(OTHER, "a.tflock", sample("s3-apply-default"))
    told_by = {"principal": "", "account": "999988887777", "told_by": ToldBy.EVENTBRIDGE}
    record(world, an_event(TAKEN, acquired=True, place=at(f"{OTHER}/a"), **told_by), rules=rules)
    [line] = world.journal.lines
    assert (line.event, line.account, line.lock_account) == (LineKind.LOCK_ACQUIRED, "999988887777", PROD.id)


def test_a_list_can_be_of_some_accounts_only() -> None:
    rules = rules_in(PROD)
    world = a_world(BUCKET, OTHER, rules=rules)

    def listed(text: str) -> list[str]:
        request = ListRequest(ALICE, CHANNEL, text)
        listing = list_locks(request, FakeLockList(world.book), world.groups, rules, world.now)
        return [one.page.lock.ref.place.container for one in listing.locks]

    assert set(listed("")) == {BUCKET, OTHER}
    assert listed("account:prod-*") == listed("account:1111222233") == [OTHER]
    assert listed(f"account:{STACK}") == [BUCKET]
    assert listed("account:dev") == []
