"""Show, decline and carry out real change sets, of a first deployment and of a change."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from chalicelib.config.file import load
from chalicelib.stack.parameters import Home, overrides
from demo.local_cloud import ACCOUNT, REGION, LocalCloud
from deploy import slack_secrets, stack
from deploy.changes.change_set import ChangeSet
from deploy.changes.review import Ending, Wish, review
from deploy.commands import ROOT
from deploy.package.build import build

pytestmark = pytest.mark.local_cloud
EXAMPLE = ROOT / "reaper.example.toml"
BUCKET, NAME = "artifacts", "tflock-reaper-review"


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    with LocalCloud(tmp_path_factory.mktemp("cloud")) as cloud:
        cloud.client("s3").create_bucket(Bucket=BUCKET)
        for secret in ("slack-bot-token", "slack-signing-secret"):
            slack_secrets.put(cloud.client("ssm"), "review", secret, "made-up")
        yield cloud


def prepared(cloud: LocalCloud, config: Path) -> ChangeSet | None:
    checked = load(config)
    artifacts = stack.made_for(checked, build(cloud.target), cloud.folder / "build")
    values = overrides(checked, "review", Home(region=REGION, account=ACCOUNT))
    arn = stack.prepare(artifacts, "review", BUCKET, values, cloud.environment)
    return ChangeSet(cloud.client("cloudformation"), arn, NAME) if arn else None


def reviewed(cloud: LocalCloud, config: Path, answer: str) -> Ending:
    change_set = prepared(cloud, config)
    assert change_set
    return review(change_set, Wish.ASK, lambda _question: answer)


def undo_minutes(cloud: LocalCloud) -> str:
    [found] = cloud.client("cloudformation").describe_stacks(StackName=NAME)["Stacks"]
    values = {one["ParameterKey"]: one["ParameterValue"] for one in found["Parameters"]}
    return str(values["UndoMinutes"])


def change_sets(cloud: LocalCloud) -> list[str]:
    listed = cloud.client("cloudformation").list_change_sets(StackName=NAME)["Summaries"]
    return [one["Status"] for one in listed if one.get("ExecutionStatus") == "AVAILABLE"]


def test_a_deployment_is_shown_and_asked_for_before_it_happens(
    cloud: LocalCloud, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert reviewed(cloud, EXAMPLE, "n") is Ending.DECLINED
    assert "add            LockBook (AWS::DynamoDB::Table)" in capsys.readouterr().out
    with pytest.raises(ClientError, match="does not exist"):
        undo_minutes(cloud)

    assert reviewed(cloud, EXAMPLE, "y") is Ending.DEPLOYED
    assert undo_minutes(cloud) == "10"
    assert prepared(cloud, EXAMPLE) is None
    capsys.readouterr()

    shorter = tmp_path / "reaper.toml"
    shorter.write_text(EXAMPLE.read_text().replace("[slack]\n", '[slack]\nundo = "5m"\n'))
    assert reviewed(cloud, shorter, "n") is Ending.DECLINED
    shown = capsys.readouterr().out
    assert "  UndoMinutes: 10 -> 5\n" in shown
    assert "  RulesKey: tflock-reaper-review/rules-" in shown
    assert "make anew      RulesLayer" in shown
    assert "\n  REPLACE" not in shown
    assert (undo_minutes(cloud), change_sets(cloud)) == ("10", [])

    assert reviewed(cloud, shorter, "y") is Ending.DEPLOYED
    assert undo_minutes(cloud) == "5"


def test_make_deploy_shows_a_change_set_and_deploys_nothing(
    cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in cloud.environment.items():
        monkeypatch.setenv(name, value)
    slack_secrets.put(cloud.client("ssm"), "shown", "slack-bot-token", "made-up")
    slack_secrets.put(cloud.client("ssm"), "shown", "slack-signing-secret", "made-up")
    where = ["--stage", "shown", "--config", str(EXAMPLE), "--artifacts", BUCKET]
    assert stack.main([*where, "--changeset", "show", "--parameters", "LogRetentionDays=30"]) == 0
    said = capsys.readouterr().out
    assert "  LogRetentionDays: 30\n" in said
    assert said.endswith("tflock-reaper-shown: only shown; nothing was changed\n")
    assert stack.main([*where, "--changeset", "1"]) == 1  # nobody is at a terminal here
    assert capsys.readouterr().err.startswith("tflock-reaper-shown: nothing was changed: no terminal to ask at")
    with pytest.raises(ClientError, match="does not exist"):
        cloud.client("cloudformation").describe_stacks(StackName="tflock-reaper-shown")
