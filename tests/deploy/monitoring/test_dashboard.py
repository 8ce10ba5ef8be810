"""Test that CloudWatch can read the dashboard, and that all it names exists."""

import json
import re
from collections.abc import Iterator
from itertools import combinations
from typing import Any

import pytest

from tests.deploy.monitoring.insights import commands_of, unknown_fields
from tests.deploy.monitoring.written_metrics import Metric, emitted
from tests.deploy.stack_files import Document, alarms, resources

SOURCE = str(resources()["Resources"]["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"])
# What CloudFormation puts in: a number where a number is wanted, a name elsewhere.
BODY: dict[str, Any] = json.loads(SOURCE.replace("${OldestLockHours}", "24"))
WIDGETS: list[dict[str, Any]] = BODY["widgets"]


def of_kind(kind: str) -> list[dict[str, Any]]:
    return [widget["properties"] for widget in WIDGETS if widget["type"] == kind]


def spelled_out(rows: list[list[Any]]) -> Iterator[list[str]]:
    """Return a widget's metrics without CloudWatch's short form: "..." repeats the row before."""
    before: list[str] = []
    for row in rows:
        words = [word for word in row if isinstance(word, str)]
        if not words:
            continue  # an expression
        if words[0] == "...":
            own = words[1:]
            words = before[: len(before) - len(own)] + own
        before = words
        yield words


def metrics() -> list[list[str]]:
    return [words for widget in of_kind("metric") for words in spelled_out(widget["metrics"])]


def test_the_dashboard_has_all_that_an_operator_looks_for() -> None:
    shown = {words[1] for words in metrics()}
    assert shown == {name for _, name, _ in emitted()} | {
        "ApproximateNumberOfMessagesVisible",
        "ApproximateAgeOfOldestMessage",
    }
    assert (len(of_kind("text")), len(of_kind("alarm")), len(of_kind("log"))) == (1, 1, 2)


def test_every_metric_of_ours_is_written_by_somebody() -> None:
    ours = [words for words in metrics() if words[0] == "TflockReaper"]
    named: set[Metric] = {(one[0], one[1], frozenset(zip(one[2::2], one[3::2], strict=True))) for one in ours}
    assert named == emitted()


def test_every_resource_it_names_is_in_the_stack() -> None:
    stack = resources()
    named = {name.partition(".")[0] for name in re.findall(r"\$\{([A-Za-z:.]+)\}", SOURCE)}
    there = set(stack["Resources"]) | set(stack["Parameters"]) | {"AWS::Region"}
    assert named - there == set()


def test_every_queue_and_every_dead_letter_queue_is_shown() -> None:
    queues = {name for name, one in resources()["Resources"].items() if one.get("Type") == "AWS::SQS::Queue"}
    shown = {words[3] for words in metrics() if words[0] == "AWS/SQS"}
    assert shown == {f"${{{name}.QueueName}}" for name in queues}


def test_every_alarm_is_shown() -> None:
    [widget] = of_kind("alarm")
    assert set(widget["alarms"]) == {f"${{{name}.Arn}}" for name in alarms()}


def test_every_expression_is_of_metrics_beside_it() -> None:
    for widget in of_kind("metric"):
        options = [row[-1] for row in widget["metrics"] if isinstance(row[-1], dict)]
        known = {option["id"] for option in options if "id" in option}
        for option in options:
            if "expression" in option:
                assert set(re.findall(r"[a-z]+\d*", option["expression"])) <= known


def test_every_widget_has_a_title_and_every_graph_says_what_its_axis_counts() -> None:
    for widget in WIDGETS:
        properties = widget["properties"]
        assert widget["type"] == "text" or properties["title"]
        if properties.get("view") == "timeSeries":
            assert properties["yAxis"]["left"]["min"] == 0
            assert all(isinstance(row[-1], dict) for row in properties["metrics"]), "a line without a label"


def test_no_widget_lies_on_another_or_beside_the_page() -> None:
    cells = [
        {(x, y) for x in range(one["x"], one["x"] + one["width"]) for y in range(one["y"], one["y"] + one["height"])}
        for one in WIDGETS
    ]
    assert all(first.isdisjoint(second) for first, second in combinations(cells, 2))
    assert max(x for area in cells for x, _ in area) == 23
    rows = max(y for area in cells for _, y in area) + 1
    assert sum(len(area) for area in cells) == 24 * rows, "a hole in the page"


@pytest.mark.parametrize("widget", of_kind("log"), ids=lambda widget: widget["title"])
def test_a_table_of_events_asks_the_journal_for_what_it_has(widget: Document) -> None:
    source, _, query = widget["query"].partition(" | ")
    assert source == "SOURCE '/tflock-reaper/${Stage}'"
    assert unknown_fields(query) == set()
    assert commands_of(query)[-2:] == ["dedup", "limit"]
