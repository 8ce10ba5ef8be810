"""Test that a deployment is shown first, and that only a yes carries it out."""

from collections.abc import Callable
from typing import Any, NoReturn, cast

import pytest

from deploy.changes.change_set import ChangeSet
from deploy.changes.review import Ending, Wish, review, wish_problem
from deploy.commands import CommandError
from tests.deploy.changes.cloudformation import ARN, STACK, FakeCloudFormation, change, parameters

TABLE, FUNCTION, ROLE = "AWS::DynamoDB::Table", "AWS::Lambda::Function", "AWS::IAM::Role"


def change_set(cloudformation: FakeCloudFormation) -> ChangeSet:
    return ChangeSet(cast("Any", cloudformation), ARN, STACK)


def says(answer: str) -> Callable[[str], str]:
    return lambda _question: answer


@pytest.mark.parametrize("answer", ["y", "yes", " Y "])
def test_a_yes_carries_out_the_very_change_set_that_was_shown(answer: str) -> None:
    cloud = FakeCloudFormation()
    assert review(change_set(cloud), Wish.ASK, says(answer)) is Ending.DEPLOYED
    assert cloud.done == ["stack_update_complete", "executed"]


@pytest.mark.parametrize("answer", ["", "n", "no", "yess", "maybe"])
def test_anything_else_changes_nothing_and_leaves_no_change_set(answer: str) -> None:
    cloud = FakeCloudFormation()
    assert review(change_set(cloud), Wish.ASK, says(answer)) is Ending.DECLINED
    assert cloud.done == ["change set deleted"]


def test_showing_asks_nothing_and_changes_nothing() -> None:
    def refuse(_question: str) -> NoReturn:
        raise AssertionError

    cloud = FakeCloudFormation()
    assert review(change_set(cloud), Wish.SHOW, refuse) is Ending.SHOWN
    assert cloud.done == ["change set deleted"]


def test_where_nobody_can_answer_nothing_waits_and_nothing_changes() -> None:
    cloud = FakeCloudFormation()
    assert review(change_set(cloud), Wish.ASK, None) is Ending.NOBODY
    assert cloud.done == ["change set deleted"]


def test_breaking_off_at_the_question_leaves_no_change_set() -> None:
    def broken_off(_question: str) -> NoReturn:
        raise KeyboardInterrupt

    cloud = FakeCloudFormation()
    with pytest.raises(KeyboardInterrupt):
        review(change_set(cloud), Wish.ASK, broken_off)
    assert cloud.done == ["change set deleted"]


def test_a_first_deployment_that_is_declined_leaves_no_empty_stack() -> None:
    cloud = FakeCloudFormation(status="REVIEW_IN_PROGRESS")
    review(change_set(cloud), Wish.ASK, says("n"))
    assert cloud.done == ["change set deleted", "stack deleted"]


def test_a_first_deployment_that_somebody_else_prepared_too_keeps_its_stack() -> None:
    cloud = FakeCloudFormation(status="REVIEW_IN_PROGRESS", others=1)
    review(change_set(cloud), Wish.ASK, says("n"))
    assert cloud.done == ["change set deleted"]


def test_a_first_deployment_waits_for_a_creation() -> None:
    cloud = FakeCloudFormation(status="REVIEW_IN_PROGRESS")
    review(change_set(cloud), Wish.ASK, says("y"))
    assert cloud.done == ["stack_create_complete", "executed"]


def test_a_failure_is_told_by_what_failed_first() -> None:
    failed = [
        {"LogicalResourceId": "Late", "ResourceStatus": "CREATE_FAILED", "ResourceStatusReason": "cancelled"},
        {"LogicalResourceId": "Fine", "ResourceStatus": "CREATE_COMPLETE"},
        {"LogicalResourceId": "LogGroup", "ResourceStatus": "CREATE_FAILED", "ResourceStatusReason": "it exists"},
    ]
    with pytest.raises(CommandError, match=f"{STACK} was not deployed: LogGroup: it exists; Late: cancelled"):
        review(change_set(FakeCloudFormation(failed=failed)), Wish.ASK, says("y"))


def test_the_most_dangerous_changes_come_first_with_what_goes_with_them(capsys: pytest.CaptureFixture[str]) -> None:
    details = [{"Target": {"Attribute": "Properties", "Name": name}} for name in ("Code", "Layers", "Code")]
    cloud = FakeCloudFormation(
        pages=[
            [change("Add", "New", ROLE), change("Modify", "Sweep", FUNCTION, Replacement="False", Details=details)],
            [
                change("Modify", "LockBook", TABLE, Replacement="True", PolicyAction="ReplaceAndDelete"),
                change("Remove", "Kept", "AWS::Logs::LogGroup", PolicyAction="Retain"),
                change("Modify", "RulesLayer", "AWS::Lambda::LayerVersion", Replacement="True"),
                change("Modify", "Bus", "AWS::Events::Rule", Replacement="Conditional"),
            ],
        ],
        before={"Stage": "prod", "UndoMinutes": "10", "Gone": "x"},
        after=[
            *parameters(Stage="prod", UndoMinutes="5", NewOne="x", Unused=""),
            {"ParameterKey": "Gone", "UsePreviousValue": True},
        ],
    )
    review(change_set(cloud), Wish.SHOW, None)
    assert capsys.readouterr().out == (
        "tflock-reaper-prod would change:\n"
        "  REPLACE        LockBook (AWS::DynamoDB::Table)\n"
        "                 with it goes the lock book: all open alerts are forgotten and told again\n"
        "  maybe REPLACE  Bus (AWS::Events::Rule)\n"
        "  remove         Kept (AWS::Logs::LogGroup)\n"
        "  modify         Sweep (AWS::Lambda::Function): Code, Layers\n"
        "  make anew      RulesLayer (AWS::Lambda::LayerVersion)\n"
        "  add            New (AWS::IAM::Role)\n"
        "parameters:\n"
        "  NewOne: (not there before) -> x\n"
        "  UndoMinutes: 10 -> 5\n"
        "LOOK AGAIN: replaced, or maybe replaced: LockBook, Bus\n"
    )


def test_a_long_list_of_arns_takes_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    review(change_set(FakeCloudFormation(after=parameters(A="a" * 4096))), Wish.SHOW, None)
    shown = capsys.readouterr().out
    assert "... (4096 characters)" in shown
    assert max(map(len, shown.splitlines())) < 200


def test_an_action_that_is_new_to_us_is_shown_too(capsys: pytest.CaptureFixture[str]) -> None:
    review(change_set(FakeCloudFormation(pages=[[change("Dynamic", "Nested", "AWS::X::Y")]])), Wish.SHOW, None)
    assert "dynamic        Nested (AWS::X::Y)" in capsys.readouterr().out


def test_only_what_changeset_may_be_is_taken() -> None:
    assert [wish_problem(wish) for wish in ("", "1", "show")] == [None, None, None]
    assert wish_problem("yes") == (
        "CHANGESET=yes: CHANGESET=1 shows what would change and asks; CHANGESET=show only shows it"
    )
