"""``make secrets``: ask for the two secrets of the Slack app, and store them in SSM SecureString parameters only."""

import argparse
import getpass
import os
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.config.file import ConfigError
from chalicelib.stack import names
from deploy.commands import CommandError
from deploy.errors import told
from deploy.stack import session
from deploy.tags import given_in

if TYPE_CHECKING:
    from types_boto3_ssm.client import SSMClient
    from types_boto3_ssm.type_defs import TagTypeDef

_PROMPTS = {
    names.BOT_TOKEN: "Bot token (OAuth & Permissions, begins with xoxb-): ",
    names.SIGNING_SECRET: "Signing secret (Basic Information, App Credentials): ",
}


def put(ssm: "SSMClient", stage: str, secret: str, value: str, tags: Mapping[str, str] | None = None) -> None:
    """Store one secret with these tags; an earlier one is replaced, and keeps its own.

    SSM takes tags only with a new parameter, where a rule of the organisation may ask for them.

    Raises:
        CommandError: there is such a parameter of another type.
    """
    name = names.secret_parameter(stage, secret)
    listed: list[TagTypeDef] = [{"Key": key, "Value": value} for key, value in (tags or {}).items()]
    try:
        ssm.put_parameter(Name=name, Value=value, Type="SecureString", Tags=listed)
    except ssm.exceptions.ParameterAlreadyExists:
        _replace(ssm, name, value)


def _replace(ssm: "SSMClient", name: str, value: str) -> None:
    try:
        ssm.put_parameter(Name=name, Value=value, Type="SecureString", Overwrite=True)
    except ssm.exceptions.HierarchyTypeMismatchException:
        raise CommandError(
            f"SSM parameter {name} is no SecureString, and SSM changes no type: "
            f"`aws ssm delete-parameter --name {name}`, and then the same again"
        ) from None


def ask(
    ssm: "SSMClient",
    stage: str,
    prompt: Callable[[str], str] = getpass.getpass,
    tags: Mapping[str, str] | None = None,
) -> None:
    """Ask for both secrets. An empty answer leaves a secret as it is."""
    for secret, question in _PROMPTS.items():
        if value := prompt(question).strip():
            put(ssm, stage, secret, value, tags)
            print(f"kept in {names.secret_parameter(stage, secret)}")


def main(arguments: list[str]) -> int:
    """Ask a person for the secrets of one stage."""
    parser = argparse.ArgumentParser(prog="python -m deploy.slack_secrets")
    parser.add_argument("--stage", required=True)
    options = parser.parse_args(arguments)
    if problem := names.stage_problem(options.stage):
        print(problem, file=sys.stderr)
        return 1
    try:
        ask(session().client("ssm"), options.stage, tags=given_in(os.environ))
    except EOFError:
        print("nobody is at a terminal to be asked; docs/installing.md has the commands without one", file=sys.stderr)
        return 1
    except (CommandError, ConfigError, BotoCoreError, ClientError) as error:
        print(told(error), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
