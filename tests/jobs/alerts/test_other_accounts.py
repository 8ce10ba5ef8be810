"""Test locks of one state in tables of one name in several accounts: each is a lock of its own."""

import msgspec

from chalicelib.core.alerts.transitions import telling
from chalicelib.core.clicks.click import Click
from chalicelib.core.clicks.ending import Outcome
from chalicelib.core.locks.account import Account
from chalicelib.core.locks.place import Kind, Place
from chalicelib.core.locks.target import Target
from chalicelib.core.locks.terraform.item import INFO, LOCK_ID
from chalicelib.core.policy import Rules
from chalicelib.jobs.alerts.halves import Halves
from chalicelib.jobs.clicks.release import release
from chalicelib.jobs.watch import watch
from chalicelib.slack.words.parts.lock_value import decode, encode
from tests.builders import BUCKET, KEY, STATE_PATH, TABLE, TAKEN, a_click, sample, some_rules
from tests.fakes.world import FakeWorld

STACK = "000011112222"
PROD, DEV = Account("111122223333", "prod"), Account("444455556666", "dev")
IN_PROD, IN_DEV, AT_HOME = (Target(Kind.DYNAMODB, TABLE, account=account) for account in (PROD, DEV, Account()))


def rules_of(*targets: Target) -> Rules:
    return msgspec.structs.replace(some_rules(), targets=targets).at_home(STACK, "eu-west-1")


def a_world(*tables: Target, bucket: bool = False) -> FakeWorld:
    """Return a world with the same lock in each table, and perhaps in the bucket, all of them stale."""
    world = FakeWorld(TAKEN)
    for table in tables:
        item = {LOCK_ID: {"S": STATE_PATH}, INFO: {"S": sample("s3-apply-default").decode()}}
        world.tables.items[table.place(STATE_PATH)] = item
    if bucket:
        world.store.put(BUCKET, KEY, sample("s3-apply-default"))
    world.later(hours=3)
    return world


def clicks(world: FakeWorld) -> dict[str, Click]:
    """Return a click on Release of each alert, as its button has it, by the account of the lock."""
    locks = [alert.page for alert in world.messenger.shown.values()]
    shown = {page.lock.ref.place.account: decode(encode(page.lock.ref, page.present)) for page in locks}
    return {account: a_click(one.lock, halves=one.halves) for account, one in shown.items()}


def test_equal_locks_in_tables_of_two_accounts_have_an_alert_each_and_a_click_releases_one() -> None:
    rules = rules_of(IN_PROD, IN_DEV, AT_HOME)
    world = a_world(IN_PROD, IN_DEV, AT_HOME)
    watch(world.ports, rules, world.now)
    click = clicks(world)
    assert set(click) == {PROD.id, DEV.id, ""}
    ending = release(click[DEV.id], world.ports, rules, world.now)
    assert ending
    assert ending.outcome is Outcome.RELEASED
    assert {place.account for place in world.tables.items} == {PROD.id, ""}


def test_a_click_on_a_lock_that_is_gone_leaves_its_namesakes_in_other_accounts() -> None:
    rules = rules_of(IN_PROD, IN_DEV)
    world = a_world(IN_PROD, IN_DEV)
    watch(world.ports, rules, world.now)
    click = clicks(world)[DEV.id]
    del world.tables.items[IN_DEV.place(STATE_PATH)]
    ending = release(click, world.ports, rules, world.now)
    assert ending
    assert ending.outcome is Outcome.GONE
    assert set(world.tables.items) == {IN_PROD.place(STATE_PATH)}


def test_a_bucket_s_lock_has_its_other_half_only_in_a_table_of_its_own_account() -> None:
    in_s3 = Target(Kind.S3, BUCKET, account=PROD)
    rules = rules_of(in_s3, IN_PROD, AT_HOME)
    world = a_world(IN_PROD, AT_HOME, bucket=True)
    world.book.write(telling.remember(world.store.read(Place(Kind.S3, BUCKET, KEY))))  # type: ignore[arg-type]
    watch(world.ports, rules, world.now)
    leads = {page.lock.ref.place: page for page in world.book.open_pages() if page.half_of is None}
    assert set(leads) == {Place(Kind.S3, BUCKET, KEY), AT_HOME.place(STATE_PATH)}
    halves = {half.ref.place for half in leads[Place(Kind.S3, BUCKET, KEY)].halves}
    assert halves == {Place(Kind.S3, BUCKET, KEY), IN_PROD.place(STATE_PATH)}
    stray = leads[AT_HOME.place(STATE_PATH)]
    assert (stray.halves, stray.rivals) == ((), ())


def test_a_lock_in_a_table_is_looked_for_in_no_other_account_s_tables() -> None:
    tables = [Target(Kind.DYNAMODB, TABLE, account=Account(f"{number:012}")) for number in range(50)]
    world, rules = a_world(*tables), rules_of(*tables)
    lock = world.tables.read(tables[0].place(STATE_PATH))
    world.tables.read_keys.clear()
    state = Halves(world.ports, rules, world.now).state_lock(tables[0].place(STATE_PATH), lock)
    assert state.locks == (lock,)
    assert world.tables.read_keys == []


def test_an_event_joins_no_lock_of_another_account_s_table() -> None:
    in_s3 = Target(Kind.S3, BUCKET, account=PROD)
    rules = rules_of(in_s3, IN_PROD, AT_HOME)
    world = a_world(AT_HOME, bucket=True)
    stray, lock = world.tables.read(AT_HOME.place(STATE_PATH)), world.store.read(Place(Kind.S3, BUCKET, KEY))
    assert stray
    assert lock
    pages = [world.book.write(telling.remember(one, world.now)).page for one in (stray, lock)]
    for page in pages:
        assert page
        Halves(world.ports, rules, world.now).join(page)
    assert all(world.book.pages[one.ref].half_of is None for one in (stray, lock))
    assert all(world.book.pages[one.ref].halves == () for one in (stray, lock))
