"""Read the pinned files (``requirements*.txt``) that ``make requirements`` writes."""

import re
from pathlib import Path
from typing import NamedTuple

from deploy.commands import ROOT

SHIPPED = ROOT / "requirements.txt"
"""What is in the code zip."""
DEPLOY = ROOT / "requirements-deploy.txt"
DEV = ROOT / "requirements-dev.txt"
MAINTAIN = ROOT / "requirements-maintain.txt"
LINT = ROOT / "requirements-lint.txt"
"""What only `make lint-stack` runs."""
FILES = (SHIPPED, DEPLOY, DEV, MAINTAIN, LINT)
_PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;]+)\s*(?:;\s*(.*?))?\s*(?=--hash|$)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


class Pinned(NamedTuple):
    """One version of a package."""

    name: str
    version: str
    marker: str
    """Where it is installed, such as ``sys_platform == 'win32'``; empty for everywhere."""
    hashes: frozenset[str]
    """SHA-256 of each file that may be installed."""


class NotPinnedError(ValueError):
    """A line that does not name one version."""


def normal(name: str) -> str:
    """Return the one spelling of a package's name (https://packaging.python.org/specifications/name-normalization/)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def read(file: Path) -> list[Pinned]:
    """Return what a file pins.

    Raises:
        NotPinnedError: with the line that is something else.
    """
    lines = (line.strip() for line in file.read_text().replace("\\\n", " ").splitlines())
    return [_pinned(line, file.name) for line in lines if line and not line.startswith("#")]


def _pinned(line: str, file: str) -> Pinned:
    found = _PIN.match(line)
    if found is None:
        raise NotPinnedError(f"{file}: {line!r} names no version by ==")
    name, version, marker = found.groups()
    return Pinned(normal(name), version, marker or "", frozenset(_HASH.findall(line)))
