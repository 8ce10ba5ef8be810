"""A package that lacks something, on machines that can start it and on those that cannot."""

from pathlib import Path

import pytest

from deploy import runtime
from deploy.commands import CommandError
from deploy.package import archive, target, whole
from deploy.package.target import Target

APP = {"app.py": b"import chalicelib\n", "chalicelib/__init__.py": b""}
LAZY = b"def work():\n    from inner.most import thing\n    return thing\n"
HERE = Target(runtime.VERSION)
FOR_TYPES = b"from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from types_boto3 import x\n"


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
