"""Check what ``make deploy`` needs, and tell at once all that is missing, with what to do about it."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import boto3
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

from chalicelib.aws.errors_in_words import in_words
from chalicelib.config.file import ConfigError, load
from chalicelib.stack import names, streams
from deploy.commands import program


class Account(Protocol):
    """What the checks ask of the AWS account to deploy to."""

    def region(self) -> str | None:
        """Return the region that commands go to, if one is set."""

    def refusal(self) -> str | None:
        """Return why the credentials do not work, or None."""

    def bucket_problem(self, bucket: str) -> str | None:
        """Return why packages cannot be put into this bucket, or None."""

    def parameter_type(self, name: str) -> str | None:
        """Return the type of an SSM parameter, or None when there is no such parameter."""

    def stack_status(self, name: str) -> str | None:
        """Return the status of a CloudFormation stack, or None when there is no such stack."""

    def has_log_group(self, name: str) -> bool:
        """Return whether there is such a log group."""


_GIVEN_BY = {names.BOT_TOKEN: "SlackBotTokenParameter", names.SIGNING_SECRET: "SlackSigningSecretParameter"}
"""The stack's parameters that name the secrets."""
_NOT_MADE_YET = "REVIEW_IN_PROGRESS"
"""A stack that a change set was made for, and nothing else."""
_NEVER_WHOLE = "it was never made whole; see its events for why, then `{delete}`"
_STUCK = {
    "CREATE_FAILED": _NEVER_WHOLE,
    "ROLLBACK_COMPLETE": _NEVER_WHOLE,
    "ROLLBACK_FAILED": _NEVER_WHOLE,
    "DELETE_FAILED": "it is half deleted; see its events for why, then `{delete}`",
    "UPDATE_ROLLBACK_FAILED": "an update failed, and so did going back; see its events for why, mend that, then "
    "`aws cloudformation continue-update-rollback --stack-name {stack}`",
}
"""What to do about a stack that CloudFormation updates no more, by its status
(AWSCloudFormation/latest/UserGuide/view-stack-events.html)."""


def missing(
    stage: str, config: Path, artifacts: str, account: Account, given: Mapping[str, str] | None = None
) -> list[str]:
    """Return a line for each thing that a deployment lacks; an empty list when it can go ahead.

    ``given`` has the stack's parameters that people chose: the secrets may have other names.
    """
    there = _in_account(stage, artifacts, account, given or {})
    return [*_local(stage, config, artifacts, account.region()), *there]


def _local(stage: str, config: Path, artifacts: str, region: str | None) -> list[str]:
    lines = [problem] if (problem := names.stage_problem(stage)) else []
    if not artifacts:
        lines.append(
            "ARTIFACTS: name an S3 bucket of yours that the package may be put into, such as ARTIFACTS=acme-artifacts"
        )
    lines += [
        f"{name}: not installed beside this Python; run `make .venv`"
        for name in ("aws", "chalice")
        if not shutil.which(program(name))
    ]
    return lines + _config_problems(config, region)


def _config_problems(config: Path, region: str | None) -> list[str]:
    """Return what is wrong with the configuration, and which streams a stack in this region cannot read."""
    try:
        problems = streams.problems(load(config), region or "*")
    except ConfigError as error:
        problems = error.problems
    return [f"CONFIG: {problem}" for problem in problems]


def _in_account(stage: str, artifacts: str, account: Account, given: Mapping[str, str]) -> list[str]:
    """Check region and credentials, and the rest only when it has both: it needs them."""
    lines = [] if account.region() else ["region: none set; `export AWS_REGION=...` or `aws configure set region ...`"]
    lines += [f"credentials: {refusal}"] if (refusal := account.refusal()) else []
    return lines or _in_region(stage, artifacts, account, given)


def _in_region(stage: str, artifacts: str, account: Account, given: Mapping[str, str]) -> list[str]:
    lines = (
        [f"ARTIFACTS={artifacts}: {problem}"] if artifacts and (problem := account.bucket_problem(artifacts)) else []
    )
    lines += [line for secret in _GIVEN_BY if (line := _secret_problem(stage, secret, account, given))]
    return lines + _stack_problem(stage, account)


def _secret_problem(stage: str, secret: str, account: Account, given: Mapping[str, str]) -> str | None:
    ours = names.secret_parameter(stage, secret)
    name = given.get(_GIVEN_BY[secret], ours)
    kind = account.parameter_type(name)
    if kind == "SecureString":
        return None
    make = f"`make secrets STAGE={stage}`" if name == ours else "put it there as a SecureString"
    if not kind:
        return f"SSM parameter {name}: does not exist; {make}{' asks for it' if name == ours else ''}"
    delete = f"aws ssm delete-parameter --name {name}"
    return (
        f"SSM parameter {name}: is a {kind}, which shows the secret to everyone, and SSM changes no type; "
        f"`{delete}`, then {make}"
    )


def _stack_problem(stage: str, account: Account) -> list[str]:
    """Find a stack that cannot be updated now, or what a deleted one has left."""
    stack = names.stack(stage)
    status = account.stack_status(stack)
    if status is None or status == _NOT_MADE_YET:
        return _left_over(stage, account)
    if status.endswith("_IN_PROGRESS"):
        return [f"stack {stack}: {status}, so CloudFormation is changing it now; try again when it has ended"]
    delete = f"aws cloudformation delete-stack --stack-name {stack}"
    return [f"stack {stack}: {status}: {_STUCK[status].format(stack=stack, delete=delete)}"] if status in _STUCK else []


def _left_over(stage: str, account: Account) -> list[str]:
    """Find the journal of a deleted stack: it stays, and CloudFormation does not create a log group that exists."""
    group = names.log_group(stage)
    if not account.has_log_group(group):
        return []
    delete = f"aws logs delete-log-group --log-group-name {group}"
    return [
        f"log group {group}: holds the journal of an earlier stack; deploy another STAGE, or export it and `{delete}`"
    ]


class AwsAccount:
    """The account that the ambient credentials belong to."""

    def __init__(self, session: boto3.Session) -> None:
        self._session = session

    def region(self) -> str | None:
        """Return the session's region; ``deploy.stack.session`` reads ``AWS_REGION``, which boto3 does not."""
        return self._session.region_name

    def refusal(self) -> str | None:
        """Ask AWS who we are; without a region, which tells the partition, only look for credentials."""
        try:
            if self.region():
                self._session.client("sts").get_caller_identity()
            elif not self._session.get_credentials():
                raise NoCredentialsError
        except (BotoCoreError, ClientError) as error:
            words = in_words("AWS", error)
            return words if "`aws " in words else f"{words}; `aws configure`, or `aws sso login`, and try again"
        return None

    def bucket_problem(self, bucket: str) -> str | None:
        """Look at the bucket without listing it."""
        try:
            self._session.client("s3").head_bucket(Bucket=bucket)
        except ClientError as error:
            reasons = {"404": "no such bucket; `aws s3 mb s3://" + bucket + "`", "403": "you may not use this bucket"}
            return reasons.get(error.response["Error"]["Code"]) or in_words("S3", error)
        except BotoCoreError as error:
            return in_words("S3", error)
        return None

    def parameter_type(self, name: str) -> str | None:
        """Read the parameter without its secret: no ``WithDecryption``."""
        ssm = self._session.client("ssm")
        try:
            return ssm.get_parameter(Name=name)["Parameter"]["Type"]
        except ssm.exceptions.ParameterNotFound:
            return None

    def stack_status(self, name: str) -> str | None:
        """Ask for the stack; CloudFormation answers a ValidationError when there is none."""
        try:
            stacks = self._session.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
        except ClientError as error:
            if error.response["Error"]["Code"] == "ValidationError":
                return None
            raise
        return stacks[0]["StackStatus"]

    def has_log_group(self, name: str) -> bool:
        """Look for the log group by its whole name."""
        groups = self._session.client("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]
        return any(group.get("logGroupName") == name for group in groups)
