"""Other people's keys, locks and requests, against the deployed application."""

import io
import json
import time
import zipfile

import pytest

from demo.deployed import ALICE, DeployedReaper, shown_in
from demo.slack_standin import Message
from demo.waiting import wait_for
from tests.builders import sample
from tests.local_cloud.conftest import BUCKETS, MISSING, UNVERSIONED, VERSIONED
from tests.local_cloud.steps import click, function_named, gone, releases, says, send, waiting

ODD_KEYS = {
    "team a/r&d+1/terraform.tfstate": "team a/r&amp;d+1/terraform.tfstate",
    "env:/dev/odd/app.tfstate": "env:/dev/odd/app.tfstate",
    "odd/<!channel>/*bold*`x`.tfstate": "odd/&lt;!channel&gt;/*bold*",
    "odd/é/日本/a%2Fb.tfstate": "odd/é/日本/a%2Fb.tfstate",
    "odd/" + "k" * 889 + "/last.tfstate": "kkk/last.tfstate",
}


@pytest.mark.parametrize("key", ODD_KEYS, ids=range(len(ODD_KEYS)))
def test_a_lock_at_an_odd_key_is_told_and_released(reaper: DeployedReaper, key: str) -> None:
    reaper.put_lock(VERSIONED, key, sample("s3-apply-default"))
    alert = reaper.alert_of(VERSIONED, key)
    assert ODD_KEYS[key] in alert.text
    click(reaper, alert)
    gone(reaper, key)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "The lock is empty."),
        (b"\xff\xfe not json", "The lock is not JSON"),
        (b'{"ID":5}', "has a number where its ID belongs"),
        (b'{"Who":"<!channel>\\n*Operation*","Operation":"' + b"o" * 9000 + b'"}', "&lt;!channel&gt; *Operation*"),
    ],
    ids=["empty", "not JSON", "wrong type", "hostile"],
)
def test_a_lock_nobody_can_read_is_told_as_what_it_is_and_released(
    reaper: DeployedReaper, body: bytes, said: str
) -> None:
    key = f"corrupt/{abs(hash(body))}.tfstate"
    reaper.put_lock(VERSIONED, key, body)
    alert = reaper.alert_of(VERSIONED, key)
    assert said in shown_in(alert)
    click(reaper, alert)
    gone(reaper, key)


def test_two_clicks_and_a_replayed_request_release_once_and_answer_every_one(reaper: DeployedReaper) -> None:
    key = "twice/app.tfstate"
    reaper.put_lock(VERSIONED, key, sample("s3-apply-default"))
    alert = reaper.alert_of(VERSIONED, key)
    requests = [reaper.slack.click_body(ALICE.id, alert.channel, alert.ts, "release_lock") for _ in range(2)]
    (other, other_headers), (late, late_headers) = ((body, reaper.slack.signed_request(body)) for body in requests)
    click(reaper, alert)
    assert send(reaper.slack.request_url, other, other_headers) == 200
    says(reaper, alert, "Released by <@U0ALICE>")
    gone(reaper, key)
    wait_for("both clicks are dealt with, in whatever order", lambda: not waiting(reaper))
    before = len(reaper.slack.ephemerals(ALICE.id))
    assert [send(reaper.slack.request_url, late, late_headers) for _ in range(2)] == [200, 200]
    wait_for("the late click and its repetition are answered", lambda: not waiting(reaper))
    answers = [one.text for one in reaper.slack.ephemerals(ALICE.id)[before:]]
    assert ["was released by you" in text for text in answers] == [True, True]
    reaper.put_lock(VERSIONED, key, sample("s3-plan-default"))
    assert send(reaper.slack.request_url, other, other_headers) == 200
    wait_for("the queue of clicks is empty", lambda: not waiting(reaper))
    assert reaper.lock_body(VERSIONED, key) == sample("s3-plan-default")


def test_a_click_under_way_while_its_lock_is_replaced_deletes_nothing(reaper: DeployedReaper) -> None:
    key = "under-way/app.tfstate"
    reaper.put_lock(VERSIONED, key, sample("s3-apply-default"))
    alert = reaper.alert_of(VERSIONED, key)
    body = reaper.slack.click_body(ALICE.id, alert.channel, alert.ts, "release_lock")
    reaper.cloud.client("s3").delete_object(Bucket=VERSIONED, Key=f"{key}.tflock")
    reaper.put_lock(VERSIONED, key, sample("s3-plan-default"))
    assert send(reaper.slack.request_url, body, reaper.slack.signed_request(body)) == 200

    def closed() -> bool:
        return any(message.ts == alert.ts and not message.actions for message in reaper.slack.messages())

    wait_for("the message is closed", closed)
    wait_for("the queue of clicks is empty", lambda: not waiting(reaper))
    assert reaper.lock_body(VERSIONED, key) == sample("s3-plan-default")


@pytest.mark.parametrize(
    "changes",
    [
        {"X-Slack-Signature": "v0=" + "0" * 64},
        {"X-Slack-Signature": ""},
        {"X-Slack-Request-Timestamp": "yesterday"},
        {"X-Slack-Request-Timestamp": str(int(time.time()) - 3600)},
    ],
)
def test_a_forged_request_is_401(reaper: DeployedReaper, changes: dict[str, str]) -> None:
    body = b"payload=%7B%7D"
    assert send(reaper.slack.request_url, body, reaper.slack.signed_request(body) | changes) == 401


def test_a_bucket_that_is_not_there_is_reported_and_stops_no_other(reaper: DeployedReaper) -> None:
    reaper.sweep()

    def told() -> list[Message]:
        reaper.watch()
        return [message for message in reaper.slack.messages() if f"bucket {MISSING}" in message.text]

    summary = wait_for("the night is summed up", told)[0]
    assert "no such bucket" in summary.text
    assert f"1 of {len(BUCKETS) + 1} targets" in summary.text


def test_the_watch_alerts_what_the_events_told_without_any_sweep(reaper: DeployedReaper) -> None:
    key = "watched/app.tfstate"
    reaper.put_lock(UNVERSIONED, key, sample("s3-apply-default"))

    def look() -> list[Message]:
        reaper.watch()
        return [message for message in reaper.slack.messages() if f"{UNVERSIONED}/{key}" in message.text]

    wait_for("the watch alerts it", look, seconds=60, every=1)


@pytest.mark.parametrize("bucket", [VERSIONED, UNVERSIONED])
def test_every_acquire_and_release_is_one_line_of_the_journal(reaper: DeployedReaper, bucket: str) -> None:
    key, path = "journaled/app.tfstate", f"{bucket}/journaled/app.tfstate"
    lines = []

    def told(event: str) -> list[dict[str, object]]:
        lines.extend(reaper.journal_lines())
        return [line for line in lines if line["event"] == event and line.get("state_path") == path]

    reaper.put_lock(bucket, key, sample("s3-apply-default"))
    [acquired] = wait_for("the acquire is journaled", lambda: told("lock_acquired"))
    reaper.cloud.client("s3").delete_object(Bucket=bucket, Key=f"{key}.tflock")
    [released] = wait_for("the release is journaled", lambda: told("lock_released"))
    for line in (acquired, released):
        assert line["lock_id"] == "78653438-8ad9-5195-0db7-201620792a67"
        assert line["who"] == "root@vm"
        assert line["principal"]
        assert line["source_address"]
    assert isinstance(released["held_seconds"], float)
    assert len(told("lock_acquired")) == len(told("lock_released")) == 1


def test_a_lock_whose_delete_marker_is_deleted_is_journaled_and_alerted_again(reaper: DeployedReaper) -> None:
    key, s3 = "undeleted/app.tfstate", reaper.cloud.client("s3")
    reaper.put_lock(VERSIONED, key, sample("s3-apply-default"))
    reaper.alert_of(VERSIONED, key)
    marker = s3.delete_object(Bucket=VERSIONED, Key=f"{key}.tflock")["VersionId"]
    wait_for("the release is journaled", lambda: releases(reaper, key))
    s3.delete_object(Bucket=VERSIONED, Key=f"{key}.tflock", VersionId=marker)

    def again() -> list[dict[str, object]]:
        path = f"{VERSIONED}/{key}"
        return [one for one in reaper.journal() if (one["event"], one.get("state_path")) == ("lock_reappeared", path)]

    [line] = wait_for("it is journaled again", again)
    assert (line["lock_id"], line["who"]) == ("78653438-8ad9-5195-0db7-201620792a67", "root@vm")
    alert = reaper.alert_of(VERSIONED, key)
    click(reaper, alert)
    gone(reaper, key)
    wait_for("both holds are released in the journal", lambda: len(releases(reaper, key)) == 2)
    assert len({str(one["event_id"]) for one in again()}) == 1


def test_no_secret_is_in_any_log_line(reaper: DeployedReaper) -> None:
    pages = reaper.cloud.client("logs").get_paginator("filter_log_events")
    text = json.dumps([page["events"] for page in pages.paginate(logGroupName=reaper.outputs["LogGroupName"])])
    assert "lock_acquired" in text
    for secret in (reaper.workspace.bot_token, reaper.workspace.signing_secret, "response_url", "hooks.slack"):
        assert secret not in text


LOOK = """
import importlib.util

def handler(event, context):
    return [name for name in event if importlib.util.find_spec(name)]
"""


def test_a_function_finds_its_own_package_and_nothing_of_what_runs_the_cloud(reaper: DeployedReaper) -> None:
    """Else a dependency that is not in the package would be found here, and be missing in AWS."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as code:
        code.writestr("look.py", LOOK)
    functions = reaper.cloud.client("lambda")
    same_python = functions.get_function_configuration(FunctionName=function_named(reaper.cloud, "ReleaseLock"))
    functions.create_function(
        FunctionName="look",
        Runtime=same_python["Runtime"],
        Role=same_python["Role"],
        Handler="look.handler",
        Code={"ZipFile": written.getvalue()},
    )
    names = ["json", "look", "pytest", "moto", "ministack", "msgspec", "boto3", "chalicelib", "tflocks", "tests"]
    found = functions.invoke(FunctionName="look", Payload=json.dumps(names))["Payload"].read()
    functions.delete_function(FunctionName="look")
    assert json.loads(found) == ["json", "look"]


def test_nothing_is_among_the_dead_letters(reaper: DeployedReaper) -> None:
    sqs = reaper.cloud.client("sqs")
    for url in (value for name, value in reaper.outputs.items() if "DeadLetter" in name):
        counted = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
        assert counted["Attributes"]["ApproximateNumberOfMessages"] == "0"
