"""Policies that name a table which nobody locks in any more; the fix takes nothing else from anybody."""

import shlex
from typing import Any

import msgspec
import pytest

from chalicelib.core.doctor.finding import Colour
from chalicelib.core.doctor.migration.grants import Policies, Policy, grants_finding, names, without

ARN = "arn:aws:dynamodb:eu-central-1:123456789012:table/terraform-locks"
OTHER = "arn:aws:dynamodb:eu-central-1:123456789012:table/orders"
STATES = {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::acme-tfstate/*"}


def allow(resource: Any = ARN, action: Any = "dynamodb:PutItem", effect: str = "Allow") -> dict[str, Any]:
    return {"Effect": effect, "Action": action, "Resource": resource}


def policy(*statements: Any, **fields: Any) -> Policy:
    told: dict[str, Any] = {"name": "locks", "holder": "ci", "document": {"Version": "2012-10-17"}} | fields
    return Policy(**told | {"document": {**told["document"], "Statement": list(statements)}})


def found(*policies: Policy, all_of_them: bool = True) -> Any:
    return grants_finding("table terraform-locks", ARN, Policies(policies, all_of_them))


@pytest.mark.parametrize(
    "statement",
    [
        allow(),
        allow(["arn:aws:dynamodb:*:*:table/terraform-*", OTHER]),
        allow(action=["DynamoDB:*"]),
        allow(action="*"),
        allow(action="dynamodb:Delete*"),
        {"Effect": "Allow", "NotAction": "s3:*", "Resource": ARN},
    ],
)
def test_a_policy_that_names_the_table_and_lets_somebody_write_is_left_behind(statement: Any) -> None:
    assert names({"Statement": statement}, ARN)
    assert found(policy(statement)).colour is Colour.YELLOW


@pytest.mark.parametrize(
    "statement",
    [
        allow("*"),
        allow("arn:aws:dynamodb:*:*:table/*"),
        allow(OTHER),
        allow(f"{ARN}/stream/*"),
        allow(action=["dynamodb:GetItem", "dynamodb:Scan"]),
        allow(effect="Deny"),
        {"Effect": "Allow", "Action": "*", "NotResource": OTHER},
        "no statement",
    ],
)
def test_a_policy_for_all_tables_for_others_or_to_read_is_not(statement: Any) -> None:
    assert not names({"Statement": [statement]}, ARN)
    assert found(policy(statement)).colour is Colour.GREEN


def test_all_else_in_a_policy_stays_as_it_is_written() -> None:
    document = {"Version": "2012-10-17", "Id": "x", "Statement": [STATES, allow([ARN, OTHER]), allow()]}
    assert without(document, ARN) == {**document, "Statement": [STATES, allow([OTHER])]}
    assert without({"Statement": allow()}, ARN) is None


def test_the_fix_writes_the_whole_policy_without_the_table_or_takes_it_away_where_nothing_is_left() -> None:
    whole, empty = policy(STATES, allow()), policy(allow(), kind="user", holder="o'hara")
    arn = "arn:aws:iam::123456789012:policy/locks"
    managed = policy(allow(), holder="", arn=arn, attached=(("role", "ci"), ("group", "ops")))
    shared = policy(STATES, allow(), holder="", arn=arn, attached=(("role", "ci"),))
    fix = found(whole, empty, managed, shared).fix
    lines = [shlex.split(line) for line in fix.cli.splitlines()]
    assert [line[2] for line in lines] == [
        "put-role-policy",
        "delete-user-policy",
        "detach-role-policy",
        "detach-group-policy",
        "create-policy-version",
    ]
    assert msgspec.json.decode(lines[0][-1])["Statement"] == [STATES]
    assert lines[1][3:] == ["--user-name", "o'hara", "--policy-name", "locks"]


def test_none_of_some_policies_is_not_known() -> None:
    assert found(policy(STATES), all_of_them=False).colour is Colour.GREY
