"""CloudWatch Logs Insights in memory: what a query finds in a list of lines, after some looks."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.core.audit.line import JournalLine
from tests.tflocks.story import as_json


def refused(code: str, operation: str = "StartQuery") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, operation)


@dataclass
class FakeLogs:
    """A log group of journal lines, each written at its event's time."""

    events: list[JournalLine] = field(default_factory=list)
    looks: int = 0
    """How often a query is still running when it is asked for."""
    ends_as: str = "Complete"
    error: Exception | None = None
    made: datetime | None = None
    """When the log group was made; a range that ends before is refused."""
    asked: list[dict[str, Any]] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)
    meta = SimpleNamespace(region_name="eu-central-1")

    def start_query(self, **asked: Any) -> dict[str, str]:
        if self.error:
            raise self.error
        if self.made and asked["endTime"] < self.made.timestamp():
            raise refused("MalformedQueryException")
        self.asked.append(asked)
        return {"queryId": str(len(self.asked) - 1)}

    def get_query_results(self, queryId: str) -> dict[str, Any]:  # noqa: N803  AWS's name
        if self.looks:
            self.looks -= 1
            return {"status": "Running", "results": []}
        asked = self.asked[int(queryId)]
        there = [one for one in self.events if asked["startTime"] <= one.time.timestamp() <= asked["endTime"]]
        patterns = re.findall(r"like /(.*?)/(?= \||$)", asked["queryString"])
        found = [one for one in there if all(re.search(pattern, as_json(one)) for pattern in patterns)]
        newest_first = "sort @timestamp desc" in asked["queryString"]
        [limit] = re.findall(r"\| limit (\d+)$", asked["queryString"])
        rows = [_row(one) for one in sorted(found, key=lambda one: one.time, reverse=newest_first)][: int(limit)]
        statistics = {"recordsScanned": float(len(there)), "bytesScanned": 100.0 * len(there)}
        return {"status": self.ends_as, "results": rows, "statistics": statistics}

    def stop_query(self, queryId: str) -> None:  # noqa: N803  AWS's name
        self.stopped.append(queryId)


def _row(event: JournalLine) -> list[dict[str, str]]:
    at = datetime.fromtimestamp(event.time.timestamp(), UTC)
    cells = {"@timestamp": f"{at:%Y-%m-%d %H:%M:%S.%f}"[:-3], "@message": as_json(event) + "\n", "@ptr": "x"}
    return [{"field": name, "value": value} for name, value in cells.items()]
