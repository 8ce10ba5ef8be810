"""Test the keys about other accounts."""

import pytest

from chalicelib.config.file import parse
from chalicelib.core.locks.account import HOME, Account
from tests.config.test_file import LEAST, problems

STACK, PROD = "999999999999", "111122223333"
ARN = f"arn:aws:iam::{PROD}:role/locks"
MEMBERS = '[accounts]\nexternal_id = "acme-locks"\n'
A_TABLE = '[[targets]]\ntable = "locks"\n'
STREAM = f'stream = "arn:aws:dynamodb:eu-central-1:{PROD}:table/locks/stream/2026-11-21T03:18:57.123"\n'


def account_of(keys: str, members: str = MEMBERS) -> Account:
    """The account of a target with these keys, as a stack in STACK sees it."""
    rules = parse(LEAST + keys + members).rules.at_home(STACK, "eu-central-1")
    return rules.targets[0].account


def test_a_target_without_an_account_is_in_that_of_the_stack() -> None:
    assert account_of("") == account_of("", "") == HOME


def test_an_account_is_entered_by_the_role_of_all_accounts_or_by_its_own() -> None:
    member = "tflock-reaper-member"
    assert account_of(f'account = "{PROD}"\n') == Account(PROD, role=member, external_id="acme-locks")
    named = '[accounts]\nrole = "team/reaper"\nexternal_id = "acme-locks"\n'
    assert account_of(f'account = "{PROD}"\n', named).role == "team/reaper"
    own = f'account = "{PROD}"\nrole = "locks"\nexternal_id = "of-its-own"\n'
    assert account_of(own, named) == Account(PROD, role="locks", external_id="of-its-own")


def test_an_arn_names_the_account_too() -> None:
    assert account_of(f'role = "{ARN}"\n') == Account(PROD, role=ARN, external_id="acme-locks")
    assert account_of(f'role = "{ARN}"\naccount = "{PROD}"\nexternal_id = "x:y"\n', "").external_id == "x:y"


def test_the_stack_s_own_account_is_home_unless_a_role_is_named_for_it() -> None:
    assert account_of(f'account = "{STACK}"\n') == HOME
    assert account_of(f'account = "{STACK}"\nrole = "states"\n') == Account(
        STACK, role="states", external_id="acme-locks"
    )


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        (
            "account = 111122223333",
            "account = 111122223333: expected the 12 digits of an account's ID in quotes, like \"",
        ),
        ('account = "11112222333"', "expected the 12 digits"),
        ('account = "1111 2222 3333"', "expected the 12 digits"),
        ('account = "١١١١٢٢٢٢٣٣٣٣"', "expected the 12 digits"),
        ('account = "prod"', "expected the 12 digits"),
        ('role = "locks"', "role = 'locks': expected the role's ARN, or beside the role's name a key account"),
        ('role = "arn:aws:iam::111122223333:user/alice"', "expected the name of an IAM role, with its path"),
        ('role = "arn:aws:sts::111122223333:assumed-role/locks/x"', "or its ARN"),
        ('role = "arn:aws:iam::1111:role/locks"', "or its ARN"),
        ('role = "*"', "or its ARN"),
        ('role = ""', "or its ARN"),
        (f'account = "222233334444"\nrole = "{ARN}"', "a role of account 222233334444; this is a role of account 1111"),
        (f'account = "{PROD}"\nexternal_id = ""', "external_id = '': expected the ExternalId"),
        (f'account = "{PROD}"\nexternal_id = "two words"', "expected the ExternalId"),
        (f'account = "{PROD}"\nexternalid = "x-y"', "there is no such key; did you mean external_id?"),
    ],
)
def test_what_names_no_account_is_told_with_what_to_do(keys: str, said: str) -> None:
    [problem, *others] = problems(LEAST + keys + "\n" + MEMBERS)
    assert problem.startswith("targets[0].")
    assert said in problem
    assert not others


@pytest.mark.parametrize("keys", [f'account = "{PROD}"\n', f'role = "{ARN}"\n'])
def test_another_account_needs_an_external_id_of_its_own_or_of_all(keys: str) -> None:
    [problem] = problems(LEAST + keys)
    assert problem.startswith("targets[0].external_id is missing: expected the ExternalId that the role's trust policy")
    assert problem.endswith("in [accounts] for all roles, or here for this one")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (f'role = "{ARN}"', "accounts.role = "),
        ("role = 5", "accounts.role = 5: expected the name of an IAM role"),
        ('external_id = "a"', "accounts.external_id = 'a': expected the ExternalId"),
        ('name = "x"', "accounts.name = 'x': there is no such key"),
    ],
)
def test_mistakes_about_all_accounts_are_told(line: str, said: str) -> None:
    [problem] = problems(LEAST + f"[accounts]\n{line}\n")
    assert said in problem


@pytest.mark.parametrize("key", [f'account = "{PROD}"\n', f'role = "{ARN}"\n', 'region = "eu-west-1"\n'])
def test_a_stream_of_another_account_or_region_is_a_mistake(key: str) -> None:
    [problem] = problems(LEAST + A_TABLE + STREAM + key + MEMBERS)
    assert "a stream reaches only a stack in its own account and region" in problem


def test_tables_of_one_name_differ_by_account_and_a_bucket_s_name_is_unique_in_the_world() -> None:
    elsewhere = f'account = "{PROD}"\n'
    assert len(parse(LEAST + A_TABLE + A_TABLE + elsewhere + MEMBERS).targets) == 3
    [problem] = problems(LEAST + '[[targets]]\nbucket = "acme-tfstate"\n' + elsewhere + MEMBERS)
    assert "each bucket once" in problem
