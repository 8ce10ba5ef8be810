"""What a release from a terminal leaves for others: journal lines, and the order to edit the alert in Slack."""

import json
import re
from contextlib import suppress
from datetime import timedelta
from typing import Any

import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.aws.errors_in_words import in_words
from chalicelib.aws.orders.sqs import SqsOrders
from chalicelib.core.audit.line import JournalLine
from chalicelib.core.clicks.order import EndUndo
from chalicelib.ports.orders import OrderError
from tflocks.live.aws import Aws

_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9_.@=,+/-]")
_LONGEST_NAME = 512
_FAILURES = (ClientError, BotoCoreError)


class OperatorError(Exception):
    """AWS did not tell who the operator is; the message says why."""


def operator(aws: Aws) -> str:
    """Return the ARN of the operator's AWS identity. Raises OperatorError."""
    try:
        return str(aws.client("sts").get_caller_identity()["Arn"])
    except _FAILURES as error:
        raise OperatorError(f"who you are: {in_words('STS', error)}") from error


class OperatorJournal:
    """``ports.world.Journal`` into the reaper's log group, in a log stream named after the operator.

    A line that cannot be written does not stop a release, but ``problem`` says why it was not written.
    """

    def __init__(self, logs: Any, log_group: str, arn: str) -> None:
        self._logs = logs
        self._where = {"logGroupName": log_group, "logStreamName": stream_name(arn)}
        self._made = False
        self.problem = ""

    def write(self, line: JournalLine) -> None:
        """Write one line."""
        text = json.dumps(msgspec.to_builtins(line), separators=(",", ":"))
        event = {"timestamp": int(line.time.timestamp() * 1000), "message": text}
        try:
            self._make_stream()
            answer = self._logs.put_log_events(**self._where, logEvents=[event])
            if answer.get("rejectedLogEventsInfo"):
                self.problem = "CloudWatch Logs refused the line: the clock of this machine is wrong"
        except _FAILURES as error:
            self.problem = in_words("CloudWatch Logs", error)

    def _make_stream(self) -> None:
        if self._made:
            return
        with suppress(self._logs.exceptions.ResourceAlreadyExistsException):
            self._logs.create_log_stream(**self._where)
        self._made = True


class NoJournal:
    """``ports.world.Journal`` where no reaper is deployed."""

    problem = "no reaper is deployed"

    def write(self, line: JournalLine) -> None:
        """Drop a line."""


class ClickQueue(SqsOrders):
    """The queue of ``answer_click``, which edits the alert of a released lock."""

    def __init__(self, client: Any, url: str) -> None:
        super().__init__(client, lambda _queue: url)
        self.problem = ""

    def end_undo(self, order: EndUndo, after: timedelta) -> None:
        """Order that a released lock's message says what is so."""
        try:
            super().end_undo(order, after)
        except OrderError as error:
            self.problem = str(error)
            raise


class NoQueue:
    """The place of ``answer_click``'s queue where no reaper is deployed."""

    problem = ""

    def end_undo(self, order: EndUndo, after: timedelta) -> None:
        """Order nothing: there is no alert."""


def stream_name(arn: str) -> str:
    """Return the name of an operator's log stream: ``tflocks``, the account, and the identity, between slashes."""
    account, _, identity = arn.split(":", 4)[-1].partition(":")
    return _NOT_IN_A_NAME.sub("_", f"tflocks/{account}/{identity}")[:_LONGEST_NAME]
