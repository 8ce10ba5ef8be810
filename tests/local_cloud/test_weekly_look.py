"""The weekly look in the deployed reaper: it may all that it looks at, and tells of a change for the worse once."""

import json
from typing import Any

from chalicelib.aws.doctor.parts import parts_of
from chalicelib.aws.doctor.reach import Reach
from demo.deployed import DeployedReaper
from demo.waiting import wait_for
from tests.local_cloud.conftest import UNWIRED

SUBJECT = f"bucket {UNWIRED}"
SUSPENDED = f"`{SUBJECT}` (was green)"


def looks(reaper: DeployedReaper) -> list[dict[str, Any]]:
    return [line for line in reaper.journal() if line["event"] == "doctor_examined"]


def night(reaper: DeployedReaper) -> dict[str, Any]:
    before = len(looks(reaper))
    reaper.examine()
    return wait_for("a weekly look", lambda: looks(reaper)[before:], 120)[0]


def known(reaper: DeployedReaper) -> dict[str, Any]:
    book = reaper.cloud.client("dynamodb")
    key = {"StatePath": {"S": "#doctor"}, "LockIdentity": {"S": SUBJECT}}
    item = book.get_item(TableName=reaper.outputs["LockBookTable"], Key=key)["Item"]
    return json.loads(item["Known"]["S"])  # type: ignore[no-any-return]


def a_week_later(reaper: DeployedReaper) -> None:
    text = json.dumps(known(reaper) | {"at": "2026-01-01T04:30:00Z"})
    reaper.cloud.client("dynamodb").update_item(
        TableName=reaper.outputs["LockBookTable"],
        Key={"StatePath": {"S": "#doctor"}, "LockIdentity": {"S": SUBJECT}},
        UpdateExpression="SET Known = :known",
        ExpressionAttributeValues={":known": {"S": text}},
    )


def told(reaper: DeployedReaper) -> list[str]:
    return [one.text for one in reaper.slack.messages() if "The weekly look" in one.text]


def versioning(reaper: DeployedReaper, status: str) -> None:
    s3 = reaper.cloud.client("s3")
    s3.put_bucket_versioning(Bucket=UNWIRED, VersioningConfiguration={"Status": status})


def test_a_bucket_whose_versioning_was_suspended_is_told_once_with_the_fix(reaper: DeployedReaper) -> None:
    first = night(reaper)
    assert (first["new"], first["not_reached"]) == (first["targets"], 0)
    assert "defect" not in first["detail"]
    missing = [part for part in first["detail"].split("; ") if part.startswith("rights that are missing")]
    # The local cloud takes every request for a function's concurrency for the put of it (iam_actions.py).
    assert missing == ["rights that are missing: lambda:GetFunctionConcurrency"]
    assert known(reaper)["colours"][f"bucket.versioning {SUBJECT}"] == "green"
    assert "looked for the first time" in told(reaper)[0]
    assert night(reaper)["new"] == 0
    versioning(reaper, "Suspended")
    try:
        for _ in range(2):
            a_week_later(reaper)
            assert night(reaper)["new"] == 1
        worse = [text for text in told(reaper) if SUSPENDED in text]
        assert len(worse) == 1
        assert "put-bucket-versioning" in worse[0]
    finally:
        versioning(reaper, "Enabled")


def test_its_schedule_calls_the_function_each_night(reaper: DeployedReaper) -> None:
    cloud = reaper.cloud
    parts = parts_of("tflock-reaper-demo", Reach(lambda service, _: cloud.client(service), "", ""))
    [rule] = cloud.client("events").list_rule_names_by_target(
        TargetArn=cloud.client("lambda").get_function_configuration(FunctionName=parts.functions["ExamineSetup"])[
            "FunctionArn"
        ]
    )["RuleNames"]
    assert cloud.client("events").describe_rule(Name=rule)["ScheduleExpression"] == "cron(30 4 * * ? *)"
