"""``python -m bench.tflocks [LOCKS]``: how long ``/tflocks`` takes, with so many locks held. Slack waits three seconds.

Cold is a new process with the package: Python starts, imports, reads the signing secret from SSM, reads the lock book,
and answers. Warm is the deployed function, through the API. The peers have no lock book: a process that lists the
bucket and reads each lock, as a script with boto3 would, and ``aws s3 ls``, which does not say who holds a lock.
"""

import json
import os
import subprocess
import sys
import tempfile
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench.measured import report, timed
from demo.deployed import ALICE, CHANNEL, STAGE, Decided, DeployedReaper
from demo.waiting import wait_for
from tests.builders import sample

_BUCKET = "acme-tfstate"
_STATES_A_LOCK = 10
_COLD, _WARM = 10, 30
_ONE_EVENT = """
import json, sys
import app
answer = app.app(json.load(sys.stdin), None)
assert answer["statusCode"] == 200, answer
print(answer["body"])
"""
_LIST_AND_READ = f"""
import boto3
s3 = boto3.client("s3")
pages = s3.get_paginator("list_objects_v2").paginate(Bucket="{_BUCKET}")
keys = [entry["Key"] for page in pages for entry in page["Contents"] if entry["Key"].endswith(".tflock")]
print([s3.get_object(Bucket="{_BUCKET}", Key=key)["Body"].read() for key in keys])
"""


def main(locks: int) -> None:
    """Measure all four and print medians and 95th percentiles in milliseconds."""
    with tempfile.TemporaryDirectory() as name, DeployedReaper(Path(name), Decided((_BUCKET,), ("1d",))) as reaper:
        reaper.deploy()
        reaper.create_state_bucket(_BUCKET, wired=False)
        _fill(reaper, locks)
        reaper.sweep()
        wait_for("the book has them all", lambda: f"{locks} Terraform locks are held" in _typed(reaper))
        code = _unpacked(Path(name))
        print(f"{locks} locks held among {locks * _STATES_A_LOCK} states")
        report("/tflocks, a process just started", [timed(lambda: _cold(reaper, code)) for _ in range(_COLD)])
        report("/tflocks, warm, until Slack has the answer", [timed(lambda: _typed(reaper)) for _ in range(_WARM)])
        peer = [sys.executable, "-c", _LIST_AND_READ]
        report("list the bucket and read its locks (boto3)", [timed(lambda: _run(reaper, peer)) for _ in range(_COLD)])
        listing = ["aws", "s3", "ls", "--recursive", f"s3://{_BUCKET}"]
        report("aws s3 ls --recursive", [timed(lambda: _run(reaper, listing)) for _ in range(_COLD)])


def _fill(reaper: DeployedReaper, locks: int) -> None:
    s3 = reaper.cloud.client("s3")

    def put(number: int) -> None:
        key = f"team-{number % 10}/{number}.tfstate"
        s3.put_object(Bucket=_BUCKET, Key=key, Body=b"{}")
        if number % _STATES_A_LOCK == 0:
            s3.put_object(Bucket=_BUCKET, Key=f"{key}.tflock", Body=sample("s3-apply-default"))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(put, range(locks * _STATES_A_LOCK)))


def _typed(reaper: DeployedReaper) -> str:
    reaper.slack.command(ALICE.id, CHANNEL.id, "/tflocks")
    return reaper.slack.ephemerals(ALICE.id)[-1].text


def _unpacked(folder: Path) -> Path:
    """Unpack the package as Lambda does, and return the folder."""
    package = next((folder / "build" / STAGE).rglob("deployment.zip"))
    with zipfile.ZipFile(package) as zipped:
        zipped.extractall(folder / "code")
    return folder / "code"


def _cold(reaper: DeployedReaper, code: Path) -> None:
    """Answer one command in a new process."""
    _run(reaper, [sys.executable, "-c", _ONE_EVENT], code, json.dumps(_event(reaper)))


def _event(reaper: DeployedReaper) -> dict[str, Any]:
    """Return what API Gateway tells the function of a command that Slack signed."""
    form = {"team_id": "T0DEMO", "api_app_id": "A0DEMO", "user_id": ALICE.id, "channel_id": CHANNEL.id, "text": ""}
    body = urlencode(form)
    headers = reaper.slack.signed_request(body.encode()) | {"Content-Type": "application/x-www-form-urlencoded"}
    return {
        "requestContext": {"resourcePath": "/slack/commands", "httpMethod": "POST"},
        "headers": headers,
        "multiValueQueryStringParameters": None,
        "pathParameters": None,
        "stageVariables": None,
        "body": body,
        "isBase64Encoded": False,
    }


def _run(reaper: DeployedReaper, command: list[str], folder: Path | None = None, given: str = "") -> None:
    functions = reaper.cloud.client("lambda").list_functions()["Functions"]
    own = next(one for one in functions if "APIHandler" in one["FunctionName"])["Environment"]["Variables"]
    path = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONDONTWRITEBYTECODE": "1",  # Lambda's package is read-only, so Python compiles it at every start
    }
    subprocess.run(  # noqa: S603  ours
        command,
        cwd=folder,
        env=reaper.cloud.environment | own | path,
        input=given,
        capture_output=True,
        text=True,
        check=True,
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
