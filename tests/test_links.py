"""Links between the documents: what they point at is there."""

import re
from pathlib import Path

import pytest

from tests.test_prose import DOCUMENTS, ROOT

LINK = re.compile(r"\]\(([^)\s]+)\)|^\[[^\]]+\]: (\S+)", re.MULTILINE)
ELSEWHERE = ("http://", "https://", "mailto:")


def anchors(path: Path) -> set[str]:
    """The names that GitHub gives to the headings of a document."""
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")
        for heading in re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    }


def without_code(text: str) -> str:
    return re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_what_a_link_points_at_is_there(path: Path) -> None:
    links = [one or other for one, other in LINK.findall(without_code(path.read_text(encoding="utf-8")))]
    assert [link for link in links if not link.startswith(ELSEWHERE) and not _leads(path, link)] == []


def _leads(path: Path, link: str) -> bool:
    name, _, anchor = link.partition("#")
    target = (path.parent / name).resolve() if name else path
    return target.exists() and (not anchor or target.suffix != ".md" or anchor in anchors(target))


def test_a_link_to_nothing_is_found() -> None:
    readme = ROOT / "README.md"
    assert _leads(readme, "docs/operating.md#enterprise-grid")
    assert not _leads(readme, "docs/operating.md#enterprise-grit")
    assert not _leads(readme, "docs/operations.md")
