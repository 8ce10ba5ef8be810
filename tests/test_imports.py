"""Imports point one way."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAY_IMPORT = {
    "app": {"entries"},
    "chalicelib.entries": {
        "entries.logger",
        "click_orders",
        "wiring",
        "wiring_doctor",
        "wiring_rules",
        "wiring_slack",
        "jobs",
        "core",
        "ports",
        "aws.batches",
        "aws.by_hand",
        "aws.events",
        "aws.metrics",
        "aws.orders",
        "slack_over_http",
        "told_by_aws",
        "slack.requests",
        "slack.words.listings",
        "slack.response_url",
        "checked_rules",
        "first_line",
        "version",
    },
    "chalicelib.click_orders": {"wiring", "core", "ports"},
    "chalicelib.checkout": {"core"},
    "chalicelib.first_line": {"version"},
    "chalicelib.version": {"checkout", "core"},
    "chalicelib.slack_over_http": {"wiring_slack", "core", "slack.requests"},
    "chalicelib.told_by_aws": {"wiring", "core", "aws.events"},
    "chalicelib.wiring_rules": {"aws", "jobs", "ports", "core", "checked_rules"},
    "chalicelib.wiring_slack": {"wiring_rules", "aws", "slack.installation"},
    "chalicelib.wiring": {"wiring_rules", "wiring_slack", "aws", "slack", "jobs", "ports", "core", "checked_rules"},
    "chalicelib.wiring_doctor": {"wiring", "checked_rules", "aws", "slack", "jobs", "ports", "core"},
    "chalicelib.check_rules": {"stack", "config", "checked_rules", "first_line"},
    "chalicelib.config": {"config", "core", "checked_rules"},
    "chalicelib.checked_rules": {"core"},
    "chalicelib.stack": {"stack", "config", "core", "ports.locks", "aws.accounts.roles", "checked_rules"},
    "chalicelib.aws": {"aws", "ports", "core"},
    "chalicelib.slack": {"slack", "ports", "core"},
    "chalicelib.jobs": {"jobs", "ports", "core"},
    "chalicelib.ports": {"ports", "core"},
    "chalicelib.core": {"core"},
}
CORE_MAY_USE = {
    "msgspec",
    "re",
    "datetime",
    "enum",
    "typing",
    "collections",
    "contextlib",
    "zoneinfo",
    "hashlib",
    "shlex",
    "functools",
    "itertools",
    "json",
    "base64",
    "binascii",
    "zlib",
    "unicodedata",
}
OUTSIDE_ROOMS = {Path("app.py"), Path("chalicelib/wiring.py"), Path("chalicelib/slack_over_http.py")}
MODULES = [ROOT / "app.py", *(path for path in (ROOT / "chalicelib").rglob("*.py") if path.name != "__init__.py")]


def imported(path: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(path.read_text())))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    froms = [node for node in nodes if isinstance(node, ast.ImportFrom) and node.module]
    return plain | {f"{node.module}.{alias.name}" for node in froms for alias in node.names}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_module_imports_only_from_the_rooms_it_may_see(path: Path) -> None:
    name = path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
    allowed = next(rooms for room, rooms in MAY_IMPORT.items() if name == room or name.startswith(f"{room}."))
    ours = {name.removeprefix("chalicelib.") for name in imported(path) if name.startswith("chalicelib.")}
    assert {name for name in ours if not any(name == room or name.startswith(f"{room}.") for room in allowed)} == set()


CORE = [path for path in MODULES if "core" in path.parts]


@pytest.mark.parametrize("path", CORE, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_the_core_uses_nothing_but_the_standard_library_and_msgspec(path: Path) -> None:
    foreign = {name for name in imported(path) if not name.startswith(("chalicelib.", "urllib.parse."))}
    assert {name.partition(".")[0] for name in foreign} <= CORE_MAY_USE


@pytest.mark.parametrize("sdk", ["boto3", "botocore", "aws_lambda_powertools", "slack_sdk"])
def test_an_sdk_is_imported_only_in_its_room(sdk: str) -> None:
    rooms = {"slack_sdk": "slack"}.get(sdk, "aws")
    users = {path.relative_to(ROOT) for path in MODULES if any(name.split(".")[0] == sdk for name in imported(path))}
    assert {path for path in users if rooms not in path.parts} <= {
        Path("chalicelib/click_orders.py"),
        Path("chalicelib/entries/__init__.py"),
        Path("chalicelib/wiring.py"),
        Path("chalicelib/wiring_rules.py"),
        Path("chalicelib/slack_over_http.py"),
        Path("chalicelib/first_line.py"),
    }
