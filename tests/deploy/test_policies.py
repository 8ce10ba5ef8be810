"""What each function may do: read from the policy files, so that no right is gained unnoticed."""

import pytest

from app import app
from tests.deploy.stack_files import Document, actions, functions, resources, statements

LOCKS = {"Ref": "LockObjectArns"}
ANY_LOCK = {"Fn::Sub": "arn:${AWS::Partition}:s3:::*/*.tflock"}
FUNCTIONS = sorted(functions())


def _allowed(function: str) -> list[Document]:
    return [statement for statement in statements(function) if statement["Effect"] == "Allow"]


def _resources_of(function: str, action: str) -> list[object]:
    return [statement.get("Resource") for statement in _allowed(function) if action in actions(statement)]


def test_every_entry_point_of_the_app_has_a_policy_of_its_own() -> None:
    routes = {entry.view_name for methods in app.routes.values() for entry in methods.values()}
    assert {*app.handler_map, "api_handler"} - routes == set(FUNCTIONS)
    assert len({settings["iam_policy_file"] for settings in functions().values()}) == len(FUNCTIONS)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_nothing_is_allowed_by_wildcard(function: str) -> None:
    for statement in _allowed(function):
        assert "*" not in str(statement["Resource"])
        assert not any("*" in action for action in actions(statement))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_only_locks_are_ever_read(function: str) -> None:
    for action in ("s3:GetObject", "s3:GetObjectVersion"):
        assert _resources_of(function, action) in ([], [LOCKS])


@pytest.mark.parametrize("function", FUNCTIONS)
def test_who_may_read_locks_is_denied_everything_else_in_s3_whatever_a_bucket_policy_grants(function: str) -> None:
    denied = [s for s in statements(function) if s["Effect"] == "Deny" and "s3:GetObject" in actions(s)]
    if _resources_of(function, "s3:GetObject"):
        assert [statement["NotResource"] for statement in denied] == [ANY_LOCK]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_nothing_is_ever_written_to_s3(function: str) -> None:
    granted = {action for statement in _allowed(function) for action in actions(statement) if action.startswith("s3:")}
    assert granted <= {"s3:ListBucket", "s3:GetObject", "s3:GetObjectVersion", "s3:DeleteObject"}


def test_only_release_lock_may_delete_only_locks_and_only_the_one_it_read() -> None:
    deleters = {f: [s for s in _allowed(f) if "s3:DeleteObject" in actions(s)] for f in FUNCTIONS}
    assert [function for function, allowed in deleters.items() if allowed] == ["release_lock"]
    (statement,) = deleters["release_lock"]
    assert statement["Resource"] == LOCKS
    assert statement["Condition"] == {"Null": {"s3:if-match": "false"}}


def test_no_bucket_policy_can_grant_release_lock_an_unconditional_delete_or_the_delete_of_a_version() -> None:
    denied = {
        (action, str(statement.get("Condition", "")), statement["Resource"])
        for statement in statements("release_lock")
        if statement["Effect"] == "Deny" and "Resource" in statement
        for action in actions(statement)
    }
    assert denied == {
        ("s3:DeleteObject", str({"Null": {"s3:if-match": "true"}}), "*"),
        ("s3:DeleteObjectVersion", "", "*"),
    }


def test_the_api_may_hand_over_clicks_and_read_the_signing_secret_and_nothing_else() -> None:
    granted = {action for statement in _allowed("api_handler") for action in actions(statement)}
    assert granted == {"sqs:SendMessage", "ssm:GetParameter", "logs:CreateLogStream", "logs:PutLogEvents"}
    assert "${SlackSigningSecretParameter}" in str(_resources_of("api_handler", "ssm:GetParameter"))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_function_writes_to_the_one_log_group(function: str) -> None:
    assert _resources_of(function, "logs:PutLogEvents") == [{"Fn::GetAtt": ["LogGroup", "Arn"]}]
    assert resources()["Globals"]["Function"]["LoggingConfig"] == {"LogGroup": {"Ref": "LogGroup"}}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_policy_names_only_what_the_stack_has(function: str) -> None:
    known = resources()
    for statement in statements(function):
        for place in (statement.get("Resource"), statement.get("NotResource")):
            if isinstance(place, dict) and "Fn::GetAtt" in place:
                assert place["Fn::GetAtt"][0] in known["Resources"]
            if isinstance(place, dict) and "Ref" in place:
                assert place["Ref"] in known["Parameters"]
