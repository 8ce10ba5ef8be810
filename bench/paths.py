"""``python -m bench.paths [--json]``: what the five main paths of one lock ask of the world, and of who reads them.

One lock is acquired, alerted, released by a click and settled, through the entry points in ``app.py``; AWS is moto's,
Slack is the stand-in's. The first lock warms everything up, the second is measured. For each path it prints the calls
into the world by port, the requests that those sent to AWS and Slack, the modules entered, and the returns to a module
already left (``bench/traced.py`` says what counts), beside the same before issue 10 (``_BEFORE``).
"""

import io
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
from chalice.test import Client

import app
from bench.lock_cycles import BEGIN, notification
from bench.run import sqs_event
from bench.sent import Requests
from bench.traced import Tracer, Walk
from chalicelib.slack.words.parts.buttons import RELEASE_ACTION
from demo.slack_standin import Channel, SlackStandIn, User, Workspace
from tests.app.account import SECRET, an_account
from tests.builders import ALICE, APP, BUCKET, CHANNEL, TEAM, sample

_CONFIG = """
[slack]
team_id = "{team}"
app_id = "{app}"
channel = "{channel}"
releasers = ["{releaser}"]
api_url = "{api_url}"
[thresholds]
plan = "1s"
apply = "1s"
other = "1s"
[[targets]]
bucket = "{bucket}"
"""
_BEFORE = {
    "event -> line": (29, 40),
    "sweep -> alert": (63, 262),
    "click -> 200": (11, 7),
    "order -> released": (51, 169),
    "settle -> line": (22, 39),
}
"""Modules and returns before issue 10 (commit 5d4f9b5), as counted by this module.

The issue names 41, 167 and 156 returns for the first, second and fourth path. How those were counted is not known any
more; this way comes nearest."""
_MOST = 6
_OLD_ENOUGH = 1.1
"""Seconds until a lock is over its threshold."""


@dataclass(frozen=True)
class Measured:
    """One path."""

    name: str
    modules: int
    returns: int
    returned_to: dict[str, int]
    """The modules with the most returns."""
    steps: list[list[str]]
    """Module after module, by the thread; printed with ``--json`` only."""
    calls: dict[str, int]
    requests: dict[str, int]
    book_reads_before_answer: int
    """Until the first call of Slack."""


class Story:
    """The life of one lock, a path after another."""

    def __init__(self, slack: SlackStandIn, tracer: Tracer, requests: Requests) -> None:
        self._slack = slack
        self._tracer = tracer
        self._requests = requests
        self._s3 = boto3.client("s3")
        self._paths: list[Measured] = []

    def play(self, key: str) -> list[Measured]:
        """Play it with the lock of that key; return its paths."""
        self._paths = []
        put = self._s3.put_object(Bucket=BUCKET, Key=key, Body=sample("s3-apply-default"))
        acquired = {"eTag": put["ETag"].strip('"'), "versionId": put["VersionId"]}
        self._measure("event -> line", app.record_lock_event, _told_by_s3(key, acquired))
        time.sleep(_OLD_ENOUGH)
        with self._quietly():
            app.nightly_sweep({}, _Context())
        self._measure("sweep -> alert", app.sweep_target, *self._requests.left)
        self._click()
        self._measure("order -> released", app.release_lock, *self._requests.left)
        with self._quietly():
            app.record_lock_event(sqs_event([_told_by_s3(key, {"versionId": "a-marker"})]), _Context())
        self._measure("settle -> line", app.record_lock_event, *self._requests.left)
        return self._paths

    def _click(self) -> None:
        [message] = self._slack.messages(CHANNEL)[-1:]
        body = self._slack.click_body(ALICE, CHANNEL, message.ts, RELEASE_ACTION)
        headers = {"Content-Type": "application/x-www-form-urlencoded", **self._slack.signed_request(body)}
        with Client(app.app) as client, self._measured("click -> 200"):
            status = client.http.post("/slack/actions", headers=headers, body=body).status_code
        if status != 200:  # noqa: PLR2004  it is in the path's name
            raise RuntimeError(f"the click was answered {status}")

    def _measure(self, name: str, function: Callable[[Any, Any], Any], *messages: str) -> None:
        event = sqs_event(list(messages))
        with self._measured(name):
            answer = function(event, _Context())
        if answer and answer["batchItemFailures"]:
            raise RuntimeError(f"{name}: {answer}")

    @contextmanager
    def _measured(self, name: str) -> Iterator[None]:
        with self._quietly(), self._tracer.trace() as walk:
            yield
        self._paths.append(self._as_measured(name, walk))

    def _as_measured(self, name: str, walk: Walk) -> Measured:
        requests = self._requests
        return Measured(
            name=name,
            modules=walk.modules,
            returns=walk.returns,
            returned_to=dict(walk.returned_to.most_common(_MOST)),
            steps=list(walk.steps.values()),
            calls=dict(sorted(walk.calls.items())),
            requests=requests.names(),
            book_reads_before_answer=requests.book_reads_before_answer(),
        )

    @contextmanager
    def _quietly(self) -> Iterator[None]:
        self._requests.begin()
        with redirect_stdout(io.StringIO()):
            yield


class _Context:
    """What the functions ask Lambda's own."""

    def get_remaining_time_in_millis(self) -> int:
        return 60_000


def measured() -> list[Measured]:
    """Return the five paths of a lock."""
    tracer = Tracer()
    tracer.listen()
    with tempfile.TemporaryDirectory() as folder, SlackStandIn(_workspace()) as slack:
        config = _CONFIG.format(
            team=TEAM, app=APP, channel=CHANNEL, releaser=ALICE, api_url=slack.api_url, bucket=BUCKET
        )
        with an_account(Path(folder), config, settle_seconds=120):
            boto3.client("s3").put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
            requests = Requests(slack)
            requests.listen()
            story = Story(slack, tracer, requests)
            story.play("warm/terraform.tfstate.tflock")
            return story.play("prod/terraform.tfstate.tflock")


def main(*, as_json: bool = False) -> None:
    """Measure and print."""
    paths = measured()
    if as_json:
        print(json.dumps([asdict(path) for path in paths]))
        return
    for path in paths:
        modules, returns = _BEFORE[path.name]
        print(f"{path.name}: {path.modules} modules ({modules} before), {path.returns} returns ({returns} before)")
        print(f"    back in   {_told(path.returned_to)}")
        print(f"    calls     {_told(path.calls)}")
        print(f"    requests  {_told(path.requests)}")
        print(f"    the lock book is read {path.book_reads_before_answer} times before Slack is called")


def _told(counted: dict[str, int]) -> str:
    return ", ".join(f"{name} {number}" for name, number in counted.items())


def _workspace() -> Workspace:
    return Workspace(
        team_id=TEAM,
        app_id=APP,
        bot_token=SECRET,
        signing_secret=SECRET,
        users=(User(ALICE, "Alice"),),
        channels=(Channel(CHANNEL, "platform-alerts", frozenset({ALICE})),),
    )


def _told_by_s3(key: str, stored: dict[str, Any]) -> str:
    """Return what S3 tells of a lock now: an acquire with an ETag, without one a release."""
    at = (datetime.now(UTC) - BEGIN).total_seconds()
    return json.dumps({"Records": [notification(BUCKET, key, at, int(at * 1000), stored)]})


if __name__ == "__main__":
    main(as_json="--json" in sys.argv)
