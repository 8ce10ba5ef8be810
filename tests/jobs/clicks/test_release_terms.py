"""Release of what is no plain lock: only what comes back, and everybody is told what it was."""

import gzip
from datetime import timedelta

import pytest

from chalicelib.core.alerts.listing import ListRequest
from chalicelib.core.audit.line import LineKind
from chalicelib.core.clicks.click import Verb
from chalicelib.core.clicks.deletion import Look
from chalicelib.core.clicks.ending import Outcome, Refusal, WayBack
from chalicelib.core.locks.place import LockRef
from chalicelib.core.policy import Rules
from chalicelib.jobs.clicks.answer import answer
from chalicelib.jobs.clicks.release import release
from chalicelib.jobs.list_locks import list_locks
from tests.book_writes import kept
from tests.builders import ALICE, BUCKET, CHANNEL, KEY, TAKEN, a_click, sample, some_rules
from tests.fakes.lock_list import FakeLockList
from tests.fakes.store import FakeStore
from tests.fakes.world import FakeWorld
from tests.sweeps import sweep

RULES, NO_UNDO = some_rules(), some_rules(undo=timedelta(0))
STATE = b'{"version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": "x"}'
GARBAGE = b"what is this?"


def a_world(body: bytes, rules: Rules = RULES, *, versioned: bool = False) -> FakeWorld:
    world = FakeWorld(TAKEN)
    if versioned:
        world.store.versioned_buckets.add(BUCKET)
    world.store.put(BUCKET, KEY, body)
    sweep(rules.targets[0], world.ports, rules, world.later(hours=3))
    return world


def clicked(world: FakeWorld, rules: Rules = RULES) -> Outcome:
    [posted] = world.messenger.shown
    lock = world.messenger.shown[posted].lock
    ending = release(a_click(lock, message=posted.handle), world.ports, rules, world.now)
    assert ending is not None
    return ending.outcome


@pytest.mark.parametrize("versioned", [False, True])
@pytest.mark.parametrize(
    "body",
    [
        STATE,
        gzip.compress(STATE, mtime=0),
        STATE.decode().encode("utf-16"),
        b" " * 20_000,
        b"x" * 20_000,
        b"\n" * 16_385,
    ],
    ids=["plain", "gzip", "UTF-16", "blanks", "large", "one byte too many"],
)
def test_what_may_be_a_state_is_never_released_not_even_by_a_click_on_an_old_button(
    body: bytes, versioned: bool
) -> None:
    world = a_world(body, versioned=versioned)
    assert clicked(world) is Outcome.REFUSED
    assert world.store.deleted == []
    [(user, told)] = world.messenger.whispers
    assert (user, told.ending.refusal) == (ALICE, Refusal.MAY_BE_STATE)
    [line] = [line for line in world.journal.lines if line.event is LineKind.RELEASE_ANSWERED]
    assert (line.outcome, line.detail) == ("refused", "may be a state")


def test_nobody_is_kept_waiting_for_a_second_person_about_what_is_never_released() -> None:
    rules = some_rules(second_person=True)
    world = a_world(STATE, rules)
    assert clicked(world, rules) is Outcome.REFUSED
    [(_, told)] = world.messenger.whispers
    assert told.ending.refusal is Refusal.MAY_BE_STATE


@pytest.mark.parametrize(
    ("rules", "versioned", "outcome", "back"),
    [
        (RULES, False, Outcome.RELEASED, WayBack.KEPT),
        (RULES, True, Outcome.RELEASED, WayBack.KEPT),
        (NO_UNDO, True, Outcome.RELEASED, WayBack.VERSION),
        (NO_UNDO, False, Outcome.REFUSED, None),
    ],
)
def test_what_is_no_lock_is_released_only_where_it_comes_back(
    rules: Rules, versioned: bool, outcome: Outcome, back: WayBack | None
) -> None:
    world = a_world(GARBAGE, rules, versioned=versioned)
    assert clicked(world, rules) is outcome
    assert len(world.store.deleted) == (outcome is Outcome.RELEASED)
    [alert] = world.messenger.shown.values()
    assert (alert.ending.way_back if alert.ending else None) is back


def test_the_bytes_of_what_is_no_lock_are_kept_and_can_be_put_back_by_a_click() -> None:
    world = a_world(GARBAGE)
    clicked(world)
    [alert] = world.messenger.shown.values()
    there = kept(world.book, alert.lock.ref)
    assert there is not None
    assert there.body == GARBAGE
    answer(a_click(alert.lock, verb=Verb.PUT_BACK), world.ports, RULES, world.later(minutes=5))
    assert (BUCKET, KEY) in world.store.objects


class ForgetfulStore(FakeStore):
    """S3 of whose objects nothing can be kept."""

    def look(self, ref: LockRef) -> Look:
        return Look(super().look(ref).lock)


@pytest.mark.parametrize(
    ("body", "outcome"), [(GARBAGE, Outcome.REFUSED), (sample("s3-apply-default"), Outcome.RELEASED)]
)
def test_what_could_not_be_kept_is_not_deleted_unless_it_is_a_lock(body: bytes, outcome: Outcome) -> None:
    world = a_world(body)
    world.store = ForgetfulStore(**{name: getattr(world.store, name) for name in world.store.__dataclass_fields__})
    assert clicked(world) is outcome


@pytest.mark.parametrize(("versioned", "outcome"), [(True, Outcome.RELEASED), (False, Outcome.REFUSED)])
def test_a_lock_under_a_key_of_its_own_is_released_by_its_listed_etag_where_versions_are_kept(
    versioned: bool, outcome: Outcome
) -> None:
    world = FakeWorld(TAKEN)
    world.store.keys_sealed.add(KEY)
    if versioned:
        world.store.versioned_buckets.add(BUCKET)
    world.store.put(BUCKET, KEY, sample("s3-apply-default"))
    sweep(RULES.targets[0], world.ports, RULES, world.later(hours=3))
    assert clicked(world) is outcome
    [alert] = world.messenger.shown.values()
    assert world.store.deleted == ([alert.lock.ref] if versioned else [])
    assert kept(world.book, alert.lock.ref) is None


def test_a_sealed_lock_that_was_replaced_since_it_was_shown_is_left_alone() -> None:
    world = FakeWorld(TAKEN)
    world.store.keys_sealed.add(KEY)
    world.store.versioned_buckets.add(BUCKET)
    world.store.put(BUCKET, KEY, sample("s3-apply-default"))
    sweep(RULES.targets[0], world.ports, RULES, world.later(hours=3))
    world.store.put(BUCKET, KEY, sample("s3-plan-default"))
    assert clicked(world) is Outcome.REPLACED
    assert world.store.deleted == []


def test_a_list_offers_a_release_only_where_a_click_would_be_carried_out() -> None:
    request = ListRequest(ALICE, CHANNEL, "all")
    for body, rules, may in (
        (GARBAGE, RULES, True),
        (GARBAGE, NO_UNDO, False),
        (STATE, RULES, False),
        (b"", NO_UNDO, True),
        (sample("s3-apply-default"), NO_UNDO, True),
    ):
        world = a_world(body, rules)
        [listed] = list_locks(request, FakeLockList(world.book), world.groups, rules, world.now).locks
        assert listed.releasable is may


def test_the_release_of_a_copy_says_whose_lock_it_does_not_release() -> None:
    body = sample("s3-apply-default").replace(b"acme-tfstate/", b"acme-primary/")
    world = a_world(body)
    assert clicked(world) is Outcome.RELEASED
    [alert] = world.messenger.shown.values()
    assert alert.ending
    assert alert.ending.copy_of == "acme-primary/prod/network/terraform.tfstate"
    lines = [line.copy_of for line in world.journal.lines if line.event is LineKind.RELEASE_ANSWERED]
    assert lines == ["acme-primary/prod/network/terraform.tfstate"]


@pytest.mark.parametrize(
    ("changed", "due"),
    [
        ((b"", b""), True),
        ((b"acme-tfstate/prod", b"acme-primary/prod"), False),
        ((b"2026-11-21T", b"2026-10-21T"), False),
        ((b"2026-11-21T", b"2027-11-21T"), False),
        ((b'"Created"', b'"Later"'), False),
    ],
    ids=["its own", "another place", "long before", "long after", "no time"],
)
def test_a_copy_of_a_plan_s_lock_is_never_released_by_the_reaper_itself(
    changed: tuple[bytes, bytes], due: bool
) -> None:
    rules = some_rules(auto_release=timedelta(hours=6))
    world = a_world(sample("s3-plan-default").replace(*changed), rules)
    sweep(rules.targets[0], world.ports, rules, world.later(days=9))
    sweep(rules.targets[0], world.ports, rules, world.later(days=9))
    assert bool(world.orders.releases) is due
