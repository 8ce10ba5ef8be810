"""The function ``record_lock_event``."""

from datetime import UTC, datetime
from functools import partial
from typing import Any

from chalice.app import Blueprint, SQSEvent

from chalicelib import wiring
from chalicelib.aws import batches
from chalicelib.aws.metrics import flushed
from chalicelib.aws.orders.events import read_recording, read_settling
from chalicelib.core.audit.event import LockEvent
from chalicelib.entries import logger
from chalicelib.jobs.alerts.case import Case
from chalicelib.jobs.alerts.endings import tell_endings
from chalicelib.jobs.record import record_events
from chalicelib.jobs.settle import settle
from chalicelib.told_by_aws import told_by_aws

entry = Blueprint(__name__)


@entry.on_sqs_message(queue="tflock-events", batch_size=25)
@flushed(wiring.metrics)
def record_lock_event(event: SQSEvent) -> dict[str, Any]:
    """Record events, oldest first, and settle earlier ones. Only messages that failed are delivered again."""
    ended: list[Case] = []
    # An order to settle is older than the acquires in the same batch, but must be carried out after them.
    response = batches.process(event, read_settling, partial(_record, ended))
    run = wiring.run(wiring.milliseconds(event.context)) if ended else None
    if left := tell_endings(ended, wiring.world(), run) if run else []:
        logger.warning("messages that do not say yet that their lock is gone: the next watch sees to it", left=left)
    return response


def _record(ended: list[Case], body: str, to_settle: LockEvent | None) -> None:
    """Record all events of one message that can be recorded, then raise the failures: the queue delivers it again."""
    now = datetime.now(UTC)
    if to_settle:
        ended.extend(settle(wiring.event_case(to_settle, now)))
        return
    told = read_recording(body)
    events, unknown = ((told,), None) if told else told_by_aws(body)
    record_events([wiring.event_case(event, now) for event in events], ended)
    if unknown:
        raise unknown
