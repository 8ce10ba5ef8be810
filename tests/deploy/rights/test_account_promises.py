"""Test what README.md and docs/rights.md say that the reaper may do in an account: each sentence, as IAM judges it."""

import re

import pytest

from chalicelib.core.doctor.catalogue import CHECKS
from tests.deploy.rights.iam_judge import (
    BUCKET,
    KEY,
    MEMBER_ROLE,
    OTHER_BUCKET,
    OTHER_TABLE,
    TABLE,
    Verdict,
    judge,
    parameter,
    place,
)
from tests.deploy.stack_files import functions, resources

FUNCTIONS = sorted(functions())
READERS = ["answer_click", "record_lock_event", "release_lock", "sweep_target", "watch_locks"]
EXAMINER = "examine_setup"
QUIET = sorted({*FUNCTIONS} - {*READERS, EXAMINER})
LOCK = f"{BUCKET}/prod/network/terraform.tfstate.tflock"
NO_LOCKS = [
    f"{BUCKET}/prod/network/terraform.tfstate",
    f"{BUCKET}/x.tflock/terraform.tfstate",
    f"{BUCKET}/x.tflock.bak",
    f"{BUCKET}/x.tflock/",
    f"{BUCKET}/X.TFLOCK",
    f"{OTHER_BUCKET}/terraform.tfstate",
]
OF_THE_OPERATOR = {
    "kms:Decrypt",
    "ssm:GetParameter",
    "dynamodb:GetItem",
    "dynamodb:Query",
    "sts:AssumeRole",
    "sts:GetCallerIdentity",
}
"""Rights that the function has in another policy, or that only the command's checks take."""
READING = ("s3:GetObject", "s3:GetObjectVersion")
WRITING = [
    "s3:PutObject",
    "s3:DeleteObject",
    "s3:DeleteObjectVersion",
    "s3:PutObjectAcl",
    "s3:PutBucketPolicy",
    "s3:DeleteBucket",
    "s3:PutLifecycleConfiguration",
    "s3:RestoreObject",
    "s3:ReplicateDelete",
    "s3:PutObjectTagging",
]
ITEM_WRITING = [
    "PutItem",
    "UpdateItem",
    "DeleteItem",
    "BatchWriteItem",
    "PartiQLInsert",
    "PartiQLUpdate",
    "PartiQLDelete",
]
AN_ITEM = {"dynamodb__LeadingKeys": "acme-tfstate/prod/network/terraform.tfstate"}
A_DIGEST = {"dynamodb__LeadingKeys": "acme-tfstate/prod/network/terraform.tfstate-md5"}
ETAG = '"d41d8cd98f00b204e9800998ecf8427e"'
ALLOWED, DENIED = Verdict(allowed=True, denied=False), Verdict(allowed=False, denied=True)
NOT_GIVEN = Verdict(allowed=False, denied=False)


@pytest.mark.parametrize("function", READERS)
def test_locks_of_the_state_buckets_are_listed_and_read(function: str) -> None:
    assert judge(function, "s3:ListBucket", BUCKET) == ALLOWED
    assert judge(function, "s3:GetObject", LOCK) == ALLOWED
    assert judge(function, "s3:ListBucket", OTHER_BUCKET) == NOT_GIVEN
    assert judge(function, "s3:GetObject", f"{OTHER_BUCKET}/x.tflock") == NOT_GIVEN


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("other", NO_LOCKS)
def test_reading_what_is_no_lock_is_denied_whatever_a_bucket_policy_grants(function: str, other: str) -> None:
    assert [judge(function, action, other) for action in READING] == [DENIED] * 2


def test_old_versions_of_a_lock_are_read_by_the_function_that_records_events_and_by_no_other() -> None:
    may = [function for function in FUNCTIONS if judge(function, "s3:GetObjectVersion", LOCK).allowed]
    assert may == ["record_lock_event"]


@pytest.mark.parametrize("function", ["record_lock_event", "sweep_target", "watch_locks", EXAMINER, *QUIET])
@pytest.mark.parametrize("action", WRITING)
def test_seven_of_the_nine_can_write_nothing_in_s3_whatever_a_bucket_policy_grants(function: str, action: str) -> None:
    keys = {"s3__if_match": ETAG, "s3__if_none_match": "*", "s3__VersionId": "v1"}
    assert judge(function, action, LOCK, **keys) == DENIED


@pytest.mark.parametrize("function", QUIET)
def test_what_starts_sweeps_and_what_faces_the_internet_touches_no_bucket(function: str) -> None:
    for action in ("s3:ListBucket", "s3:GetObject", "s3:GetBucketPolicy", *WRITING):
        assert judge(function, action, BUCKET) == judge(function, action, LOCK) == DENIED


def test_release_lock_deletes_a_lock_only_on_the_condition_that_it_is_the_one_it_read() -> None:
    assert judge("release_lock", "s3:DeleteObject", LOCK, s3__if_match=ETAG) == ALLOWED
    assert judge("release_lock", "s3:DeleteObject", LOCK) == DENIED


@pytest.mark.parametrize("condition", ["*", '"*"'])
def test_the_condition_that_anything_is_there_is_none(condition: str) -> None:
    assert judge("release_lock", "s3:DeleteObject", LOCK, s3__if_match=condition) == DENIED


@pytest.mark.parametrize("other", NO_LOCKS)
def test_release_lock_deletes_nothing_but_locks(other: str) -> None:
    assert judge("release_lock", "s3:DeleteObject", other, s3__if_match=ETAG) == DENIED


@pytest.mark.parametrize("function", FUNCTIONS)
def test_nobody_destroys_a_version_whatever_a_bucket_policy_grants(function: str) -> None:
    keys = {"s3__VersionId": "3HL4kqtJlcpXroDTDmJ.rmSpXd3dIbrHY", "s3__if_match": ETAG}
    assert judge(function, "s3:DeleteObjectVersion", LOCK, **keys) == DENIED


@pytest.mark.parametrize("function", ["release_lock", "answer_click"])
def test_no_deny_about_versions_can_be_met_by_a_delete_that_names_none(function: str) -> None:
    """Where it is denied, S3 refuses deletes of unversioned objects (AWS's DeleteObject page)."""
    assert judge(function, "s3:DeleteObjectVersion", LOCK, s3__if_match=ETAG) == NOT_GIVEN


def test_whoever_deletes_puts_nothing_and_whoever_puts_deletes_nothing() -> None:
    assert judge("release_lock", "s3:PutObject", LOCK, s3__if_none_match="*") == DENIED
    assert judge("answer_click", "s3:DeleteObject", LOCK, s3__if_match=ETAG) == DENIED


def test_answer_click_puts_a_lock_only_where_nothing_is() -> None:
    assert judge("answer_click", "s3:PutObject", LOCK, s3__if_none_match="*") == ALLOWED
    assert judge("answer_click", "s3:PutObject", LOCK) == DENIED
    assert judge("answer_click", "s3:PutObject", LOCK, s3__if_match=ETAG) == DENIED


@pytest.mark.parametrize("condition", [ETAG, "", "**", '"x", *'])
def test_a_put_on_the_condition_that_another_lock_is_not_there_is_denied(condition: str) -> None:
    assert judge("answer_click", "s3:PutObject", LOCK, s3__if_none_match=condition) == DENIED


@pytest.mark.parametrize("other", NO_LOCKS)
def test_answer_click_puts_nothing_but_locks(other: str) -> None:
    assert judge("answer_click", "s3:PutObject", other, s3__if_none_match="*") == DENIED


def test_items_of_the_lock_tables_are_read_by_those_who_read_locks_and_listed_by_those_who_list_targets() -> None:
    may = {
        action: [f for f in FUNCTIONS if judge(f, f"dynamodb:{action}", TABLE, **AN_ITEM).allowed]
        for action in ("GetItem", "Scan", "Query", "BatchGetItem", "DescribeTable")
    }
    assert may == {
        "GetItem": READERS,
        "Scan": [EXAMINER, "sweep_target", "watch_locks"],
        "Query": [],
        "BatchGetItem": [],
        "DescribeTable": [EXAMINER],
    }
    assert not any(judge(f, "dynamodb:GetItem", OTHER_TABLE, **AN_ITEM).allowed for f in FUNCTIONS)


@pytest.mark.parametrize(("action", "only"), [("DeleteItem", "release_lock"), ("PutItem", "answer_click")])
def test_one_function_deletes_items_another_puts_them_and_to_all_others_a_table_s_own_policy_can_grant_neither(
    action: str, only: str
) -> None:
    judged = {function: judge(function, f"dynamodb:{action}", TABLE, **AN_ITEM) for function in FUNCTIONS}
    assert judged == dict.fromkeys(FUNCTIONS, DENIED) | {only: ALLOWED}
    assert not judge(only, f"dynamodb:{action}", OTHER_TABLE, **AN_ITEM).allowed


@pytest.mark.parametrize(("action", "only"), [("DeleteItem", "release_lock"), ("PutItem", "answer_click")])
def test_an_item_under_a_digest_s_key_is_neither_deleted_nor_put(action: str, only: str) -> None:
    assert judge(only, f"dynamodb:{action}", TABLE, **A_DIGEST) == DENIED


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_item_is_changed_or_written_in_another_way_whatever_a_table_s_own_policy_grants(function: str) -> None:
    may = [action for action in ITEM_WRITING if judge(function, f"dynamodb:{action}", TABLE, **AN_ITEM) != DENIED]
    assert may == {"release_lock": ["DeleteItem"], "answer_click": ["PutItem"]}.get(function, [])


@pytest.mark.parametrize("function", QUIET)
def test_what_starts_sweeps_and_what_faces_the_internet_touches_no_lock_table(function: str) -> None:
    for action in ("GetItem", "Scan", "Query", *ITEM_WRITING):
        assert judge(function, f"dynamodb:{action}", TABLE, **AN_ITEM) == DENIED


@pytest.mark.parametrize("function", FUNCTIONS)
def test_each_secret_is_read_by_those_who_need_it_and_no_other_parameter_is(function: str) -> None:
    expected = {"api_handler": ["slack-signing-secret"], "table_changed": []}.get(function, ["slack-bot-token"])
    others = ["slack-bot-token", "slack-bot-token-old", "slack-signing-secret", "slack-signing-secret/x", ""]
    asked = {name: parameter(f"/tflock-reaper/prod/{name}") for name in others}
    assert [name for name, arn in asked.items() if judge(function, "ssm:GetParameter", arn).allowed] == expected
    assert judge(function, "ssm:GetParametersByPath", parameter("/tflock-reaper/prod")) == NOT_GIVEN


def test_other_accounts_are_entered_only_by_the_roles_that_targets_name_and_for_the_errand_of_each_function() -> None:
    sessions = ("look-x", "examine-x", "release-U0ALICE", "restore-U0ALICE", "x")
    may = {
        f: tuple(s for s in sessions if judge(f, "sts:AssumeRole", MEMBER_ROLE, sts__rolesessionname=s).allowed)
        for f in FUNCTIONS
    }
    lookers = ("nightly_sweep", "sweep_target", "watch_locks", "record_lock_event")
    assert may == dict.fromkeys(FUNCTIONS, ()) | dict.fromkeys(lookers, ("look-x",)) | {
        EXAMINER: ("examine-x",),
        "release_lock": ("look-x", "release-U0ALICE"),
        "answer_click": ("look-x", "restore-U0ALICE"),
    }
    other = MEMBER_ROLE.replace("2222", "3333")
    assert not any(judge(f, "sts:AssumeRole", other, sts__rolesessionname="look-x").allowed for f in FUNCTIONS)


def test_orders_are_left_in_the_queues_that_the_table_names() -> None:
    queues = ("SweepQueue", "LockEventQueue", "ReleaseQueue", "ClickQueue")
    sent = {f: [q for q in queues if judge(f, "sqs:SendMessage", place(q)).allowed] for f in FUNCTIONS}
    assert sent == {
        "answer_click": ["ClickQueue"],
        "api_handler": ["ReleaseQueue", "ClickQueue"],
        EXAMINER: [],
        "nightly_sweep": ["SweepQueue"],
        "record_lock_event": ["LockEventQueue"],
        "release_lock": ["ReleaseQueue", "ClickQueue"],
        "sweep_target": ["SweepQueue", "ReleaseQueue"],
        "table_changed": ["LockEventQueue"],
        "watch_locks": ["ReleaseQueue", "ClickQueue"],
    }


def test_the_lock_book_is_kept_by_those_who_tend_locks_and_looked_into_by_the_api() -> None:
    may_write = [f for f in FUNCTIONS if judge(f, "dynamodb:UpdateItem", place("LockBook")).allowed]
    may_look = [f for f in FUNCTIONS if judge(f, "dynamodb:Query", place("LockBook")).allowed]
    assert may_write == sorted([*READERS, EXAMINER, "nightly_sweep"])
    assert may_look == [
        "answer_click",
        "api_handler",
        EXAMINER,
        "nightly_sweep",
        "record_lock_event",
        "sweep_target",
        "watch_locks",
    ]
    assert not any(judge(f, "dynamodb:DeleteTable", place("LockBook")).allowed for f in FUNCTIONS)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_keys_decrypt_only_through_s3_dynamodb_and_ssm_and_only_for_those_who_read(function: str) -> None:
    by_s3 = judge(function, "kms:Decrypt", KEY, kms__viaservice="s3.eu-west-1.amazonaws.com")
    by_ssm = judge(function, "kms:Decrypt", KEY, kms__viaservice="ssm.eu-central-1.amazonaws.com")
    by_tables = judge(function, "kms:Decrypt", KEY, kms__viaservice="dynamodb.eu-west-1.amazonaws.com")
    assert {by_s3.allowed, by_ssm.allowed, by_tables.allowed} == {function != "table_changed"}
    for keys in ({}, {"kms__viaservice": "secretsmanager.eu-central-1.amazonaws.com"}):
        assert judge(function, "kms:Decrypt", KEY, **keys) == NOT_GIVEN


def test_only_answer_click_encrypts_and_only_through_s3() -> None:
    through = {"kms__viaservice": "s3.eu-central-1.amazonaws.com"}
    assert [f for f in FUNCTIONS if judge(f, "kms:GenerateDataKey", KEY, **through).allowed] == ["answer_click"]
    assert judge("answer_click", "kms:GenerateDataKey", KEY) == NOT_GIVEN


def test_no_statement_of_the_stack_gives_a_right_that_no_sentence_is_about() -> None:
    kinds = {one.get("Type") for one in resources()["Resources"].values()}
    assert {kind for kind in kinds if kind and ("IAM" in kind or "Policy" in kind)} == {
        "AWS::IAM::Policy",
        "AWS::SQS::QueuePolicy",
    }


def test_the_weekly_look_reads_settings_and_names_and_never_what_is_kept() -> None:
    for action in ("GetBucketVersioning", "GetBucketPolicy", "GetLifecycleConfiguration", "ListBucketVersions"):
        assert judge(EXAMINER, f"s3:{action}", BUCKET) == ALLOWED
        assert judge(EXAMINER, f"s3:{action}", OTHER_BUCKET) == NOT_GIVEN
    for thing in (LOCK, *NO_LOCKS):
        assert {judge(EXAMINER, action, thing) for action in READING} == {DENIED}
    assert judge(EXAMINER, "dynamodb:Scan", OTHER_TABLE) == NOT_GIVEN


def test_without_the_weekly_look_there_is_neither_its_schedule_nor_a_right_of_it() -> None:
    there = resources()["Resources"]
    of_it = {name for name, one in there.items() if "ExamineSetup" in str(one.get("Properties", {}).get("Roles", ""))}
    conditions = {name: there[name].get("Condition") for name in (*of_it, "ExamineSetupRule", "ExamineSetupPermission")}
    assert conditions == {
        "DecryptKeysPolicy": "HasDecryptKeys",
        "ExaminePolicy": "HasDoctor",
        "ExamineTablesPolicy": "HasDoctorOfTables",
        "ExamineMembersPolicy": "HasDoctorOfMembers",
        "ExamineSetupRule": "HasDoctor",
        "ExamineSetupPermission": "HasDoctor",
    }
    assert resources()["Parameters"]["Doctor"]["Default"] == "never"


def test_the_weekly_look_may_all_that_its_checks_say_they_take() -> None:
    statements = str([resources()["Resources"][name] for name in ("ExaminePolicy", "ExamineTablesPolicy")])
    iam = {
        right for check in CHECKS.values() for right in check.rights if re.fullmatch("[a-z0-9]+:[A-Z][A-Za-z]+", right)
    }
    assert {right for right in iam if f"'{right}'" not in statements} - OF_THE_OPERATOR == set()
