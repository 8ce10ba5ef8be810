"""Files, modules and names that documents, docstrings and comments speak of, so that a reader finds them."""

import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from chalicelib.core.doctor.catalogue import CHECKS
from tests.test_prose import DOCUMENTS, ROOT

pytestmark = pytest.mark.thorough

ROOMS = ("core", "jobs", "ports", "aws", "slack", "config", "wiring")
HOUSES = ("chalicelib", "tflocks", "deploy", "demo", "bench", "tests", "docs", ".chalice", ".ci")
SOURCES = sorted(
    path
    for path in [ROOT / "app.py", *(file for house in HOUSES for file in (ROOT / house).rglob("*.py"))]
    if path.exists()
)
FIRST = "|".join(map(re.escape, (*ROOMS, *HOUSES)))
PATH = re.compile(rf"(?<![\w./<-])(?:{FIRST})/(?>[\w./-]*\w)(?![-*<])")
DOTTED = re.compile(rf"`((?:{FIRST})(?:\.(?!py`)[A-Za-z]\w*)+)`")
"""A module, or a name in one."""
BARE = re.compile(r"`(\w+\.py)`")
NO_PATHS = {"aws/aws-sdk", "aws/validated", *(check.replace(".", "/") for check in CHECKS)}
"""A repository of others, and their mark on tests; the IDs of the doctor's checks."""


@pytest.mark.parametrize("path", [*DOCUMENTS, *SOURCES], ids=lambda path: path.relative_to(ROOT).as_posix())
def test_what_a_text_speaks_of_exists(path: Path) -> None:
    text = "\n".join(words(path))
    paths = {*PATH.findall(text), *(name.replace(".", "/") for name in DOTTED.findall(text))} - NO_PATHS
    assert sorted(name for name in paths if not leads_somewhere(name)) == []
    assert sorted(name for name in set(BARE.findall(text)) - {file.name for file in SOURCES}) == []


def words(path: Path) -> Iterator[str]:
    """A document; of a source, its docstrings, other texts and comments."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        yield text
        return
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT or (token.type == tokenize.STRING and token.string.startswith('"""')):
            yield token.string


def leads_somewhere(name: str) -> bool:
    """Whether it is a file, a folder, or a name in a module (``core/alerts/life.next_step``)."""
    whole = Path(name)
    for root in (ROOT, ROOT / "chalicelib"):
        if (root / whole).exists() or (root / f"{name}.py").exists():
            return True
        parts = re.split(r"[/.]", name)
        for length in range(len(parts) - 1, 0, -1):
            module = root.joinpath(*parts[:length]).with_suffix(".py")
            if module.is_file():
                return re.search(rf"\b{parts[length]}\b", module.read_text(encoding="utf-8")) is not None
    return False
