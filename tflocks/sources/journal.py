"""Find holds in the reaper's journal."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from rich.filesize import decimal

from chalicelib.aws.insights import MOST_ROWS, InsightsReader, JournalError, query
from chalicelib.core.audit import journal_lines
from tflocks.holds.pairing import journal_holds
from tflocks.holds.scope import Scope
from tflocks.sources.source import Findings
from tflocks.words import counted

if TYPE_CHECKING:
    from types_boto3_logs import CloudWatchLogsClient


class JournalSource:
    """The journal in one log group. ``most_rows`` is how many rows a query may give."""

    def __init__(
        self,
        logs: "CloudWatchLogsClient",
        log_group: str,
        pause: Callable[[float], None] = time.sleep,
        most_rows: int = MOST_ROWS,
    ) -> None:
        self._logs = logs
        self._log_group = log_group
        self._pause = pause
        self._most_rows = most_rows

    def find(self, scope: Scope) -> Findings:
        """Return the holds that the journal tells of."""
        insights = InsightsReader(self._logs, self._log_group, self._pause, self._most_rows)
        try:
            lines = journal_lines.read(insights.lines(_query(scope), scope.window))
        except JournalError as error:
            where = f"asked in {self._logs.meta.region_name}: --region or AWS_REGION chooses another"
            return Findings(problem=f"{error} ({where})")
        holds = journal_holds(event for event in lines.events if scope.covers(event.state_path))
        return Findings(holds=holds, notes=tuple(self._notes(insights, lines.not_understood)))

    def _notes(self, insights: InsightsReader, not_understood: int) -> list[str]:
        scanned = insights.scanned
        size = decimal(scanned.bytes)
        notes = [f"journal: {scanned.lines:,} lines ({size}) scanned by Logs Insights in {self._log_group}"]
        if not_understood:
            notes.append(f"journal: {not_understood} lines about locks were not understood and are left out")
        if insights.crowded:
            first = f"{insights.crowded[0]:%Y-%m-%d %H:%M:%S} UTC"
            where = f"{counted(len(insights.crowded), 'second')} (the first: {first})"
            crowded = f"{self._most_rows:,} lines about locks or more, and Logs Insights gives no more of a second"
            notes.append(f"journal: in {where} there are {crowded}: holds may be missing")
        return notes


def _query(scope: Scope) -> str:
    if scope.key:
        return query(scope.state_path)
    return query(scope.bucket, whole_bucket=True) if scope.bucket else query()
