"""Test what packaging says when the rules in a package do not fit the code in it."""

import zipfile
from pathlib import Path

import pytest

from chalicelib.checked_rules import FORMAT, NAME, encode
from chalicelib.config.file import parse
from deploy.commands import ROOT, CommandError
from deploy.packaged_rules import check
from tests.config.test_file import LEAST

RULES = encode(parse(LEAST))
THIS, NEXT = f"FORMAT = {FORMAT}\n", f"FORMAT = {FORMAT + 1}\n"


def a_package(folder: Path, rules: bytes | None, version: str = THIS) -> Path:
    """Make a package with the code of this checkout, which reads the given format."""
    path = folder / "deployment.zip"
    with zipfile.ZipFile(path, "w") as package:
        for file in (ROOT / "chalicelib").rglob("*.py"):
            package.writestr(str(file.relative_to(ROOT)), file.read_text().replace(THIS, version))
        if rules is not None:
            package.writestr(NAME, rules)
    return path


def test_rules_that_fit_the_packaged_code_are_taken(tmp_path: Path) -> None:
    check(a_package(tmp_path, RULES))


def test_rules_of_another_format_than_the_packaged_code_reads_are_refused(tmp_path: Path) -> None:
    said = f"{NAME} has format {FORMAT}, and this code reads format {FORMAT + 1}; .* run `make package`"
    with pytest.raises(CommandError, match=said):
        check(a_package(tmp_path, RULES, NEXT))


@pytest.mark.parametrize("rules", [None, RULES[:-20]])
def test_a_package_without_whole_rules_is_refused(tmp_path: Path, rules: bytes | None) -> None:
    with pytest.raises(CommandError, match=f"{NAME} is not a whole file of checked rules"):
        check(a_package(tmp_path, rules))
