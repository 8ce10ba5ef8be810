"""Fetch the packages of ``requirements.txt`` for a target, each as the one wheel that it is pinned to."""

import re
import tempfile
from pathlib import Path

from deploy.commands import ROOT, CommandError, run
from deploy.package import archive
from deploy.package.target import Target

REQUIREMENTS = ROOT / "requirements.txt"
_INSTALLED_ELSEWHERE = re.compile(r"^[^/]+\.data/(?!scripts/)")
_NOT_NEEDED = re.compile(r"^[^/]+\.data/scripts/|^[^/]+\.dist-info/(RECORD|WHEEL|top_level\.txt|entry_points\.txt)$")
_PINNED = re.compile(r"^([A-Za-z0-9_.-]+)==", re.MULTILINE)


def fetch(target: Target) -> dict[str, bytes]:
    """Return the files of all packages, by their names in the code zip.

    Raises:
        CommandError: with what pip said (no wheel for the target, a hash that does not fit), or what was left out.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _download(target, folder)
        wheels = sorted(folder.glob("*.whl"))
        _check_whole(wheels)
        return {name: content for wheel in wheels for name, content in _unpacked(wheel).items()}


def _download(target: Target, folder: Path) -> None:
    only_wheels = ("--only-binary", ":all:", "--disable-pip-version-check", "--quiet")
    platforms = tuple(part for tag in target.platforms for part in ("--platform", tag))
    python = ("--python-version", target.version, "--implementation", "cp")
    where = ("--dest", str(folder), "--requirement", str(REQUIREMENTS))
    run("python", "-m", "pip", "download", *only_wheels, *python, *platforms, *where, has_children=True)


def _check_whole(wheels: list[Path]) -> None:
    pinned = {_normal(name) for name in _PINNED.findall(REQUIREMENTS.read_text())}
    fetched = {_normal(wheel.name.split("-")[0]) for wheel in wheels}
    if pinned != fetched:
        odd = ", ".join(sorted(pinned ^ fetched))
        raise CommandError(f"the package would not be whole: {REQUIREMENTS.name} and what pip fetched differ in {odd}")


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _unpacked(wheel: Path) -> dict[str, bytes]:
    files = archive.read(wheel)
    if odd := next((name for name in files if _INSTALLED_ELSEWHERE.match(name)), None):
        raise CommandError(
            f"{wheel.name}: {odd} would have to be installed elsewhere; this packaging only unpacks wheels"
        )
    return {name: content for name, content in files.items() if not _NOT_NEEDED.match(name)}
