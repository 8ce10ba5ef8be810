"""What the template has for the streams of lock tables: a mapping for each place, nothing of which is made for none.

How many there are is known only from ``reaper.toml`` (``chalicelib/stack/streams.py``).
"""

import math
from typing import Any

from chalicelib.stack.streams import PLACES, parameter

_FUNCTION = {"Ref": "TableChanged"}
_QUEUE, _POLICY = "TableStreamDeadLetterQueue", "TableStreamsPolicy"
_ANY = "HasTableStreams"
_FAILED = (
    "A change of a lock table was not passed on; it is tried again for an hour. The error in the log group says why: a "
    "stream of another view than NEW_AND_OLD_IMAGES, or SQS does not take it."
)
_GIVEN_UP = (
    "Changes of a lock table could not be passed on, and the journal does not have them. See the log group. The dead "
    "letter names the stream and the place in it, where they can be read for 24 hours."
)
_MOST_IN_ONE = 10
_AN_HOUR = 3_600
_TWO_WEEKS = 1_209_600
_PATTERN = "^(arn:[a-z-]+:dynamodb:[a-z0-9-]+:[0-9]{12}:table/[A-Za-z0-9_.-]+/stream/[0-9T:.-]+)?$"

Part = dict[str, Any]
_NAMES = [parameter(place) for place in range(1, PLACES + 1)]


def parameters() -> dict[str, Part]:
    """Return a parameter for each place."""
    says = "The stream of a lock table, or nothing. From reaper.toml by `make deploy`."
    declared = {"Type": "String", "Default": "", "AllowedPattern": _PATTERN, "Description": says}
    return {name: dict(declared) for name in _NAMES}


def conditions() -> dict[str, Part]:
    """Return a condition for each place, and one for any."""
    each: dict[str, Part] = {f"Has{name}": _is_not_empty({"Ref": name}) for name in _NAMES}
    return each | {_ANY: _any_of([{"Condition": name} for name in each])}


def _any_of(conditions: list[Part]) -> Part:
    """Return that one of these holds; CloudFormation takes at most ten in one ``Fn::Or``."""
    if len(conditions) <= _MOST_IN_ONE:
        return {"Fn::Or": conditions}
    size = math.ceil(len(conditions) / _MOST_IN_ONE)
    return _any_of([{"Fn::Or": conditions[at : at + size]} for at in range(0, len(conditions), size)])


def _is_not_empty(value: Part) -> Part:
    return {"Fn::Not": [{"Fn::Equals": [value, ""]}]}


def resources() -> dict[str, Part]:
    """Return the resources of all streams by their logical IDs; each has a condition, so that none costs nothing."""
    shared = {_QUEUE: _dead_letters(), _POLICY: _policy(), **_alarms()}
    conditional = {name: one | {"Condition": _ANY} for name, one in shared.items()}
    return conditional | {f"{name}Mapping": _mapping(name) for name in _NAMES}


def _mapping(name: str) -> Part:
    """Return the mapping of one stream (AWS::Lambda::EventSourceMapping).

    A batch that fails is tried again for an hour, in halves, so that one bad record is soon alone. While it is tried,
    the later records of its shard wait. Then its place in the stream becomes a dead letter.
    """
    properties = {
        "EventSourceArn": {"Ref": name},
        "FunctionName": _FUNCTION,
        "StartingPosition": "TRIM_HORIZON",
        "BatchSize": 100,
        "MaximumBatchingWindowInSeconds": 1,
        "MaximumRecordAgeInSeconds": _AN_HOUR,
        "BisectBatchOnFunctionError": True,
        "DestinationConfig": {"OnFailure": {"Destination": _arn_of_queue()}},
    }
    # Lambda refuses a mapping whose function may not read the stream.
    kind = {"Type": "AWS::Lambda::EventSourceMapping", "Condition": f"Has{name}", "DependsOn": [_POLICY]}
    return {**kind, "Properties": properties}


def _policy() -> Part:
    """Return the rights to read these streams, and to leave what could not be passed on (lambda/latest/dg/with-ddb)."""
    read = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"]
    streams = [{"Fn::If": [f"Has{name}", {"Ref": name}, {"Ref": "AWS::NoValue"}]} for name in _NAMES]
    statements = [
        {"Sid": "ReadTheStreamsOfLockTables", "Effect": "Allow", "Action": read, "Resource": streams},
        {
            "Sid": "LeaveWhatCouldNotBePassedOn",
            "Effect": "Allow",
            "Action": "sqs:SendMessage",
            "Resource": _arn_of_queue(),
        },
    ]
    properties = {
        "PolicyName": "ReadTableStreams",
        "Roles": [{"Ref": "TableChangedRole"}],
        "PolicyDocument": {"Version": "2012-10-17", "Statement": statements},
    }
    return {"Type": "AWS::IAM::Policy", "Properties": properties}


def _dead_letters() -> Part:
    properties = {
        "QueueName": {"Fn::Sub": "tflock-streams-dead-${Stage}"},
        "SqsManagedSseEnabled": True,
        "MessageRetentionPeriod": _TWO_WEEKS,
    }
    return {"Type": "AWS::SQS::Queue", "Properties": properties}


def _alarms() -> dict[str, Part]:
    waiting = {"Fn::GetAtt": [_QUEUE, "QueueName"]}
    return {
        "TableStreamFailedAlarm": _alarm(
            "table-stream-failed", _FAILED, ("AWS/Lambda", "Errors", "FunctionName", _FUNCTION)
        ),
        "TableStreamDeadLetterAlarm": _alarm(
            "table-stream-given-up", _GIVEN_UP, ("AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", waiting)
        ),
    }


def _alarm(name: str, description: str, watched: tuple[str, str, str, Part]) -> Part:
    namespace, metric, dimension, value = watched
    properties = {
        "AlarmName": {"Fn::Sub": f"tflock-reaper-${{Stage}}-{name}"},
        "AlarmDescription": description,
        "Namespace": namespace,
        "MetricName": metric,
        "Dimensions": [{"Name": dimension, "Value": value}],
        "Statistic": "Sum" if metric == "Errors" else "Maximum",
        "Period": 300,
        "EvaluationPeriods": 1,
        "Threshold": 1,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "TreatMissingData": "notBreaching",
        "AlarmActions": {"Fn::If": ["HasAlarmTopic", [{"Ref": "AlarmTopicArn"}], {"Ref": "AWS::NoValue"}]},
    }
    return {"Type": "AWS::CloudWatch::Alarm", "Properties": properties}


def _arn_of_queue() -> Part:
    return {"Fn::GetAtt": [_QUEUE, "Arn"]}
