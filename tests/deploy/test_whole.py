"""A package that lacks something is not made: nothing else would tell before a function in AWS fails."""

import zipfile
from pathlib import Path

import pytest

from deploy import runtime
from deploy.commands import CommandError
from deploy.package import archive, dependencies, target, whole
from deploy.package.build import build
from deploy.package.target import Target, of_functions_here
from deploy.supply import pinned

pytestmark = pytest.mark.thorough

APP = {"app.py": b"import chalicelib\n", "chalicelib/__init__.py": b""}
LAZY = b"def work():\n    from inner.most import thing\n    return thing\n"
HERE = Target(runtime.VERSION)
FOR_TYPES = b"from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from types_boto3 import x\n"


@pytest.mark.parametrize("left_out", ["msgspec", "jmespath"], ids=["asked for", "needed by another one"])
def test_a_package_without_one_of_its_dependencies_is_refused_by_the_name_of_that(
    left_out: str, tmp_path: Path
) -> None:
    here = of_functions_here()
    lacking = without(left_out, build(here).code, tmp_path / "code.zip")
    with pytest.raises(CommandError, match=rf"(No module named '|imports ){left_out}"):
        whole.check(lacking, here)


def test_a_wheel_that_pip_did_not_fetch_ends_the_packaging_by_its_name() -> None:
    """Also one that no import of ours needs."""
    names = [one.name.replace("-", "_") for one in pinned.read(pinned.SHIPPED) if one.name != "tzdata"]
    fetched = [Path(f"{name}-1.0-py3-none-any.whl") for name in names]
    with pytest.raises(CommandError, match=r"would not be whole: requirements\.txt .* differ in tzdata$"):
        dependencies._check_whole(fetched, pinned.SHIPPED)


def without(package: str, code: Path, lacking: Path) -> Path:
    with zipfile.ZipFile(code) as whole_one, zipfile.ZipFile(lacking, "w") as fewer:
        for name in whole_one.namelist():
            if not name.startswith((f"{package}/", f"{package}-")):
                fewer.writestr(name, whole_one.read(name))
    return lacking


def packed(folder: Path, **modules: bytes) -> Path:
    files = APP | {f"chalicelib/{name}.py": content for name, content in modules.items()}
    archive.write(folder / "code.zip", files)
    return folder / "code.zip"


@pytest.mark.parametrize("source", [b"import inner\n", b"import inner.most as i\n", LAZY])
def test_a_package_that_was_left_out_is_named_wherever_it_is_packed(tmp_path: Path, source: bytes) -> None:
    with pytest.raises(CommandError, match=r"not be whole: chalicelib/one\.py imports inner; .*requirements\.in"):
        whole.check(packed(tmp_path, one=source), HERE)


@pytest.mark.parametrize("source", [FOR_TYPES, b"from . import two\n", b"import json, os.path\n"])
def test_what_is_there_or_only_for_types_is_not_missed(tmp_path: Path, source: bytes) -> None:
    whole.check(packed(tmp_path, one=source, two=b""), HERE)


def test_a_machine_that_cannot_run_what_it_packs_packs_all_the_same(tmp_path: Path) -> None:
    """A Mac with Python 3.13 makes the package of Lambda, whose compiled modules it cannot import."""
    of_another_kind = Target(runtime.VERSION, ("macosx_11_0_arm64",), Path("/never/started"))
    code = packed(tmp_path, one=b"raise ImportError('compiled for another kind of machine')\n")
    assert target.of_lambda().platforms != of_another_kind.platforms
    whole.check(code, of_another_kind)


def test_a_package_without_bytecode_is_told_to_whoever_installs_it() -> None:
    [remark] = Target("3.13").remarks
    assert "no Python 3.13 on this machine" in remark
    assert Target("3.13", compiler=Path("/usr/bin/python3.13")).remarks == []
