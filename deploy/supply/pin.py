"""``make requirements``: write the pinned files from the files of what we ask for (``requirements*.in``).

``uv pip compile`` (https://docs.astral.sh/uv/pip/compile/) finds the versions for every supported Python and system at
once, and writes the hash of every file of each. Versions that are pinned stay, unless newer ones are asked for.
"""

import argparse
import os
import re
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from deploy.commands import ROOT, CommandError, run
from deploy.supply.pinned import DEPLOY, DEV, LINT, MAINTAIN, SHIPPED, normal, read

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
"""The supported ones, from the oldest that pyproject.toml allows."""
_MACHINES = ("x86_64-manylinux_2_28", "aarch64-manylinux_2_28", "x86_64-apple-darwin", "aarch64-apple-darwin")
_HOW = ("--universal", "--python-version", PYTHONS[0], "--generate-hashes", "--annotation-style", "line")
_SAID_TO_MAKE_IT = {"UV_CUSTOM_COMPILE_COMMAND": "make requirements"}
_PIN = re.compile(r'"([A-Za-z0-9._-]+)==([^"]+)"')


def pin(*, upgrade: bool) -> None:
    """Write all pinned files, the largest first: the smaller ones have the versions of the larger.

    Raises:
        CommandError: with what uv said, such as which two packages exclude each other.
    """
    _compile(DEV, upgrade=upgrade)
    _compile(DEPLOY, "--constraints", DEV.name, upgrade=upgrade)
    _compile(SHIPPED, "--constraints", DEPLOY.name, upgrade=upgrade)
    _compile(MAINTAIN, upgrade=upgrade)
    _compile(LINT, upgrade=upgrade)
    project = ROOT / "pyproject.toml"
    project.write_text(with_versions(project.read_text(), {one.name: one.version for one in read(DEV)}))


def _compile(file: Path, *more: str, upgrade: bool) -> None:
    newer = ("--upgrade",) if upgrade else ()
    files = (file.with_suffix(".in").name, "--output-file", file.name)
    run("uv", "pip", "compile", "--quiet", *_HOW, *newer, *more, *files, environment=os.environ | _SAID_TO_MAKE_IT)


def with_versions(project: str, versions: Mapping[str, str]) -> str:
    """Return a pyproject.toml whose pinned packages have these versions."""
    return _PIN.sub(lambda pin: f'"{pin[1]}=={versions.get(normal(pin[1]), pin[2])}"', project)


def without_wheels() -> list[str]:
    """Return a line for each Python and machine that something of what deploying needs has no wheel for."""
    with tempfile.TemporaryDirectory() as folder:
        return [
            f"{DEPLOY.name}, Python {python}, {machine}: {problem}"
            for python in PYTHONS
            for machine in _MACHINES
            if (problem := _problem(python, machine, folder))
        ]


def _problem(python: str, machine: str, folder: str) -> str | None:
    target = ("--python-version", python, "--python-platform", machine, "--target", folder)
    only_pinned = ("--dry-run", "--no-deps", "--require-hashes", "--no-build")
    try:
        run("uv", "pip", "install", "--quiet", *only_pinned, *target, "--requirements", DEPLOY.name)
    except CommandError as error:
        return str(error)
    return None


def main(arguments: list[str]) -> int:
    """Write the pinned files, and say what some machine could not install."""
    parser = argparse.ArgumentParser(prog="python -m deploy.supply.pin")
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions that fit")
    options = parser.parse_args(arguments)
    try:
        pin(upgrade=options.upgrade)
        problems = without_wheels()
    except CommandError as error:
        print(error, file=sys.stderr)
        return 1
    print("".join(f"{line}\n" for line in problems), end="", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
