"""Handle a batch of SQS messages one by one, oldest first, as far as the invocation's time allows."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

_TIME_FOR_ONE = 30_000
"""In milliseconds. If an invocation is killed half-way, its whole batch has to be done again."""
_LONGEST_TIMESTAMP = 20
_logger = Logger(child=True)

T = TypeVar("T")
ReadOrder = Callable[[str], T | None]
"""Reads the body of a message as an order; returns None for anything else. Never raises."""
Handle = Callable[[str, T | None], None]
"""Handles one message, given its body and its order. If it raises, that message is delivered again."""
_Orders = Mapping[Any, Any]
"""The orders, by the IDs of their messages."""


class OutOfTimeError(Exception):
    """No time was left to begin a message."""


def process(event: Any, read: ReadOrder[T], handle: Handle[T]) -> dict[str, Any]:
    """Handle each message of Chalice's event; return for Lambda which have to be delivered again.

    Orders come after all other messages. A message that fails makes no other one fail.
    """
    batch = event.to_dict()
    orders = {message.get("messageId"): read(message.get("body") or "") for message in batch["Records"]}
    batch["Records"].sort(key=partial(_in_order, orders))
    processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)
    return dict(process_partial_response(batch, partial(_handle_one, event.context, orders, handle), processor))


def _handle_one(context: Any, orders: _Orders, handle: Handle[Any], record: SQSRecord) -> None:
    """Handle one message and log why it fails, because powertools does not log what it catches."""
    try:
        _check_time(context)
        handle(record.body, orders[record.message_id])
    except Exception:
        # Not `message=`: logging reserves that name (tests/app/test_log_lines.py).
        _logger.exception("an S3 notification was not recorded and will be delivered again", sqs=record.message_id)
        raise


def _check_time(context: Any) -> None:
    if context.get_remaining_time_in_millis() < _TIME_FOR_ONE:
        raise OutOfTimeError("the others of its batch took too long: AWS, or Slack, is slow to answer")


def _in_order(orders: _Orders, message: Mapping[str, Any]) -> tuple[bool, int]:
    """Return a key to sort a batch by. It never raises, so that an unreadable message fails alone, in its turn."""
    sent = str((message.get("attributes") or {}).get("SentTimestamp"))[:_LONGEST_TIMESTAMP]
    return orders[message.get("messageId")] is not None, int(sent) if sent.isdecimal() else 0
