"""Session policies: the part of a member role's rights that one session needs.

A session has only the rights that both the role and its policy allow. So a role that was given too much still lets the
reaper read no state, and a release can delete no other lock than its own.
"""

import json
import re
from typing import Any

from chalicelib.aws.accounts.errand import Verb
from chalicelib.core.locks.place import Kind, Place
from chalicelib.core.partitions import through

LONGEST = 2048
"""Characters of a session policy (docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html, Policy)."""
_LOCKS = "arn:{partition}:s3:::*/*.tflock"
_READ_LOCKS = ["s3:GetObject", "s3:GetObjectVersion", "s3:GetObjectTagging", "s3:GetObjectLegalHold"]
_LIST = [
    "s3:ListAllMyBuckets",
    "s3:ListBucket",
    "s3:ListBucketVersions",
    "s3:GetBucketVersioning",
    "dynamodb:ListTables",
    "dynamodb:GetItem",
    "dynamodb:Scan",
    "tag:GetResources",
    "organizations:ListAccountsForParent",
    "organizations:ListOrganizationalUnitsForParent",
]
SETTINGS = [
    "s3:GetAccountPublicAccessBlock",
    "s3:GetBucket*",
    "s3:GetEncryptionConfiguration",
    "s3:GetLifecycleConfiguration",
    "s3:GetReplicationConfiguration",
    "s3:ListBucket",
    "s3:ListBucketVersions",
    "dynamodb:Describe*",
    "cloudtrail:DescribeTrails",
    "cloudtrail:GetEventSelectors",
    "cloudtrail:GetTrailStatus",
    "cloudwatch:GetMetricData",
    "events:DescribeEventBus",
    "events:DescribeRule",
    "events:ListRuleNamesByTarget",
    "events:ListRules",
    "events:ListTargetsByRule",
    "iam:GetAccountAuthorizationDetails",
    "kms:DescribeKey",
    "kms:GetKeyPolicy",
    "sns:GetSubscriptionAttributes",
    "sns:GetTopicAttributes",
    "sns:ListSubscriptionsByTopic",
]
"""What the doctor may read of another account's buckets and tables, if its member role allows it as well."""
_THROUGH = {"StringLike": {"kms:ViaService": [through("s3"), through("dynamodb")]}}
_IF_MATCH = {"Null": {"s3:if-match": "false"}}
_IF_NONE_MATCH = {"Null": {"s3:if-none-match": "false"}}
# Printable ASCII. IAM takes other characters in part, and does not say how it compares them.
_UNWRITABLE = re.compile(r"[^ -~]+")
_SPECIAL = re.compile(r"[*?$]")


def looking(partition: str) -> str:
    """Return the policy of a session that lists and reads, and can neither delete nor put."""
    return _written(
        _allow(_LIST, "*"),
        _allow(_READ_LOCKS, _LOCKS.format(partition=partition)),
        _allow(["kms:Decrypt"], "*", _THROUGH),
    )


def examining(partition: str) -> str:
    """Return the policy of a session that reads settings for the doctor, names, and the items of lock tables."""
    tables = f"arn:{partition}:dynamodb:*:*:table/*"
    return _written(_allow(SETTINGS, "*"), _allow(["dynamodb:Scan"], tables), _allow(["kms:Decrypt"], "*", _THROUGH))


def writing(verb: Verb, place: Place, partition: str, account: str, region: str) -> tuple[str, ...]:
    """Return the policies of a session for one lock, the narrowest first; the next is for when one is too long.

    A key may have 1,024 bytes, and each ``*``, ``?`` and ``$`` of it takes four characters. A session that may delete
    any lock of the same bucket is the next best: the delete still is on the condition that the lock is the one that was
    shown.
    """
    if place.kind is Kind.S3:
        bucket = f"arn:{partition}:s3:::{place.container}"
        narrow, wide = (
            _object_policy(verb, f"{bucket}/{_literal(place.key)}"),
            _object_policy(verb, f"{bucket}/*.tflock"),
        )
    else:
        table = f"arn:{partition}:dynamodb:{region}:{account}:table/{place.container}"
        one = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": [_literal(place.key)]}}
        narrow, wide = _item_policy(verb, table, one), _item_policy(verb, table)
    return tuple(policy for policy in (narrow, wide) if len(policy) <= LONGEST)


def _object_policy(verb: Verb, objects: str) -> str:
    if verb is Verb.RELEASE:
        return _written(_allow(["s3:DeleteObject"], objects, _IF_MATCH), _allow(["s3:GetObject"], objects))
    return _written(
        _allow(["s3:PutObject"], objects, _IF_NONE_MATCH),
        _allow(["s3:PutObjectTagging", "s3:PutObjectAcl"], objects),
        _allow(["kms:GenerateDataKey", "kms:Decrypt"], "*", _THROUGH),
    )


def _item_policy(verb: Verb, table: str, condition: dict[str, Any] | None = None) -> str:
    action = "dynamodb:DeleteItem" if verb is Verb.RELEASE else "dynamodb:PutItem"
    return _written(
        _allow([action], table, condition),
        _allow(["kms:Decrypt"], "*", _THROUGH),
    )


def _literal(key: str) -> str:
    """Return a key as IAM writes it (IAM's guide, "Policy variables", special characters).

    Characters beyond printable ASCII become ``*``: the session may then act on keys that are alike but for these.
    """
    return "*".join(_SPECIAL.sub(lambda found: f"${{{found[0]}}}", piece) for piece in _UNWRITABLE.split(key))


def _allow(actions: list[str], resource: str, condition: dict[str, Any] | None = None) -> dict[str, Any]:
    named = {"Effect": "Allow", "Action": actions, "Resource": resource}
    return named | ({"Condition": condition} if condition else {})


def _written(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements}, separators=(",", ":"))
