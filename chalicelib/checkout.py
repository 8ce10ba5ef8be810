"""Look up the version of code that nobody built: a checkout, or what pip installed from one."""

import os
import subprocess
import tomllib
from importlib import metadata
from pathlib import Path

from chalicelib.core.version import UNKNOWN, Version

_PROJECT = "tflock-reaper"
_ROOT = Path(__file__).resolve().parent.parent


def version(root: Path = _ROOT) -> Version:
    """Return the version in ``pyproject.toml`` and git's commit; of installed code, what pip noted. Never a guess."""
    number = _number_in(root / "pyproject.toml")
    return Version(number, _commit(root)) if number else Version(_installed(), UNKNOWN)


def _number_in(file: Path) -> str | None:
    """Return the version in the project's file, or None if there is none: what lies beside may be another project's."""
    try:
        project = tomllib.loads(file.read_text(encoding="utf-8"))["project"]
    except (OSError, ValueError, KeyError):
        return None
    return str(project["version"]) if project.get("name") == _PROJECT else None


def _installed() -> str:
    try:
        return metadata.version(_PROJECT)
    except metadata.PackageNotFoundError:
        return UNKNOWN


def _commit(root: Path) -> str:
    top, commit = _git(root, "rev-parse", "--show-toplevel"), _git(root, "rev-parse", "--verify", "HEAD")
    changed = _git(root, "status", "--porcelain")
    # Another top: the code lies in somebody else's repository, whose commit says nothing of it.
    if not top or not commit or changed is None or Path(top).resolve() != root.resolve():
        return UNKNOWN
    return f"{commit}+dirty" if changed else commit


def _git(root: Path, *arguments: str) -> str | None:
    """Return what git says, or None if it says no or is not there."""
    # GIT_DIR and its like would have git look elsewhere: a hook has them.
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    command = ["git", "-C", str(root), *arguments]
    try:
        done = subprocess.run(command, env=surroundings, capture_output=True, text=True, check=True, timeout=20)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
