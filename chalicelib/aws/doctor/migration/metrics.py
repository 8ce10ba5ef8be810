"""Read CloudWatch's numbers of a table: AWS's own word on when something was last written to it."""

from datetime import UTC, date, datetime, time
from typing import Any

from chalicelib.aws.doctor.migration.asking import Asking
from chalicelib.aws.doctor.reach import asked
from chalicelib.core.doctor.migration.evidence import LOOK_BACK, Metrics
from chalicelib.ports.doctor import NotAllowedError, NotKnownError

_DAY = 86_400
_WRITES, _READS = "writes", "reads"
_NAMES = {_WRITES: "ConsumedWriteCapacityUnits", _READS: "ConsumedReadCapacityUnits"}


def read_metrics(asking: Asking, created: datetime) -> Metrics:
    """Return the days on which the table was written, one request for all of them."""
    begin = datetime.combine((asking.now - LOOK_BACK).date(), time(), UTC)
    client = asking.client("cloudwatch")
    queries = [_query(name, metric, asking.table) for name, metric in _NAMES.items()]
    window: dict[str, Any] = {"MetricDataQueries": queries, "StartTime": begin, "EndTime": asking.now}
    try:
        told = asked("CloudWatch", "cloudwatch:GetMetricData", lambda: client.get_metric_data(**window))
    except NotAllowedError as error:
        return Metrics(trouble=f"{error}; it takes {error.right}", denied=error.right)
    except NotKnownError as error:
        return Metrics(trouble=str(error))
    results = {one["Id"]: one for one in told["MetricDataResults"]}
    if any(results.get(name, {}).get("StatusCode") != "Complete" for name in _NAMES):
        return Metrics(trouble="its answer is not complete")
    return _metrics(results, max(begin, created))


def _metrics(results: dict[str, Any], since: datetime) -> Metrics:
    """Return what the numbers prove. CloudWatch has no number for a day without reads and writes.

    So an empty answer can mean that nothing happened, and that CloudWatch knows nothing: only from the first number on
    it certainly counted.
    """
    writes, reads = (_days(results[name]) for name in (_WRITES, _READS))
    first = min(writes | reads, default=None)
    if first is None:
        return Metrics(asked_since=since, trouble="it has no numbers of the table, not even of reads")
    return Metrics(writes=writes, asked_since=since, since=max(since, datetime.combine(first, time(), UTC)))


def _days(result: dict[str, Any]) -> frozenset[date]:
    pairs = zip(result["Timestamps"], result["Values"], strict=True)
    return frozenset(at.astimezone(UTC).date() for at, value in pairs if value > 0)


def _query(name: str, metric: str, table: str) -> dict[str, Any]:
    of_table = {"Namespace": "AWS/DynamoDB", "MetricName": metric}
    dimensions = [{"Name": "TableName", "Value": table}]
    return {"Id": name, "MetricStat": {"Metric": of_table | {"Dimensions": dimensions}, "Period": _DAY, "Stat": "Sum"}}
