"""Judge every role in every partition: none may more than docs/rights.md says, to which README points."""

import copy
from functools import cache

import pytest

from deploy.commands import ROOT
from tests.deploy.rights.asked_of_iam import Allowed, allowed, row_of
from tests.deploy.rights.judged_stack import (
    BY_PATTERN,
    EACH_PARTITION,
    EVERYTHING,
    LEAST,
    SETTINGS,
    built_template,
    stack_of,
    statements_of,
)
from tests.deploy.rights.told_rights import EVERYBODY, ROWS, resources_of
from tests.deploy.stack_files import Document
from tests.deploy.worked_out import WorkedOut

pytestmark = pytest.mark.thorough


def _allowed(stack: WorkedOut, only: str = "") -> list[Allowed]:
    by_role = {role: listed for role, listed in statements_of(stack).items() if only in ("", role)}
    return list(allowed(by_role, resources_of(stack.where, stack.arn("LockBook")), stack.where))


@cache
def _asked(partition: str, setting: str) -> list[Allowed]:
    return _allowed(stack_of(partition, next(one for one in SETTINGS if one.name == setting)))


def test_each_row_is_a_sentence_of_what_is_told() -> None:
    told = " ".join((ROOT / "docs" / "rights.md").read_text().split())
    assert [row.sentence for row in ROWS if row.sentence not in told] == []


@pytest.mark.parametrize("partition", EACH_PARTITION)
@pytest.mark.parametrize(
    "setting", [EVERYTHING.name, *(pytest.param(one.name, marks=pytest.mark.thorough) for one in (LEAST, BY_PATTERN))]
)
def test_no_role_may_more_than_is_told(partition: str, setting: str) -> None:
    assert [one for one in _asked(partition, setting) if row_of(one, ROWS) is None] == []


@pytest.mark.parametrize("partition", EACH_PARTITION)
def test_each_role_may_all_that_is_told(partition: str) -> None:
    """Otherwise a row of the table would hide a right that somebody adds later."""
    found = _asked(partition, EVERYTHING.name)
    unused = [
        (row.sentence, role, on)
        for row in ROWS
        for role in row.roles
        for on in (() if row.on == ("*",) else row.on)
        if not any((one.role, one.on) == (role, on) and row_of(one, ROWS) is not None for one in found)
    ]
    assert unused == []


def test_every_role_of_the_stack_is_in_the_table() -> None:
    assert set(statements_of(stack_of("aws", EVERYTHING))) == set(EVERYBODY)


@pytest.mark.parametrize(
    "added",
    [
        {"Action": "s3:GetObject", "Resource": "*"},
        {"Action": "sqs:*", "Resource": "*"},
        {"Action": "kms:Decrypt", "Resource": "*"},
        {"Action": "lambda:InvokeFunction", "Resource": "*"},
        {"Action": ["dynamodb:GetItem"], "Resource": {"Fn::Sub": "arn:${AWS::Partition}:dynamodb:*:*:table/*"}},
    ],
)
def test_a_right_that_is_not_in_the_table_is_found(added: Document) -> None:
    document = copy.deepcopy(built_template())
    statements = document["Resources"]["SweepTargetRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    statements[:] = [one for one in statements if one["Effect"] == "Allow"] + [{"Effect": "Allow", **added}]
    assert any(row_of(one, ROWS) is None for one in _allowed(stack_of("aws", LEAST, document), "SweepTarget"))
