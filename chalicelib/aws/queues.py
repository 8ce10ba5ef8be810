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
        """Leave one message, which is JSON; what cannot be done is raised, and so answered to whoever asked."""
        # The two characters that JSON takes as they are and SQS does not (API reference, SendMessage).
        text = message.decode().replace("\ufffe", r"\ufffe").replace("\uffff", r"\uffff")
        self._client.send_message(QueueUrl=self._url, MessageBody=text)
