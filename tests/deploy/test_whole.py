"""A package that lacks something is not made: nothing else would tell before a function in AWS fails."""

import zipfile
from pathlib import Path

import pytest

from deploy.commands import CommandError
from deploy.package import dependencies, whole
from deploy.package.build import build
from deploy.package.target import of_functions_here
from deploy.supply import pinned


@pytest.mark.parametrize("left_out", ["msgspec", "jmespath"], ids=["asked for", "needed by another one"])
def test_a_package_without_one_of_its_dependencies_is_refused_by_the_name_of_that(
    left_out: str, tmp_path: Path
) -> None:
    target = of_functions_here()
    lacking = without(left_out, build(target).code, tmp_path / "code.zip")
    with pytest.raises(CommandError, match=rf"No module named '{left_out}'"):
        whole.check(lacking, target)


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
