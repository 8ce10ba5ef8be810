"""Ask IAM's rules what roles may: each action that some role has or that does harm, on all that they might reach."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from ministack.core import iam_evaluator  # type: ignore[import-untyped]

from tests.deploy.rights.told_rights import ETAG, Row
from tests.deploy.stack_files import Document, actions
from tests.deploy.worked_out import Where

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


class Asked(NamedTuple):
    """What requests of one action are made with."""

    role: str
    policy: Any
    action: str
    of_session: dict[str, str]


class Allowed(NamedTuple):
    """A request that IAM allows to a role."""

    role: str
    action: str
    on: str
    keys: tuple[tuple[str, str], ...]


def allowed(
    by_role: Mapping[str, list[Document]], there: Mapping[str, str], where: Where, sessions: Sequence[str] = ("",)
) -> Iterator[Allowed]:
    """Yield everything that IAM allows to these roles, of all requests that are worth a thought."""
    named = {action for listed in by_role.values() for one in listed for action in actions(one)}
    for role, listed in by_role.items():
        policy = iam_evaluator.parse_policy_document(_for_the_evaluator(listed))
        patterns = {action for one in listed if one["Effect"] == "Allow" for action in actions(one)}
        for action in sorted(named | set(DANGEROUS)):
            if any(fnmatchcase(action, pattern) for pattern in patterns):
                for session in sessions:
                    of_session = {"aws:userid": f"AROAMEMBER:{session}"} if session else {}
                    yield from _of_action(Asked(role, policy, action, of_session), there, where)


def _for_the_evaluator(statements: list[Document]) -> str:
    """Rename the key of which the evaluator has another value than AWS: that of a bucket's owner."""
    written = json.dumps({"Version": "2012-10-17", "Statement": statements})
    return written.replace('"aws:ResourceAccount"', '"test:ResourceAccount"')


def _of_action(one: Asked, there: Mapping[str, str], where: Where) -> Iterator[Allowed]:
    role, policy, action, of_session = one
    unasked = ("bucket",) if _IS_OF_OBJECTS.match(action) else ("lock", "state")
    asked = {on: arn for on, arn in there.items() if not (action.startswith("s3:") and on.startswith(unasked))}
    for on, arn in asked.items():
        for keys in (one | of_session for one in _contexts(action, where)):
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


def row_of(request: Allowed, rows: Sequence[Row]) -> Row | None:
    """Return the row of a table that a request is within."""
    keys = dict(request.keys)
    return next(
        (
            row
            for row in rows
            if request.role in row.roles
            and any(fnmatchcase(request.action, action) for action in row.actions)
            and (row.on == ("*",) or request.on in row.on)
            and all(fnmatchcase(keys.get(key, ""), pattern) for key, pattern in row.keys.items())
        ),
        None,
    )
