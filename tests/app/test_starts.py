"""What a function's start imports: only what that function needs, because a person, or an event, waits for it."""

import subprocess
import sys
from functools import cache

import pytest

from deploy.commands import ROOT

FUNCTIONS = ("clicks", "doctor", "events", "nights", "releases", "slack", "streams", "sweeps", "watches")
_IMPORT = "import importlib, sys; importlib.import_module(sys.argv[1]); print(*sys.modules)"


@cache
def imported(function: str) -> frozenset[str]:
    """The modules that a new process has after it imported a function's handler."""
    command = [sys.executable, "-c", _IMPORT, f"chalicelib.entries.{function}"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout  # noqa: S603  ours
    return frozenset(said.split())


def below(room: str, function: str) -> list[str]:
    return sorted(name for name in imported(function) if name == room or name.startswith(f"{room}."))


def test_there_is_a_module_for_each_function() -> None:
    modules = {path.stem for path in (ROOT / "chalicelib" / "entries").glob("*.py")} - {"__init__"}
    assert modules == set(FUNCTIONS)


def test_the_function_behind_the_api_imports_no_job_but_its_own() -> None:
    assert below("chalicelib.jobs", "slack") == [
        "chalicelib.jobs",
        "chalicelib.jobs.list_locks",
        "chalicelib.jobs.runs",
        "chalicelib.jobs.runs.tasks",
        "chalicelib.jobs.targets",
        "chalicelib.jobs.targets.current_rules",
    ]


@pytest.mark.parametrize(
    "room",
    [
        "aws_lambda_powertools.utilities.batch",
        "chalicelib.aws.accounts",
        "chalicelib.aws.discovery",
        "chalicelib.aws.doctor",
        "chalicelib.aws.events",
        "chalicelib.aws.locks",
        "chalicelib.core.doctor",
        "chalicelib.slack.web",
        "chalicelib.slack.words.messages",
        "chalicelib.wiring",
        "slack_sdk",
    ],
)
@pytest.mark.parametrize("function", ["slack", "streams"])
def test_who_does_not_work_on_locks_imports_nothing_of_it(function: str, room: str) -> None:
    if (function, room) != ("streams", "chalicelib.aws.events"):
        assert below(room, function) == []


@pytest.mark.parametrize("function", sorted({*FUNCTIONS} - {"doctor"}))
@pytest.mark.parametrize("room", ["chalicelib.aws.doctor", "chalicelib.slack.doctor", "chalicelib.wiring_doctor"])
def test_only_the_doctor_imports_what_looks_at_a_set_up(function: str, room: str) -> None:
    assert below(room, function) == []


@pytest.mark.parametrize("function", sorted({*FUNCTIONS} - {"events"}))
def test_only_who_handles_batches_imports_how(function: str) -> None:
    assert below("aws_lambda_powertools.utilities.batch", function) == []


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_function_imports_another_one(function: str) -> None:
    assert below("chalicelib.entries", function) == ["chalicelib.entries", f"chalicelib.entries.{function}"]
    assert "app" not in imported(function)


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("room", ["chalicelib.check_rules", "chalicelib.config", "chalicelib.stack"])
def test_no_function_imports_what_none_needs(function: str, room: str) -> None:
    assert below(room, function) == []
