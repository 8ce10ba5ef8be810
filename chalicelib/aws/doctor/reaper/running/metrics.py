"""Read from CloudWatch, in one request, how old the messages of queues are and how often functions failed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from chalicelib.aws.doctor.reach import asked

_A_DAY, _LATELY = timedelta(days=1), timedelta(minutes=15)
_FUNCTION, _QUEUE = "FunctionName", "QueueName"


class Metrics:
    """The metrics of one reaper's functions and queues, read once, when they are first asked for."""

    def __init__(self, cloudwatch: Any, functions: Sequence[str], queues: Sequence[str], now: datetime) -> None:
        self._cloudwatch = cloudwatch
        self._now = now
        self._asked = [("AWS/Lambda", name, _FUNCTION, one) for one in functions for name in ("Errors", "Throttles")]
        self._asked += [("AWS/SQS", "ApproximateAgeOfOldestMessage", _QUEUE, one) for one in queues]

    def counted(self, function: str, metric: str) -> int:
        """Return how often something happened to a function in the last day. Raises NotAllowedError, NotKnownError."""
        values = self._values[("AWS/Lambda", metric, _FUNCTION, function)]
        return round(sum(value for _, value in values))

    def oldest(self, queue: str) -> timedelta | None:
        """Return the age of a queue's oldest message; None: CloudWatch has none of the last quarter of an hour."""
        values = self._values.get(("AWS/SQS", "ApproximateAgeOfOldestMessage", _QUEUE, queue), [])
        lately = [value for at, value in sorted(values) if self._now - at < _LATELY]
        return timedelta(seconds=lately[-1]) if lately else None

    @cached_property
    def _values(self) -> dict[tuple[str, str, str, str], list[tuple[datetime, float]]]:
        queries = [_query(f"q{number}", *one) for number, one in enumerate(self._asked)]
        pages = self._cloudwatch.get_paginator("get_metric_data").paginate(
            MetricDataQueries=queries, StartTime=self._now - _A_DAY, EndTime=self._now
        )
        right, key = "cloudwatch:GetMetricData", "MetricDataResults"
        results = asked("CloudWatch", right, lambda: [one for page in pages for one in page[key]])
        found: dict[tuple[str, str, str, str], list[tuple[datetime, float]]] = {one: [] for one in self._asked}
        for one in results:
            found[self._asked[int(one["Id"][1:])]] += list(zip(one["Timestamps"], one["Values"], strict=True))
        return found


def _query(number: str, namespace: str, metric: str, dimension: str, value: str) -> dict[str, Any]:
    named = {"Namespace": namespace, "MetricName": metric, "Dimensions": [{"Name": dimension, "Value": value}]}
    of_functions = dimension == _FUNCTION
    stat = {"Metric": named, "Period": 3600 if of_functions else 300, "Stat": "Sum" if of_functions else "Maximum"}
    return {"Id": number, "MetricStat": stat}
