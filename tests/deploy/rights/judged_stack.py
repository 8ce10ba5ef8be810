"""The stack's built template, worked out in a partition with few parameters or with all."""

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

import pytest

from deploy.package.chalice_app import made_by_chalice
from deploy.package.template import stack_template
from tests.core.test_partitions import PARTITIONS
from tests.deploy.stack_files import Document
from tests.deploy.worked_out import Where, WorkedOut


class Setting(NamedTuple):
    """The parameters of a stack, as patterns for this place."""

    name: str
    given: Mapping[str, str]


_TABLE = "arn:{partition}:dynamodb:{region}:{account}:table/terraform-locks"
_KEY = "arn:{partition}:kms:{region}:{account}:key"
_SECRETS = {
    "Stage": "prod",
    "SlackBotTokenParameter": "/tflock-reaper/prod/slack-bot-token",
    "SlackSigningSecretParameter": "/tflock-reaper/prod/slack-signing-secret",
}
LEAST = Setting(
    "least",
    {
        **_SECRETS,
        "StateBucketArns": "arn:{partition}:s3:::acme-tfstate",
        "LockObjectArns": "arn:{partition}:s3:::acme-tfstate/*.tflock",
        "UndoMinutes": "0",
    },
)
EVERYTHING = Setting(
    "everything",
    {
        **LEAST.given,
        "UndoMinutes": "10",
        "MemberRoleArns": "arn:{partition}:iam::222233334444:role/tflock-reaper-member",
        "DebrisBucketArns": "arn:{partition}:s3:::acme-tfstate",
        "TargetRules": "units",
        "Doctor": "weekly",
        "LockTableArns": _TABLE,
        "DecryptKeyArns": f"{_KEY}/1",
        "TableStream1": f"{_TABLE}/stream/2026-01-01T00:00:00.000",
        "EventAccounts": "444455556666",
        "OrganizationId": "o-abcdefghij",
        "QueueKmsKeyArn": f"{_KEY}/queues",
        "TableKmsKeyArn": f"{_KEY}/table",
        "EnvironmentKmsKeyArn": f"{_KEY}/environment",
        "VpcSubnetIds": "subnet-0a1b2c3d",
        "VpcSecurityGroupIds": "sg-0a1b2c3d",
        "Tracing": "Active",
    },
)
BY_PATTERN = Setting(
    "buckets by a pattern",
    {
        **EVERYTHING.given,
        "StateBucketArns": "arn:{partition}:s3:::acme-*",
        "LockObjectArns": "arn:{partition}:s3:::acme-*/*.tflock",
        "DebrisBucketArns": "arn:{partition}:s3:::acme-*",
        "OnlyOwnBuckets": "yes",
    },
)
SETTINGS = (LEAST, EVERYTHING, BY_PATTERN)
EACH_PARTITION = [
    "aws",
    "aws-cn",
    *(pytest.param(one, marks=pytest.mark.thorough) for one in PARTITIONS if one not in ("aws", "aws-cn")),
]
"""Each asks some ten thousand requests, and what differs between partitions differs most in China."""


@cache
def built_template() -> Document:
    """Return the template that every installation has."""
    return stack_template(made_by_chalice().template)


def stack_of(partition: str, setting: Setting, document: Document | None = None) -> WorkedOut:
    """Return the stack in a partition; ``document`` is another template than the built one."""
    where = Where(partition)
    names = {"partition": partition, "region": where.region, "account": where.account}
    return WorkedOut(document or built_template(), where, {n: v.format(**names) for n, v in setting.given.items()})


def statements_of(stack: WorkedOut) -> dict[str, list[Document]]:
    """Return the statements of each role, by its function."""
    found: dict[str, list[Document]] = {}
    for logical, role in stack.resources("AWS::IAM::Role"):
        listed = [one for policy in role.get("Policies", []) for one in policy["PolicyDocument"]["Statement"]]
        found[stack.name(logical)] = listed
        assert not role.get("ManagedPolicyArns")
    for _, policy in stack.resources("AWS::IAM::Policy"):
        for role in policy["Roles"]:
            found[role] += policy["PolicyDocument"]["Statement"]
    return {name.removeprefix("tflock-reaper-prod-").partition("Role-")[0]: one for name, one in found.items()}
