"""What the documents say of a release's files: it has them, by these names."""

import re
from pathlib import Path

import pytest

from deploy.commands import ROOT
from deploy.package.build import Package
from deploy.release.contents import _copied

NAME = re.compile(r"tflock-reaper-1\.0\.0-[a-z-]+\.\w+")
MADE = {"tflock-reaper-1.0.0-terraform.zip"}


def released() -> set[str]:
    some = Path("any")
    return {f"tflock-reaper-1.0.0-{name}" for name in _copied(Package(template=some, code=some))} | MADE


@pytest.mark.parametrize("document", ["README.md", "docs/installing.md"])
def test_each_file_of_a_release_that_is_named_is_in_it(document: str) -> None:
    named = set(NAME.findall((ROOT / document).read_text()))
    assert len(named) >= 2
    assert named - released() == set()
