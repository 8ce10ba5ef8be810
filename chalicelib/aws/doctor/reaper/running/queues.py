"""Look at the queues: their messages, the dead letters, and the mappings by which functions take from them."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from chalicelib.aws.doctor.reach import Reach, asked
from chalicelib.aws.doctor.reaper.running.metrics import Metrics
from chalicelib.core.doctor.finding import Finding
from chalicelib.core.doctor.parts import Parts
from chalicelib.core.doctor.reaper.roles.holdings import queue_arn
from chalicelib.core.doctor.reaper.running.queues import (
    DEAD,
    DEAD_OUTPUTS,
    KINDS,
    MAPPINGS,
    STREAMS,
    WAITING,
    Kind,
    Mapping,
    Waiting,
    judge_dead_letters,
    judge_mappings,
    judge_waiting,
    streams_url,
)
from chalicelib.ports.doctor import Look, NotAllowedError, NotKnownError

_COUNTS = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
)


class QueueReader:
    """Reads the queues of one reaper."""

    def __init__(self, parts: Parts, reach: Reach, metrics: Metrics, *, streams: bool) -> None:
        self._streams = streams
        self._parts = parts
        self._reach = reach
        self._metrics = metrics

    def looks(self, subject: str) -> dict[str, Look]:
        """Return the looks at the queues."""
        return {
            MAPPINGS: lambda: judge_mappings(subject, self._mapped(), self._parts),
            WAITING: lambda: judge_waiting(subject, list(self._waiting())),
            DEAD: lambda: self._dead(subject),
        }

    def _dead(self, subject: str) -> list[Finding]:
        queues = [self._read(kind, self._parts.outputs[DEAD_OUTPUTS[kind.output]]) for kind in KINDS]
        queues += [self._read(STREAMS, streams_url(self._parts))] if self._streams else []
        dead = [(one, self._age_if_known(one.arn) if one.count else None) for one in queues]
        told = [_aged(one, age) for one, age in dead]
        return judge_dead_letters(subject, told, self._parts.outputs["LogGroupName"])

    def _waiting(self) -> Iterable[Waiting]:
        for kind in KINDS:
            queue = self._read(kind, self._parts.outputs[kind.output])
            yield _aged(queue, self._metrics.oldest(queue.arn.rpartition(":")[2]))

    def _age_if_known(self, arn: str) -> timedelta | None:
        """Return the age of the oldest dead letter; that there is one is enough to tell."""
        try:
            return self._metrics.oldest(arn.rpartition(":")[2])
        except (NotAllowedError, NotKnownError):
            return None

    def _read(self, kind: Kind, url: str) -> Waiting:
        sqs = self._reach.client("sqs", "")
        told = asked(
            "SQS",
            "sqs:GetQueueAttributes",
            lambda: sqs.get_queue_attributes(QueueUrl=url, AttributeNames=list(_COUNTS))["Attributes"],
        )
        count = sum(int(told.get(name, 0)) for name in _COUNTS)
        return Waiting(kind=kind, arn=queue_arn(self._parts, url), url=url, count=count)

    def _mapped(self) -> Iterable[tuple[Kind, str, list[Mapping]]]:
        client = self._reach.client("lambda", "")
        for kind in KINDS:
            arn = queue_arn(self._parts, self._parts.outputs[kind.output])
            yield kind, arn, _mappings(client, self._parts.functions[kind.function])


def _mappings(client: Any, function: str) -> list[Mapping]:
    pages = client.get_paginator("list_event_source_mappings").paginate(FunctionName=function)
    found = asked(
        "Lambda",
        "lambda:ListEventSourceMappings",
        lambda: [one for page in pages for one in page["EventSourceMappings"]],
        {"ResourceNotFoundException": []},
    )
    return [_mapping(one) for one in found]


def _mapping(one: dict[str, Any]) -> Mapping:
    result = str(one.get("LastProcessingResult") or "")
    return Mapping(uuid=one["UUID"], queue=str(one.get("EventSourceArn")), state=str(one.get("State")), result=result)


def _aged(queue: Waiting, oldest: timedelta | None) -> Waiting:
    return Waiting(kind=queue.kind, arn=queue.arn, url=queue.url, count=queue.count, oldest=oldest)
