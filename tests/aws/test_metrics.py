"""Metrics as CloudWatch reads them from the log."""

import json
from typing import Any

import pytest

from chalicelib.aws.metrics import EmfMetrics
from chalicelib.core.audit.measure import Measurement, Unit

SLOW = Measurement("HoldTime", 90, Unit.SECONDS, (("Operation", "apply"),))
FAST = Measurement("HoldTime", 2, Unit.SECONDS, (("Operation", "plan"),))
TAKEN = Measurement("Acquires", 1)


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_line_is_what_cloudwatch_takes_for_metrics(capsys: pytest.CaptureFixture[str]) -> None:
    metrics = EmfMetrics("prod")
    metrics.add(SLOW)
    metrics.flush()
    [line] = lines(capsys)
    assert isinstance(line["_aws"]["Timestamp"], int)
    assert line["_aws"]["CloudWatchMetrics"] == [
        {
            "Namespace": "TflockReaper",
            "Dimensions": [["Stage", "Operation"]],
            "Metrics": [{"Name": "HoldTime", "Unit": "Seconds"}],
        }
    ]
    assert (line["Stage"], line["Operation"], line["HoldTime"]) == ("prod", "apply", [90.0])


def test_there_is_one_line_for_each_set_of_dimensions(capsys: pytest.CaptureFixture[str]) -> None:
    metrics = EmfMetrics("prod")
    metrics.add(SLOW, TAKEN, FAST, TAKEN, SLOW)
    metrics.flush()
    assert [(line.get("Operation"), line.get("HoldTime"), line.get("Acquires")) for line in lines(capsys)] == [
        ("apply", [90.0, 90.0], None),
        (None, None, [1.0, 1.0]),
        ("plan", [2.0], None),
    ]


@pytest.mark.parametrize(("values", "expected"), [(99, [99]), (100, [100]), (101, [100, 1]), (250, [100, 100, 50])])
def test_a_line_has_at_most_a_hundred_values_of_a_metric_and_none_is_lost(
    capsys: pytest.CaptureFixture[str], values: int, expected: list[int]
) -> None:
    metrics = EmfMetrics("prod")
    metrics.add(*[TAKEN] * values)
    metrics.flush()
    assert [len(line["Acquires"]) for line in lines(capsys)] == expected


def test_nothing_measured_is_nothing_written_and_what_was_written_is_forgotten(
    capsys: pytest.CaptureFixture[str],
) -> None:
    metrics = EmfMetrics("prod")
    metrics.flush()
    metrics.add(TAKEN)
    metrics.flush()
    metrics.flush()
    assert len(lines(capsys)) == 1


def test_a_metric_that_cannot_be_written_breaks_nothing_and_is_told(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    metrics = EmfMetrics("prod")
    metrics.add(Measurement("", 1))
    metrics.flush()
    assert "metrics were not written" in caplog.text
    metrics.add(TAKEN)
    metrics.flush()
    assert len(lines(capsys)) == 1
