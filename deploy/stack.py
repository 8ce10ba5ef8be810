"""``make deploy``: make a running stack from a package, with the AWS CLI."""

import argparse
import json
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.checked_rules import Config
from chalicelib.config.file import ConfigError, load
from chalicelib.core.locks.place import Kind
from chalicelib.stack import names
from chalicelib.stack.installation import artifact_key, installation
from chalicelib.stack.layer import rules_layer
from chalicelib.stack.parameters import Home
from deploy import tags
from deploy.changes.change_set import ChangeSet
from deploy.changes.review import Ending, Wish, at_the_terminal, review, wish_problem
from deploy.commands import ROOT, CommandError, run
from deploy.errors import told
from deploy.given import read_parameters, read_tags
from deploy.package import packaged_rules
from deploy.package.build import BUILD, Package, build
from deploy.package.target import of_lambda
from deploy.preconditions import AwsAccount, missing

_INTERRUPTED = 130
_CHANGE_SET = re.compile(r"arn:\S+:changeSet/\S+")


class Artifacts(NamedTuple):
    """What a stack is made from."""

    template: Path
    code: Path
    rules: Path


def deploy(
    artifacts: Artifacts, stage: str, bucket: str, values: Mapping[str, str], environment: Mapping[str, str]
) -> dict[str, str]:
    """Upload the artifacts, create or update their stack, wait for it, and return the stack's outputs.

    Raises:
        CommandError: with what the AWS CLI said.
    """
    run(*_deployment(artifacts, stage, bucket, values, environment), environment=environment)
    return outputs(stage, environment)


def prepare(
    artifacts: Artifacts, stage: str, bucket: str, values: Mapping[str, str], environment: Mapping[str, str]
) -> str | None:
    """Do as ``deploy`` up to its change set, and return the ARN of that; None: nothing would change.

    Raises:
        CommandError: with what the AWS CLI said.
    """
    command = _deployment(artifacts, stage, bucket, values, environment)
    said = run(*command, "--no-execute-changeset", environment=environment)
    found = _CHANGE_SET.search(said)
    return found[0] if found else None


def _deployment(
    artifacts: Artifacts, stage: str, bucket: str, values: Mapping[str, str], environment: Mapping[str, str]
) -> list[str]:
    """Upload what the stack is made from, and return the command that makes it."""
    keys = {"CodeKey": artifacts.code, "RulesKey": artifacts.rules}
    uploaded = {name: _upload(path, bucket, stage, environment) for name, path in keys.items()}
    given = {**values, "ArtifactsBucket": bucket, **uploaded}
    # The template goes there too: CloudFormation takes one that is not in a bucket only up to 51,200 bytes.
    source = ("--template-file", str(artifacts.template.resolve()), "--s3-bucket", bucket)
    # CAPABILITY_IAM for the roles, CAPABILITY_AUTO_EXPAND for the SAM transform.
    agreed = ("--capabilities", "CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND", "--no-fail-on-empty-changeset")
    parameters = ("--parameter-overrides", *(f"{name}={value}" for name, value in given.items()))
    stack = ("--stack-name", names.stack(stage), "--s3-prefix", names.stack(stage))
    tagged = tags.of_stack(names.stack(stage), environment)
    return ["aws", "cloudformation", "deploy", *stack, *source, *agreed, *tagged, *parameters]


def _upload(path: Path, bucket: str, stage: str, environment: Mapping[str, str]) -> str:
    """Upload a file by its content, so that the same file has the same key, and return the key."""
    key = artifact_key(stage, path.name, path.read_bytes())
    where = ("--bucket", bucket, "--key", key, "--body", str(path.resolve()))
    run("aws", "s3api", "put-object", *where, environment=environment)
    return key


def made_for(config: Config, package: Package, folder: Path) -> Artifacts:
    """Return the artifacts of an installation; its rules layer is written into ``folder``.

    Raises:
        CommandError: why the code cannot use the rules.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rules = folder / "rules.zip"
    rules.write_bytes(rules_layer(config))
    packaged_rules.check(package.code, rules)
    return Artifacts(package.template, package.code, rules)


def outputs(stage: str, environment: Mapping[str, str]) -> dict[str, str]:
    """Return the outputs of a stage's stack."""
    said = run(
        "aws",
        "cloudformation",
        "describe-stacks",
        "--stack-name",
        names.stack(stage),
        "--output",
        "json",
        environment=environment,
    )
    return {output["OutputKey"]: output["OutputValue"] for output in json.loads(said)["Stacks"][0].get("Outputs", [])}


def environment_of(session: boto3.Session) -> dict[str, str]:
    """Return this process's environment for the AWS CLI, with the region that boto3 found."""
    return dict(os.environ) | ({"AWS_DEFAULT_REGION": session.region_name} if session.region_name else {})


def session() -> boto3.Session:
    """Return a session with the ambient credentials, in ``AWS_REGION`` where that is set: boto3 does not read it."""
    return boto3.Session(region_name=os.environ.get("AWS_REGION"))


def _next_steps(stage: str, stack: Mapping[str, str], config: Config) -> str:
    buckets = " ".join(target.container for target in config.targets_of(Kind.S3) if not target.account.id)
    others = config.rules.discoveries or any(target.account.id for target in config.rules.targets)
    return (
        "\nSlack app (api.slack.com/apps): put these in the place of its two request URLs, then save.\n"
        f"  Interactivity & Shortcuts, Request URL:\n    {stack['SlackActionsUrl']}\n"
        f"  Slash Commands, /tflocks, Request URL:\n    {stack['SlackCommandsUrl']}\n"
        f"  Or paste all of it as its App Manifest:\n    .venv/bin/tflocks slack-manifest --stage {stage}\n"
        "Let the state buckets tell the reaper of their locks (--dry-run shows what it changes):\n"
        f"  .venv/bin/tflocks connect --stage {stage} {buckets or '--all'}\n"
        f"{_elsewhere(stage) if others else ''}"
        f"The journal: aws logs tail {stack['LogGroupName']} --follow\n"
        f"The dashboard: {stack['DashboardUrl']}\n"
        f"Questions to the journal, saved: make queries STAGE={stage}\n"
    )


def _elsewhere(stage: str) -> str:
    return (
        "Those that target rules find, after the first night, and those in other accounts, for each account:\n"
        f"  .venv/bin/tflocks connect --stage {stage} --all --profile THEIRS --reaper-profile YOURS\n"
    )


def _deploy(options: argparse.Namespace, ambient: boto3.Session) -> None:
    config = load(options.config)
    given = read_parameters(options.parameters)
    installed = installation(config, options.stage, _home(ambient), given)
    target = of_lambda()
    print("".join(f"{line}\n" for line in (*installed.remarks, *target.remarks)), end="")
    print("packaging ...", flush=True)
    artifacts = made_for(config, build(target), BUILD / options.stage)
    stack = _changed(artifacts, options, installed.parameters, ambient)
    print(_next_steps(options.stage, stack, config) if stack else "", end="")


def _changed(
    artifacts: Artifacts, options: argparse.Namespace, values: Mapping[str, str], ambient: boto3.Session
) -> dict[str, str] | None:
    """Deploy, after a question if that is asked for; return the stack's outputs, or None where nothing was deployed."""
    name, wish = names.stack(options.stage), Wish(options.changeset)
    where = (options.stage, options.artifacts, values, environment_of(ambient))
    if wish is Wish.DEPLOY:
        print(f"deploying {name} to {ambient.region_name} (a few minutes the first time) ...", flush=True)
        return deploy(artifacts, *where)
    arn = prepare(artifacts, *where)
    if arn is None:
        print(f"{name}: nothing would change")
        return None
    ending = review(ChangeSet(ambient.client("cloudformation"), arn, name), wish, at_the_terminal())
    if ending is Ending.NOBODY:
        raise CommandError(f"{name}: {ending.value}")
    print(f"{name}: {ending.value}")
    return outputs(options.stage, environment_of(ambient)) if ending is Ending.DEPLOYED else None


def _home(ambient: boto3.Session) -> Home:
    region = str(ambient.region_name)
    account = ambient.client("sts").get_caller_identity()["Account"]
    return Home(ambient.get_partition_for_region(region), region, account)


def _odd(options: argparse.Namespace) -> list[str]:
    """Return what is wrong with what was typed beside STAGE, ARTIFACTS and CONFIG."""
    problems = [problem] if (problem := wish_problem(options.changeset)) else []
    for read, text in ((read_parameters, options.parameters), (read_tags, os.environ.get(tags.NAME, ""))):
        try:
            read(text)
        except ConfigError as error:
            problems += error.problems
    return problems


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m deploy.stack")
    parser.add_argument("--stage", default="")
    parser.add_argument("--config", type=Path, default=ROOT / "reaper.toml")
    parser.add_argument("--artifacts", default="", help="an S3 bucket for the package")
    parser.add_argument("--parameters", default="", metavar="'NAME=VALUE ...'", help="others of resources.yaml")
    parser.add_argument("--changeset", default="", help="1: show what would change, and ask; show: only show it")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    """Check what a deployment needs, deploy, and say what comes next."""
    options, ambient = _options(arguments), session()
    try:
        odd = _odd(options)
        given = {} if odd else read_parameters(options.parameters)
        lacking = missing(options.stage, options.config, options.artifacts, AwsAccount(ambient), given)
        if lacking := [*odd, *lacking]:
            print("cannot deploy yet:\n" + "".join(f"  - {line}\n" for line in lacking), file=sys.stderr, end="")
            return 1
        _deploy(options, ambient)
    except (ConfigError, CommandError, BotoCoreError, ClientError) as error:
        print(told(error), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        look = f"aws cloudformation describe-stacks --stack-name {names.stack(options.stage)}"
        print(f"\nbroken off; what CloudFormation has begun it carries on by itself: `{look}`", file=sys.stderr)
        return _INTERRUPTED
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
