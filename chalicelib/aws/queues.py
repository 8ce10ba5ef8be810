"""Orders for another function, by SQS."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient


class SqsQueue:
    """``ports.Queue`` over one SQS queue."""

    def __init__(self, client: "SQSClient", url: str) -> None:
        self._client = client
        self._url = url

    def send(self, message: bytes) -> None:
        """Leave one message; what it cannot do is raised, and so answered to whoever asked."""
        self._client.send_message(QueueUrl=self._url, MessageBody=message.decode())
