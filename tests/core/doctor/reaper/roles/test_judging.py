"""The roles of the stack fit the doctor's own table, and each change of them that matters is told with its mending."""

import json
import shlex
from typing import Any

import msgspec
import pytest

from chalicelib.core.doctor.finding import Colour, Finding
from chalicelib.core.doctor.reaper.roles.judging import bounds_of, judge_bounds, judge_rights, rights_of
from chalicelib.core.doctor.reaper.roles.role import Role
from chalicelib.core.doctor.reaper.roles.table import EACH
from tests.core.doctor.reaper.roles.stack_roles import HAS, LOCK, ROLES, SUBJECT, named, with_statement, without


def mended(role: Role, finding: Finding) -> Role:
    """The role after the command of a finding's fix."""
    assert finding.fix
    words = shlex.split(finding.fix.cli)
    assert words[:5] == ["aws", "iam", "put-role-policy", "--role-name", role.name]
    name, document = words[words.index("--policy-name") + 1], words[words.index("--policy-document") + 1]
    return msgspec.structs.replace(role, inline={**role.inline, name: json.loads(document)})


def test_the_roles_of_the_stack_may_do_all_that_their_functions_do() -> None:
    [one] = judge_rights(SUBJECT, ROLES, HAS)
    assert one.colour is Colour.GREEN, one.seen
    assert "9 roles" in one.seen


def test_the_roles_of_the_stack_can_do_nothing_that_they_never_should() -> None:
    [one] = judge_bounds(SUBJECT, ROLES, HAS)
    assert one.colour is Colour.GREEN, one.seen


def test_the_table_has_rights_and_bounds_for_each_function() -> None:
    assert {role.function for role in ROLES} == set(EACH)
    assert all(rights_of(function, HAS) and bounds_of(function, HAS) for function in EACH)


RIGHTS = sorted(
    {(f, asked.request.action) for f in EACH for asked in rights_of(f, HAS) if asked.request.action != "sts:AssumeRole"}
)


@pytest.mark.parametrize(("function", "action"), RIGHTS)
def test_a_right_that_a_role_lost_is_red_with_the_command_that_gives_it_back(function: str, action: str) -> None:
    broken = without(named(function), action)
    one, *_ = judge_rights(SUBJECT, [broken], HAS)
    assert (one.colour, function in one.seen, action in one.seen) == (Colour.RED, True, True)
    whole = mended(broken, one)
    assert [finding.colour for finding in judge_rights(SUBJECT, [whole], HAS)] == [Colour.GREEN]
    assert [finding.colour for finding in judge_bounds(SUBJECT, [whole], HAS)] == [Colour.GREEN]


def test_the_right_that_is_given_back_is_as_narrow_as_it_was() -> None:
    [one] = judge_rights(SUBJECT, [without(named("ReleaseLock"), "s3:DeleteObject")], HAS)
    assert one.fix
    document = json.loads(shlex.split(one.fix.cli)[-1])
    added = document["Statement"][-1]
    assert added["Resource"] == ["arn:aws:s3:::acme-tfstate/*.tflock"]
    assert added["Condition"] == {"Null": {"s3:if-match": "false"}}
    assert len(document["Statement"]) > 10, "the other statements are kept"


DENIALS = sorted(
    {
        (role.function, action)
        for role in ROLES
        for line, _ in bounds_of(role.function, HAS)
        for action in line.actions
        if action in str(role.inline)
    }
)


@pytest.mark.parametrize(("function", "action"), DENIALS)
def test_a_denial_that_a_role_lost_is_told_with_the_command_that_brings_it_back(function: str, action: str) -> None:
    broken = without(named(function), action, "Deny")
    findings = judge_bounds(SUBJECT, [broken], HAS)
    assert {one.colour for one in findings} <= {Colour.RED, Colour.YELLOW}
    whole = mended(broken, findings[0])
    assert [finding.colour for finding in judge_bounds(SUBJECT, [whole], HAS)] == [Colour.GREEN]
    assert [finding.colour for finding in judge_rights(SUBJECT, [whole], HAS)] == [Colour.GREEN]


def test_a_role_that_can_read_states_is_red() -> None:
    broken = without(without(named("WatchLocks"), "s3:GetObject", "Deny"), "s3:GetObjectVersion", "Deny")
    everything = {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}
    [one] = judge_bounds(SUBJECT, [with_statement(broken, everything)], HAS)
    assert one.colour is Colour.RED
    assert "watch_locks can read a state, which holds secrets" in one.seen
    assert "policy Added" in one.seen


def test_a_denial_of_somebody_else_is_red_and_named_with_its_policy() -> None:
    denied = {"Sid": "NoDeletes", "Effect": "Deny", "Action": "S3:deleteobject", "Resource": "arn:aws:s3:::acme-*"}
    [one] = judge_rights(SUBJECT, [with_statement(named("ReleaseLock"), denied, "security")], HAS)
    assert one.colour is Colour.RED
    assert "statement NoDeletes of policy security denies it" in one.seen
    assert one.fix
    assert "NoDeletes" in one.fix.do


def test_a_denial_by_a_condition_that_nobody_can_judge_from_here_is_yellow() -> None:
    elsewhere = {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}
    denied = {"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": elsewhere}
    [one] = judge_rights(SUBJECT, [with_statement(named("ReleaseLock"), denied)], HAS)
    assert one.colour is Colour.YELLOW
    assert "release_lock may lack" in one.seen


def test_what_a_permissions_boundary_takes_away_is_told_as_that() -> None:
    arn = "arn:aws:iam::111122223333:policy/boundary"
    reading: dict[str, Any] = {
        arn: {
            "Statement": [
                {"Effect": "Allow", "Action": "*", "Resource": "*"},
                {"Sid": "NoDelete", "Effect": "Deny", "Action": "s3:Delete*", "Resource": "*"},
            ]
        }
    }
    [one] = judge_rights(SUBJECT, [msgspec.structs.replace(named("ReleaseLock"), boundary=reading)], HAS)
    assert (one.colour, "permissions boundary" in one.seen, "s3:DeleteObject" in one.seen) == (Colour.RED, True, True)
    assert one.fix
    assert arn in one.fix.cli


def test_many_missing_rights_are_told_in_one_line_and_named_in_its_details() -> None:
    [one] = judge_rights(SUBJECT, [msgspec.structs.replace(named("SweepTarget"), inline={})], HAS)
    assert " more)" in one.seen
    assert len(one.details) > 10
    assert not any("doctor" in line and "log-stream" not in line for line in one.details)
    assert f"s3:GetObject on {LOCK.replace('tflock-reaper-doctor/terraform.tfstate', '*')}" in one.details
