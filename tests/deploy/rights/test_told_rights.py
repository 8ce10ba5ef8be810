"""Judge every role in every partition: none may more than docs/rights.md says, to which README points."""

import copy
import json
import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cache
from typing import Any, NamedTuple

import pytest
from ministack.core import iam_evaluator  # type: ignore[import-untyped]

from deploy.commands import ROOT
from tests.core.test_partitions import PARTITIONS
from tests.deploy.rights.judged_stack import EVERYTHING, LEAST, SETTINGS, built_template, stack_of, statements_of
from tests.deploy.rights.told_rights import ETAG, EVERYBODY, ROWS, Row, resources_of
from tests.deploy.stack_files import Document, actions
from tests.deploy.worked_out import Where, WorkedOut

DANGEROUS = """
cloudformation:DeleteStack cloudformation:UpdateStack dynamodb:BatchGetItem dynamodb:BatchWriteItem
dynamodb:DeleteItem dynamodb:DeleteTable dynamodb:ExportTableToPointInTime dynamodb:GetItem
dynamodb:PartiQLSelect dynamodb:PutItem dynamodb:Query dynamodb:Scan dynamodb:UpdateItem events:PutEvents
events:PutRule events:PutTargets iam:AttachRolePolicy iam:CreateAccessKey iam:PassRole iam:PutRolePolicy
kms:CreateGrant kms:Decrypt kms:DisableKey kms:Encrypt kms:GenerateDataKey kms:PutKeyPolicy
kms:ScheduleKeyDeletion lambda:GetFunction lambda:InvokeFunction lambda:UpdateFunctionCode
lambda:UpdateFunctionConfiguration logs:DeleteLogGroup logs:PutRetentionPolicy organizations:LeaveOrganization
s3:BypassGovernanceRetention s3:DeleteBucket s3:DeleteObject s3:DeleteObjectVersion s3:GetObject s3:GetObjectAcl
s3:GetObjectVersion s3:ListBucketVersions s3:PutBucketNotification s3:PutBucketPolicy
s3:PutLifecycleConfiguration s3:PutObject s3:PutObjectAcl s3:PutObjectLegalHold s3:PutObjectTagging sns:Publish
sqs:DeleteMessage sqs:DeleteQueue sqs:PurgeQueue sqs:ReceiveMessage sqs:SendMessage sqs:SetQueueAttributes
ssm:GetParameter ssm:GetParameters ssm:GetParametersByPath ssm:PutParameter sts:AssumeRole sts:TagSession
""".split()  # noqa: SIM905  a list of as many lines says less
SESSIONS = ("look-x", "examine-x", "release-U0ALICE", "restore-U0ALICE", "x")
VIA = ("s3.{}", "dynamodb.{}", "ssm.{}", "lambda.{}", "secretsmanager.{}", "sqs.{}")
OTHERS = "999900001111"
_IS_OF_OBJECTS = re.compile(r"s3:(?!GetBucket)\w*(Object|Governance)")
"""S3 asks for its other actions on buckets, so a pattern of buckets that also fits objects gives nothing."""


class Allowed(NamedTuple):
    """A request that IAM allows to a role."""

    role: str
    action: str
    on: str
    keys: tuple[tuple[str, str], ...]


def _allowed(stack: WorkedOut, only: str = "") -> Iterator[Allowed]:
    """Yield everything that IAM allows to the stack's roles, of all requests that are worth a thought."""
    by_role = statements_of(stack)
    named = {action for listed in by_role.values() for one in listed for action in actions(one)}
    there = resources_of(stack.where, stack.arn("LockBook"))
    for role, listed in by_role.items():
        if only not in ("", role):
            continue
        policy = iam_evaluator.parse_policy_document(_for_the_evaluator(listed))
        patterns = {action for one in listed if one["Effect"] == "Allow" for action in actions(one)}
        for action in sorted(named | set(DANGEROUS)):
            if any(fnmatchcase(action, pattern) for pattern in patterns):
                yield from _of_action(role, policy, action, there, stack.where)


def _for_the_evaluator(statements: list[Document]) -> str:
    """Rename the key of which the evaluator has another value than AWS: that of a bucket's owner."""
    written = json.dumps({"Version": "2012-10-17", "Statement": statements})
    return written.replace('"aws:ResourceAccount"', '"test:ResourceAccount"')


def _of_action(role: str, policy: Any, action: str, there: Mapping[str, str], where: Where) -> Iterator[Allowed]:
    unasked = ("bucket",) if _IS_OF_OBJECTS.match(action) else ("lock", "state")
    asked = {on: arn for on, arn in there.items() if not (action.startswith("s3:") and on.startswith(unasked))}
    for on, arn in asked.items():
        for keys in _contexts(action, where):
            owner = {"test:resourceaccount": OTHERS if on.endswith("of others") else where.account}
            if _may(policy, action, arn, {**owner, **keys}, where):
                yield Allowed(role, action, on, tuple(keys.items()))


def _may(policy: Any, action: str, arn: str, keys: Mapping[str, str], where: Where) -> bool:
    request = iam_evaluator.EvalContext(
        principal_arn=f"arn:{where.partition}:sts::{where.account}:assumed-role/a-function/session",
        principal_type="AssumedRole",
        principal_account=where.account,
        action=action,
        resource_arn=arn,
        region=where.region,
        service_context=dict(keys),
    )
    return bool(iam_evaluator.evaluate(request, [policy]).decision == "Allow")


def _contexts(action: str, where: Where) -> list[dict[str, str]]:
    """Return the keys that requests of an action may come with."""
    through = f"{where.region}.{where.pseudo()['AWS::URLSuffix']}"
    contexts: dict[str, list[dict[str, str]]] = {
        "s3:DeleteObject": [{}, {"s3:if-match": ETAG}, {"s3:if-match": "*"}],
        "s3:PutObject": [{}, {"s3:if-none-match": "*"}, {"s3:if-none-match": ETAG}],
        "s3:PutObjectAcl": [{}, {"s3:x-amz-acl": "private"}, {"s3:x-amz-acl": "public-read"}],
        "s3:DeleteObjectVersion": [{"s3:versionid": "v1"}],
        "sts:AssumeRole": [{"sts:rolesessionname": session} for session in SESSIONS],
    }
    if action.startswith("ec2:"):
        return [{}, {"lambda:sourcefunctionarn": where.arn("lambda", "function:tflock-reaper-prod-ReleaseLock")}]
    if action.startswith("kms:"):
        return [{}, *({"kms:viaservice": via.format(through)} for via in VIA)]
    return contexts.get(action, [{}])


def _row_of(request: Allowed) -> Row | None:
    """Return the row of the table that a request is within."""
    keys = dict(request.keys)
    return next(
        (
            row
            for row in ROWS
            if request.role in row.roles
            and any(fnmatchcase(request.action, action) for action in row.actions)
            and (row.on == ("*",) or request.on in row.on)
            and all(fnmatchcase(keys.get(key, ""), pattern) for key, pattern in row.keys.items())
        ),
        None,
    )


@cache
def _asked(partition: str, setting: str) -> list[Allowed]:
    return list(_allowed(stack_of(partition, next(one for one in SETTINGS if one.name == setting))))


def test_each_row_is_a_sentence_of_what_is_told() -> None:
    told = " ".join((ROOT / "docs" / "rights.md").read_text().split())
    assert [row.sentence for row in ROWS if row.sentence not in told] == []


@pytest.mark.parametrize(
    ("partition", "setting"),
    [
        (partition, one.name)
        if partition == "aws" or one is EVERYTHING
        else pytest.param(partition, one.name, marks=pytest.mark.thorough)
        for partition in PARTITIONS
        for one in SETTINGS
    ],
)
def test_no_role_may_more_than_is_told(partition: str, setting: str) -> None:
    assert [one for one in _asked(partition, setting) if _row_of(one) is None] == []


@pytest.mark.parametrize("partition", PARTITIONS)
def test_each_role_may_all_that_is_told(partition: str) -> None:
    """Otherwise a row of the table would hide a right that somebody adds later."""
    allowed = _asked(partition, EVERYTHING.name)
    unused = [
        (row.sentence, role, on)
        for row in ROWS
        for role in row.roles
        for on in (() if row.on == ("*",) else row.on)
        if not any((one.role, one.on) == (role, on) and _row_of(one) is not None for one in allowed)
    ]
    assert unused == []


def test_every_role_of_the_stack_is_in_the_table() -> None:
    assert set(statements_of(stack_of("aws", EVERYTHING))) == set(EVERYBODY)


@pytest.mark.parametrize(
    "added",
    [
        {"Action": "s3:GetObject", "Resource": "*"},
        {"Action": "sqs:*", "Resource": "*"},
        {"Action": "kms:Decrypt", "Resource": "*"},
        {"Action": "lambda:InvokeFunction", "Resource": "*"},
        {"Action": ["dynamodb:GetItem"], "Resource": {"Fn::Sub": "arn:${AWS::Partition}:dynamodb:*:*:table/*"}},
    ],
)
def test_a_right_that_is_not_in_the_table_is_found(added: Document) -> None:
    document = copy.deepcopy(built_template())
    statements = document["Resources"]["SweepTargetRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    statements[:] = [one for one in statements if one["Effect"] == "Allow"] + [{"Effect": "Allow", **added}]
    assert any(_row_of(one) is None for one in _allowed(stack_of("aws", LEAST, document), "SweepTarget"))
