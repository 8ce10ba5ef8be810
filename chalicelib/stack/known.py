"""Know the names of the stack's parameters, so that a wrong one is told: the AWS CLI leaves it out without a word."""

import difflib
from collections.abc import Iterable

from chalicelib.stack.streams import PLACES, parameter

PARAMETERS = {
    "APIHandlerConcurrency",
    "AlarmTopicArn",
    "AllowedSources",
    "AnswerClickConcurrency",
    "ApiAccessLog",
    "ArtifactsBucket",
    "ClicksAtOnce",
    "ClicksPerSecond",
    "CodeKey",
    "CommandsAtOnce",
    "CommandsPerSecond",
    "DebrisBucketArns",
    "DecryptKeyArns",
    "Doctor",
    "DoctorSchedule",
    "EnvironmentKmsKeyArn",
    "EventAccounts",
    "EventBatchingSeconds",
    "ExamineSetupConcurrency",
    "HttpsProxy",
    "LockEventTopicArns",
    "LockObjectArns",
    "LockTableArns",
    "LogKmsKeyArn",
    "LogRetentionDays",
    "MemberRoleArns",
    "NightlySweepConcurrency",
    "NightlySweepSchedule",
    "NoProxy",
    "OldestLockHours",
    "OnlyOwnBuckets",
    "OperatorArns",
    "OrganizationId",
    "PermissionsBoundaryArn",
    "QueueKmsKeyArn",
    "RecordLockEventConcurrency",
    "ReleaseLockConcurrency",
    "RulesFormat",
    "RulesKey",
    "SettleSeconds",
    "SlackBotTokenParameter",
    "SlackSigningSecretParameter",
    "Stage",
    "StateBucketArns",
    "SweepTargetConcurrency",
    "SweepsAtOnce",
    "TableChangedConcurrency",
    "TableKmsKeyArn",
    "TargetRules",
    "Tracing",
    "UndoMinutes",
    "VpcSecurityGroupIds",
    "VpcSubnetIds",
    "WatchLocksConcurrency",
    "WebAclArn",
    *(parameter(place) for place in range(1, PLACES + 1)),
}


def problems(given: Iterable[str]) -> list[str]:
    """Return a line for each of these names that no parameter of the stack has."""
    return [
        f"parameter {name}: the stack has none of this name{_meant(name)}" for name in given if name not in PARAMETERS
    ]


def _meant(name: str) -> str:
    by_small_letters = {one.lower(): one for one in PARAMETERS}
    near = difflib.get_close_matches(name.lower(), by_small_letters, n=1)
    return f"; did you mean {by_small_letters[near[0]]}?" if near else "; its template lists them all"
