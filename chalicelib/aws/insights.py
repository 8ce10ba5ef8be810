"""Read the journal's lines by CloudWatch Logs Insights.

FilterLogEvents would be free, but it reads a log group one megabyte after the other, and the journal of a year lies
among gigabytes of Lambda's own lines. Insights reads it in seconds for $0.005 a GB.
"""

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.aws.errors_in_words import in_words
from chalicelib.core.audit.journal_lines import ABOUT_HOLDS
from chalicelib.core.audit.window import Window

if TYPE_CHECKING:
    from types_boto3_logs import CloudWatchLogsClient
    from types_boto3_logs.type_defs import GetQueryResultsResponseTypeDef

MOST_ROWS = 10_000
"""Rows that Logs Insights gives for one query; after a full answer the next query begins at the second of its last row.
"""
_AIMED_AT = 0.7
"""Share of the most rows that a query aims at, once it is known how dense the rows lie."""
_GROWS = 8
_FIRST_AT_LEAST = 86_400
_POLLS = (0.1, 0.2, 0.4, 0.8, *[1.0] * 600)
_UNDER_WAY = {"Scheduled", "Running", "Unknown"}
_MEANINGS = {
    "ResourceNotFoundException": "there is no such log group here: check --stage, --log-group, --region and --profile",
    "AccessDeniedException": "access denied: this takes logs:StartQuery and logs:GetQueryResults on the log group",
    "UnrecognizedClientException": "AWS does not know these credentials",
    "ExpiredTokenException": "the credentials have expired",
    "LimitExceededException": "too many Logs Insights queries run in this account now: try again in a minute",
}
_DENIED = {"AccessDenied", "AccessDeniedException"}
_BEFORE_THE_GROUP = "MalformedQueryException"
"""AWS's error also for a range that ends before the log group was made, or before what it still keeps. If the query
itself is malformed, the last piece of the range fails with it too."""


class JournalError(Exception):
    """The journal could not be read; the message says why and what to do."""

    denied = False
    """Whether AWS denies it."""


class JournalDeniedError(JournalError):
    """The journal may not be read."""

    denied = True


class Scanned(msgspec.Struct):
    """What Insights has scanned, and bills for."""

    lines: int = 0
    bytes: int = 0


def query(path: str = "", *, whole_bucket: bool = False) -> str:
    """Return a query for the lines about holds: of one state, of a bucket's states, or (without a path) of all.

    A path is other people's text, and AWS does not document how its query language quotes text. So only letters,
    digits, ``_`` and ``-`` of the path come into the query, and every other character becomes "any character". The
    query finds too much; the caller checks the path of each line again.
    """
    events = "|".join(ABOUT_HOLDS)
    stages = ["fields @timestamp, @message", f'filter @message like /^."event":"({events})"/']
    if path:
        # LogJournal writes JSON in ASCII, so the path is looked for in this form.
        written = re.sub(r"[^A-Za-z0-9_-]", ".", json.dumps(path)[1:-1])
        end = "[^a-z0-9.-]" if whole_bucket else '"'
        stages.append(f'filter @message like /"state_path":"{written}{end}/')
    return " | ".join([*stages, "sort @timestamp asc"])


class Row(msgspec.Struct, frozen=True):
    """A line of the journal, and when it was written."""

    written: datetime
    line: str


class InsightsReader:
    """One reading of a log group. ``pause`` waits a number of seconds between two looks at a running query."""

    def __init__(
        self, logs: "CloudWatchLogsClient", group: str, pause: Callable[[float], None], most_rows: int = MOST_ROWS
    ) -> None:
        self._logs = logs
        self._group = group
        self._pause = pause
        self._most_rows = most_rows
        self.scanned = Scanned()
        self.crowded: list[datetime] = []
        """Seconds that have more lines than one answer takes; the lines beyond were not read."""

    def lines(self, asked: str, window: Window) -> Iterator[str]:
        """Yield all lines of a time window that a query finds; lines of a second between two pieces come twice.

        A query costs by the bytes that it scans, and it scans its whole range, however few rows it gives. So the window
        is read piece by piece. The rows so far tell how long the next piece may be to fill about one answer; thus
        nearly every byte is scanned once.

        Raises:
            JournalError: with what AWS said.
        """
        since, until = max(0, int(window.since.timestamp())), int(window.now.timestamp()) + 1
        step = max(_FIRST_AT_LEAST, (until - since) // _GROWS)
        while since <= until:
            last = min(until, since + step)
            rows = self._rows(asked, since, last, final=last == until)
            yield from (row["@message"] for row in rows)
            if len(rows) < self._most_rows and last == until:
                return
            # ``endTime`` is inclusive, but only for the first millisecond of its second (aws/aws-sdk#280).
            covered = last - since if len(rows) < self._most_rows else self._covered(since, rows[-1]["@timestamp"])
            since += covered
            step = _next_step(covered, self._most_rows / max(len(rows), 1))

    def newest(self, asked: str, window: Window) -> tuple[list[Row], bool]:
        """Return the newest rows that one query finds, the newest first, and whether these are all.

        ``asked`` has to sort by ``@timestamp desc``.

        Raises:
            JournalError: with what AWS said.
        """
        since, until = max(0, int(window.since.timestamp())), int(window.now.timestamp()) + 1
        rows = self._rows(asked, since, until, final=True)
        told = [Row(_utc(row["@timestamp"]), row["@message"]) for row in rows]
        return told, len(rows) < self._most_rows

    def _covered(self, since: int, last_row: str) -> int:
        """Return the seconds that a full answer covers, without that of its last row, which may have more lines."""
        second = int(_utc(last_row).timestamp())
        if second > since:
            return second - since
        self.crowded.append(datetime.fromtimestamp(since, UTC))
        return 1

    def _rows(self, asked: str, since: int, until: int, *, final: bool) -> list[dict[str, str]]:
        try:
            answer = self._run(asked, since, until)
        except ClientError as error:
            code = error.response["Error"].get("Code", "")
            if code == _BEFORE_THE_GROUP and not final:
                return []
            kind = JournalDeniedError if code in _DENIED else JournalError
            raise kind(
                f"log group {self._group}: {_MEANINGS.get(code) or in_words('CloudWatch Logs', error)}"
            ) from error
        except BotoCoreError as error:
            raise JournalError(f"log group {self._group}: {in_words('CloudWatch Logs', error)}") from error
        statistics = answer.get("statistics", {})
        self.scanned.lines += int(statistics.get("recordsScanned", 0))
        self.scanned.bytes += int(statistics.get("bytesScanned", 0))
        return [{cell["field"]: cell.get("value", "") for cell in row} for row in answer["results"]]

    def _run(self, asked: str, since: int, until: int) -> "GetQueryResultsResponseTypeDef":
        limited = f"{asked} | limit {self._most_rows}"
        started = self._logs.start_query(logGroupName=self._group, startTime=since, endTime=until, queryString=limited)
        name = started["queryId"]
        try:
            return self._answer(name)
        except BaseException:
            # Nobody waits for the query any more (Ctrl-C), but it would go on and cost money.
            self._stop(name)
            raise

    def _answer(self, name: str) -> "GetQueryResultsResponseTypeDef":
        for seconds in _POLLS:
            answer = self._logs.get_query_results(queryId=name)
            if answer["status"] not in _UNDER_WAY:
                break
            self._pause(seconds)
        if answer["status"] != "Complete":
            raise JournalError(f"log group {self._group}: the query ended as {answer['status']}: try a shorter --since")
        return answer

    def _stop(self, name: str) -> None:
        try:
            self._logs.stop_query(queryId=name)
        except (ClientError, BotoCoreError):
            return  # the query has ended by itself, or it runs to its end


def _utc(time: str) -> datetime:
    return datetime.fromisoformat(time).replace(tzinfo=UTC)


def _next_step(covered: int, room: float) -> int:
    """Return how many seconds to ask for next; ``room`` is how many times the rows so far fit into one answer.

    A burst makes the guess wrong, so it grows by steps.
    """
    return max(1, int(min(covered * _GROWS, covered * _AIMED_AT * room)))
