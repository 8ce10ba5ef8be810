"""See what a deployed reaper does about the canary: its journal, its book, its queues; have its watch run."""

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import msgspec
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.aws.book.lock_book import DynamoLockBook
from chalicelib.aws.errors_in_words import in_words
from chalicelib.aws.orders.sqs import SqsOrders
from chalicelib.core.alerts.page import Page
from chalicelib.core.clicks.order import AutoRelease
from chalicelib.core.doctor.canary.blame import Clues
from chalicelib.core.doctor.canary.steps import Step
from chalicelib.core.doctor.parts import Parts
from chalicelib.core.locks.place import Kind, LockRef
from chalicelib.core.locks.target import Target
from chalicelib.ports.book import BookError
from chalicelib.ports.orders import OrderError
from tflocks.live.aws import Aws
from tflocks.live.canary.waiting import StepFailedError

Line = dict[str, Any]
"""A line of the journal."""
_FAILURES = (ClientError, BotoCoreError)
_BEFORE = timedelta(minutes=2)
"""Lines so long before the canary began are read too: clocks differ."""
_SCHEDULED = {
    "version": "0",
    "id": "canary",
    "detail-type": "Scheduled Event",
    "source": "aws.events",
    "resources": [],
    "detail": {},
}
_DENIED = {"AccessDenied", "AccessDeniedException"}
_FAILED = {"alert_failed"}
_ONE_WATCH = Config(connect_timeout=5, read_timeout=900, retries={"mode": "standard", "total_max_attempts": 1})
"""A request that is sent again would run a second watch."""


class Watched(msgspec.Struct, frozen=True):
    """What came of having the watch run."""

    ran: bool
    why: str = ""
    """Why it did not run, or failed."""
    denied: bool = False
    """Whether the operator may not invoke it."""


class Eyes(Protocol):
    """Sees what a reaper does."""

    def lines(self) -> list[Line]:
        """Return the journal's lines about this canary's locks."""

    def page(self, ref: LockRef) -> Page | None:
        """Return the page of a lock."""

    def watch(self) -> Watched:
        """Have the watch run, to its end."""

    def order(self, ref: LockRef, channel: str) -> None:
        """Order the release of a lock."""

    def clues(self, step: Step, target: Target) -> Clues:
        """Return what can be seen of the parts that a step needs."""


class DeployedEyes:
    """``Eyes`` on a deployed reaper."""

    def __init__(self, aws: Aws, parts: Parts, run: str, now: datetime) -> None:
        self._aws = aws
        self._parts = parts
        self._run = run
        self._since = int((now - _BEFORE).timestamp() * 1000)
        self._book = DynamoLockBook(aws.table(parts.outputs["LockBookTable"]))
        self._watched = Watched(ran=False)

    def lines(self) -> list[Line]:
        """Return the journal's lines about this canary's locks. Raises StepFailedError."""
        wanted = {
            "logGroupName": self._parts.outputs["LogGroupName"],
            "startTime": self._since,
            "filterPattern": f'{{ $.state_path = "*{self._run}*" }}',
        }
        try:
            pages = self._aws.client("logs").get_paginator("filter_log_events").paginate(**wanted)
            told = [event["message"] for page in pages for event in page["events"]]
        except _FAILURES as error:
            raise StepFailedError(f"the journal could not be read: {in_words('CloudWatch Logs', error)}") from error
        return [line for line in map(_line, told) if line and self._run in str(line.get("state_path", ""))]

    def page(self, ref: LockRef) -> Page | None:
        """Return the page of a lock. Raises StepFailedError."""
        try:
            return self._book.find(ref)
        except BookError as error:
            raise StepFailedError(f"the lock book could not be read: {error}") from error

    def watch(self) -> Watched:
        """Have the watch run, to its end."""
        self._watched = self._watch()
        return self._watched

    def _watch(self) -> Watched:
        asked = {**_SCHEDULED, "account": self._parts.account, "region": self._parts.region}
        asked["time"] = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
        name = self._parts.outputs["WatchLocksFunction"]
        try:
            client = self._aws.client("lambda", patience=_ONE_WATCH)
            answer = client.invoke(FunctionName=name, Payload=json.dumps(asked).encode())
        except ClientError as error:
            denied = error.response.get("Error", {}).get("Code") in _DENIED
            return Watched(ran=False, why=in_words("Lambda", error), denied=denied)
        except BotoCoreError as error:
            return Watched(ran=False, why=in_words("Lambda", error))
        if "FunctionError" in answer:
            return Watched(ran=True, why=answer["Payload"].read(2000).decode(errors="replace"))
        return Watched(ran=True)

    def order(self, ref: LockRef, channel: str) -> None:
        """Order the release of a lock: it needs the right to send to the queue of ``release_lock``."""
        url = self._parts.outputs["ReleaseQueueUrl"]
        try:
            SqsOrders(self._aws.client("sqs"), lambda _queue: url).release_by_itself(
                AutoRelease(lock=ref, channel=channel)
            )
        except OrderError as error:
            hint = "; the queue takes it only from the identities in the stack's parameter OperatorArns"
            raise StepFailedError(f"{error}{hint if _denied(error) else ''}") from error

    def clues(self, step: Step, target: Target) -> Clues:
        """Return what can be seen of the parts that a step needs. What may not be seen is left out."""
        function, queue = _PARTS_OF.get(step, ("", ""))
        state, uuid = self._mapping(function)
        if target.stream and step in _BY_EVENTS and (stream := self._mapping("TableChanged"))[0] != "Enabled":
            function, (state, uuid) = "TableChanged", stream
        return Clues(
            wired=self._wired(target),
            bucket="" if target.is_small else target.container,
            table=target.container if target.is_small else "",
            mapping=state,
            mapping_id=uuid,
            function=_CALLED.get(function, ""),
            watcher=self._parts.outputs["WatchLocksFunction"],
            log_group=self._parts.outputs["LogGroupName"],
            queue=_QUEUES.get(queue, ""),
            waiting=self._waiting(queue) if queue else None,
            watch=self._watched.why,
            failures=self._failures(step),
        )

    def _failures(self, step: Step) -> tuple[str, ...]:
        lines: list[Line] = []
        with suppress(StepFailedError):
            lines = self.lines()
        return tuple(str(line.get("detail", "")) for line in lines if _is_failure(line, step))

    def _wired(self, target: Target) -> bool | None:
        if target.kind is not Kind.S3:
            return bool(target.stream)
        try:
            told = self._aws.s3(target.container).get_bucket_notification_configuration(Bucket=target.container)
        except _FAILURES:
            return None
        ours = self._parts.event_queue in {one["QueueArn"] for one in told.get("QueueConfigurations", [])}
        elsewhere = told.get("TopicConfigurations") or "EventBridgeConfiguration" in told
        return True if ours else None if elsewhere else False

    def _mapping(self, function: str) -> tuple[str, str]:
        """Return the state of a function's event source mapping, and its UUID; two empty texts if it is not known."""
        try:
            name = self._parts.functions[function]
            found = self._aws.client("lambda").list_event_source_mappings(FunctionName=name)["EventSourceMappings"]
        except (*_FAILURES, KeyError):
            return "", ""
        states = sorted((one["State"] == "Enabled", str(one["State"]), str(one["UUID"])) for one in found)
        return states[0][1:] if states else ("missing", "")

    def _waiting(self, queue: str) -> int | None:
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        try:
            url = self._parts.outputs[queue]
            told = self._aws.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        except (*_FAILURES, KeyError):
            return None
        return sum(int(told[name]) for name in names)


_PARTS_OF = {
    Step.ACQUIRED: ("RecordLockEvent", "LockEventsQueueUrl"),
    Step.RELEASED: ("ReleaseLock", "ReleaseQueueUrl"),
    Step.REPLACED: ("ReleaseLock", "ReleaseQueueUrl"),
    Step.JOURNALED: ("RecordLockEvent", "LockEventsQueueUrl"),
}
_BY_EVENTS = {Step.ACQUIRED, Step.JOURNALED}
_CALLED = {"RecordLockEvent": "record_lock_event", "ReleaseLock": "release_lock", "TableChanged": "table_changed"}
_QUEUES = {"LockEventsQueueUrl": "the queue of lock events", "ReleaseQueueUrl": "the queue of releases"}


def _line(text: str) -> Line:
    if not text.startswith("{"):
        return {}
    with suppress(ValueError):
        found = json.loads(text)
        return found if isinstance(found, dict) and "event" in found else {}
    return {}


def _is_failure(line: Line, step: Step) -> bool:
    if step in {Step.RELEASED, Step.REPLACED}:
        return line.get("event") == "release_answered" and line.get("outcome") in {"failed", "refused"}
    return line.get("event") in _FAILED


def _denied(error: OrderError) -> bool:
    cause = error.__cause__
    return isinstance(cause, ClientError) and cause.response.get("Error", {}).get("Code") in _DENIED
