"""``make secrets``: ask for the two secrets of the Slack app, and store them in SSM SecureString parameters only."""

import argparse
import getpass
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.stack import names
from deploy.errors import told
from deploy.stack import session

if TYPE_CHECKING:
    from types_boto3_ssm.client import SSMClient

_PROMPTS = {
    names.BOT_TOKEN: "Bot token (OAuth & Permissions, begins with xoxb-): ",
    names.SIGNING_SECRET: "Signing secret (Basic Information, App Credentials): ",
}


def put(ssm: "SSMClient", stage: str, secret: str, value: str) -> None:
    """Store one secret, and replace an earlier one."""
    ssm.put_parameter(Name=names.secret_parameter(stage, secret), Value=value, Type="SecureString", Overwrite=True)


def ask(ssm: "SSMClient", stage: str, prompt: Callable[[str], str] = getpass.getpass) -> None:
    """Ask for both secrets. An empty answer leaves a secret as it is."""
    for secret, question in _PROMPTS.items():
        if value := prompt(question).strip():
            put(ssm, stage, secret, value)
            print(f"kept in {names.secret_parameter(stage, secret)}")


def main(arguments: list[str]) -> int:
    """Ask a person for the secrets of one stage."""
    parser = argparse.ArgumentParser(prog="python -m deploy.slack_secrets")
    parser.add_argument("--stage", required=True)
    options = parser.parse_args(arguments)
    if problem := names.stage_problem(options.stage):
        parser.error(problem)
    try:
        ask(session().client("ssm"), options.stage)
    except (BotoCoreError, ClientError) as error:
        print(told(error), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
