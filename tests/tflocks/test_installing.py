"""What somebody gets who installs the command line."""

import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
NOT_SOURCE = (".*", "build", "dist", "*.egg-info", "__pycache__")
USED_OF_CHALICELIB = ("aws", "config", "core", "jobs", "ports", "slack", "stack")
IMPORT_ALL = """
import importlib, pkgutil, sys, tflocks
target = sys.argv[1]
for module in pkgutil.walk_packages(tflocks.__path__, "tflocks."):
    importlib.import_module(module.name)
ours = [one.__file__ for name, one in sys.modules.items() if name.partition(".")[0] in {"tflocks", "chalicelib"}]
assert ours
assert not [file for file in ours if not file.startswith(target)], ours
from tflocks.main import main
urls = ["--actions-url", "https://a.example/actions", "--commands-url", "https://a.example/commands"]
main(["slack-manifest", "--json", *urls], standalone_mode=False)
main(["--version"])
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that the wheel of a copy of this tree is installed into: a build writes into its source."""
    folder = tmp_path_factory.mktemp("wheel")
    shutil.copytree(ROOT, folder / "source", ignore=shutil.ignore_patterns(*NOT_SOURCE))
    offline = {"PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    pip("wheel", "--no-deps", "--no-build-isolation", "-w", folder, folder / "source", **offline)
    [wheel] = folder.glob("tflock_reaper-*.whl")
    pip("install", "--no-deps", "--target", folder / "installed", wheel, **offline)
    return folder / "installed"


def pip(*arguments: str | Path, **environment: str) -> None:
    command = [sys.executable, "-m", "pip", "--quiet", *map(str, arguments)]
    done = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stderr


def packages(root: Path, *rooms: str) -> set[str]:
    return {
        found.parent.relative_to(root).as_posix() for room in rooms for found in (root / room).rglob("__init__.py")
    } | {"chalicelib"}


@pytest.mark.thorough
def test_a_wheel_has_every_package_that_tflocks_may_use_and_no_other(installed: Path) -> None:
    rooms = ("tflocks", *(f"chalicelib/{room}" for room in USED_OF_CHALICELIB))
    assert packages(installed, ".") == packages(ROOT, *rooms)


@pytest.mark.thorough
def test_what_a_wheel_installs_runs_without_the_tree_it_was_built_from(installed: Path, tmp_path: Path) -> None:
    # -S leaves out the .pth files of an editable install, which would find the tree.
    path = os.pathsep.join([str(installed), sysconfig.get_path("purelib"), sysconfig.get_path("platlib")])
    done = subprocess.run(  # noqa: S603  our own program
        [sys.executable, "-S", "-c", IMPORT_ALL, str(installed)],
        env={"PYTHONPATH": path, "PATH": os.defpath},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert PROJECT["version"] in done.stdout
    assert "https://a.example/commands" in done.stdout
