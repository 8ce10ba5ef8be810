"""Take the files of a commit, and no others: what merely lies in a checkout is no part of a release."""

import io
import os
import subprocess
import tarfile
from datetime import UTC, datetime
from pathlib import Path

from deploy.commands import ROOT, CommandError


def git(*arguments: str, root: Path = ROOT) -> str:
    """Return what git says about a repository.

    Raises:
        CommandError: with git's words.
    """
    return _run(root, *arguments).decode().strip()


def export(commit: str, folder: Path, root: Path = ROOT) -> None:
    """Write the files of a commit into a folder.

    Raises:
        CommandError: with git's words.
    """
    # Nothing of a person's own settings: these would change line endings, or who may read a file.
    plain = ("-c", "core.autocrlf=false", "-c", f"core.attributesFile={os.devnull}", "-c", "tar.umask=0022")
    packed = _run(root, *plain, "archive", "--format=tar", commit)
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(folder, filter="data")


def commit_time(commit: str, root: Path = ROOT) -> datetime:
    """Return when a commit was made.

    Raises:
        CommandError: with git's words.
    """
    return datetime.fromtimestamp(int(git("show", "--no-patch", "--format=%ct", commit, root=root)), UTC)


def _run(root: Path, *arguments: str) -> bytes:
    # GIT_DIR and its like would have git look elsewhere: a hook has them.
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    command = ["git", "-C", str(root), *arguments]
    try:
        done = subprocess.run(command, env=surroundings, capture_output=True, check=False)  # noqa: S603
    except OSError as error:
        raise CommandError(f"git cannot be run ({error.strerror}); a release is made of a commit") from None
    if done.returncode:
        raise CommandError(f"git says: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout
