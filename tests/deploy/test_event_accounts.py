"""Test which other accounts may send lock events."""

import msgspec
import pytest

from chalicelib.core.locks.account import Account
from chalicelib.core.locks.discovery import Discovery
from chalicelib.core.locks.place import Kind
from chalicelib.core.locks.target import Target
from chalicelib.core.policy import Rules
from chalicelib.stack.event_accounts import MOST_BY_NAME, event_accounts, remarks
from tests.builders import some_rules

HOME, ORGANISATION = "9" * 12, {"OrganizationId": "o-abcdefghij"}
UNITS = Discovery(kind=Kind.S3, units=("ou-abcd-12345678",), member=Account(role="reaper", external_id="acme"))


def naming(*accounts: str, rules: tuple[Discovery, ...] = ()) -> Rules:
    targets = tuple(Target(Kind.S3, f"acme-{number}", account=Account(one)) for number, one in enumerate(accounts))
    return msgspec.structs.replace(some_rules(), targets=targets, discoveries=rules).at_home(HOME, "eu-west-1")


def test_the_accounts_of_targets_and_rules_are_named_each_once_and_the_stacks_own_is_not() -> None:
    found = Discovery(kind=Kind.S3, accounts=(Account("3" * 12), Account(HOME)))
    rules = naming("2" * 12, "", HOME, "1" * 12, "2" * 12, rules=(found,))
    assert event_accounts(rules, {}) == ",".join(digit * 12 for digit in "123")
    assert remarks(rules, {"EventAccounts": "111111111111"}) == []


def test_with_the_organisation_nobody_is_named() -> None:
    assert event_accounts(naming("2" * 12), ORGANISATION) == ""
    assert remarks(naming("2" * 12, rules=(UNITS,)), {"EventAccounts": ""} | ORGANISATION) == []


@pytest.mark.parametrize(
    ("rules", "named", "words"),
    [
        (naming(*(f"{number:012}" for number in range(MOST_BY_NAME + 1))), "", "the other accounts of reaper.toml"),
        (naming("2" * 12, rules=(UNITS,)), "222222222222", "the accounts of organisation units"),
    ],
)
def test_who_may_not_send_is_told_with_what_lets_them_in(rules: Rules, named: str, words: str) -> None:
    assert event_accounts(rules, {}) == named
    [said] = remarks(rules, {"EventAccounts": named})
    assert words in said
    assert "OrganizationId" in said


def test_where_all_is_in_one_account_nothing_is_said() -> None:
    assert event_accounts(naming(""), {}) == ""
    assert remarks(naming(""), {"EventAccounts": ""}) == []
