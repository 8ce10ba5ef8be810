"""Test the roles of the packaged stack on the local cloud, which enforces IAM."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from chalicelib.core.notifications.merging import Wanted
from demo import identities
from demo.local_cloud import LocalCloud
from deploy.commands import ROOT
from tests.aws_fixtures import create_lock_table
from tests.deploy.rights.role_probe import Stack
from tflocks.live.connecting import Bucket, ConnectError, connect

pytestmark = pytest.mark.local_cloud

LOCK = {"Bucket": "acme-tfstate", "Key": "a.tfstate.tflock"}
GONE = {"Bucket": "acme-tfstate", "Key": "gone.tfstate.tflock"}
STATE = {"Bucket": "acme-tfstate", "Key": "a.tfstate"}
NEW_STATE = {"Bucket": "acme-tfstate", "Key": "gone.tfstate"}
TABLE, OTHER_TABLE = "terraform-locks", "payments"
LOCK_KEY = {"LockID": {"S": "acme-tfstate/a.tfstate"}}
LOCK_ITEM = LOCK_KEY | {"Info": {"S": "{}"}}
NOTHING_THERE = {"IfNoneMatch": "*"}
DENIED = {"AccessDenied", "AccessDeniedException"}
EXAMPLE = ROOT / "reaper.example.toml"
SECRETS = {"slack-bot-token": "xoxb-made-up", "slack-signing-secret": "made-up"}
NOT_THE_RELEASER = ["SweepTarget", "WatchLocks", "RecordLockEvent", "APIHandler", "NightlySweep", "AnswerClick"]
NOT_THE_ANSWERER = ["SweepTarget", "WatchLocks", "RecordLockEvent", "APIHandler", "NightlySweep", "ReleaseLock"]
READERS = ["SweepTarget", "WatchLocks", "RecordLockEvent", "ReleaseLock", "AnswerClick"]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with LocalCloud(tmp_path_factory.mktemp("cloud")) as cloud:
        config = tmp_path_factory.mktemp("tables") / "reaper.toml"
        config.write_text(EXAMPLE.read_text() + f'\n[[targets]]\ntable = "{TABLE}"\n')
        outputs = cloud.deploy(config, stage="test", secrets=SECRETS, parameters={})
        cloud.client("s3").create_bucket(Bucket="acme-tfstate")
        for table in (TABLE, OTHER_TABLE):
            create_lock_table(cloud.client("dynamodb"), table)
        yield Stack(cloud, outputs)


@pytest.fixture(scope="module")
def stack_without_undo(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Stack:
    config = tmp_path_factory.mktemp("never") / "reaper.toml"
    config.write_text(EXAMPLE.read_text().replace("[slack]\n", '[slack]\nundo = "never"\n'))
    return Stack(stack.cloud, stack.cloud.deploy(config, stage="never", secrets=SECRETS, parameters={}), "never")


@pytest.fixture
def etag(stack: Stack) -> str:
    s3 = stack.cloud.client("s3")
    s3.put_object(**STATE, Body=b"secret")
    return str(s3.put_object(**LOCK, Body=b"{}")["ETag"])


def test_release_lock_deletes_the_lock_it_read_and_no_other(stack: Stack, etag: str) -> None:
    answers = stack.attempt(
        "ReleaseLock",
        ("s3", "delete_object", LOCK),
        ("s3", "delete_object", STATE | {"IfMatch": etag}),
        ("s3", "delete_object", LOCK | {"IfMatch": "*"}),
        ("s3", "delete_object", LOCK | {"IfMatch": '"*"'}),
        ("s3", "delete_object", LOCK | {"IfMatch": '"00000000000000000000000000000000"'}),
        ("s3", "delete_object", LOCK | {"IfMatch": etag}),
    )
    assert answers == ["AccessDenied"] * 4 + ["PreconditionFailed", "ok"]


def test_release_lock_destroys_no_version_and_puts_nothing_whatever_a_bucket_policy_grants(
    stack: Stack, etag: str
) -> None:
    s3, role = stack.cloud.client("s3"), {"AWS": stack.role("ReleaseLock")}
    everything = {"Effect": "Allow", "Principal": role, "Action": "s3:*", "Resource": "arn:aws:s3:::acme-tfstate/*"}
    s3.put_bucket_policy(Bucket="acme-tfstate", Policy=json.dumps({"Version": "2012-10-17", "Statement": [everything]}))
    answers = stack.attempt(
        "ReleaseLock",
        ("s3", "get_object_tagging", STATE),
        ("s3", "delete_object", LOCK),
        ("s3", "delete_object", LOCK | {"IfMatch": "*"}),
        ("s3", "delete_object", LOCK | {"VersionId": "null"}),
        ("s3", "put_object", GONE | NOTHING_THERE),
        ("s3", "delete_object", LOCK | {"IfMatch": etag}),
    )
    s3.delete_bucket_policy(Bucket="acme-tfstate")
    assert answers == ["ok", *["AccessDenied"] * 4, "ok"]


def test_the_local_cloud_refuses_deletes_of_unversioned_objects_where_those_of_versions_are_denied(
    stack: Stack, etag: str
) -> None:
    """Otherwise no test here could see that a policy stops every release (AWS's DeleteObject page)."""
    s3, role = stack.cloud.client("s3"), {"AWS": stack.role("ReleaseLock")}
    deny = {
        "Effect": "Deny",
        "Principal": role,
        "Action": "s3:DeleteObjectVersion",
        "Resource": "arn:aws:s3:::acme-tfstate/*",
    }
    s3.put_bucket_policy(Bucket="acme-tfstate", Policy=json.dumps({"Version": "2012-10-17", "Statement": [deny]}))
    [answer] = stack.attempt("ReleaseLock", ("s3", "delete_object", LOCK | {"IfMatch": etag}))
    s3.delete_bucket_policy(Bucket="acme-tfstate")
    assert answer == "AccessDenied"


@pytest.mark.parametrize("function", NOT_THE_RELEASER)
def test_no_other_function_deletes_anything(stack: Stack, etag: str, function: str) -> None:
    calls = [("s3", "delete_object", LOCK), ("s3", "delete_object", LOCK | {"IfMatch": etag})]
    assert stack.attempt(function, *calls) == ["AccessDenied", "AccessDenied"]


def test_answer_click_puts_a_lock_back_where_nothing_is_and_nothing_else_anywhere(stack: Stack, etag: str) -> None:
    s3 = stack.cloud.client("s3")
    s3.delete_object(**GONE)
    answers = stack.attempt(
        "AnswerClick",
        ("s3", "put_object", GONE),
        ("s3", "put_object", LOCK | {"IfMatch": etag}),
        ("s3", "put_object", GONE | {"IfNoneMatch": etag}),
        ("s3", "put_object", NEW_STATE | NOTHING_THERE),
        ("s3", "put_object", LOCK | NOTHING_THERE),
        ("s3", "put_object", GONE | NOTHING_THERE | {"Body": "the same bytes"}),
        ("s3", "put_object", GONE | NOTHING_THERE),
    )
    assert answers == ["AccessDenied"] * 4 + ["PreconditionFailed", "ok", "PreconditionFailed"]
    assert s3.get_object(**GONE)["Body"].read() == b"the same bytes"


def test_answer_click_may_not_copy_a_lock_or_put_it_in_parts(stack: Stack, etag: str) -> None:
    del etag  # the lock is there
    copy = {"CopySource": "acme-tfstate/a.tfstate.tflock"}
    calls = [("s3", "copy_object", GONE | copy), ("s3", "create_multipart_upload", GONE)]
    assert stack.attempt("AnswerClick", *calls) == ["AccessDenied", "AccessDenied"]


def test_no_bucket_policy_lets_answer_click_do_what_it_must_not(stack: Stack, etag: str) -> None:
    s3, role = stack.cloud.client("s3"), {"AWS": stack.role("AnswerClick")}
    everything = {"Effect": "Allow", "Principal": role, "Action": "s3:*", "Resource": "arn:aws:s3:::acme-tfstate/*"}
    policy = {"Version": "2012-10-17", "Statement": [everything]}
    s3.put_bucket_policy(Bucket="acme-tfstate", Policy=json.dumps(policy))
    answers = stack.attempt(
        "AnswerClick",
        ("s3", "get_object_tagging", STATE),
        ("s3", "put_object", GONE),
        ("s3", "put_object", NEW_STATE | NOTHING_THERE),
        ("s3", "delete_object", LOCK | {"IfMatch": etag}),
        ("s3", "delete_object", STATE),
        ("s3", "get_object", STATE),
    )
    s3.delete_bucket_policy(Bucket="acme-tfstate")
    assert answers == ["ok"] + ["AccessDenied"] * 5  # the first shows that the bucket policy counts


@pytest.mark.parametrize("function", NOT_THE_ANSWERER)
def test_no_other_function_puts_anything(stack: Stack, function: str) -> None:
    stack.cloud.client("s3").delete_object(**GONE)
    calls = [("s3", "put_object", place | NOTHING_THERE) for place in (GONE, NEW_STATE)]
    assert stack.attempt(function, *calls) == ["AccessDenied", "AccessDenied"]


def test_with_undo_set_to_never_nobody_may_put_a_lock_back(stack_without_undo: Stack, etag: str) -> None:
    del etag  # the bucket is there
    stack_without_undo.cloud.client("s3").delete_object(**GONE)
    for function in (*NOT_THE_ANSWERER, "AnswerClick"):
        calls = [("s3", "put_object", GONE | NOTHING_THERE), ("s3", "put_object", GONE)]
        assert stack_without_undo.attempt(function, *calls) == ["AccessDenied", "AccessDenied"]


def item_calls(table: str) -> list[tuple[str, str, dict[str, object]]]:
    """Every way to a lock's item: two that read, three that write."""
    here: dict[str, object] = {"TableName": table}
    return [
        ("dynamodb", "get_item", here | {"Key": LOCK_KEY}),
        ("dynamodb", "scan", here),
        ("dynamodb", "update_item", here | {"Key": LOCK_KEY}),
        ("dynamodb", "put_item", here | {"Item": LOCK_ITEM}),
        ("dynamodb", "delete_item", here | {"Key": LOCK_KEY}),
    ]


MAY = {
    "SweepTarget": ["get_item", "scan"],
    "WatchLocks": ["get_item", "scan"],
    "RecordLockEvent": ["get_item"],
    "ReleaseLock": ["get_item", "delete_item"],
    "AnswerClick": ["get_item", "put_item"],
    "APIHandler": [],
    "NightlySweep": [],
}


@pytest.mark.parametrize("function", MAY)
def test_only_release_lock_deletes_items_of_a_lock_table_and_only_answer_click_puts_them(
    stack: Stack, function: str
) -> None:
    stack.cloud.client("dynamodb").put_item(TableName=TABLE, Item=LOCK_ITEM)
    calls = item_calls(TABLE)
    answers = stack.attempt(function, *calls)
    assert [name for (_, name, _), answer in zip(calls, answers, strict=True) if answer == "ok"] == MAY[function]
    assert set(answers) <= {"ok", *DENIED}


@pytest.mark.parametrize("function", MAY)
def test_a_table_that_no_target_names_is_closed_to_all(stack: Stack, function: str) -> None:
    assert set(stack.attempt(function, *item_calls(OTHER_TABLE))) <= DENIED


@pytest.mark.parametrize("function", MAY)
def test_without_a_lock_table_among_the_targets_no_function_may_touch_any(
    stack_without_undo: Stack, function: str
) -> None:
    assert set(stack_without_undo.attempt(function, *item_calls(TABLE))) <= DENIED


def test_orders_are_left_only_where_they_are_due(stack: Stack) -> None:
    queues = {name: stack.outputs[f"{name}QueueUrl"] for name in ("Release", "Click", "Sweep")}
    later = {"MessageBody": "{}", "DelaySeconds": 900}  # than the end of this test, so that nobody takes it
    orders = [("sqs", "send_message", later | {"QueueUrl": url}) for url in queues.values()]
    left = {
        function: {
            name for name, answer in zip(queues, stack.attempt(function, *orders), strict=True) if answer == "ok"
        }
        for function in (*READERS, "APIHandler", "NightlySweep")
    }
    assert left == {
        "SweepTarget": {"Release", "Sweep"},
        "WatchLocks": {"Release", "Click"},
        "RecordLockEvent": set(),
        "ReleaseLock": {"Release", "Click"},
        "AnswerClick": {"Click"},
        "APIHandler": {"Release", "Click"},
        "NightlySweep": {"Sweep"},
    }


def test_no_order_is_taken_from_a_stray_script_whatever_its_rights(stack: Stack) -> None:
    script = identities.user(stack.cloud, "script")
    everything = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    stack.cloud.client("iam").put_user_policy(
        UserName="script", PolicyName="admin", PolicyDocument=json.dumps(everything)
    )
    later = {"MessageBody": "{}", "DelaySeconds": 900}
    for name in ("Release", "Click", "Sweep"):
        url = stack.outputs[f"{name}QueueUrl"]
        with pytest.raises(ClientError) as refused:
            stack.cloud.client("sqs", script).send_message(QueueUrl=url, **later)
        assert refused.value.response["Error"]["Code"] in DENIED
        assert stack.cloud.client("sqs", script).get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        stack.cloud.client("sqs").send_message(QueueUrl=url, **later)  # as the operator that the stack names


def test_the_api_looks_into_the_lock_book_and_writes_nothing_in_it(stack: Stack) -> None:
    table = {"TableName": stack.outputs["LockBookTable"]}
    key = {"StatePath": {"S": "acme-tfstate/a.tfstate"}, "LockIdentity": {"S": "probe"}}
    query = {"KeyConditionExpression": "StatePath = :p", "ExpressionAttributeValues": {":p": {"S": "groups"}}}
    answers = stack.attempt(
        "APIHandler",
        ("dynamodb", "scan", table | {"IndexName": "held"}),
        ("dynamodb", "query", table | query),
        ("dynamodb", "put_item", table | {"Item": key}),
        ("dynamodb", "update_item", table | {"Key": key}),
        ("dynamodb", "delete_item", table | {"Key": key}),
    )
    assert answers[:2] == ["ok", "ok"]
    assert set(answers[2:]) <= DENIED


@pytest.mark.parametrize("function", READERS)
def test_the_keepers_of_the_lock_book_turn_its_pages_and_those_who_watch_throw_digests_away(
    stack: Stack, function: str
) -> None:
    table = {"TableName": stack.outputs["LockBookTable"]}
    key = {"StatePath": {"S": "probe"}, "LockIdentity": {"S": function}}
    held = {"KeyConditionExpression": "Home = :h", "ExpressionAttributeValues": {":h": {"S": "s3:::acme-tfstate"}}}
    answers = stack.attempt(
        function,
        ("dynamodb", "update_item", table | {"Key": key}),
        ("dynamodb", "get_item", table | {"Key": key}),
        ("dynamodb", "delete_item", table | {"Key": key}),
        ("dynamodb", "query", table | {"IndexName": "held"} | held),
        ("dynamodb", "scan", table | {"IndexName": "held"}),
        ("dynamodb", "put_item", table | {"Item": key}),
        ("dynamodb", "scan", table),
    )
    sweeps, watches = function == "SweepTarget", function == "WatchLocks"
    assert answers[:2] == ["ok", "ok"]
    assert [answer == "ok" for answer in answers[2:5]] == [sweeps or watches, sweeps, sweeps or watches]
    assert set(answers[5:]) <= DENIED


@pytest.mark.parametrize("function", READERS)
def test_locks_are_read_and_states_are_not(stack: Stack, etag: str, function: str) -> None:
    del etag  # lock and state are there
    answers = stack.attempt(
        function,
        ("s3", "list_objects_v2", {"Bucket": "acme-tfstate"}),
        ("s3", "get_object", LOCK),
        ("s3", "get_object", LOCK | {"Key": "gone.tflock"}),
        ("s3", "get_object", STATE),
        ("s3", "put_object", LOCK),
    )
    assert answers == ["ok", "ok", "NoSuchKey", "AccessDenied", "AccessDenied"]


def test_the_api_reads_the_signing_secret_and_not_the_bot_token(stack: Stack) -> None:
    signing, token = (
        stack.attempt("APIHandler", ("ssm", "get_parameter", {"Name": f"/tflock-reaper/test/{name}"}))[0]
        for name in ("slack-signing-secret", "slack-bot-token")
    )
    assert signing == "ok"
    assert token in DENIED


def test_a_state_bucket_can_be_connected_and_a_bucket_that_is_no_target_can_not_send(stack: Stack) -> None:
    s3, wanted = stack.cloud.client("s3"), Wanted(stack.outputs["LockEventsQueueArn"])
    assert connect(Bucket(s3, "acme-tfstate"), wanted)
    assert not connect(Bucket(s3, "acme-tfstate"), wanted)
    s3.create_bucket(Bucket="acme-other")
    with pytest.raises(ConnectError, match="name the bucket in reaper"):
        connect(Bucket(s3, "acme-other"), wanted)


def test_stopping_the_cloud_leaves_no_process_and_can_be_done_twice(tmp_path: Path) -> None:
    cloud = LocalCloud(tmp_path / "cloud")
    cloud.start()
    cloud.stop()
    cloud.stop()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", cloud.port))
