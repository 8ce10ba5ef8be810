"""Test where in AWS a lock is, as people are told it."""

import msgspec
import pytest

from chalicelib.core.locks.account import HOME, Account
from chalicelib.core.locks.locations import Location
from chalicelib.core.locks.place import Kind, Place
from chalicelib.core.locks.target import Target
from chalicelib.core.policy import Route, Rules
from tests.builders import BUCKET, TABLE, a_policy, at, some_rules

STACK, REGION = "000011112222", "eu-west-1"
PROD = Account("111122223333", "prod-network", "tflock-reaper-member", "secret-handshake")
AT_HOME = Target(Kind.S3, BUCKET)
IN_PROD = Target(Kind.S3, "acme-prod", region="us-east-1", account=PROD)
TABLE_IN_PROD = Target(Kind.DYNAMODB, TABLE, region="us-east-1", account=PROD)


def rules_of(*targets: Target, routes: tuple[Route, ...] = ()) -> Rules:
    return msgspec.structs.replace(some_rules(*routes), targets=targets).at_home(STACK, REGION)


def test_every_target_has_an_account_and_a_region() -> None:
    locations = rules_of(AT_HOME, IN_PROD, TABLE_IN_PROD).locations
    assert locations.of(AT_HOME.place("a.tflock")) == Location(Account(STACK), REGION)
    assert locations.of(IN_PROD.place("a.tflock")) == Location(PROD, "us-east-1")
    assert locations.of(TABLE_IN_PROD.place("a/b")) == Location(PROD, "us-east-1")


def test_of_a_bucket_that_is_no_target_nothing_is_claimed() -> None:
    locations = rules_of(AT_HOME, IN_PROD).locations
    assert locations.of(at("acme-gone/a")) == Location(HOME, "")
    assert locations.shown_account(at("acme-gone/a")) == ""


def test_a_table_that_is_no_target_any_more_is_still_in_its_account() -> None:
    locations = rules_of(AT_HOME, IN_PROD).locations
    place = Place(Kind.DYNAMODB, "gone", "a/b", "111122223333", "us-east-1")
    assert locations.of(place) == Location(Account(PROD.id, PROD.name), "us-east-1")
    assert locations.shown_account(place) == "prod-network (111122223333)"


@pytest.mark.parametrize("targets", [(AT_HOME,), (IN_PROD, TABLE_IN_PROD)], ids=["at home", "in another account"])
def test_one_account_is_shown_nowhere(targets: tuple[Target, ...]) -> None:
    locations = rules_of(*targets).locations
    assert {locations.shown_account(target.place("a.tflock")) for target in targets} == {""}


def test_with_two_accounts_each_is_shown_by_name_where_that_is_known() -> None:
    locations = rules_of(AT_HOME, IN_PROD).locations
    assert locations.shown_account(AT_HOME.place("a.tflock")) == STACK
    assert locations.shown_account(IN_PROD.place("a.tflock")) == "prod-network (111122223333)"


def test_the_name_that_one_target_has_is_its_account_s_for_all_targets() -> None:
    unnamed = Target(Kind.S3, "acme-unnamed", account=Account(PROD.id, role="other"))
    route = Route(("*",), a_policy(channel="C0PROD"), ("prod-*",))
    for targets in ((unnamed, IN_PROD, AT_HOME), (IN_PROD, unnamed, AT_HOME)):
        rules = rules_of(*targets, routes=(route,))
        place = unnamed.place("a.tflock")
        assert rules.locations.shown_account(place) == "prod-network (111122223333)"
        assert rules.account_of(place) == Account(PROD.id, PROD.name, "other")
        assert rules.policy_for(place).channel == "C0PROD"
        assert len(rules.locations.accounts) == 2


def test_the_stack_s_own_account_has_the_name_that_a_rule_found() -> None:
    rules = rules_of(AT_HOME, Target(Kind.S3, "acme-found", account=Account(STACK, "tools")))
    assert rules.home == Account(STACK, "tools")
    assert rules.locations.accounts == (Account(STACK, "tools"),)
