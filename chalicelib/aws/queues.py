"""Orders for another function, by SQS."""

from typing import TYPE_CHECKING

from chalicelib.aws.answers import genuine
from chalicelib.aws.errors_in_words import in_words
from chalicelib.ports.orders import QueueError

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient


class SqsQueue:
    """``ports.Queue`` over one SQS queue."""

    def __init__(self, client: "SQSClient", url: str) -> None:
        self._client = client
        self._url = url

    def send(self, message: bytes, delay_seconds: int = 0) -> None:
        """Leave one message, which is JSON."""
        # The two characters that JSON takes as they are and SQS does not (API reference, SendMessage).
        text = message.decode().replace("\ufffe", r"\ufffe").replace("\uffff", r"\uffff")
        try:
            genuine(self._client.send_message(QueueUrl=self._url, MessageBody=text, DelaySeconds=delay_seconds))
        except Exception as error:  # botocore has more than its own two for an answer that is not SQS's
            raise QueueError(f"the order could not be left in its queue: {in_words('SQS', error)}") from error
