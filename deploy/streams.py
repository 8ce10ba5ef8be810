"""Add to the stack what the streams of lock tables need: a mapping for each stream, and nothing when there is none.

The number of streams is known only from ``reaper.toml``, and CloudFormation cannot repeat a resource.
"""

import hashlib
import json
from typing import Any

from chalicelib.checked_rules import Config
from chalicelib.core.locks.place import Kind

_FUNCTION = {"Ref": "TableChanged"}
_QUEUE, _POLICY = "TableStreamDeadLetterQueue", "TableStreamsPolicy"
_FAILED = (
    "A change of a lock table was not passed on; it is tried again for an hour. The error in the log group says why: a "
    "stream of another view than NEW_AND_OLD_IMAGES, or SQS does not take it."
)
_GIVEN_UP = (
    "Changes of a lock table could not be passed on, and the journal does not have them. See the log group. The dead "
    "letter names the stream and the place in it, where they can be read for 24 hours."
)
_RESOURCES = "\nResources:\n"
_AN_HOUR = 3_600
_TWO_WEEKS = 1_209_600

Resource = dict[str, Any]


def with_streams(template: str, config: Config) -> str:
    """Return the template that is merged into Chalice's, with the resources of all streams. YAML takes JSON."""
    added = "".join(f"  {name}: {json.dumps(resource)}\n" for name, resource in resources(streams_of(config)).items())
    return template.replace(_RESOURCES, f"{_RESOURCES}{added}", 1)


def streams_of(config: Config) -> list[str]:
    """Return the ARNs of all streams, each once, in an order that is not that of the file."""
    return sorted({target.stream for target in config.targets_of(Kind.DYNAMODB) if target.stream})


def resources(streams: list[str]) -> dict[str, Resource]:
    """Return the resources of these streams by their logical IDs; none for no stream, so that none of them costs."""
    if not streams:
        return {}
    mappings = {_name_of(stream): _mapping(stream) for stream in streams}
    return {_QUEUE: _dead_letters(), _POLICY: _policy(streams), **_alarms(), **mappings}


def _name_of(stream: str) -> str:
    """Return a mapping's logical ID. A table's new stream has a new ARN, and so gets a mapping of its own."""
    return f"TableStream{hashlib.sha256(stream.encode()).hexdigest()[:12]}"


def _mapping(stream: str) -> Resource:
    """Return the mapping of one stream (AWS::Lambda::EventSourceMapping).

    A batch that fails is tried again for an hour, in halves, so that one bad record is soon alone. While it is tried,
    the later records of its shard wait. Then its place in the stream becomes a dead letter.
    """
    properties = {
        "EventSourceArn": stream,
        "FunctionName": _FUNCTION,
        "StartingPosition": "TRIM_HORIZON",
        "BatchSize": 100,
        "MaximumBatchingWindowInSeconds": 1,
        "MaximumRecordAgeInSeconds": _AN_HOUR,
        "BisectBatchOnFunctionError": True,
        "DestinationConfig": {"OnFailure": {"Destination": _arn_of_queue()}},
    }
    # Lambda refuses a mapping whose function may not read the stream.
    return {"Type": "AWS::Lambda::EventSourceMapping", "DependsOn": [_POLICY], "Properties": properties}


def _policy(streams: list[str]) -> Resource:
    """Return the rights to read these streams, and to leave what could not be passed on (lambda/latest/dg/with-ddb)."""
    read = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"]
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


def _dead_letters() -> Resource:
    properties = {
        "QueueName": {"Fn::Sub": "tflock-streams-dead-${Stage}"},
        "SqsManagedSseEnabled": True,
        "MessageRetentionPeriod": _TWO_WEEKS,
    }
    return {"Type": "AWS::SQS::Queue", "Properties": properties}


def _alarms() -> dict[str, Resource]:
    waiting = {"Fn::GetAtt": [_QUEUE, "QueueName"]}
    return {
        "TableStreamFailedAlarm": _alarm(
            "table-stream-failed", _FAILED, ("AWS/Lambda", "Errors", "FunctionName", _FUNCTION)
        ),
        "TableStreamDeadLetterAlarm": _alarm(
            "table-stream-given-up", _GIVEN_UP, ("AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", waiting)
        ),
    }


def _alarm(name: str, description: str, watched: tuple[str, str, str, Resource]) -> Resource:
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


def _arn_of_queue() -> Resource:
    return {"Fn::GetAtt": [_QUEUE, "Arn"]}
