"""Test what packaging says when the rules in a layer do not fit the code in a package."""

import io
import zipfile
from pathlib import Path

import pytest

from chalicelib.checked_rules import FORMAT, NAME, PACKAGE
from chalicelib.config.file import parse
from chalicelib.stack.layer import rules_in, rules_layer
from deploy.commands import ROOT, CommandError
from deploy.package.packaged_rules import check
from tests.config.test_file import LEAST

LAYER = rules_layer(parse(LEAST))
THIS, NEXT = f"FORMAT = {FORMAT}\n", f"FORMAT = {FORMAT + 1}\n"


def code(folder: Path, version: str = THIS) -> Path:
    """Make a package with the code of this checkout, which reads the given format."""
    path = folder / "code.zip"
    with zipfile.ZipFile(path, "w") as package:
        for file in (ROOT / "chalicelib").rglob("*.py"):
            package.writestr(str(file.relative_to(ROOT)), file.read_text().replace(THIS, version))
    return path


def a_layer(folder: Path, rules: bytes) -> Path:
    path = folder / "rules.zip"
    with zipfile.ZipFile(path, "w") as layer:
        layer.writestr(f"python/{PACKAGE}/{NAME}", rules)
    return path


def test_rules_that_fit_the_packaged_code_are_taken(tmp_path: Path) -> None:
    (tmp_path / "rules.zip").write_bytes(LAYER)
    check(code(tmp_path), tmp_path / "rules.zip")


def test_rules_of_another_format_than_the_packaged_code_reads_are_refused(tmp_path: Path) -> None:
    said = f"{NAME} has format {FORMAT}, and this code reads format {FORMAT + 1}; .* run `make deploy`"
    with pytest.raises(CommandError, match=said):
        check(code(tmp_path, NEXT), a_layer(tmp_path, rules_in(LAYER)))


def test_a_layer_without_whole_rules_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=f"{NAME} is not a whole file of checked rules"):
        check(code(tmp_path), a_layer(tmp_path, rules_in(LAYER)[:-20]))


def test_the_same_rules_make_the_same_layer_and_python_finds_them_where_a_layer_is_unpacked(tmp_path: Path) -> None:
    assert rules_layer(parse(LEAST)) == LAYER
    assert set(zipfile.ZipFile(io.BytesIO(LAYER)).namelist()) == {
        f"python/{PACKAGE}/{n}" for n in ("__init__.py", NAME)
    }
