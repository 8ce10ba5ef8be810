"""``make release``: build all files of a version into ``dist/``."""

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

from chalicelib.core.version import Version
from deploy.commands import ROOT, CommandError, run
from deploy.release import preconditions, source

_DIST = "dist"
_SAME_EVERYWHERE = {"LC_ALL": "C.UTF-8", "TZ": "UTC"}
_UMASK = 0o022


def main(arguments: list[str]) -> int:
    """Check what a release needs, build it, and put it in the place of ``dist/``."""
    parser = argparse.ArgumentParser(prog="python -m deploy.release")
    parser.add_argument("version", help="three numbers, such as 1.0.0")
    version = parser.parse_args(arguments).version
    if found := preconditions.problems(version):
        print("cannot release:\n" + "".join(f"  - {line}\n" for line in found), file=sys.stderr, end="")
        return 1
    os.umask(_UMASK)
    try:
        names = release(version)
    except CommandError as error:
        print(error, file=sys.stderr)
        return 1
    print("".join(f"{_DIST}/{name}\n" for name in names), end="")
    print("".join(f"{line}\n" for line in preconditions.remarks(version)), end="")
    return 0


def release(number: str, root: Path = ROOT) -> list[str]:
    """Build a version of the commit that is checked out, into ``dist/``; return the names of its files.

    The code of that very commit builds it. Until all is built, what was there stays.

    Raises:
        CommandError: with what could not be built, or written to the disk.
    """
    version = Version(number, source.git("rev-parse", "HEAD", root=root))
    try:
        (build := root / "build").mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=build, prefix="release-") as name:
            _put(_built(version, root, Path(name)), root / _DIST, Path(name))
        return sorted(path.name for path in (root / _DIST).iterdir())
    except OSError as error:
        raise CommandError(f"{number} was not released, and {_DIST}/ is as it was: {error}") from error


def _built(version: Version, root: Path, folder: Path) -> Path:
    """Return a folder with all files of the version, which is in the one given."""
    time = source.commit_time(version.commit, root)
    tree, made = folder / "source", folder / _DIST
    source.export(version.commit, tree, root)
    made.mkdir()
    what = (version.number, version.commit, time.isoformat(), str(made))
    print(f"building {version.text} ...", flush=True)
    build = ("-m", "deploy.release.building", *what)
    run("python", *build, folder=tree, environment=_surroundings(), has_children=True)
    return made


def _surroundings() -> dict[str, str]:
    """Return the environment of a build: nothing in it depends on the person, but where to find pip's packages."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "AWS_", "LC_", "LANG"))}
    return kept | _SAME_EVERYWHERE


def _put(made: Path, dist: Path, folder: Path) -> None:
    """Replace the whole of ``dist/``: a file of another version must not lie beside these."""
    if dist.exists():
        dist.rename(folder / "before")
    made.rename(dist)
    shutil.rmtree(folder / "before", ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
