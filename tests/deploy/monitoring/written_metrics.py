"""Collect the metrics that the application really writes: MiniStack makes no metric of its log lines."""

import contextlib
import io
import json
from datetime import timedelta
from functools import cache
from typing import Any

from chalicelib.aws.metrics import NAMESPACE, EmfMetrics
from chalicelib.core.audit.measure import SLACK_FAILURE, TURNED_AWAY, measured, sweep_duration
from tests.core.audit.test_measure import all_lines
from tests.deploy.stack_files import Document

Metric = tuple[str, str, frozenset[tuple[str, str]]]
STAGE = "${Stage}"


@cache
def emitted() -> set[Metric]:
    """Return namespace, name and dimensions of every metric, from the lines that CloudWatch reads."""
    metrics = EmfMetrics(STAGE)
    for line in all_lines():
        metrics.add(*measured(line))
    metrics.add(SLACK_FAILURE, TURNED_AWAY, sweep_duration(timedelta(seconds=1)))
    with contextlib.redirect_stdout(io.StringIO()) as output:
        metrics.flush()
    return {metric for text in output.getvalue().splitlines() for metric in _metrics(json.loads(text))}


def _metrics(line: dict[str, Any]) -> set[Metric]:
    return {
        (directive["Namespace"], metric["Name"], frozenset((name, line[name]) for name in dimensions))
        for directive in line["_aws"]["CloudWatchMetrics"]
        for dimensions in directive["Dimensions"]
        for metric in directive["Metrics"]
    }


def own_metrics(alarm: Document) -> set[Metric]:
    """Return the metric that an alarm looks at, if it is one of ours."""
    if alarm["Namespace"] != NAMESPACE:
        return set()
    dimensions = frozenset(
        (one["Name"], STAGE if one["Value"] == {"Ref": "Stage"} else one["Value"]) for one in alarm["Dimensions"]
    )
    return {(alarm["Namespace"], alarm["MetricName"], dimensions)}
