"""Which rooms of the command line import which."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
MAY_IMPORT = {
    "tflocks.main": {
        "tflocks.commands",
        "tflocks.output.mistakes",
        "chalicelib.core",
        "chalicelib.checked_rules",
        "chalicelib.version",
    },
    "tflocks.commands": {
        f"tflocks.{room}" for room in ("commands", "arguments", "sources", "output", "holds", "live", "locks", "words")
    }
    | {f"chalicelib.{room}" for room in ("core", "checked_rules", "config", "stack")},
    "tflocks.arguments": {"tflocks.arguments", "tflocks.output.mistakes", "tflocks.words"}
    | {"chalicelib.core", "chalicelib.config", "chalicelib.checked_rules"},
    "tflocks.sources": {"tflocks.sources", "tflocks.holds", "tflocks.words"}
    | {"chalicelib.core", "chalicelib.aws", "chalicelib.ports"},
    "tflocks.live": {"tflocks.live", "tflocks.locks", "tflocks.words"}
    | {f"chalicelib.{room}" for room in ("core", "aws", "ports", "jobs", "slack", "checked_rules")},
    "tflocks.locks": {"tflocks.locks", "chalicelib.core"},
    "tflocks.output": {"tflocks.output", "tflocks.holds", "tflocks.locks", "tflocks.words", "chalicelib.core"},
    "tflocks.holds": {"tflocks.holds", "chalicelib.core"},
    "tflocks.words": set[str](),
}
MODULES = [
    path for path in (ROOT / "tflocks").rglob("*.py") if path.parent != ROOT / "tflocks" or path.stem != "__init__"
]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_module_imports_only_from_the_rooms_it_may_see(path: Path) -> None:
    name = path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__")
    allowed = next(rooms for room, rooms in MAY_IMPORT.items() if _in(name, room))
    ours = _imported(path, "tflocks") | _imported(path, "chalicelib")
    assert {one for one in ours if not any(_in(one, room) for room in allowed)} == set()


def test_nothing_that_ships_in_the_lambda_knows_the_command_line() -> None:
    modules = [ROOT / "app.py", *(ROOT / "chalicelib").rglob("*.py")]
    assert not [path for path in modules if _imported(path, "tflocks")]


def _in(name: str, room: str) -> bool:
    return name == room or name.startswith(f"{room}.")


def _imported(path: Path, package: str) -> set[str]:
    nodes = list(ast.walk(ast.parse(path.read_text())))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    froms = [node for node in nodes if isinstance(node, ast.ImportFrom) and node.module]
    names = plain | {f"{node.module}.{alias.name}" for node in froms for alias in node.names}
    return {name for name in names if name.partition(".")[0] == package}
