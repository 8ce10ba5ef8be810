"""The first thing that each function is told: what the click and the command are, and what AWS hands over."""

import json
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import urlencode

from bench.click.code import Code
from bench.click.stack import BUCKET, KEY, Stack, request
from bench.lock_cycles import BEGIN, notification
from bench.run import sqs_event
from chalicelib.aws.orders.clicks import write_click
from chalicelib.aws.orders.sweeps import write_sweep
from chalicelib.core.clicks.click import Verb
from chalicelib.core.locks.place import Kind
from chalicelib.core.locks.target import Target
from chalicelib.core.nights.sweep_order import SweepOrder
from demo.deployed import ALICE, CHANNEL
from tests.aws.events.test_dynamodb import LOCK, a_record
from tests.builders import a_click, a_lock
from tests.slack.test_requests import form


class First(NamedTuple):
    """What is measured: one function's first event."""

    name: str
    function: str
    """In ``app.py``."""
    entry: str
    """In ``chalicelib/entries``."""
    event: Callable[[Stack], dict[str, Any]]
    """Made anew each time, because Slack's signature is valid for five minutes."""
    of_bolt: bool = False
    """Whether the app of bolt-python takes it too."""

    def handler(self, code: Code) -> str:
        """Return what Lambda is told to run."""
        return f"chalicelib.entries.{self.entry}" if code.has_entries else f"app.{self.function}"


def click(stack: Stack) -> dict[str, Any]:
    """Return a click on the Release button of an alert."""
    return request(stack, "/slack/actions", form(response_url=f"{stack.slack.url}/actions/T0DEMO/1/x"))


def command(stack: Stack) -> dict[str, Any]:
    """Return ``/tflocks``."""
    asked = {"team_id": "T0DEMO", "api_app_id": "A0DEMO", "user_id": ALICE.id, "channel_id": CHANNEL.id, "text": ""}
    return request(stack, "/slack/commands", urlencode(asked).encode())


def _sweep(_stack: Stack) -> dict[str, Any]:
    return sqs_event([write_sweep(SweepOrder(target=Target(Kind.S3, BUCKET))).decode()])


def _acquired(stack: Stack) -> dict[str, Any]:
    stored = {"eTag": stack.put["ETag"].strip('"'), "versionId": stack.put["VersionId"]}
    return sqs_event([json.dumps({"Records": [notification(BUCKET, KEY, 0, int(BEGIN.timestamp()), stored)]})])


def _changed(_stack: Stack) -> dict[str, Any]:
    return {"Records": [a_record(new=LOCK)]}


def _release(_stack: Stack) -> dict[str, Any]:
    return sqs_event([write_click(a_click(a_lock())).decode()])


def _snooze(_stack: Stack) -> dict[str, Any]:
    return sqs_event([write_click(a_click(a_lock(), verb=Verb.WAKE)).decode()])


FIRSTS = (
    First("click", "app", "slack.app", click, of_bolt=True),
    First("/tflocks", "app", "slack.app", command),
    First("nightly_sweep", "nightly_sweep", "nights.nightly_sweep", lambda _: {}),
    First("sweep_target", "sweep_target", "sweeps.sweep_target", _sweep),
    First("watch_locks", "watch_locks", "watches.watch_locks", lambda _: {}),
    First("record_lock_event", "record_lock_event", "events.record_lock_event", _acquired),
    First("table_changed", "table_changed", "streams.table_changed", _changed),
    First("release_lock", "release_lock", "releases.release_lock", _release),
    First("answer_click", "answer_click", "clicks.answer_click", _snooze),
    First("examine_setup", "examine_setup", "doctor.examine_setup", lambda _: {}),
)
