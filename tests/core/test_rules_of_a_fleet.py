"""Test which target, account and policy a place has, when the targets are in many accounts and regions."""

import msgspec
import pytest

from chalicelib.core.locks.account import HOME, Account
from chalicelib.core.locks.place import Kind, Place
from chalicelib.core.locks.target import Target
from chalicelib.core.policy import Rules
from tests.builders import BUCKET, STATE_PATH, TABLE, at, some_rules

STACK, REGION = "000011112222", "eu-west-1"
PROD = Account("111122223333", "prod", "tflock-reaper-member", "secret-handshake")
DEV = Account("444455556666")


def rules_of(*targets: Target, found: tuple[Target, ...] = ()) -> Rules:
    return msgspec.structs.replace(some_rules(), targets=targets).at_home(STACK, REGION, found)


def a_table_in(account: Account = HOME, region: str | None = None) -> Target:
    return Target(Kind.DYNAMODB, TABLE, region=region, account=account)


@pytest.mark.parametrize("account", [HOME, Account(STACK), Account(STACK, "acme")], ids=["unnamed", "by ID", "by name"])
@pytest.mark.parametrize("region", [None, REGION])
def test_a_target_at_home_is_one_and_the_same_however_it_is_named(account: Account, region: str | None) -> None:
    rules = rules_of(a_table_in(account, region))
    assert [target.place("x") for target in rules.targets] == [Place(Kind.DYNAMODB, TABLE, "x")]
    assert rules.account_of(Place(Kind.DYNAMODB, TABLE, "x")).id == STACK


def test_a_role_in_the_stack_s_own_account_is_still_assumed() -> None:
    by_role = Account(STACK, role="states", external_id="x")
    [target] = rules_of(Target(Kind.S3, BUCKET, account=by_role)).targets
    assert target.account == by_role


def test_tables_of_one_name_in_two_accounts_and_regions_are_different_places() -> None:
    rules = rules_of(*(a_table_in(account, region) for account in (HOME, PROD, DEV) for region in (None, "us-east-1")))
    assert len({target.home for target in rules.targets}) == 6
    assert {rules.account_of(target.place("x")).id for target in rules.targets} == {STACK, PROD.id, DEV.id}


def test_a_target_that_is_configured_and_found_is_as_it_is_configured() -> None:
    configured = Target(Kind.S3, BUCKET, ("network/",), account=PROD)
    rules = rules_of(configured, found=(Target(Kind.S3, BUCKET, account=DEV), Target(Kind.S3, "acme-found")))
    assert rules.targets == (configured, Target(Kind.S3, "acme-found"))


def test_a_state_s_other_half_is_looked_for_only_in_the_tables_of_the_bucket_s_account() -> None:
    tables = [a_table_in(account, region) for account in (PROD, DEV) for region in (None, "us-east-1")]
    rules = rules_of(Target(Kind.S3, BUCKET, account=PROD), *tables)
    places = rules.places_of(STATE_PATH)
    assert [(place.kind, place.account, place.region) for place in places] == [
        (Kind.S3, "", ""),
        (Kind.DYNAMODB, PROD.id, ""),
        (Kind.DYNAMODB, PROD.id, "us-east-1"),
    ]


def test_of_a_bucket_that_is_no_target_every_table_may_have_the_lock() -> None:
    rules = rules_of(a_table_in(PROD), a_table_in(DEV))
    assert {place.account for place in rules.places_of(STATE_PATH)} == {PROD.id, DEV.id}


def test_a_bucket_s_account_is_its_target_s_and_else_the_stack_s() -> None:
    rules = rules_of(Target(Kind.S3, BUCKET, account=PROD))
    assert rules.account_of(at(STATE_PATH)) == PROD
    assert rules.account_of(at("acme-elsewhere/x")) == Account(STACK)


def test_a_key_outside_of_the_target_s_prefixes_has_no_target() -> None:
    rules = rules_of(Target(Kind.S3, BUCKET, ("network/",), account=PROD))
    assert rules.target_of(at(f"{BUCKET}/network/x")) is not None
    assert rules.target_of(at(f"{BUCKET}/other/x")) is None
