"""Build the wheel of ``tflocks``, the command line, for people who do not have the repository."""

import os
import re
import shutil
import tempfile
from pathlib import Path

from chalicelib import version as version_file
from chalicelib.core.version import Version
from deploy.commands import ROOT, CommandError, run
from deploy.package import archive

_FILES = ("pyproject.toml", "README.md", "LICENSE")
_FOLDERS = ("chalicelib", "tflocks")
_BUILD = "import sys; from setuptools.build_meta import build_wheel; build_wheel(sys.argv[1])"
_SETTINGS = ("DIST", "SETUPTOOLS", "PYTHON", "SOURCE_DATE_EPOCH")
_VERSION_LINE = re.compile(r'^version = ".*"$', re.MULTILINE)


def build(version: Version, folder: Path) -> Path:
    """Write the wheel into a folder and return its path.

    Raises:
        CommandError: with what setuptools said.
    """
    with tempfile.TemporaryDirectory() as name:
        source, made = Path(name, "source"), Path(name, "made")
        _lay_out(version, source)
        run("python", "-I", "-c", _BUILD, str(made), folder=source, environment=_alone(name), has_children=True)
        [wheel] = made.glob("*.whl")
        # Packed anew: setuptools gives each file the time and the rights that it has on this machine.
        archive.write(folder / wheel.name, archive.read(wheel))
    return folder / wheel.name


def _alone(home: str) -> dict[str, str]:
    """Return the environment of a build: setuptools would take settings of the person, and put them into the wheel."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_SETTINGS)}
    return kept | {"HOME": home}


def _lay_out(version: Version, source: Path) -> None:
    """Copy what the wheel is made of: a build writes into its source."""
    for folder in _FOLDERS:
        shutil.copytree(ROOT / folder, source / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in _FILES:
        shutil.copy(ROOT / file, source)
    (source / "chalicelib" / version_file.NAME).write_bytes(version_file.encode(version))
    text, changed = _VERSION_LINE.subn(f'version = "{version.number}"', (ROOT / "pyproject.toml").read_text(), count=1)
    if not changed:
        raise CommandError('pyproject.toml has no line `version = "..."` to put the version of the release in')
    (source / "pyproject.toml").write_text(text)
