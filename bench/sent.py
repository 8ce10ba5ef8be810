"""The requests that the application sends to AWS and Slack, in order."""

import json
from collections import Counter
from typing import Any

import boto3

from demo.slack_standin import SlackStandIn

_BOOK_READS = ("GetItem", "BatchGetItem", "Query", "Scan")


class Requests:
    """What is sent to AWS and to Slack, in order."""

    def __init__(self, slack: SlackStandIn) -> None:
        self._slack = slack
        self._sent: list[tuple[str, int]] = []
        self._slack_before = 0
        self.left: list[str] = []
        """The messages left in queues."""

    def listen(self) -> None:
        """Hear of the requests of all clients that boto3's default session makes from now on."""
        boto3.setup_default_session()
        session: Any = boto3.DEFAULT_SESSION
        session.events.register("before-call", self._called)

    def begin(self) -> None:
        """Forget what was sent before."""
        self._sent.clear()
        self.left.clear()
        self._slack_before = len(self._slack.calls())

    def names(self) -> dict[str, int]:
        """Return how often each request was sent."""
        called = [f"slack {call.method}" for call in self._slack.calls()[self._slack_before :]]
        return dict(sorted(Counter([name for name, _ in self._sent] + called).items()))

    def book_reads_before_answer(self) -> int:
        """Return how many reads of the lock book were sent before the first call of Slack."""
        first = [name for name, slack_calls in self._sent if slack_calls == self._slack_before]
        return sum(name.removeprefix("dynamodb ") in _BOOK_READS for name in first)

    def _called(self, model: Any, params: Any, **_: Any) -> None:
        service = model.service_model.service_name
        self._sent.append((f"{service} {model.name}", len(self._slack.calls())))
        if service == "sqs":
            self.left += [message["MessageBody"] for message in _entries(json.loads(params["body"]))]


def _entries(asked: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the messages of a request to SQS, which sends one or a batch."""
    entries: list[dict[str, Any]] = asked.get("Entries", [asked])
    return entries
