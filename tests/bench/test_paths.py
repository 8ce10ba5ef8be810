import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.thorough
ROOT = Path(__file__).parents[2]


@cache
def paths() -> dict[str, Any]:
    """As a program of its own: what it counts is counted for a whole process."""
    run = [sys.executable, "-m", "bench.paths", "--json"]
    told = subprocess.run(run, cwd=ROOT, check=True, capture_output=True, timeout=120).stdout  # noqa: S603
    # The application writes its first line there, too.
    return {path["name"]: path for path in json.loads(told.splitlines()[-1])}


def sent(name: str, prefix: str) -> dict[str, int]:
    requests = paths()[name]["requests"]
    return {request.removeprefix(prefix): number for request, number in requests.items() if request.startswith(prefix)}


def test_the_five_main_paths_are_measured_and_each_does_its_work() -> None:
    assert [(name, path["calls"].get("journal.write", 0)) for name, path in paths().items()] == [
        ("event -> line", 1),
        ("sweep -> alert", 2),
        ("click -> 200", 0),
        ("order -> released", 2),
        ("settle -> line", 1),
    ]
    assert sent("order -> released", "slack ") == {"chat.update": 1}


def test_an_acquire_costs_one_read_of_its_object_and_three_writes_and_nothing_else() -> None:
    assert paths()["event -> line"]["requests"] == {"s3 GetObject": 1, "dynamodb UpdateItem": 3}


def test_an_alert_costs_two_writes_of_its_page_whose_answers_say_what_others_noted() -> None:
    sent_to_the_book = sent("sweep -> alert", "dynamodb ")
    # The queries are for the pages and the joint alerts of the target's locks, the digests and the channels in trouble.
    # The night's result of the target is read before and written after; the two other writes are the page's.
    assert sent_to_the_book == {"GetItem": 1, "Query": 4, "UpdateItem": 3}


def test_a_click_waits_for_nothing_but_the_queue() -> None:
    assert paths()["click -> 200"]["requests"] == {"sqs SendMessage": 1}


def test_a_release_reads_its_page_twice_before_it_answers_and_gets_the_object_once() -> None:
    assert paths()["order -> released"]["book_reads_before_answer"] <= 2
    assert sent("order -> released", "s3 ") == {"GetObject": 1, "DeleteObject": 1}


@pytest.mark.parametrize(
    ("name", "most"),
    [
        # With a second kind of places and with other accounts (decision 90): which places a state has, whose clock
        # tells, how halves ended; whose account it is, and which locks are told together.
        ("event -> line", 41),
        ("sweep -> alert", 212),
        ("click -> 200", 6),
        ("order -> released", 130),
        ("settle -> line", 32),
    ],
)
def test_a_path_goes_back_into_modules_that_it_has_left_no_more_often_than_it_should(name: str, most: int) -> None:
    assert paths()[name]["returns"] <= most, paths()[name]["returned_to"]
