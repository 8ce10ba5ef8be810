"""The checks of the reaper's own parts in AWS."""

from chalicelib.core.doctor.check import Check
from chalicelib.core.doctor.reaper.keeping import BOOK, CLOCK, JOURNAL
from chalicelib.core.doctor.reaper.members import MEMBER
from chalicelib.core.doctor.reaper.roles.judging import MAY, NEVER
from chalicelib.core.doctor.reaper.roles.organisation import HIGHER
from chalicelib.core.doctor.reaper.rules import RULES
from chalicelib.core.doctor.reaper.running.alarms import ALARMS, HEARD
from chalicelib.core.doctor.reaper.running.beats import NIGHT, WATCH
from chalicelib.core.doctor.reaper.running.functions import ERRORS, STATES
from chalicelib.core.doctor.reaper.running.queues import DEAD, MAPPINGS, WAITING
from chalicelib.core.doctor.reaper.running.schedules import SCHEDULES
from chalicelib.core.doctor.reaper.secrets import SECRETS
from chalicelib.core.doctor.reaper.targets import TARGETS

_READING_ROLES = (
    "iam:GetRole",
    "iam:ListRolePolicies",
    "iam:GetRolePolicy",
    "iam:ListAttachedRolePolicies",
    "iam:GetPolicy",
    "iam:GetPolicyVersion",
)

CHECKS: tuple[Check, ...] = (
    Check(
        id=MAY,
        title="Rights of the functions",
        why="A function that lacks a right fails at the moment when it is needed, a release at the click.",
        rights=(*_READING_ROLES, "iam:SimulatePrincipalPolicy"),
    ),
    Check(
        id=NEVER,
        title="What no function may do",
        why="The reaper promises that it cannot read a state, and deletes only the very lock that was shown.",
        rights=(*_READING_ROLES, "iam:SimulatePrincipalPolicy"),
    ),
    Check(
        id=HIGHER,
        title="Boundaries and organisation",
        why="A permissions boundary or an SCP takes rights away that the roles' own policies give.",
        rights=("iam:SimulatePrincipalPolicy",),
    ),
    Check(
        id=SECRETS,
        title="Slack's secrets",
        why="Without the bot token nobody is told anything, and without the signing secret every click is turned away.",
        rights=("ssm:GetParameter", "kms:Decrypt"),
    ),
    Check(
        id=STATES,
        title="Functions",
        why="A function that is gone, failed or throttled to nothing does none of its work.",
        rights=("lambda:GetFunctionConfiguration", "lambda:GetFunctionConcurrency"),
    ),
    Check(
        id=ERRORS,
        title="Errors of the last day",
        why="A function that fails now and then loses nothing yet, because it is tried again.",
        rights=("cloudwatch:GetMetricData",),
    ),
    Check(
        id=SCHEDULES,
        title="Schedules",
        why="The schedules start the nightly sweep and the watch, which looks at the ages of locks.",
        rights=("events:ListRuleNamesByTarget", "events:DescribeRule"),
    ),
    Check(
        id=NIGHT,
        title="Last night's sweep",
        why="Only the sweep finds locks that S3 did not tell of.",
        rights=("dynamodb:Query",),
    ),
    Check(
        id=WATCH,
        title="Last watch",
        why="Only the watch sees that a lock has become too old, and alerts its team.",
        rights=("logs:FilterLogEvents",),
    ),
    Check(
        id=MAPPINGS,
        title="Mappings of the queues",
        why="What no function takes out of a queue is lost after some days.",
        rights=("lambda:ListEventSourceMappings",),
    ),
    Check(
        id=WAITING,
        title="Waiting in the queues",
        why="Somebody waits for the answer to each click, and an event that waits is journaled late.",
        rights=("sqs:GetQueueAttributes", "cloudwatch:GetMetricData"),
    ),
    Check(
        id=DEAD,
        title="Dead letters",
        why="A dead letter is a sweep, an event or a click that was never carried out.",
        rights=("sqs:GetQueueAttributes",),
    ),
    Check(
        id=ALARMS,
        title="Alarms",
        why="An alarm that rings says what of the reaper is broken; one that is gone says nothing.",
        rights=("cloudwatch:DescribeAlarms",),
    ),
    Check(
        id=HEARD,
        title="Who hears the alarms",
        why="When Slack or the reaper itself is down, only an alarm reaches a person.",
        rights=("cloudwatch:DescribeAlarms", "sns:ListSubscriptionsByTopic"),
    ),
    Check(
        id=RULES,
        title="Deployed rules and your file",
        why="Only the rules that are deployed count, whatever your file says.",
        rights=("dynamodb:GetItem",),
    ),
    Check(
        id=TARGETS,
        title="Targets",
        why="A bucket whose name somebody else took holds a stranger's locks.",
        rights=("s3:ListBucket", "dynamodb:DescribeTable"),
    ),
    Check(
        id=JOURNAL,
        title="Journal",
        why="The journal is the audit trail of who held and released which lock.",
        rights=("logs:DescribeLogGroups", "kms:DescribeKey"),
    ),
    Check(
        id=BOOK,
        title="Lock book",
        why="The lock book is how the reaper knows which locks it has seen and alerted.",
        rights=("dynamodb:DescribeTable", "dynamodb:DescribeTimeToLive"),
    ),
    Check(
        id=CLOCK,
        title="Clock",
        why="The age of a lock is the time here minus the time that AWS gives it.",
        rights=("sts:GetCallerIdentity",),
    ),
    Check(
        id=MEMBER,
        title="Member account",
        why="An account that the functions cannot enter is not swept, and nobody finds its locks.",
        rights=("dynamodb:Query", "sts:AssumeRole"),
    ),
)
