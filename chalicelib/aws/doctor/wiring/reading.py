"""Look at whether Lambda reads the reaper's queue, and the streams of lock tables."""

import json
from typing import Any

from chalicelib.aws.doctor.reach import Reach, asked
from chalicelib.core.doctor.finding import Finding
from chalicelib.core.doctor.parts import Parts
from chalicelib.core.doctor.wiring import checks
from chalicelib.core.doctor.wiring.case import Queue, QueueKey
from chalicelib.core.doctor.wiring.reading.mapping import Mapping
from chalicelib.core.doctor.wiring.reading.queue import FUNCTION as OF_QUEUE
from chalicelib.core.doctor.wiring.reading.queue import OF_SQS, judge_queue
from chalicelib.core.doctor.wiring.reading.stream import FUNCTION as OF_STREAMS
from chalicelib.core.doctor.wiring.reading.stream import Table, judge_mapping, judge_stream
from chalicelib.ports.doctor import Look, NotAllowedError, NotKnownError

_NO_QUEUE = dict.fromkeys(("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"))
_NO_KEY: dict[str, Any] = {"NotFoundException": None}
_ATTRIBUTES = ["Policy", "KmsMasterKeyId"]


def reaper_wiring(reach: Reach, parts: Parts) -> dict[str, Look]:
    """Return the look at the queue of lock events."""
    return {checks.QUEUE.id: lambda: [_queue(reach, parts)]}


def table_wiring(table: str, region: str, stream: str, reach: Reach, parts: Parts | None) -> dict[str, Look]:
    """Return the looks at a table's stream; none without a deployed reaper. ``stream`` is the ARN in the rules."""
    if parts is None:
        return {}
    read = _Read(table, region, stream, reach, parts)
    return {
        checks.STREAM.id: lambda: [judge_stream(read.table())],
        checks.MAPPING.id: lambda: list(judge_mapping(read.table(), read_mappings(reach, parts, OF_STREAMS))),
    }


def read_queue(reach: Reach, parts: Parts) -> Queue:
    """Return the reaper's queue of lock events."""
    sqs = reach.client("sqs", parts.region)
    url = parts.outputs["LockEventsQueueUrl"]
    told = asked(
        "SQS",
        "sqs:GetQueueAttributes",
        lambda: sqs.get_queue_attributes(QueueUrl=url, AttributeNames=_ATTRIBUTES),
        _NO_QUEUE,
    )
    if told is None:
        return Queue(exists=False)
    attributes = told.get("Attributes", {})
    key = attributes.get("KmsMasterKeyId", "")
    is_own = key and not key.endswith(OF_SQS)
    return Queue(
        exists=True,
        policy=json.loads(attributes.get("Policy") or "{}"),
        key=key,
        own_key=_key(reach.client("kms", parts.region), key) if is_own else None,
    )


def _key(kms: Any, name: str) -> QueueKey:
    """Return a key; of what the operator may not ask nothing is known, which is no fault of the queue."""
    try:
        told = asked("KMS", "kms:DescribeKey", lambda: kms.describe_key(KeyId=name)["KeyMetadata"], _NO_KEY)
    except (NotAllowedError, NotKnownError):
        return QueueKey(arn=name)
    if told is None:
        return QueueKey(arn=name, state="gone")
    try:
        answer = asked("KMS", "kms:GetKeyPolicy", lambda: kms.get_key_policy(KeyId=told["Arn"], PolicyName="default"))
        policy = json.loads(answer["Policy"])
    except (NotAllowedError, NotKnownError, ValueError):
        policy = None
    return QueueKey(arn=told["Arn"], state=told["KeyState"], policy=policy)


def read_mappings(reach: Reach, parts: Parts, function: str) -> list[Mapping]:
    """Return the mappings by which Lambda calls a function of the stack, by its logical ID."""
    pages = (
        reach.client("lambda", parts.region)
        .get_paginator("list_event_source_mappings")
        .paginate(FunctionName=parts.functions[function])
    )
    told = asked(
        "Lambda",
        "lambda:ListEventSourceMappings",
        lambda: [one for page in pages for one in page["EventSourceMappings"]],
    )
    return [_mapping(one) for one in told]


def _queue(reach: Reach, parts: Parts) -> Finding:
    mappings = read_mappings(reach, parts, OF_QUEUE)
    of_queue = [one for one in mappings if one.source == parts.event_queue]
    return judge_queue(parts, read_queue(reach, parts), of_queue)


def _mapping(told: dict[str, Any]) -> Mapping:
    return Mapping(
        uuid=told["UUID"],
        source=told.get("EventSourceArn", ""),
        state=told.get("State", ""),
        result=told.get("LastProcessingResult") or "",
        reason=told.get("StateTransitionReason") or "",
    )


class _Read:
    """A table, read once for both looks."""

    def __init__(self, table: str, region: str, stream: str, reach: Reach, parts: Parts) -> None:
        self._name, self._region, self._stream, self._reach, self._parts = table, region, stream, reach, parts
        self._table: Table | None = None

    def table(self) -> Table:
        """Return the table with its stream as it is now."""
        self._table = self._table or self._described()
        return self._table

    def _described(self) -> Table:
        dynamodb = self._reach.client("dynamodb", self._region)
        told = asked(
            "DynamoDB", "dynamodb:DescribeTable", lambda: dynamodb.describe_table(TableName=self._name)["Table"]
        )
        stream = told.get("StreamSpecification") or {}
        return Table(
            name=self._name,
            region=self._region or self._reach.region,
            parts=self._parts,
            expected=self._stream,
            arn=told.get("LatestStreamArn", ""),
            view=stream.get("StreamViewType", "") if stream.get("StreamEnabled") else "",
        )
