"""Fill a folder with a release: every file that an installation needs, each named by the version."""

import hashlib
import shutil
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from chalicelib.core.version import Version
from deploy import module_artifacts
from deploy.commands import ROOT
from deploy.package import archive
from deploy.package.build import BUILD, Package, build
from deploy.package.target import Target
from deploy.release import wheel
from deploy.release.sbom import sbom
from deploy.supply.licences import notices

CHECKSUMS = "SHA256SUMS"
_TEMPLATES = ("deploy/*.yaml", ".chalice/queries.yaml")
"""The CloudFormation templates beside the stack's own."""
_BESIDE = ("reaper.example.toml", "LICENSE")


def fill(folder: Path, version: Version, time: datetime, target: Target, packages: Path = BUILD / "packages") -> None:
    """Write all files of a release into an empty folder, and their checksums.

    ``time`` is the commit's. ``packages`` is where packages are that were built before.

    Raises:
        CommandError: with what could not be built.
    """
    package = build(target, version, packages)
    start = f"tflock-reaper-{version.number}"
    for name, path in _copied(package).items():
        shutil.copyfile(path, folder / f"{start}-{name}")
    (folder / f"{start}-sbom.cdx.json").write_bytes(sbom(package.code, version, time))
    (folder / f"{start}-third-party-licences.txt").write_text(notices(archive.read(package.code)), encoding="utf-8")
    archive.write(folder / f"{start}-terraform.zip", _module(package))
    wheel.build(version, folder)
    (folder / CHECKSUMS).write_text(_checksums(folder))


def _copied(package: Package) -> Mapping[str, Path]:
    """Return the files that a release has as they are, by what follows the version in their names."""
    templates = {path.name: path for pattern in _TEMPLATES for path in ROOT.glob(pattern)}
    return {**templates, **module_artifacts.files(package), **{name: ROOT / name for name in _BESIDE}}


def _module(package: Package) -> dict[str, bytes]:
    """Return the files of the Terraform module, and in ``artifacts/`` what it makes its stacks of."""
    module = ROOT / "terraform"
    inside = {path.relative_to(module): path for path in module.rglob("*") if path.is_file()}
    own = {name.as_posix(): path for name, path in inside.items() if _is_of_module(name)}
    artifacts = {f"artifacts/{name}": path for name, path in module_artifacts.files(package).items()}
    return {name: path.read_bytes() for name, path in (own | artifacts | {"LICENSE": ROOT / "LICENSE"}).items()}


def _is_of_module(path: Path) -> bool:
    """Leave out what Terraform keeps beside a module that somebody has tried."""
    return not any(part.startswith((".terraform", "terraform.tfstate")) for part in path.parts)


def _checksums(folder: Path) -> str:
    """Return the checksums in the form that ``sha256sum --check`` takes."""
    paths = sorted(path for path in folder.iterdir() if path.name != CHECKSUMS)
    return "".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in paths)
