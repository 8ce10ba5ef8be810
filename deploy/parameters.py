"""Derive stack parameters from ``reaper.toml``: what the reaper's roles may touch, and whether they may put back.

``python -m deploy.parameters reaper.toml`` prints them.
"""

import argparse
import math
import sys
from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from chalicelib.checked_rules import Config
from chalicelib.config.file import ConfigError, load
from chalicelib.core.locks.place import Kind
from chalicelib.core.locks.target import Target
from deploy import names

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html (parameter values)
_LONGEST_VALUE = 4096
# A role's inline policies, https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html. The longest are
# release_lock's and answer_click's: they read and delete a lock, or read it and put it back, and use its KMS key.
# The reserve is for all of a policy but these ARNs.
_INLINE_POLICY, _RESERVE = 10_240, 3_700
MOST_EVENT_ACCOUNTS = 50
"""The queue's policy has each account twice, and SQS takes 8,192 bytes:
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html"""
_NAMED_IN_ONE_ROLE = ("StateBucketArns", *("LockObjectArns", "DecryptKeyArns", "LockTableArns") * 2)


class Home(NamedTuple):
    """The place of a stack. ``*`` in an ARN is any region or account; only commands that do not know them leave it."""

    partition: str = "aws"
    region: str = "*"
    account: str = "*"


ANYWHERE = Home()
_NO_BUCKET = Target(Kind.S3, "-")
"""Named where only lock tables are targets: IAM refuses an empty list. No bucket has this name."""


def overrides(
    config: Config, stage: str, home: Home = ANYWHERE, given: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return the stack parameters that follow from a configuration. Those in ``given`` are added, or replace them.

    Raises:
        ConfigError: when the configuration names more than a CloudFormation parameter can hold.
    """
    buckets, tables = config.targets_of(Kind.S3) or (_NO_BUCKET,), config.targets_of(Kind.DYNAMODB)
    values = {
        "Stage": stage,
        "StateBucketArns": _listed(_bucket_arn(target, home) for target in buckets),
        "LockObjectArns": _listed(arn for target in buckets for arn in _lock_arns(target, home)),
        "LockTableArns": _listed(_table_arn(target, home) for target in tables),
        "EventAccounts": "" if "OrganizationId" in (given or {}) else _listed(_other_accounts(config, home)),
        "SlackBotTokenParameter": names.secret_parameter(stage, names.BOT_TOKEN),
        "SlackSigningSecretParameter": names.secret_parameter(stage, names.SIGNING_SECRET),
        # Rounded up: to the stack 0 means never, and a few seconds are more than that.
        "UndoMinutes": str(math.ceil(config.rules.undo / timedelta(minutes=1))),
    } | dict(given or {})
    if too_long := [name for name, value in values.items() if len(value.encode()) > _LONGEST_VALUE]:
        raise ConfigError(
            [
                f"targets: too many for one stack ({name} is over {_LONGEST_VALUE} bytes); deploy two"
                for name in too_long
            ]
        )
    if len(values["EventAccounts"].split(",")) > MOST_EVENT_ACCOUNTS:
        raise ConfigError(
            [
                f"targets: more than {MOST_EVENT_ACCOUNTS} accounts are too many to be let in by name; let in the "
                "organisation, by PARAMETERS=OrganizationId=o-..."
            ]
        )
    if _policy_characters(values) > _INLINE_POLICY - _RESERVE:
        raise ConfigError(
            [f"targets: too many for one stack (IAM allows {_INLINE_POLICY} characters a role); deploy two"]
        )
    return values


def _other_accounts(config: Config, home: Home) -> set[str]:
    """Return the accounts that the configuration names, whose buckets may send lock events; not those of its units."""
    named = [target.account for target in config.rules.targets]
    named += [account for rule in config.rules.discoveries for account in rule.accounts]
    return {account.id for account in named} - {"", home.account}


def _policy_characters(values: dict[str, str]) -> int:
    """Return how many characters the ARNs take in one role, each with its quotes and comma."""
    return sum(len(arn) + 3 for name in _NAMED_IN_ONE_ROLE for arn in values.get(name, "").split(","))


def _bucket_arn(target: Target, home: Home) -> str:
    return f"arn:{home.partition}:s3:::{target.container}"


def _table_arn(target: Target, home: Home) -> str:
    region = target.region or home.region
    return f"arn:{home.partition}:dynamodb:{region}:{home.account}:table/{target.container}"


def _lock_arns(target: Target, home: Home) -> list[str]:
    """Return one ARN for each prefix. ``?`` (any one character) replaces a comma, which would end an item."""
    bucket = _bucket_arn(target, home)
    return [f"{bucket}/{prefix.replace(',', '?')}*.tflock" for prefix in target.prefixes or ("",)]


def _listed(arns: Iterable[str]) -> str:
    """Return the ARNs sorted and each once, so that an unchanged configuration is an unchanged stack."""
    return ",".join(sorted(set(arns)))


def main(arguments: list[str]) -> int:
    """Print the parameters, one a line."""
    parser = argparse.ArgumentParser(prog="python -m deploy.parameters", description="print the stack parameters")
    parser.add_argument("config", type=Path)
    parser.add_argument("--stage", default="prod")
    parser.add_argument("--partition", default=ANYWHERE.partition)
    parser.add_argument("--region", default=ANYWHERE.region, help="of the stack, for the ARNs of lock tables")
    parser.add_argument("--account", default=ANYWHERE.account, help="of the stack, for the ARNs of lock tables")
    options = parser.parse_args(arguments)
    try:
        home = Home(options.partition, options.region, options.account)
        values = overrides(load(options.config), options.stage, home)
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 1
    print("\n".join(f"{name}={value}" for name, value in values.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
