"""Test what `make deploy` says when something is missing."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import boto3
import pytest
from botocore.exceptions import NoCredentialsError
from botocore.stub import Stubber
from moto import mock_aws
from types_boto3_cloudformation.literals import StackStatusType

from deploy import slack_secrets
from deploy.commands import ROOT
from deploy.preconditions import AwsAccount, missing

EXAMPLE = ROOT / "reaper.example.toml"
BOTH = {f"/tflock-reaper/prod/{name}": "SecureString" for name in ("slack-bot-token", "slack-signing-secret")}


@dataclass
class FakeAccount:
    """An account in which all is well unless a test says otherwise."""

    in_region: str | None = "eu-west-1"
    refused: str | None = None
    buckets: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, str] = field(default_factory=lambda: dict(BOTH))
    stacks: dict[str, str] = field(default_factory=dict)
    log_groups: tuple[str, ...] = ()

    def region(self) -> str | None:
        return self.in_region

    def refusal(self) -> str | None:
        return self.refused

    def bucket_problem(self, bucket: str) -> str | None:
        return self.buckets.get(bucket)

    def parameter_type(self, name: str) -> str | None:
        return self.parameters.get(name)

    def stack_status(self, name: str) -> str | None:
        return self.stacks.get(name)

    def has_log_group(self, name: str) -> bool:
        return name in self.log_groups


def test_nothing_is_missing_when_all_is_there() -> None:
    assert missing("prod", EXAMPLE, "artifacts", FakeAccount()) == []


def test_everything_that_is_missing_is_told_at_once(tmp_path: Path) -> None:
    lines = missing("", tmp_path / "reaper.toml", "", FakeAccount(in_region=None, refused="no credentials"))
    told = "\n".join(lines)
    assert all(word in told for word in ("STAGE", "ARTIFACTS", "reaper.example.toml", "AWS_REGION", "no credentials"))


def test_every_mistake_of_the_configuration_is_a_line(tmp_path: Path) -> None:
    config = tmp_path / "reaper.toml"
    config.write_text(EXAMPLE.read_text().replace('"45m"', '"soon"').replace('"T0123ABCD"', '"team"'))
    lines = missing("prod", config, "artifacts", FakeAccount())
    assert len(lines) == 2
    assert all(line.startswith("CONFIG: ") for line in lines)


def test_a_stream_of_another_region_is_told_before_anything_is_deployed(tmp_path: Path) -> None:
    config, stream = tmp_path / "reaper.toml", "arn:aws:dynamodb:{}:111122223333:table/terraform-locks/stream/2026"
    said = []
    for region in ("eu-west-1", "us-east-1"):
        target = f'[[targets]]\ntable = "terraform-locks"\nstream = "{stream.format(region)}"\n\n[[routes]]'
        config.write_text(EXAMPLE.read_text().replace("[[routes]]", target, 1))
        said.append(missing("prod", config, "artifacts", FakeAccount()))
    assert said[0] == []
    [line] = said[1]
    assert line.startswith(f"CONFIG: the stream {stream.format('us-east-1')} is not in eu-west-1")


@pytest.mark.parametrize("stage", ["Prod", "1st", "a_b", "a" * 21])
def test_a_stage_that_cannot_be_part_of_a_name_is_refused(stage: str) -> None:
    parameters = {name.replace("prod", stage): kind for name, kind in BOTH.items()}
    (line,) = missing(stage, EXAMPLE, "artifacts", FakeAccount(parameters=parameters))
    assert line.startswith(f"STAGE={stage}")


def test_a_missing_secret_comes_with_the_command_that_asks_for_it() -> None:
    lines = missing("prod", EXAMPLE, "artifacts", FakeAccount(parameters={}))
    assert len(lines) == 2
    assert all("make secrets STAGE=prod" in line for line in lines)


def test_a_secret_in_plain_text_is_not_taken() -> None:
    plain = BOTH | {"/tflock-reaper/prod/slack-bot-token": "String"}
    (line,) = missing("prod", EXAMPLE, "artifacts", FakeAccount(parameters=plain))
    assert "shows the secret to everyone" in line
    assert (
        "`aws ssm delete-parameter --name /tflock-reaper/prod/slack-bot-token`, then `make secrets STAGE=prod`" in line
    )


def test_an_unusable_artifact_bucket_is_named() -> None:
    lines = missing("prod", EXAMPLE, "artifacts", FakeAccount(buckets={"artifacts": "no such bucket"}))
    assert lines == ["ARTIFACTS=artifacts: no such bucket"]


def test_the_journal_of_an_earlier_stack_is_not_run_into() -> None:
    group = ("/tflock-reaper/prod",)
    (line,) = missing("prod", EXAMPLE, "artifacts", FakeAccount(log_groups=group))
    assert "journal of an earlier stack" in line
    assert missing("prod", EXAMPLE, "artifacts", with_stack("UPDATE_COMPLETE", log_groups=group)) == []
    # Only a change set was ever made for it.
    assert missing("prod", EXAMPLE, "artifacts", with_stack("REVIEW_IN_PROGRESS", log_groups=group)) == [line]


def with_stack(status: str, log_groups: tuple[str, ...] = ()) -> FakeAccount:
    return FakeAccount(stacks={"tflock-reaper-prod": status}, log_groups=log_groups)


@pytest.mark.parametrize("status", sorted(get_args(StackStatusType)))
def test_a_stack_that_cannot_be_updated_is_told_with_what_to_do_before_anything_is_packaged(status: str) -> None:
    """Of every status that there is, the last word of CloudFormation is whether it takes an update."""
    ready = {"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "REVIEW_IN_PROGRESS", "DELETE_COMPLETE"}
    ready |= {"IMPORT_COMPLETE", "IMPORT_ROLLBACK_COMPLETE", "UPDATE_FAILED", "IMPORT_ROLLBACK_FAILED"}
    lines = missing("prod", EXAMPLE, "artifacts", with_stack(status))
    assert (lines == []) == (status in ready)
    assert all(status in line and ("`aws cloudformation " in line or "try again" in line) for line in lines)


def test_secrets_that_a_company_keeps_under_names_of_its_own_are_looked_for_there() -> None:
    given = {"SlackBotTokenParameter": "/acme/token", "SlackSigningSecretParameter": "/acme/secret"}
    kept = FakeAccount(parameters=dict.fromkeys(given.values(), "SecureString"))
    assert missing("prod", EXAMPLE, "artifacts", kept, given) == []
    [line] = missing("prod", EXAMPLE, "artifacts", FakeAccount(), {"SlackBotTokenParameter": "/acme/token"})
    assert line == "SSM parameter /acme/token: does not exist; put it there as a SecureString"


@pytest.fixture
def session() -> Iterator[boto3.Session]:
    with mock_aws():
        yield boto3.Session("made", "up", region_name="us-east-1")


def test_an_account_knows_its_buckets_and_the_types_of_its_parameters(session: boto3.Session) -> None:
    account = AwsAccount(session)
    session.client("s3").create_bucket(Bucket="artifacts")
    assert account.refusal() is None
    assert account.bucket_problem("artifacts") is None
    assert "no such bucket" in str(account.bucket_problem("absent"))
    assert account.parameter_type("/absent") is None


def test_an_account_knows_the_status_of_a_stack_and_that_there_is_none() -> None:
    session = boto3.Session("made", "up", region_name="us-east-1")
    cloudformation = session.client("cloudformation")
    session.client = lambda *_: cloudformation  # type: ignore[method-assign, assignment]
    with Stubber(cloudformation) as answers:
        answers.add_client_error("describe_stacks", "ValidationError", "Stack with id x does not exist")
        answers.add_response(
            "describe_stacks",
            {"Stacks": [{"StackName": "x", "StackStatus": "ROLLBACK_COMPLETE", "CreationTime": datetime.now(UTC)}]},
        )
        account = AwsAccount(session)
        assert [account.stack_status("x"), account.stack_status("x")] == [None, "ROLLBACK_COMPLETE"]


class _WithoutCredentials(boto3.Session):
    """A session in an environment where nobody has signed in."""

    def client(self, *_arguments: Any, **_named: Any) -> Any:
        raise NoCredentialsError


def test_who_has_not_signed_in_is_told_once_how_to() -> None:
    account = AwsAccount(_WithoutCredentials(region_name="eu-west-1"))
    assert str(account.refusal()).count("`aws sso login`") == 1


def test_the_secrets_asked_for_are_kept_encrypted_and_an_empty_answer_keeps_the_old_one(
    session: boto3.Session,
) -> None:
    ssm, account = session.client("ssm"), AwsAccount(session)
    slack_secrets.ask(ssm, "prod", lambda question: "xoxb-made-up" if "xoxb" in question else "")
    assert account.parameter_type("/tflock-reaper/prod/slack-bot-token") == "SecureString"
    assert account.parameter_type("/tflock-reaper/prod/slack-signing-secret") is None
    slack_secrets.ask(ssm, "prod", lambda _question: "")
    kept = ssm.get_parameter(Name="/tflock-reaper/prod/slack-bot-token", WithDecryption=True)
    assert kept["Parameter"]["Value"] == "xoxb-made-up"


def test_a_new_secret_is_tagged_as_it_is_made_and_keeps_its_tags_when_it_is_replaced(session: boto3.Session) -> None:
    ssm = session.client("ssm")
    for value, tags in (("xoxb-first", {"team": "platform"}), ("xoxb-second", {"team": "other"})):
        slack_secrets.put(ssm, "prod", "slack-bot-token", value, tags)
    name = "/tflock-reaper/prod/slack-bot-token"
    assert ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"] == "xoxb-second"
    told = ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=name)
    assert told["TagList"] == [{"Key": "team", "Value": "platform"}]
