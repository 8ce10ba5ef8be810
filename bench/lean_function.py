"""Be the lean peer, as somebody writes it who starts from the tutorials. S3 invokes one function, once an event.

powertools' Idempotency keeps duplicates out, one DynamoDB item a held state pairs a release with its acquire, and the
function's last act is to flush its metrics. Lines and metrics are the reaper's own, so that all write the same.

It has less than half of the duties. If a release is told before its acquire, the release has no hold, and the lock
counts as held until its state is locked and released again. A watch can find held locks only by reading all items.
There is no place to note an alert, so no alert is closed. It reads a lock by its version only.
"""

import json
import os
import sys
from typing import Any

import boto3
import msgspec
from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)

from chalicelib.aws.events.s3 import lock_events
from chalicelib.aws.journal import LogJournal
from chalicelib.aws.metrics import EmfMetrics
from chalicelib.core.audit.event import LockEvent
from chalicelib.core.audit.event_line import of_acquire, of_release
from chalicelib.core.audit.hold import EndedHold, who_let_go
from chalicelib.core.locks.place import LockRef
from chalicelib.core.locks.terraform.body import lock_of

HELD, SEEN = "lean-held", "lean-seen"
"""The function's tables."""
_ONE_DAY = 24 * 60 * 60
_s3 = boto3.client("s3")
_held = boto3.resource("dynamodb").Table(HELD)
_metrics = EmfMetrics(os.environ["STAGE"])
_journal = LogJournal(sys.stdout, _metrics)
_idempotency = IdempotencyConfig(
    event_key_jmespath="[eventName, s3.bucket.name, s3.object.key, s3.object.sequencer]",
    expires_after_seconds=_ONE_DAY,  # Lambda gives up on an event after six hours
)
_seen = DynamoDBPersistenceLayer(table_name=SEEN, boto3_client=boto3.client("dynamodb"))


def on_event(event: dict[str, Any], context: Any) -> None:
    """Handle one event of S3."""
    _idempotency.register_lambda_context(context)
    try:
        for record in event["Records"]:
            _once(record=record)
    finally:
        _metrics.flush()


def _record(record: dict[str, Any]) -> None:
    [event] = lock_events(json.dumps({"Records": [record]}))
    if event.acquired:
        _acquired(event)
    else:
        _released(event)


_once = idempotent_function(_record, data_keyword_argument="record", persistence_store=_seen, config=_idempotency)


def _acquired(event: LockEvent) -> None:
    answer = _s3.get_object(Bucket=event.place.container, Key=event.place.key, VersionId=event.version)
    ref = LockRef(event.place, answer["ETag"], answer["LastModified"])
    lock = lock_of(ref, answer["Body"].read())
    hold = msgspec.json.encode(EndedHold(since=event.at, lock=lock, taken_by=event.principal)).decode()
    _held.put_item(Item={"StatePath": event.ref.state_path, "Hold": hold})
    _journal.write(of_acquire(event, lock, ""))


def _released(event: LockEvent) -> None:
    deleted = _held.delete_item(Key={"StatePath": event.ref.state_path}, ReturnValues="ALL_OLD")
    item = deleted.get("Attributes")
    hold = msgspec.json.decode(str(item["Hold"]), type=EndedHold) if item else None
    _journal.write(of_release(event, hold, who_let_go(event, hold, "")))
