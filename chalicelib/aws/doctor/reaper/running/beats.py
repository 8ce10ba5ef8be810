"""Read when the last night was swept, by the lock book, and when the last watch finished, by the journal."""

from datetime import datetime
from typing import Any

from boto3.dynamodb.types import TypeDeserializer

from chalicelib.aws.book.nightly.night_book import NIGHTS, partition
from chalicelib.aws.book.table import value_of
from chalicelib.aws.doctor.reach import Reach, asked
from chalicelib.aws.doctor.reaper.running.functions import FunctionReader
from chalicelib.core.doctor.parts import Parts
from chalicelib.core.doctor.reaper.running.beats import A_WATCH_MISSED, NIGHT, WATCH, judge_night, judge_watch
from chalicelib.core.nights.night import Night, Ordered, Result
from chalicelib.ports.book import BookError
from chalicelib.ports.doctor import Look, NotKnownError

_FROM_DYNAMODB = TypeDeserializer()
_LOG_PAGES = 20
"""Most listing pages of the journal that are read: CloudWatch Logs may give empty ones."""
_WATCHED = '"watch_finished"'


class BeatReader:
    """Reads what tells that one reaper is alive."""

    def __init__(self, parts: Parts, reach: Reach, functions: FunctionReader, now: datetime) -> None:
        self._parts = parts
        self._reach = reach
        self._functions = functions
        self._now = now

    def looks(self, subject: str) -> dict[str, Look]:
        """Return the looks at the last night and the last watch."""
        return {
            NIGHT: lambda: judge_night(subject, self._night(), self._parts, (self._functions.deployed, self._now)),
            WATCH: lambda: [judge_watch(subject, self._watched(), self._parts, (self._functions.deployed, self._now))],
        }

    def _night(self) -> Night | None:
        """Return the last night, with its targets and their results; None: there was none in the last two weeks."""
        heads = self._query(NIGHTS, ScanIndexForward=False, Limit=1)
        if not heads:
            return None
        began = datetime.fromisoformat(str(heads[0]["LockIdentity"]))
        items = self._query(partition(began))
        try:
            some = [value_of(item, "Ordered", tuple[Ordered, ...]) for item in items if "Ordered" in item]
            results = [value_of(item, "Result", Result) for item in items if "Result" in item]
        except BookError as error:
            raise NotKnownError(f"the last night cannot be read: {error}") from error
        return Night(began, tuple(one for ordered in some for one in ordered), tuple(results))

    def _query(self, of: str, **options: Any) -> list[dict[str, Any]]:
        dynamodb = self._reach.client("dynamodb", "")
        wanted: dict[str, Any] = {
            "TableName": self._parts.outputs["LockBookTable"],
            "KeyConditionExpression": "StatePath = :of",
            "ExpressionAttributeValues": {":of": {"S": of}},
            **options,
        }
        items: list[dict[str, Any]] = []
        while True:
            page = asked("DynamoDB", "dynamodb:Query", lambda: dynamodb.query(**wanted))
            items += [{key: _FROM_DYNAMODB.deserialize(value) for key, value in one.items()} for one in page["Items"]]
            if "Limit" in options or not page.get("LastEvaluatedKey"):
                return items
            wanted["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def _watched(self) -> datetime | None:
        """Return when the last watch of the last 40 minutes finished; None: none did."""
        logs = self._reach.client("logs", "")
        wanted = {
            "logGroupName": self._parts.outputs["LogGroupName"],
            "startTime": _milliseconds(self._now - A_WATCH_MISSED),
            "filterPattern": _WATCHED,
        }
        times: list[int] = []
        for _ in range(_LOG_PAGES):
            page = asked("CloudWatch Logs", "logs:FilterLogEvents", lambda: logs.filter_log_events(**wanted))
            times += [int(one["timestamp"]) for one in page.get("events", [])]
            if not page.get("nextToken"):
                break
            wanted["nextToken"] = page["nextToken"]
        return datetime.fromtimestamp(max(times) / 1000, self._now.tzinfo) if times else None


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)
