"""Be the peer: one Lambda invocation for each event, with the recorder's duties, as a competent engineer writes it.

S3 tells a queue, and ``on_message`` takes its messages in batches of one. S3 could invoke ``on_event`` itself, which
costs less. But Lambda gives up on an event that has failed for three minutes, as in an outage of DynamoDB
(docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html); then a person must send it again, or the
journal has holes. (EventBridge would cost more, and does not tell the identity.)

A release ends its lock's page at once, so that its alert can be closed. ``on_release`` journals it two minutes later,
out of a queue with a delay: which hold it ended is certain only when all earlier events have been told. Without that
queue, the release could wait in DynamoDB for its acquire. That would save a message, but would pair a release with the
wrong hold whenever two holds of a state are told at once.

powertools' Idempotency prevents double lines; work that is harmless twice is not protected. Journal and metrics are
the reaper's own, so that both write the same.
"""

import json
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import boto3
import msgspec
from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)
from boto3.dynamodb.conditions import Attr, Key

from chalicelib.aws.events.s3 import lock_events
from chalicelib.aws.journal import LogJournal
from chalicelib.aws.metrics import EmfMetrics
from chalicelib.core.audit.event import LockEvent
from chalicelib.core.audit.event_line import of_acquire, of_release
from chalicelib.core.audit.hold import EndedHold, who_let_go
from chalicelib.core.locks.lock import HeldLock
from chalicelib.core.locks.place import LockRef
from chalicelib.core.locks.terraform.body import lock_of

PAGES, SEEN, QUEUE = "pages", "seen", "releases"
"""The peer's tables and its queue; the first table is like the lock book's, with a sparse index of what is held."""
_SETTLE_SECONDS = 120
_RESTORE_ROLE = "AROARESTORE"
_ONE_DAY = 24 * 60 * 60
_REMEMBERED = timedelta(days=7)
_s3, _sqs = boto3.client("s3"), boto3.client("sqs")
_pages = boto3.resource("dynamodb").Table(PAGES)
_queue_url = _sqs.get_queue_url(QueueName=QUEUE)["QueueUrl"]
_metrics = EmfMetrics(os.environ["STAGE"])
_journal = LogJournal(sys.stdout, _metrics)
_idempotency = IdempotencyConfig(
    event_key_jmespath="[eventName, s3.bucket.name, s3.object.key, s3.object.sequencer]",
    expires_after_seconds=_ONE_DAY,  # Lambda gives up on an event after six hours
)
_seen = DynamoDBPersistenceLayer(table_name=SEEN, boto3_client=boto3.client("dynamodb"))


def on_message(event: dict[str, Any], context: Any) -> None:
    """Handle one event of S3 out of the queue."""
    on_event(_told(event), context)


def on_event(event: dict[str, Any], context: Any) -> None:
    """Handle one event of S3."""
    _idempotency.register_lambda_context(context)
    try:
        [told] = lock_events(json.dumps(event))
        if told.acquired:
            _acquired_once(record=event["Records"][0])
        else:
            _end(told)
            _sqs.send_message(QueueUrl=_queue_url, MessageBody=json.dumps(event), DelaySeconds=_SETTLE_SECONDS)
    finally:
        _metrics.flush()


def on_release(event: dict[str, Any], context: Any) -> None:
    """Journal a release of two minutes ago, out of the queue."""
    _idempotency.register_lambda_context(context)
    try:
        [record] = _told(event)["Records"]
        _released_once(record=record)
    finally:
        _metrics.flush()


def _told(event: dict[str, Any]) -> dict[str, Any]:
    [message] = event["Records"]
    return dict(json.loads(message["body"]))


def _acquired(record: dict[str, Any]) -> None:
    event = _event(record)
    answer = _s3.get_object(Bucket=event.place.container, Key=event.place.key, VersionId=event.version)
    ref = LockRef(event.place, answer["ETag"], answer["LastModified"])
    lock = lock_of(ref, answer["Body"].read())
    before = (_page_before(event) if _RESTORE_ROLE in event.principal else None) or {}
    restorer = str(before.get("RestoringFor", ""))  # whoever puts a lock back notes it on the old page
    _open(event, lock, str(before["Principal"]) if restorer else event.principal)
    _journal.write(of_acquire(event, lock, restorer))


def _released(record: dict[str, Any]) -> None:
    event = _event(record)
    page = _end(event)
    hold = _hold(page) if page else None
    _journal.write(of_release(event, hold, who_let_go(event, hold, "")))


_acquired_once = idempotent_function(
    _acquired, data_keyword_argument="record", persistence_store=_seen, config=_idempotency
)
_released_once = idempotent_function(
    _released, data_keyword_argument="record", persistence_store=_seen, config=_idempotency
)


def _event(record: dict[str, Any]) -> LockEvent:
    [event] = lock_events(json.dumps({"Records": [record]}))
    return event


def _open(event: LockEvent, lock: HeldLock, holder: str) -> None:
    """Remember a lock; on a second attempt after a crash, it may have ended since."""
    page = _key(event.ref.state_path, _place(event)) | {
        "HeldSince": _time(event),
        "Lock": msgspec.json.encode(lock).decode(),
        "Principal": holder,
    }
    with suppress(_pages.meta.client.exceptions.ConditionalCheckFailedException):
        _pages.put_item(Item=page, ConditionExpression=Attr("Lock").not_exists())


def _end(event: LockEvent) -> Mapping[str, Any] | None:
    """End the last hold that began before a release, and return it; None if an earlier release has ended it."""
    page = _page_before(event)
    if page is None:
        return None
    if str(page.get("EndedAt", "~")) > _time(event):
        _note_end(page, event)
        return page
    return page if page["EndedAt"] == _time(event) else None


def _page_before(event: LockEvent) -> Mapping[str, Any] | None:
    """Return the page of the last lock that was taken before."""
    latest = Key("StatePath").eq(event.ref.state_path) & Key("LockIdentity").lt(_place(event))
    found = _pages.query(KeyConditionExpression=latest, ConsistentRead=True, ScanIndexForward=False, Limit=1)["Items"]
    return found[0] if found else None


def _note_end(page: Mapping[str, Any], event: LockEvent) -> None:
    """Note the end of a hold: of two releases, the earlier one ended it.

    If another release was noted at the same time, DynamoDB refuses the write and Lambda tries again.
    """
    _pages.update_item(
        Key=_key(page["StatePath"], page["LockIdentity"]),
        UpdateExpression="SET EndedAt = :at, EndedBy = :by, ExpiresAt = :expiry REMOVE HeldSince",
        ConditionExpression=Attr("EndedAt").not_exists() | Attr("EndedAt").gt(_time(event)),
        ExpressionAttributeValues={
            ":at": _time(event),
            ":by": event.principal,
            ":expiry": int((event.at + _REMEMBERED).timestamp()),
        },
    )


def _hold(page: Mapping[str, Any]) -> EndedHold:
    lock = msgspec.json.decode(page["Lock"], type=HeldLock)
    return EndedHold(
        since=datetime.fromisoformat(page["LockIdentity"].partition(" ")[0]), lock=lock, taken_by=page["Principal"]
    )


def _key(state_path: str, identity: str) -> dict[str, Any]:
    return {"StatePath": state_path, "LockIdentity": identity}


def _place(event: LockEvent) -> str:
    """Return what the events of a state are sorted by: their time, then S3's sequencer."""
    return f"{_time(event)} {event.sequencer}"


def _time(event: LockEvent) -> str:
    return event.at.isoformat(timespec="milliseconds")
