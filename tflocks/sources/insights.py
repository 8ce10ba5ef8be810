"""The journal, read by CloudWatch Logs Insights.

Not by FilterLogEvents: that is free, but reads a group a page of 1 MB at a time, one after the other, and a journal of
a year is gigabytes beside Lambda's own lines. Insights reads it in seconds for $0.005 a GB.
"""

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.aws.errors_in_words import in_words
from tflocks.sources.lines import ABOUT_HOLDS

if TYPE_CHECKING:
    from types_boto3_logs import CloudWatchLogsClient
    from types_boto3_logs.type_defs import GetQueryResultsResponseTypeDef

ROWS = 10_000
"""What one query gives at most; a range with more is asked on from the second of its last row."""
_AIMED_AT = 0.7
"""Of ``ROWS``: for so many a query is asked once it is known how dense they lie."""
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
_BEFORE_THE_GROUP = "MalformedQueryException"
"""Also of a range that ends before the log group was made, or before what it still keeps. A query that is malformed
itself is so for the last piece too."""


class JournalError(Exception):
    """The journal could not be read; the message says why and what to do."""


class Scanned(msgspec.Struct):
    """What reading cost."""

    lines: int = 0
    bytes: int = 0


def query(path: str = "", *, whole_bucket: bool = False) -> str:
    """A query for the lines about holds: of one state, of a bucket's states, or (without a path) of all.

    A path is anybody's text, and how the language quotes it is not documented. So only letters, digits, ``_`` and ``-``
    of it come into the query and every other character is "any": it finds too much, and the reader looks again.
    """
    events = "|".join(ABOUT_HOLDS)
    stages = ["fields @timestamp, @message", f'filter @message like /^."event":"({events})"/']
    if path:
        # As LogJournal writes it: JSON in ASCII.
        written = re.sub(r"[^A-Za-z0-9_-]", ".", json.dumps(path)[1:-1])
        end = "[^a-z0-9.-]" if whole_bucket else '"'
        stages.append(f'filter @message like /"state_path":"{written}{end}/')
    return " | ".join([*stages, "sort @timestamp asc", f"limit {ROWS}"])


class InsightsJournal:
    """The journal's lines in a log group. ``pause`` waits so many seconds between two looks at a query."""

    def __init__(self, logs: "CloudWatchLogsClient", group: str, pause: Callable[[float], None]) -> None:
        self._logs = logs
        self._group = group
        self._pause = pause
        self.scanned = Scanned()
        self.crowded: list[datetime] = []
        """Seconds with more lines than one answer takes, of which the others were not read."""

    def lines(self, asked: str, start: datetime, end: datetime) -> Iterator[str]:
        """All lines of a time range that a query finds; those of a second at a seam come twice.

        What a query reads costs money, however few rows it gives, and each reads its whole range. So the range is read
        piece by piece, each as long as the rows so far let expect one answer's worth: of every byte about once.

        Raises:
            JournalError: with what AWS said.
        """
        since, until = max(0, int(start.timestamp())), int(end.timestamp()) + 1
        step = max(_FIRST_AT_LEAST, (until - since) // _GROWS)
        while since <= until:
            last = min(until, since + step)
            rows = self._rows(asked, since, last, final=last == until)
            yield from (row["@message"] for row in rows)
            if len(rows) < ROWS and last == until:
                return
            # ``endTime`` is inclusive, in milliseconds: of its second only the first one (aws/aws-sdk#280).
            covered = last - since if len(rows) < ROWS else self._covered(since, rows[-1]["@timestamp"])
            since += covered
            step = _next_step(covered, len(rows))

    def _covered(self, since: int, last_row: str) -> int:
        """Seconds that a full answer is about, without that of its last row, which may go on."""
        second = int(datetime.fromisoformat(last_row).replace(tzinfo=UTC).timestamp())
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
            raise JournalError(
                f"log group {self._group}: {_MEANINGS.get(code) or in_words('CloudWatch Logs', error)}"
            ) from error
        except BotoCoreError as error:
            raise JournalError(f"log group {self._group}: {in_words('CloudWatch Logs', error)}") from error
        statistics = answer.get("statistics", {})
        self.scanned.lines += int(statistics.get("recordsScanned", 0))
        self.scanned.bytes += int(statistics.get("bytesScanned", 0))
        return [{cell["field"]: cell.get("value", "") for cell in row} for row in answer["results"]]

    def _run(self, asked: str, since: int, until: int) -> "GetQueryResultsResponseTypeDef":
        started = self._logs.start_query(logGroupName=self._group, startTime=since, endTime=until, queryString=asked)
        name = started["queryId"]
        try:
            return self._answer(name)
        except BaseException:
            # Nobody waits for it any more (Ctrl-C), but it would go on and be paid for.
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
            return  # it has ended by itself, or runs to its end


def _next_step(covered: int, rows: int) -> int:
    """How many seconds to ask for next: bursts make guesses wrong, so it grows by steps."""
    return max(1, int(min(covered * _GROWS, covered * _AIMED_AT * ROWS / max(rows, 1))))
