"""Test on the local cloud, which enforces IAM, what the functions' own roles may do by the member role."""

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.aws.accounts.errand import Verb
from chalicelib.aws.accounts.policies import looking, writing
from chalicelib.core.locks.place import Kind, Place
from demo.local_cloud import ACCOUNT, REGION, LocalCloud
from tests.aws_fixtures import create_lock_table
from tests.deploy.rights.member_role import TEMPLATE
from tests.deploy.rights.role_probe import Stack
from tests.deploy.rights.test_roles import DENIED, EXAMPLE, SECRETS

pytestmark = pytest.mark.local_cloud

MEMBER, BUCKET, TABLE = "111122223333", "acme-tfstate-there", "terraform-locks"
ROLE = f"arn:aws:iam::{MEMBER}:role/tflock-reaper-member"
LOCK, STATE = ({"Bucket": BUCKET, "Key": f"prod/x.tfstate{end}"} for end in (".tflock", ""))
OTHER_LOCK, GONE = ({"Bucket": BUCKET, "Key": f"prod/{name}.tfstate.tflock"} for name in ("y", "gone"))
LOCK_ID = f"{BUCKET}/prod/x.tfstate"
ITEM = {"TableName": TABLE, "Key": {"LockID": {"S": LOCK_ID}}}
TARGETS = f"""
[accounts]
external_id = "acme-locks"
[[targets]]
bucket = "{BUCKET}"
account = "{MEMBER}"
[[targets]]
table = "{TABLE}"
account = "{MEMBER}"
"""
LOOK, RELEASE, RESTORE = "look-tflock-reaper-test", "release-U0ALICE", "restore-U0ALICE"
FUNCTIONS = ["SweepTarget", "WatchLocks", "RecordLockEvent", "NightlySweep", "ReleaseLock", "AnswerClick"]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with LocalCloud(tmp_path_factory.mktemp("cloud")) as cloud:
        config = tmp_path_factory.mktemp("config") / "reaper.toml"
        config.write_text(EXAMPLE.read_text() + TARGETS)
        outputs = cloud.deploy(config, stage="test", secrets=SECRETS, parameters={})
        root = cloud.root_of(MEMBER)
        cloud.client("s3", root).create_bucket(Bucket=BUCKET)
        create_lock_table(cloud.client("dynamodb", root), TABLE)
        let_in(cloud)
        yield Stack(cloud, outputs)


def let_in(cloud: LocalCloud) -> None:
    """Make the member role as its operators do."""
    given = {
        "ReaperAccountId": ACCOUNT,
        "ReaperStage": "test",
        "ExternalId": "acme-locks",
        "LockTableArns": f"arn:aws:dynamodb:*:{MEMBER}:table/{TABLE}",
    }
    cloud.client("cloudformation", cloud.root_of(MEMBER)).create_stack(
        StackName="member",
        TemplateBody=TEMPLATE.read_text(),
        Capabilities=["CAPABILITY_NAMED_IAM"],
        Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in given.items()],
    )


@pytest.fixture
def etag(stack: Stack) -> str:
    s3 = stack.cloud.client("s3", stack.cloud.root_of(MEMBER))
    for one in (STATE, OTHER_LOCK):
        s3.put_object(**one, Body=b"{}")
    return str(s3.put_object(**LOCK, Body=b"{}")["ETag"])


def entering(session: str, policy: str = "", external_id: str = "acme-locks") -> dict[str, str]:
    asked = {"RoleArn": ROLE, "RoleSessionName": session, "ExternalId": external_id, "Policy": policy}
    return {name: value for name, value in asked.items() if value}


def narrowed(verb: Verb, kind: Kind = Kind.S3) -> str:
    """The session policy that the application sends for the lock."""
    place = Place(kind, *((BUCKET, LOCK["Key"]) if kind is Kind.S3 else (TABLE, LOCK_ID)))
    return writing(verb, place, "aws", MEMBER, REGION)[0]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_each_function_makes_sessions_of_its_own_kind_and_no_other(stack: Stack, function: str) -> None:
    here: tuple[str, str, dict[str, Any]] = ("sts", "get_caller_identity", {})
    may = [
        name
        for name in (LOOK, RELEASE, RESTORE, "x-1")
        if stack.attempt(function, here, enter=entering(name)) == ["ok"]
    ]
    own = {"ReleaseLock": [RELEASE], "AnswerClick": [RESTORE]}.get(function, [])
    assert may == [LOOK, *own]


@pytest.mark.parametrize("external_id", ["", "another"])
def test_without_the_right_external_id_nobody_gets_in(stack: Stack, external_id: str) -> None:
    here: tuple[str, str, dict[str, Any]] = ("sts", "get_caller_identity", {})
    assert stack.attempt("ReleaseLock", here, enter=entering(RELEASE, external_id=external_id)) == ["AccessDenied"]


def test_a_session_that_looks_reads_locks_and_changes_nothing(stack: Stack, etag: str) -> None:
    answers = stack.attempt(
        "SweepTarget",
        ("s3", "list_buckets", {}),
        ("s3", "list_objects_v2", {"Bucket": BUCKET}),
        ("s3", "get_object", LOCK),
        ("dynamodb", "list_tables", {}),
        ("dynamodb", "scan", {"TableName": TABLE}),
        ("dynamodb", "get_item", ITEM),
        ("s3", "get_object", STATE),
        ("s3", "delete_object", LOCK | {"IfMatch": etag}),
        ("s3", "put_object", GONE | {"IfNoneMatch": "*"}),
        ("dynamodb", "delete_item", ITEM),
        enter=entering(LOOK, looking("aws")),
    )
    assert answers[:6] == ["ok"] * 6
    assert set(answers[6:]) <= DENIED


def test_a_release_deletes_its_own_lock_on_its_condition_and_nothing_else(stack: Stack, etag: str) -> None:
    answers = stack.attempt(
        "ReleaseLock",
        ("s3", "delete_object", LOCK),
        ("s3", "delete_object", LOCK | {"IfMatch": "*"}),
        ("s3", "delete_object", OTHER_LOCK | {"IfMatch": etag}),
        ("s3", "delete_object", STATE | {"IfMatch": etag}),
        ("s3", "put_object", GONE | {"IfNoneMatch": "*"}),
        ("s3", "list_objects_v2", {"Bucket": BUCKET}),
        ("s3", "delete_object", LOCK | {"IfMatch": etag}),
        enter=entering(RELEASE, narrowed(Verb.RELEASE)),
    )
    assert answers == ["AccessDenied"] * 6 + ["ok"]


def test_without_its_session_policy_a_release_still_deletes_only_locks_and_only_on_a_condition(
    stack: Stack, etag: str
) -> None:
    """This is what the role itself allows: the policy of the session comes on top of it."""
    answers = stack.attempt(
        "ReleaseLock",
        ("s3", "delete_object", LOCK),
        ("s3", "delete_object", STATE | {"IfMatch": etag}),
        ("s3", "put_object", GONE | {"IfNoneMatch": "*"}),
        ("s3", "delete_object", OTHER_LOCK | {"IfMatch": etag}),
        enter=entering(RELEASE),
    )
    assert answers == ["AccessDenied"] * 3 + ["ok"]


def test_putting_back_puts_its_own_lock_where_nothing_is_and_deletes_nothing(stack: Stack, etag: str) -> None:
    stack.cloud.client("s3", stack.cloud.root_of(MEMBER)).delete_object(**LOCK)
    answers = stack.attempt(
        "AnswerClick",
        ("s3", "put_object", LOCK),
        ("s3", "put_object", GONE | {"IfNoneMatch": "*"}),
        ("s3", "delete_object", LOCK | {"IfMatch": etag}),
        ("s3", "put_object", LOCK | {"IfNoneMatch": "*"}),
        enter=entering(RESTORE, narrowed(Verb.RESTORE)),
    )
    assert answers == ["AccessDenied"] * 3 + ["ok"]


@pytest.mark.parametrize(
    ("function", "session", "verb", "may"),
    [("ReleaseLock", RELEASE, Verb.RELEASE, "delete_item"), ("AnswerClick", RESTORE, Verb.RESTORE, "put_item")],
)
def test_an_item_is_deleted_or_put_only_in_the_session_for_that(
    stack: Stack, function: str, session: str, verb: Verb, may: str
) -> None:
    calls: list[tuple[str, str, dict[str, Any]]] = [
        ("dynamodb", "delete_item", ITEM),
        ("dynamodb", "put_item", {"TableName": TABLE, "Item": ITEM["Key"]}),
        ("dynamodb", "update_item", ITEM),
        ("dynamodb", "scan", {"TableName": TABLE}),
    ]
    answers = stack.attempt(function, *calls, enter=entering(session, narrowed(verb, Kind.DYNAMODB)))
    assert [name for (_, name, _), answer in zip(calls, answers, strict=True) if answer == "ok"] == [may]
