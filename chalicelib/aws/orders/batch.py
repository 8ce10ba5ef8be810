"""Leave up to ten orders in a queue with one request."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from chalicelib.aws.errors_in_words import in_words
from chalicelib.aws.genuine import genuine
from chalicelib.ports.orders import OrderError

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient

MOST = 10
"""Most messages of one SendMessageBatch. Together they may have 256 KB; ten orders about a lock have less."""


def as_sqs_takes(message: bytes) -> str:
    """Return a JSON message without the two characters that JSON may have and SQS refuses (SendMessage)."""
    return message.decode().replace("\ufffe", r"\ufffe").replace("\uffff", r"\uffff")


def leave_batch(client: "SQSClient", url: str, messages: Sequence[bytes]) -> None:
    """Leave messages in a queue. Raises OrderError; then some of them may have been left."""
    entries = [{"Id": str(number), "MessageBody": as_sqs_takes(one)} for number, one in enumerate(messages)]
    try:
        answer = genuine(client.send_message_batch(QueueUrl=url, Entries=entries))  # type: ignore[arg-type]
        failed = [f"{one['Code']}: {one.get('Message', '')}" for one in answer.get("Failed", [])]
    except Exception as error:  # as in sqs
        raise OrderError(f"the orders could not be left in their queue: {in_words('SQS', error)}") from error
    if failed:
        raise OrderError(f"{len(failed)} of {len(entries)} orders could not be left in their queue: {failed[0]}")
