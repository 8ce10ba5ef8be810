"""What docs/rights.md says that each function may, as data: one row for each sentence, and nothing beyond it.

A resource is named by what it is to the reaper; ``resources_of`` has its ARN in each partition.
"""

from collections.abc import Mapping
from typing import NamedTuple

from tests.deploy.worked_out import Where

LOOKERS = ("SweepTarget", "WatchLocks", "RecordLockEvent", "ReleaseLock", "AnswerClick")
SPEAKERS = (*LOOKERS, "NightlySweep", "ExamineSetup")
EVERYBODY = (*SPEAKERS, "ApiHandler", "TableChanged")
TAKERS = {"SweepTarget": "sweeps", "RecordLockEvent": "events", "ReleaseLock": "releases", "AnswerClick": "clicks"}
ANYTHING = ("*",)
ETAG = '"d41d8cd98f00b204e9800998ecf8427e"'


class Row(NamedTuple):
    """What a sentence lets roles do."""

    sentence: str
    roles: tuple[str, ...]
    actions: tuple[str, ...]
    on: tuple[str, ...]
    """Names of resources; ``*``: all there are."""
    keys: Mapping[str, str] = {}
    """Patterns for the keys that the request must have."""


def _takes(role: str, queue: str) -> Row:
    actions = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
    return Row("Each takes its own queue's messages", (role,), actions, (queue,))


ROWS = (
    *(_takes(role, queue) for role, queue in TAKERS.items()),
    Row("writes its lines to the one log group", EVERYBODY, ("logs:CreateLogStream", "logs:PutLogEvents"), ("log",)),
    # nightly_sweep
    Row("send to the sweep queue", ("NightlySweep",), ("sqs:SendMessage",), ("sweeps",)),
    Row(
        "remember in the lock book which targets the night has",
        ("NightlySweep",),
        ("dynamodb:GetItem", "dynamodb:Query", "dynamodb:UpdateItem"),
        ("book",),
    ),
    Row("read the bot token", SPEAKERS, ("ssm:GetParameter",), ("token",)),
    Row(
        "list the names of the account's buckets and tables and their tags",
        ("NightlySweep",),
        ("s3:ListAllMyBuckets", "dynamodb:ListTables", "tag:GetResources"),
        ANYTHING,
    ),
    Row(
        "with `units` the accounts of the organisation",
        ("NightlySweep",),
        ("organizations:ListAccountsForParent", "organizations:ListOrganizationalUnitsForParent"),
        ANYTHING,
    ),
    # sweep_target, watch_locks, record_lock_event
    Row("list the state buckets of `reaper.toml`", LOOKERS, ("s3:ListBucket",), ("bucket",)),
    Row(
        "may ask whether they keep versions",
        ("SweepTarget", "WatchLocks", "ReleaseLock"),
        ("s3:GetBucketVersioning",),
        ("bucket",),
    ),
    Row(
        "`sweep_target` counts the old versions of a bucket", ("SweepTarget",), ("s3:ListBucketVersions",), ("bucket",)
    ),
    Row(
        "read their `*.tflock` and whether it has a legal hold",
        LOOKERS,
        ("s3:GetObject", "s3:GetObjectLegalHold"),
        ("lock",),
    ),
    Row("the last one old versions of them too", ("RecordLockEvent",), ("s3:GetObjectVersion",), ("lock",)),
    Row("keep the lock book", LOOKERS, ("dynamodb:GetItem", "dynamodb:UpdateItem"), ("book",)),
    Row("keep the lock book", LOOKERS, ("dynamodb:Query",), ("book",)),
    Row("keep the lock book", ("SweepTarget", "WatchLocks"), ("dynamodb:DeleteItem",), ("book",)),
    Row("keep the lock book", ("SweepTarget", "WatchLocks"), ("dynamodb:Scan", "dynamodb:Query"), ("held",)),
    Row("the first two may also order a release", ("SweepTarget", "WatchLocks"), ("sqs:SendMessage",), ("releases",)),
    Row("the first one the rest of its own sweep", ("SweepTarget",), ("sqs:SendMessage",), ("sweeps",)),
    Row("that the progress of a click is shown again", ("WatchLocks",), ("sqs:SendMessage",), ("clicks",)),
    Row("the last one order itself to look again", ("RecordLockEvent",), ("sqs:SendMessage",), ("events",)),
    Row("of the lock tables of `reaper.toml` read items", LOOKERS, ("dynamodb:GetItem",), ("table",)),
    Row("the first two list them", ("SweepTarget", "WatchLocks"), ("dynamodb:Scan",), ("table",)),
    # examine_setup
    Row(
        "keep the lock book, read the bot token to ask",
        ("ExamineSetup",),
        ("dynamodb:GetItem", "dynamodb:Query", "dynamodb:UpdateItem"),
        ("book",),
    ),
    Row(
        "read the settings of the state buckets (never an object) and list their keys and versions",
        ("ExamineSetup",),
        (
            "s3:GetBucket*",
            "s3:GetEncryptionConfiguration",
            "s3:GetLifecycleConfiguration",
            "s3:GetReplicationConfiguration",
            "s3:ListBucket",
            "s3:ListBucketVersions",
        ),
        ("bucket",),
    ),
    Row(
        "read settings and digests of the lock tables",
        ("ExamineSetup",),
        ("dynamodb:DescribeTable", "dynamodb:DescribeContinuousBackups", "dynamodb:Scan"),
        ("table",),
    ),
    Row(
        "of this account settings of its trails, keys, alarms, rules, queues, topics, functions and roles",
        ("ExamineSetup",),
        (
            "cloudformation:DescribeStacks",
            "cloudformation:ListStackResources",
            "cloudtrail:DescribeTrails",
            "cloudtrail:Get*",
            "cloudwatch:DescribeAlarms",
            "cloudwatch:GetMetricData",
            "events:Describe*",
            "events:List*",
            "iam:GetAccountAuthorizationDetails",
            "iam:GetPolicy*",
            "iam:GetRole*",
            "iam:List*RolePolicies",
            "iam:SimulatePrincipalPolicy",
            "kms:DescribeKey",
            "kms:GetKeyPolicy",
            "lambda:GetFunctionCon*",
            "lambda:ListEventSourceMappings",
            "logs:DescribeLogGroups",
            "s3:GetAccountPublicAccessBlock",
            "sns:Get*Attributes",
            "sns:ListSubscriptionsByTopic",
            "sqs:GetQueueAttributes",
            "ssm:DescribeParameters",
        ),
        ANYTHING,
    ),
    Row(
        "of this account settings of its trails",
        ("ExamineSetup",),
        ("dynamodb:DescribeTable", "dynamodb:DescribeTimeToLive"),
        ("book",),
    ),
    Row("and the journal", ("ExamineSetup",), ("logs:StartQuery", "logs:FilterLogEvents"), ("log", "log group")),
    Row("and the journal", ("ExamineSetup",), ("logs:GetQueryResults", "logs:StopQuery"), ANYTHING),
    # table_changed
    Row(
        "read the streams that `reaper.toml` names",
        ("TableChanged",),
        ("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"),
        ("stream",),
    ),
    Row("send to the queue of lock events", ("TableChanged",), ("sqs:SendMessage",), ("events",)),
    Row("leave a dead letter for what it could not pass on", ("TableChanged",), ("sqs:SendMessage",), ("undelivered",)),
    # slack_actions, slack_commands
    Row("read the signing secret", ("ApiHandler",), ("ssm:GetParameter",), ("signing secret",)),
    Row("send to the queues of clicks", ("ApiHandler",), ("sqs:SendMessage",), ("releases", "clicks")),
    Row("look into the lock book", ("ApiHandler",), ("dynamodb:GetItem", "dynamodb:Query"), ("book",)),
    Row("look into the lock book", ("ApiHandler",), ("dynamodb:Scan",), ("held",)),
    # release_lock
    Row("read tags", ("ReleaseLock",), ("s3:GetObjectTagging",), ("lock",)),
    Row(
        "order the end of an undo and a click that waits once more",
        ("ReleaseLock",),
        ("sqs:SendMessage",),
        ("releases", "clicks"),
    ),
    Row(
        "**delete `*.tflock`, only with the ETag of the lock that was read in `If-Match`**",
        ("ReleaseLock",),
        ("s3:DeleteObject",),
        ("lock",),
        {"s3:if-match": ETAG},
    ),
    Row("**delete items of the lock tables**", ("ReleaseLock",), ("dynamodb:DeleteItem",), ("table",)),
    # answer_click
    Row("order a click that waits once more", ("AnswerClick",), ("sqs:SendMessage",), ("clicks",)),
    Row(
        "**put `*.tflock`, only with `If-None-Match: *`**",
        ("AnswerClick",),
        ("s3:PutObject",),
        ("lock",),
        {"s3:if-none-match": "[*]"},
    ),
    Row(
        "it may also set on a `*.tflock` that is there, in any bucket",
        ("AnswerClick",),
        ("s3:PutObjectTagging",),
        ("lock", "lock elsewhere", "lock of others"),
    ),
    Row(
        "the ACLs `bucket-owner-full-control` and `private`",
        ("AnswerClick",),
        ("s3:PutObjectAcl",),
        ("lock", "lock elsewhere", "lock of others"),
        {"s3:x-amz-acl": "private"},
    ),
    Row("**put items into the lock tables**", ("AnswerClick",), ("dynamodb:PutItem",), ("table",)),
    # what is said below the table
    *(
        Row(
            "decrypt locks and secrets, through S3, DynamoDB and SSM only",
            (*SPEAKERS, "ApiHandler"),
            ("kms:Decrypt",),
            ("key",),
            {"kms:viaservice": f"{service}.*"},
        )
        for service in ("s3", "dynamodb", "ssm")
    ),
    Row(
        "`answer_click` may encrypt by them, through S3 only",
        ("AnswerClick",),
        ("kms:GenerateDataKey",),
        ("key",),
        {"kms:viaservice": "s3.*"},
    ),
    # what an organisation's rules add
    Row(
        "uses the key of the queues only through SQS",
        (*LOOKERS, "NightlySweep", "ApiHandler", "TableChanged"),
        ("kms:Decrypt", "kms:GenerateDataKey"),
        ("key of the queues",),
        {"kms:viaservice": "sqs.*"},
    ),
    Row(
        "the key of the lock book's table only through DynamoDB",
        (*SPEAKERS, "ApiHandler"),
        ("kms:Decrypt",),
        ("key of the table",),
        {"kms:viaservice": "dynamodb.*"},
    ),
    Row(
        "the key of its environment only through Lambda",
        EVERYBODY,
        ("kms:Decrypt",),
        ("key of the environment",),
        {"kms:viaservice": "lambda.*"},
    ),
    Row("writes traces where X-Ray is on", EVERYBODY, ("xray:PutTelemetryRecords", "xray:PutTraceSegments"), ANYTHING),
    Row(
        "in a VPC Lambda makes and removes network interfaces by its role, and its code may not",
        EVERYBODY,
        (
            "ec2:AssignPrivateIpAddresses",
            "ec2:UnassignPrivateIpAddresses",
            "ec2:*NetworkInterface*",
            "ec2:DescribeSubnets",
        ),
        ANYTHING,
        {"lambda:sourcefunctionarn": ""},
    ),
    *(
        Row(
            "Each function may enter only the roles that `reaper.toml` names, and only for its own errand",
            roles,
            ("sts:AssumeRole",),
            ("member role",),
            {"sts:rolesessionname": f"{errand}-*"},
        )
        for errand, roles in {
            "look": (*LOOKERS, "NightlySweep"),
            "examine": ("ExamineSetup",),
            "release": ("ReleaseLock",),
            "restore": ("AnswerClick",),
        }.items()
    ),
)


def resources_of(where: Where, book: str) -> dict[str, str]:
    """Return the ARN of each resource that somebody might reach, by what it is to the reaper."""
    bucket, elsewhere, others = (
        f"arn:{where.partition}:s3:::{name}" for name in ("acme-tfstate", "beta", "acme-of-others")
    )
    table = where.arn("dynamodb", "table/terraform-locks")
    queues = ("sweeps", "events", "releases", "clicks")
    return {
        **{queue: where.arn("sqs", f"tflock-{queue}-prod") for queue in queues},
        **{f"dead {queue}": where.arn("sqs", f"tflock-{queue}-dead-prod") for queue in queues},
        "undelivered": where.arn("sqs", "tflock-streams-dead-prod"),
        "queue elsewhere": where.arn("sqs", "payments"),
        "topic": where.arn("sns", "payments"),
        "book": book,
        "held": f"{book}/index/held",
        "table": table,
        "table elsewhere": where.arn("dynamodb", "table/payments"),
        "stream": f"{table}/stream/2026-01-01T00:00:00.000",
        "stream elsewhere": where.arn("dynamodb", "table/payments/stream/2026-01-01T00:00:00.000"),
        "bucket": bucket,
        "lock": f"{bucket}/prod/network/terraform.tfstate.tflock",
        "state": f"{bucket}/prod/network/terraform.tfstate",
        "bucket elsewhere": elsewhere,
        "lock elsewhere": f"{elsewhere}/x.tflock",
        "state elsewhere": f"{elsewhere}/x",
        "bucket of others": others,
        "lock of others": f"{others}/x.tflock",
        "token": where.arn("ssm", "parameter/tflock-reaper/prod/slack-bot-token"),
        "signing secret": where.arn("ssm", "parameter/tflock-reaper/prod/slack-signing-secret"),
        "parameter elsewhere": where.arn("ssm", "parameter/payments/password"),
        "log": where.arn("logs", "log-group:/tflock-reaper/prod:log-stream:x"),
        "log group": where.arn("logs", "log-group:/tflock-reaper/prod"),
        "log elsewhere": where.arn("logs", "log-group:/payments:log-stream:x"),
        "key": where.arn("kms", "key/1"),
        "key of the queues": where.arn("kms", "key/queues"),
        "key of the table": where.arn("kms", "key/table"),
        "key of the environment": where.arn("kms", "key/environment"),
        "key elsewhere": where.arn("kms", "key/2"),
        "member role": f"arn:{where.partition}:iam::222233334444:role/tflock-reaper-member",
        "role elsewhere": f"arn:{where.partition}:iam::222233334444:role/admin",
        "role here": f"arn:{where.partition}:iam::{where.account}:role/admin",
        "function": where.arn("lambda", "function:tflock-reaper-prod-ReleaseLock"),
        "any": "*",
    }
