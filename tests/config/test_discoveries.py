"""Test how ``[[discover]]`` is read."""

import pytest

from chalicelib.config.file import parse
from chalicelib.core.locks.account import HOME, Account
from chalicelib.core.locks.discovery import Discovery
from chalicelib.core.locks.place import Kind
from tests.config.test_file import LEAST, problems

NO_TARGETS = LEAST.partition("[[targets]]")[0]
ALL = """
[[discover]]
buckets = ["*-tfstate"]
tags = { purpose = "terraform-state" }
units = ["r-ab12"]
external_id = "acme"
organization_role = "arn:aws:iam::111122223333:role/lister"
"""


def a_rule(*lines: str) -> str:
    return LEAST + "[[discover]]\n" + "\n".join(lines) + "\n"


def read(text: str) -> Discovery:
    return parse(text).rules.discoveries[-1]


def test_a_rule_looks_into_the_stacks_own_account_unless_it_names_others() -> None:
    assert read(a_rule('buckets = ["*-tfstate"]')) == Discovery(kind=Kind.S3, names=("*-tfstate",))
    assert read(a_rule('tables = ["Locks_*", "x"]')) == Discovery(kind=Kind.DYNAMODB, names=("Locks_*", "x"))


def test_a_rule_knows_the_role_of_every_account_that_it_names() -> None:
    rule = read(a_rule('buckets = ["*"]', 'accounts = ["111122223333"]', 'external_id = "e1"', 'role = "teams/reaper"'))
    assert rule.accounts == (Account("111122223333", role="teams/reaper", external_id="e1"),)
    assert (rule.member, rule.organization) == (HOME, HOME)


def test_a_rule_for_units_knows_the_role_of_the_members_and_whom_to_ask_for_them() -> None:
    rule = read(NO_TARGETS + ALL)
    assert rule.units == ("r-ab12",)
    assert rule.member == Account(external_id="acme")
    assert rule.organization == Account(
        "111122223333", role="arn:aws:iam::111122223333:role/lister", external_id="acme"
    )
    assert rule.tags == {"purpose": "terraform-state"}


def test_what_a_rule_does_not_say_of_the_roles_is_that_of_all_accounts() -> None:
    shared = '[accounts]\nexternal_id = "all-of-them"\n'
    text = shared + NO_TARGETS + '[[discover]]\nbuckets = ["a"]\naccounts = ["111122223333"]\nunits = ["r-ab12"]\n'
    rule = parse(text).rules.at_home("999988887777", "eu-west-1").discoveries[0]
    assert rule.accounts == (Account("111122223333", role="tflock-reaper-member", external_id="all-of-them"),)
    assert rule.member == Account(role="tflock-reaper-member", external_id="all-of-them")


def test_the_stacks_own_account_needs_no_role_even_if_a_rule_names_it() -> None:
    rule = parse(a_rule('buckets = ["a"]', *ELSEWHERE)).rules.at_home("111122223333", "eu-west-1").discoveries[0]
    assert rule.accounts == (HOME,)
    assert rule.called == "buckets a in the stack's account"


def test_a_configuration_may_have_nothing_but_target_rules() -> None:
    assert parse(NO_TARGETS + ALL).targets == ()


@pytest.mark.parametrize("begin", ["", "discover = []\n"])
def test_a_configuration_with_neither_is_a_mistake(begin: str) -> None:
    assert problems(begin + NO_TARGETS) == ["targets is missing: expected at least one [[targets]] or [[discover]]"]


def test_a_route_may_name_a_bucket_that_only_a_rule_may_find() -> None:
    assert parse(NO_TARGETS + ALL + '[[routes]]\nstate_paths = ["x-tfstate/*"]\n').rules.routes[0].state_paths


def test_a_rule_is_called_by_what_people_wrote() -> None:
    rule = read(a_rule('tables = ["a*", "b"]', 'tags = { team = "x*" }', 'regions = ["eu-west-1", "us-east-1"]'))
    assert rule.called == "tables a*, b tagged team=x* of eu-west-1, us-east-1"
    assert read(NO_TARGETS + ALL).called == "buckets *-tfstate tagged purpose=terraform-state in r-ab12"


ELSEWHERE = ('accounts = ["111122223333"]', 'external_id = "acme"')


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        (("regions = []",), 'discover[0].buckets is missing: expected patterns of bucket names like ["*-tfstate"]'),
        (('buckets = ["a"]', 'tables = ["a"]'), "discover[0].tables = ['a']: expected a rule of its own"),
        (("buckets = []",), "discover[0].buckets = []: expected a list of patterns"),
        (('buckets = "*"',), "discover[0].buckets = '*': expected a list of patterns"),
        (('buckets = ["ACME*"]',), "discover[0].buckets = ['ACME*']"),
        (('buckets = ["a/*"]',), "discover[0].buckets = ['a/*']"),
        (('buckets = [""]',), "discover[0].buckets = ['']"),
        (('buckets = ["a", "b", "a"]',), "discover[0].buckets = ['a', 'b', 'a']: expected a once"),
        (('tables = ["a b"]',), "discover[0].tables = ['a b']"),
        (('tables = ["a"]', "debris = true"), "discover[0].debris = True: expected only in a rule with buckets"),
        (('tables = ["a"]', 'prefixes = ["x/"]'), "discover[0].prefixes = ['x/']: expected only in a rule with bucket"),
        (('buckets = ["a"]', 'prefixes = ["*"]'), "discover[0].prefixes = ['*']"),
        (('buckets = ["a"]', "tags = {}"), "discover[0].tags = {}: expected 1 to 50 tags"),
        (('buckets = ["a"]', 'tags = "x"'), "discover[0].tags = 'x': expected tags like"),
        (('buckets = ["a"]', "tags = { a = 5 }"), "discover[0].tags.a = 5: expected the value of a tag"),
        (('buckets = ["a"]', 'tags = { "" = "x" }'), "discover[0].tags.\"\" = 'x': expected the value of a tag"),
        (('buckets = ["a"]', f'tags = {{ {"k" * 129} = "x" }}'), f"discover[0].tags.{'k' * 129} = 'x'"),
        (('buckets = ["a"]', 'accounts = ["1111"]', 'external_id = "x1"'), "discover[0].accounts = ['1111']"),
        (
            ('buckets = ["a"]', "accounts = [111122223333]", 'external_id = "x1"'),
            "discover[0].accounts = [111122223333]",
        ),
        (
            ('buckets = ["a"]', 'units = ["root"]', 'external_id = "x1"'),
            "discover[0].units = ['root']: expected a list",
        ),
        (('buckets = ["a"]', 'units = ["ou-ab12"]', 'external_id = "x1"'), "discover[0].units = ['ou-ab12']"),
        (('buckets = ["a"]', 'accounts = ["111122223333"]'), "discover[0].external_id is missing: expected the Exter"),
        (('buckets = ["a"]', 'units = ["r-ab12"]'), "discover[0].external_id is missing: expected the ExternalId"),
        (('buckets = ["a"]', 'external_id = "x1"'), "discover[0].external_id = 'x1': expected only in a rule with acc"),
        (('buckets = ["a"]', 'role = "x"'), "discover[0].role = 'x': expected only in a rule with accounts or units"),
        (('buckets = ["a"]', *ELSEWHERE, 'role = "a:b"'), "discover[0].role = 'a:b': expected the name of an IAM role"),
        (
            ('buckets = ["a"]', 'accounts = ["111122223333", "111122223333"]', 'external_id = "x1"'),
            "discover[0].accounts",
        ),
        (('buckets = ["a"]', *ELSEWHERE, f'role = "{"x/" * 5000}?"'), "discover[0].role = 'x/x/"),
        (
            ('buckets = ["a"]', *ELSEWHERE, 'organization_role = "arn:aws:iam::111122223333:role/x"'),
            "discover[0].organization_role = 'arn:aws:iam::111122223333:role/x': expected only in a rule with units",
        ),
        (
            ('buckets = ["a"]', 'units = ["r-ab12"]', 'external_id = "x1"', 'organization_role = "lister"'),
            "discover[0].organization_role = 'lister': expected the ARN of an IAM role",
        ),
        (('buckets = ["a"]', 'regions = ["Frankfurt"]'), "discover[0].regions = ['Frankfurt']: expected a list of AWS"),
        (('bucket = "a"', 'buckets = ["a"]'), "discover[0].bucket = 'a': there is no such key; did you mean buckets?"),
    ],
)
def test_a_mistake_is_named_with_its_key_and_what_was_expected(lines: tuple[str, ...], problem: str) -> None:
    [found] = problems(a_rule(*lines))[:1]
    assert found.startswith(problem)


def test_a_rule_that_is_there_twice_is_a_mistake() -> None:
    [problem] = problems(a_rule('buckets = ["a"]') + '[[discover]]\nbuckets = ["a"]\n')
    assert problem == "discover[1] = 'buckets a': expected each rule once; this one is discover[0] again"
