"""Nothing of ours is replaced behind its back in a test: what a test has to change is an argument."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = sorted(path for folder in ("tests", "bench", "demo") for path in (ROOT / folder).rglob("*.py"))
ROOMS = ("app", "chalicelib", "tflocks", "deploy", "demo", "bench")
REPLACING = {"setattr", "setitem", "delattr", "delitem"}
MOCKS = {"unittest.mock", "mock", "pytest_mock"}


def modules_of_ours(tree: ast.Module) -> Iterator[str]:
    """Yield the names under which a file has modules of ours."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.asname or alias.name for alias in node.names if alias.name.split(".")[0] in ROOMS)
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] in ROOMS:
            folder = ROOT.joinpath(*node.module.split("."))
            modules = (
                one for one in node.names if (folder / f"{one.name}.py").exists() or (folder / one.name).is_dir()
            )
            yield from (one.asname or one.name for one in modules)


def assigned(node: ast.AST) -> list[ast.expr]:
    """Return what a statement assigns to or deletes."""
    if isinstance(node, ast.Assign | ast.Delete):
        return node.targets
    return [node.target] if isinstance(node, ast.AugAssign | ast.AnnAssign) else []


def replaced(source: str) -> Iterator[int]:
    """Yield the lines that put something else into a module, or into an object by way of a test's tool."""
    tree = ast.parse(source)
    ours = {*modules_of_ours(tree)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = {alias.name for alias in node.names} | {getattr(node, "module", None)}
            if names & MOCKS or "mock" in names:
                yield node.lineno
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in REPLACING:
            yield node.lineno
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in REPLACING:
            if node.args and ast.unparse(node.args[0]) in ours:
                yield node.lineno
        else:
            targets = [one for one in assigned(node) if isinstance(one, ast.Attribute)]
            yield from (one.lineno for one in targets if ast.unparse(one.value) in ours)


def test_a_test_replaces_nothing_in_the_code_it_tests() -> None:
    found = {path.relative_to(ROOT).as_posix(): [*replaced(path.read_text())] for path in FILES}
    assert {path: lines for path, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "source",
    [
        "def test(monkeypatch): monkeypatch.setattr('chalicelib.wiring.config', 1)",
        "from chalicelib import wiring\nwiring.config = 1",
        "from chalicelib.jobs.alerts import digest as one\nsetattr(one, 'LINES', 1)",
        "import app\ndel app.logger",
        "from unittest.mock import patch",
        "from unittest import mock",
        "import unittest.mock",
    ],
)
def test_each_way_to_replace_something_is_found(source: str) -> None:
    assert [*replaced(source)]


@pytest.mark.parametrize(
    "source",
    [
        "def test(monkeypatch): monkeypatch.setenv('STAGE', 'prod')",
        "fake = FakeMessenger()\nsetattr(fake, 'losing', 'answer')\nfake.refusing = 'no'",
        "from moto import mock_aws",
    ],
)
def test_what_a_test_may_set_is_let_through(source: str) -> None:
    assert [*replaced(source)] == []
