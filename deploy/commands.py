"""Running the programs of the virtual environment: ``chalice`` and ``aws``."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
"""The repository."""


class CommandError(RuntimeError):
    """A program that ended with an error; its text is what the program said."""


def program(name: str) -> Path:
    """The program installed beside this Python, so that nobody's other version of it is run."""
    return Path(sys.executable).with_name(name)


def run(name: str, *arguments: str, folder: Path = ROOT, environment: Mapping[str, str] | None = None) -> str:
    """Run a program to its end and return what it printed.

    Raises:
        CommandError: with the program's own words.
    """
    finished = subprocess.run(  # noqa: S603 - no shell, and the program is one of ours
        [program(name), *arguments],
        cwd=folder,
        env=dict(environment) if environment is not None else None,
        check=False,
        capture_output=True,
        text=True,
    )
    if finished.returncode:
        said = (finished.stderr.strip() or finished.stdout.strip())[-4000:]
        raise CommandError(f"{name} {' '.join(arguments[:2])} failed ({finished.returncode}):\n{said}")
    return finished.stdout
