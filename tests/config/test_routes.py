"""Test the accounts of ``[[routes]]``."""

import msgspec
import pytest

from chalicelib.config.file import parse
from chalicelib.config.routes import read_routes
from chalicelib.config.toml_table import Problems, Table
from chalicelib.core.locks.account import Account
from chalicelib.core.locks.place import Kind
from chalicelib.core.locks.target import Target
from chalicelib.core.policy import Route
from tests.builders import a_policy
from tests.config.test_file import LEAST, problems

PROD = Account("111122223333", "prod-network")
OTHER = Account("444455556666")
HOME = Target(Kind.S3, "acme-tfstate")
MEMBER = Target(Kind.S3, "acme-member", account=PROD)


def a_route(line: str) -> str:
    return f'{LEAST}[[routes]]\nchannel = "C0PROD"\n{line}\n'


def noted(pattern: str, *targets: Target, all_named: bool = True) -> list[str]:
    """Return the mistakes of a route for accounts that match a pattern."""
    found = Problems()
    table = Table({"accounts": [pattern]}, "routes[0]", found)
    read_routes([table], a_policy(), targets, all_named=all_named)
    return found.found


def test_a_route_for_accounts_needs_no_state_paths() -> None:
    route = parse(a_route('accounts = ["111122223333", "4444*"]')).rules.routes[0]
    assert (route.state_paths, route.accounts) == (("*",), ("111122223333", "4444*"))


def test_a_route_without_accounts_is_for_all_of_them_and_needs_state_paths() -> None:
    assert parse(a_route('state_paths = ["*"]')).rules.routes[0].accounts == ("*",)
    [problem] = problems(a_route(""))
    assert problem.startswith("routes[0].state_paths is missing")


@pytest.mark.parametrize("value", ["[]", '""', "111122223333", "[111122223333]", '[""]', "{}", "true"])
def test_what_is_no_list_of_patterns_of_accounts_is_a_mistake(value: str) -> None:
    [problem] = problems(a_route(f"accounts = {value}"))
    assert problem.startswith("routes[0].accounts = ")
    assert "expected a list of account IDs in quotes or account names" in problem


def test_an_empty_list_of_state_paths_is_a_mistake_beside_accounts_too() -> None:
    [problem] = problems(a_route('accounts = ["*"]\nstate_paths = []'))
    assert problem.startswith("routes[0].state_paths = []")


def test_a_route_for_accounts_still_names_buckets_of_targets() -> None:
    [problem] = problems(a_route('accounts = ["*"]\nstate_paths = ["acme-tfstat/*"]'))
    assert problem.startswith("routes[0].state_paths = 'acme-tfstat/*'")


@pytest.mark.parametrize(
    "pattern", ["111122223333", "1111*", "*", "????????????", "prod-*", "*network", "999999999999"]
)
def test_a_pattern_that_some_account_may_match_is_no_mistake(pattern: str) -> None:
    assert noted(pattern, HOME, MEMBER) == []


@pytest.mark.parametrize(
    "pattern", ["prod", "Prod-*", "11112222333", "1111222233334", "1111222233*334", "11112222333x"]
)
def test_a_pattern_that_no_account_can_match_is_a_mistake(pattern: str) -> None:
    [problem] = noted(pattern, HOME, MEMBER)
    assert problem.startswith(f"routes[0].accounts = {pattern!r}: expected a pattern that matches the account of a")
    assert "(111122223333, prod-network, the ID of the stack's own account)" in problem


def test_without_targets_in_the_account_of_the_stack_every_id_is_known() -> None:
    assert noted("111122223333", MEMBER) == []
    [problem] = noted("999999999999", MEMBER)
    assert "own account" not in problem


def test_with_target_rules_an_account_may_be_found_later() -> None:
    assert noted("team-*", HOME, all_named=False) == []


@pytest.mark.parametrize(
    ("account", "pattern", "covered"),
    [
        (PROD, "111122223333", True),
        (PROD, "prod-*", True),
        (PROD, "*-network", True),
        (PROD, "444455556666", False),
        (PROD, "prod", False),
        (OTHER, "444455556666", True),
        (OTHER, "????5555*", True),
        (OTHER, "prod-*", False),
        (Account(), "*", True),
        (Account(), "111122223333", False),
        (Account(), "?*", False),
    ],
)
def test_a_route_covers_accounts_by_id_or_by_name(account: Account, pattern: str, covered: bool) -> None:
    assert Route(("*",), a_policy(), (pattern,)).covers("acme/a", account) is covered


def test_the_account_of_the_stack_is_routed_by_its_id() -> None:
    rules = parse(a_route('accounts = ["999999999999"]')).rules
    place = rules.targets[0].place("a.tflock")
    assert rules.policy_for(place).channel != "C0PROD"
    assert rules.at_home("999999999999", "eu-central-1").policy_for(place).channel == "C0PROD"


def test_the_first_route_that_covers_both_the_state_path_and_the_account_is_taken() -> None:
    rules = parse(a_route('state_paths = ["acme-tfstate/a/*"]\naccounts = ["111122223333"]')).rules
    member = msgspec.structs.replace(rules.targets[0], account=PROD)
    rules = msgspec.structs.replace(rules, targets=(member,))
    assert rules.policy_for(member.place("a/b.tflock")).channel == "C0PROD"
    assert rules.policy_for(member.place("b.tflock")).channel != "C0PROD"
