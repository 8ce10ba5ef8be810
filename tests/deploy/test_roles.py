"""The roles as IAM judges them: the packaged stack on the local cloud, which enforces IAM."""

import io
import json
import socket
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.local_cloud import LocalCloud
from deploy.commands import ROOT
from deploy.wire_bucket import WiringError, wire

pytestmark = pytest.mark.local_cloud

# Stands in for a function's code and tells what the function's role lets it do.
PROBE = """
import boto3
from botocore.exceptions import ClientError

def probe(calls, _context):
    answers = []
    for service, name, arguments in calls:
        try:
            getattr(boto3.client(service), name)(**arguments)
            answers.append("ok")
        except ClientError as error:
            answers.append(error.response["Error"]["Code"])
    return answers
"""
LOCK = {"Bucket": "acme-tfstate", "Key": "a.tfstate.tflock"}
STATE = {"Bucket": "acme-tfstate", "Key": "a.tfstate"}
DENIED = {"AccessDenied", "AccessDeniedException"}


class Stack:
    """A deployed stack whose functions can be made to try things."""

    def __init__(self, cloud: LocalCloud, outputs: dict[str, str]) -> None:
        self.cloud = cloud
        self.outputs = outputs

    def attempt(self, function: str, *calls: tuple[str, str, dict[str, str]]) -> list[str]:
        """What AWS answers to calls made with the role of a function."""
        role = self._role(function)
        client = self.cloud.client("lambda")
        code = io.BytesIO()
        with zipfile.ZipFile(code, "w") as archive:
            archive.writestr("probe.py", PROBE)
        name = f"probe-{function}"
        names = {f["FunctionName"] for f in client.list_functions()["Functions"]}
        if name not in names:
            settings = {"Runtime": "python3.11", "Handler": "probe.probe", "Timeout": 30}
            client.create_function(FunctionName=name, Role=role, Code={"ZipFile": code.getvalue()}, **settings)
        answer = client.invoke(FunctionName=name, Payload=json.dumps(calls).encode())
        answers: list[str] = json.loads(answer["Payload"].read())
        return answers

    def _role(self, function: str) -> str:
        functions = self.cloud.client("lambda").list_functions()["Functions"]
        (role,) = [f["Role"] for f in functions if f["FunctionName"].startswith(f"tflock-reaper-test-{function}-")]
        return str(role)


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    secrets = {"slack-bot-token": "xoxb-made-up", "slack-signing-secret": "made-up"}
    with LocalCloud(tmp_path_factory.mktemp("cloud")) as cloud:
        outputs = cloud.deploy(ROOT / "reaper.example.toml", stage="test", secrets=secrets)
        cloud.client("s3").create_bucket(Bucket="acme-tfstate")
        yield Stack(cloud, outputs)


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
        ("s3", "delete_object", LOCK | {"IfMatch": '"00000000000000000000000000000000"'}),
        ("s3", "delete_object", LOCK | {"IfMatch": etag}),
    )
    assert answers == ["AccessDenied", "AccessDenied", "PreconditionFailed", "ok"]


@pytest.mark.parametrize("function", ["SweepTarget", "WatchLocks", "RecordLockEvent", "APIHandler", "NightlySweep"])
def test_no_other_function_deletes_anything(stack: Stack, etag: str, function: str) -> None:
    calls = [("s3", "delete_object", LOCK), ("s3", "delete_object", LOCK | {"IfMatch": etag})]
    assert stack.attempt(function, *calls) == ["AccessDenied", "AccessDenied"]


@pytest.mark.parametrize("function", ["SweepTarget", "WatchLocks", "RecordLockEvent", "ReleaseLock"])
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


def test_a_state_bucket_can_be_wired_and_a_bucket_that_is_no_target_can_not_send(stack: Stack) -> None:
    s3, queue = stack.cloud.client("s3"), stack.outputs["LockEventsQueueArn"]
    assert wire(s3, "acme-tfstate", queue)
    assert not wire(s3, "acme-tfstate", queue)
    s3.create_bucket(Bucket="acme-other")
    with pytest.raises(WiringError, match="name it in reaper"):
        wire(s3, "acme-other", queue)


def test_stopping_the_cloud_leaves_no_process_and_can_be_done_twice(tmp_path: Path) -> None:
    cloud = LocalCloud(tmp_path / "cloud")
    cloud.start()
    cloud.stop()
    cloud.stop()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", cloud.port))
