"""Fetch the packages of ``requirements.txt`` for a target, each as one of the files that it is pinned to by hash."""

import re
import tempfile
from pathlib import Path

from deploy.commands import CommandError, run
from deploy.package import archive
from deploy.package.target import Target
from deploy.supply import pinned

_INSTALLED_ELSEWHERE = re.compile(r"^[^/]+\.data/(?!scripts/)")
_NOT_NEEDED = re.compile(r"^[^/]+\.data/scripts/|^[^/]+\.dist-info/(RECORD|WHEEL|top_level\.txt|entry_points\.txt)$")


def fetch(target: Target, requirements: Path = pinned.SHIPPED) -> dict[str, bytes]:
    """Return the files of all packages, by their names in the code zip.

    Raises:
        CommandError: with what pip said (no wheel for the target, a hash that does not fit), or what was left out.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _download(target, requirements, folder)
        wheels = sorted(folder.glob("*.whl"))
        _check_whole(wheels, requirements)
        return {name: content for wheel in wheels for name, content in _unpacked(wheel).items()}


def _download(target: Target, requirements: Path, folder: Path) -> None:
    only_pinned = ("--require-hashes", "--only-binary", ":all:", "--disable-pip-version-check", "--quiet")
    platforms = tuple(part for tag in target.platforms for part in ("--platform", tag))
    python = ("--python-version", target.version, "--implementation", "cp")
    where = ("--dest", str(folder), "--requirement", str(requirements))
    run("python", "-m", "pip", "download", *only_pinned, *python, *platforms, *where, has_children=True)


def _check_whole(wheels: list[Path], requirements: Path) -> None:
    asked = {one.name for one in pinned.read(requirements)}
    fetched = {pinned.normal(wheel.name.split("-")[0]) for wheel in wheels}
    if asked != fetched:
        odd = ", ".join(sorted(asked ^ fetched))
        raise CommandError(f"the package would not be whole: {requirements.name} and what pip fetched differ in {odd}")


def _unpacked(wheel: Path) -> dict[str, bytes]:
    files = archive.read(wheel)
    if odd := next((name for name in files if _INSTALLED_ELSEWHERE.match(name)), None):
        raise CommandError(
            f"{wheel.name}: {odd} would have to be installed elsewhere; this packaging only unpacks wheels"
        )
    return {name: content for name, content in files.items() if not _NOT_NEEDED.match(name)}
