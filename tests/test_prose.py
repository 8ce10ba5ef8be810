"""Markdown as people read it in an editor."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted(
    {
        *ROOT.glob("*.md"),
        *(ROOT / "docs").glob("*.md"),
        *(ROOT / "tests").glob("*/README.md"),
        *(ROOT / "terraform").rglob("README.md"),
    }
)
LONGEST = 120
CANNOT_BE_WRAPPED = ("|", "![")
"""A row of a table, a picture."""


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_line_of_prose_is_longer_than_an_editor_is_wide(path: Path) -> None:
    assert [(number, len(line)) for number, line in prose(path) if len(line) > LONGEST] == []


def prose(path: Path) -> list[tuple[int, str]]:
    """The numbered lines outside of code blocks, tables and pictures."""
    found, code = [], False
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.lstrip().startswith("```"):
            code = not code
        elif not code and not line.lstrip().startswith(CANNOT_BE_WRAPPED):
            found.append((number, line))
    return found
