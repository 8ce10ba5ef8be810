"""Test what each function may do, by its policy file, so that nobody adds a right by accident."""

import pytest

from app import app
from chalicelib.aws.locks.s3 import DEMANDED_ACLS
from tests.deploy.stack_files import Document, actions, functions, resources, statements

LOCKS = {"Ref": "LockObjectArns"}
ANY_LOCK = {"Fn::Sub": "arn:${AWS::Partition}:s3:::*/*.tflock"}
OWNED = {"aws:ResourceAccount": {"Fn::If": ["HasOwnBucketsOnly", {"Ref": "AWS::AccountId"}, "*"]}}
"""Where buckets are named by a pattern, only those of the stack's account count."""
A_VERSION_IS_NAMED = {"Null": {"s3:VersionId": "false"}}
"""No delete of an unversioned object can meet this condition (AWS's DeleteObject page)."""
FUNCTIONS = sorted(functions())
BOOK = {
    "answer_click": ["GetItem", "Query", "UpdateItem"],
    "api_handler": ["GetItem", "Query", "Scan held"],
    "examine_setup": ["GetItem", "Query", "UpdateItem"],
    "nightly_sweep": ["GetItem", "Query", "UpdateItem"],
    "record_lock_event": ["GetItem", "Query", "UpdateItem"],
    "release_lock": ["GetItem", "UpdateItem"],
    "sweep_target": ["DeleteItem", "GetItem", "Query", "Query held", "Scan held", "UpdateItem"],
    "table_changed": [],
    "watch_locks": ["DeleteItem", "GetItem", "Query", "Scan held", "UpdateItem"],
}
"""What each function does in the lock book: in the whole table, or in its index of held locks."""
ORDERS = {
    "api_handler": ["ReleaseQueue", "ClickQueue"],
    "nightly_sweep": ["SweepQueue"],
    "sweep_target": ["ReleaseQueue", "SweepQueue"],
    "watch_locks": ["ReleaseQueue", "ClickQueue"],
    "record_lock_event": ["LockEventQueue"],
    "release_lock": ["ReleaseQueue", "ClickQueue"],
    "answer_click": ["ClickQueue"],
    "table_changed": ["LockEventQueue"],
}
"""Which queues each function sends to.

The API sends clicks. The reaper sends its own releases, the rest of a sweep, and the end of an undo's time. A click
that has to wait for another click goes back into its queue. ``record_lock_event`` sends itself what it can only journal
later.
"""


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
def test_nothing_is_ever_written_to_s3_by_a_functions_own_policy(function: str) -> None:
    granted = {action for statement in _allowed(function) for action in actions(statement) if action.startswith("s3:")}
    reading = {"s3:GetObject", "s3:GetObjectVersion", "s3:GetObjectTagging", "s3:GetObjectLegalHold"}
    assert granted <= {"s3:ListBucket", "s3:GetBucketVersioning", "s3:DeleteObject", *reading}


def test_only_release_lock_may_delete_only_locks_and_only_the_one_it_read() -> None:
    deleters = {f: [s for s in _allowed(f) if "s3:DeleteObject" in actions(s)] for f in FUNCTIONS}
    assert [function for function, allowed in deleters.items() if allowed] == ["release_lock"]
    (statement,) = deleters["release_lock"]
    assert statement["Resource"] == LOCKS
    assert statement["Condition"] == {"Null": {"s3:if-match": "false"}, "StringLike": OWNED}


def test_no_bucket_policy_can_grant_release_lock_an_unconditional_delete_or_the_delete_of_a_version() -> None:
    denied = {
        (action, str(statement.get("Condition", "")), statement["Resource"])
        for statement in statements("release_lock")
        if statement["Effect"] == "Deny" and "Resource" in statement
        for action in actions(statement)
        if action.startswith("s3:")
    }
    assert denied == {
        ("s3:DeleteObject", str({"Null": {"s3:if-match": "true"}}), "*"),
        ("s3:DeleteObject", str({"StringEquals": {"s3:if-match": ["*", '"*"']}}), "*"),
        ("s3:DeleteObjectVersion", str(A_VERSION_IS_NAMED), "*"),
        ("s3:PutObject", "", "*"),
    }


def test_only_a_lock_can_be_put_back_only_where_nothing_is_and_only_while_undo_is_on() -> None:
    policies = {n: r for n, r in resources()["Resources"].items() if r.get("Type") == "AWS::IAM::Policy"}
    putting = {n: r for n, r in policies.items() if "s3:PutObject" in str(r)}
    assert {name: policy["Condition"] for name, policy in putting.items()} == {"PutBackPolicy": "HasUndo"}
    properties = putting["PutBackPolicy"]["Properties"]
    assert properties["Roles"] == [{"Ref": "AnswerClickRole"}]
    allowed = properties["PolicyDocument"]["Statement"][0]
    assert (allowed["Action"], allowed["Resource"]) == ("s3:PutObject", LOCKS)
    assert allowed["Condition"] == {"Null": {"s3:if-none-match": "false"}, "StringLike": OWNED}


def test_with_a_lock_go_its_tags_and_an_acl_that_opens_it_to_nobody_else() -> None:
    _, tags, acl, _ = resources()["Resources"]["PutBackPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert (tags["Action"], tags["Resource"]) == ("s3:PutObjectTagging", ANY_LOCK)
    assert (acl["Action"], acl["Resource"]) == ("s3:PutObjectAcl", ANY_LOCK)
    assert acl["Condition"] == {"StringEquals": {"s3:x-amz-acl": list(DEMANDED_ACLS)}}


def test_a_lock_is_put_back_under_the_keys_of_its_bucket_where_there_are_any() -> None:
    keys = resources()["Resources"]["PutBackPolicy"]["Properties"]["PolicyDocument"]["Statement"][-1]
    condition, allowed, otherwise = keys["Fn::If"]
    assert (condition, otherwise) == ("HasDecryptKeys", {"Ref": "AWS::NoValue"})
    assert (allowed["Action"], allowed["Resource"]) == ("kms:GenerateDataKey", {"Ref": "DecryptKeyArns"})
    assert allowed["Condition"] == {"StringLike": {"kms:ViaService": "s3.*.amazonaws.*"}}


def test_no_bucket_policy_can_grant_answer_click_a_delete_an_overwrite_or_the_put_of_a_state() -> None:
    denied = {
        (action, str(statement.get("Condition", "")), str(statement.get("Resource", statement.get("NotResource"))))
        for statement in statements("answer_click")
        if statement["Effect"] == "Deny"
        for action in actions(statement)
        if action.startswith("s3:") and action not in {"s3:GetObject", "s3:GetObjectVersion"}
    }
    assert denied == {
        ("s3:PutObject", "", str(ANY_LOCK)),
        ("s3:PutObject", str({"Null": {"s3:if-none-match": "true"}}), "*"),
        ("s3:PutObject", str({"StringNotEquals": {"s3:if-none-match": ["*", '"*"']}}), "*"),
        ("s3:DeleteObject", "", "*"),
        ("s3:DeleteObjectVersion", str(A_VERSION_IS_NAMED), "*"),
    }


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_lock_book_is_open_to_each_function_for_what_it_does_and_no_more(function: str) -> None:
    places = {str({"Fn::GetAtt": ["LockBook", "Arn"]}): "", str({"Fn::Sub": "${LockBook.Arn}/index/held"}): " held"}
    rights = [
        action.removeprefix("dynamodb:") + places[str(statement["Resource"])]
        for statement in _allowed(function)
        for action in actions(statement)
        if action.startswith("dynamodb:")
    ]
    assert sorted(rights) == BOOK[function]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_where_buckets_are_named_by_a_pattern_only_those_of_the_own_account_are_open(function: str) -> None:
    named = [s for s in _allowed(function) if s["Resource"] in (LOCKS, {"Ref": "StateBucketArns"})]
    assert all(statement["Condition"]["StringLike"] == OWNED for statement in named)


MEMBER_POLICIES = {
    "ExamineMembersPolicy": ["ExamineSetupRole"],
    "LookIntoMembersPolicy": ["NightlySweepRole", "SweepTargetRole", "WatchLocksRole", "RecordLockEventRole"],
    "ReleaseInMembersPolicy": ["ReleaseLockRole"],
    "PutBackInMembersPolicy": ["AnswerClickRole"],
}


def test_member_roles_are_entered_only_where_a_target_needs_one_and_by_each_function_for_its_own_errand() -> None:
    entering = {n: r for n, r in resources()["Resources"].items() if "sts:AssumeRole" in str(r)}
    assert {name: [role["Ref"] for role in r["Properties"]["Roles"]] for name, r in entering.items()} == MEMBER_POLICIES
    assert entering["ExamineMembersPolicy"]["Condition"] == "HasDoctorOfMembers"
    assert {policy["Condition"] for policy in entering.values()} == {"HasMemberRoles", "HasDoctorOfMembers"}
    statements = [policy["Properties"]["PolicyDocument"]["Statement"] for policy in entering.values()]
    assert all(statement["Resource"] == {"Ref": "MemberRoleArns"} for [statement] in statements)
    sessions = [statement["Condition"]["StringLike"]["sts:RoleSessionName"] for [statement] in statements]
    restoring = {"Fn::If": ["HasUndo", "restore-*", {"Ref": "AWS::NoValue"}]}
    assert sessions == ["look-*", ["look-*", "release-*"], ["look-*", restoring], "examine-*"]
    assert not any("sts:" in action for function in FUNCTIONS for s in _allowed(function) for action in actions(s))


def test_names_are_listed_only_by_the_night_and_only_where_a_target_rule_asks_for_it() -> None:
    finding = resources()["Resources"]["FindTargetsPolicy"]
    assert finding["Condition"] == "HasTargetRules"
    assert finding["Properties"]["Roles"] == [{"Ref": "NightlySweepRole"}]
    names, accounts = finding["Properties"]["PolicyDocument"]["Statement"]
    assert names["Action"] == ["s3:ListAllMyBuckets", "dynamodb:ListTables", "tag:GetResources"]
    condition, listing, otherwise = accounts["Fn::If"]
    assert (condition, otherwise) == ("HasUnits", {"Ref": "AWS::NoValue"})
    assert {action.partition(":")[0] for action in listing["Action"]} == {"organizations"}
    assert all(action.partition(":")[2].startswith("List") for action in listing["Action"])
    listed = ("ListAllMyBuckets", "ListTables", "GetResources", "organizations:")
    assert not any(word in action for f in FUNCTIONS for s in _allowed(f) for action in actions(s) for word in listed)


TABLE_POLICIES = {
    "ReadLockTablesPolicy": ("dynamodb:GetItem", "HasLockTables"),
    "ListLockTablesPolicy": ("dynamodb:Scan", "HasLockTables"),
    "ReleaseFromTablesPolicy": ("dynamodb:DeleteItem", "HasLockTables"),
    "PutBackIntoTablesPolicy": ("dynamodb:PutItem", "HasUndoInTables"),
}


def test_lock_tables_are_open_only_where_a_target_names_one_and_for_undo_only_while_it_is_on() -> None:
    examining = resources()["Resources"]["ExamineTablesPolicy"]
    assert examining["Condition"] == "HasDoctorOfTables"
    tables = {name: r for name, r in resources()["Resources"].items() if "LockTableArns" in str(r) and r != examining}
    assert {name: policy["Condition"] for name, policy in tables.items()} == {
        name: condition for name, (_, condition) in TABLE_POLICIES.items()
    }
    for name, policy in tables.items():
        [allowed] = policy["Properties"]["PolicyDocument"]["Statement"]
        assert (allowed["Action"], allowed["Resource"]) == (TABLE_POLICIES[name][0], {"Ref": "LockTableArns"})
    assert resources()["Parameters"]["LockTableArns"]["Default"] == ""


def test_versions_are_listed_only_by_the_sweep_and_the_weekly_look_and_only_where_somebody_asks_for_it() -> None:
    listing = {name: r for name, r in resources()["Resources"].items() if "s3:ListBucketVersions" in str(r)}
    conditions = {name: policy["Condition"] for name, policy in listing.items()}
    assert conditions == {"CountDebrisPolicy": "HasDebris", "ExaminePolicy": "HasDoctor"}
    assert listing["CountDebrisPolicy"]["Properties"]["Roles"] == [{"Ref": "SweepTargetRole"}]
    [allowed] = listing["CountDebrisPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert (allowed["Action"], allowed["Resource"]) == ("s3:ListBucketVersions", {"Ref": "DebrisBucketArns"})
    assert resources()["Parameters"]["DebrisBucketArns"]["Default"] == ""
    assert not any("s3:ListBucketVersions" in actions(s) for function in FUNCTIONS for s in _allowed(function))


def test_every_function_leaves_orders_only_where_it_has_to() -> None:
    sending = {function: _resources_of(function, "sqs:SendMessage") for function in FUNCTIONS}
    for function, places in sending.items():
        named = [place for place in places for place in (place if isinstance(place, list) else [place])]
        assert named == [{"Fn::GetAtt": [queue, "Arn"]} for queue in ORDERS.get(function, [])]


def test_the_api_may_hand_over_clicks_look_into_the_book_and_read_the_signing_secret_and_nothing_else() -> None:
    granted = {action for statement in _allowed("api_handler") for action in actions(statement)}
    assert granted == {
        "sqs:SendMessage",
        "dynamodb:GetItem",
        "dynamodb:Scan",
        "dynamodb:Query",
        "ssm:GetParameter",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
    }
    assert "${SlackSigningSecretParameter}" in str(_resources_of("api_handler", "ssm:GetParameter"))


def test_whoever_reads_locks_or_secrets_may_decrypt_them_under_the_keys_that_were_named() -> None:
    readers = {f for f in FUNCTIONS if _resources_of(f, "s3:GetObject") or _resources_of(f, "ssm:GetParameter")}
    roles = resources()["Resources"]["DecryptKeysPolicy"]["Properties"]["Roles"]
    assert {role["Ref"] for role in roles} == {f"{reader.title().replace('_', '')}Role" for reader in readers}


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
