"""Build the package, or take the one that was built before from the same sources."""

import fcntl
import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import yaml  # type: ignore[import-untyped]

from chalicelib.checkout import version as of_checkout
from chalicelib.core.version import Version
from deploy.commands import ROOT
from deploy.package import archive, dependencies, stamp, whole
from deploy.package.bytecode import compiled
from deploy.package.chalice_app import made_by_chalice
from deploy.package.contents import services
from deploy.package.contents.unneeded import needed
from deploy.package.target import Target
from deploy.package.template import stack_template

BUILD = ROOT / "build"
_SOURCES = ("app.py", "requirements.txt", "requirements-deploy.txt", "chalicelib/**/*", ".chalice/*", "deploy/**/*.py")


class Package(NamedTuple):
    """Where the two files are."""

    template: Path
    code: Path


def build(target: Target, version: Version | None = None, folder: Path = BUILD / "packages") -> Package:
    """Return the package for a target, below ``folder``. Two processes that ask at once build it once.

    Without a ``version`` it says that of this checkout.

    Raises:
        CommandError: with what Chalice, pip or the compiler said, or what the package lacks.
    """
    digest = _digest(target)
    folder.mkdir(parents=True, exist_ok=True)
    done = folder / digest
    with (folder / f"{digest}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            _build(target, folder / f"{digest}.unfinished").rename(done)
        return _stamped(Package(done / "template.yaml", done / "code.zip"), version or of_checkout())


def _stamped(built: Package, version: Version) -> Package:
    folder = built.code.parent / f"{version.number}-{version.commit}"
    stamped = Package(*(folder / path.name for path in built))
    if not folder.exists():
        unfinished = folder.with_suffix(".unfinished")
        unfinished.mkdir(exist_ok=True)
        stamp.stamp_code(built.code, version, unfinished / built.code.name)
        template = stamp.stamp_template(built.template.read_text(), version)
        (unfinished / built.template.name).write_text(template)
        unfinished.rename(folder)
    return stamped


def _build(target: Target, folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    app = made_by_chalice()
    fetched = dependencies.fetch(target)
    files = services.lean({name: fetched[name] for name in needed(fetched)}) | app.files
    archive.write(folder / "code.zip", compiled(files, target))
    whole.check(folder / "code.zip", target)
    (folder / "template.yaml").write_text(yaml.safe_dump(stack_template(app.template), allow_unicode=True, width=120))
    return folder


def _digest(target: Target) -> str:
    """Return a name for all that the package follows from."""
    made_for = [target.version, *target.platforms, target.compiled_by]
    digest = hashlib.sha256(json.dumps(made_for).encode())
    for path in sorted(set(_sources())):
        digest.update(f"\0{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _sources() -> Iterator[Path]:
    paths = (path for pattern in _SOURCES for path in ROOT.glob(pattern) if path.is_file())
    return (path for path in paths if path.suffix != ".pyc")
