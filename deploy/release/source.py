"""Take the files of a commit, and no others: what merely lies in a checkout is no part of a release."""

import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from deploy.commands import ROOT, CommandError

_MODES = {"100644": 0o644, "100755": 0o755}
"""The kinds of files that a commit may have, and their rights."""
_AS_COMMITTED = {"GIT_NO_REPLACE_OBJECTS": "1"}


def git(*arguments: str, root: Path = ROOT) -> str:
    """Return what git says about a repository.

    Raises:
        CommandError: with git's words.
    """
    return _run(root, *arguments).decode().strip()


def export(commit: str, folder: Path, root: Path = ROOT) -> None:
    """Write the files of a commit into a folder, byte for byte as the commit has them.

    `git archive` would not do: a clone's own attributes and settings change what it writes, and leave files out.

    Raises:
        CommandError: with git's words, or with what in the commit is no file.
    """
    listed = _run(root, "ls-tree", "-r", "-z", "--full-tree", commit).decode().split("\0")[:-1]
    entries = [(*line.partition("\t")[0].split(), line.partition("\t")[2]) for line in listed]
    if odd := [name for mode, _, _, name in entries if mode not in _MODES]:
        raise CommandError(f"a release is made of plain files, and these are links or submodules: {', '.join(odd)}")
    contents = _contents(_run(root, "cat-file", "--batch", given="\n".join(one for _, _, one, _ in entries)))
    for (mode, _, _, name), content in zip(entries, contents, strict=True):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        path.chmod(_MODES[mode])


def _contents(batch: bytes) -> Iterator[bytes]:
    """Return the files in an answer of ``git cat-file --batch``, each after a line that ends with its size."""
    at = 0
    while at < len(batch):
        start = batch.index(b"\n", at) + 1
        *_, size = batch[at:start].decode().split()
        if size == "missing":
            raise CommandError(f"the clone lacks a part of the commit: {batch[at:start].decode().strip()}")
        at = start + int(size)
        yield batch[start:at]
        at += 1  # the line feed after it


def commit_time(commit: str, root: Path = ROOT) -> datetime:
    """Return when a commit was made.

    Raises:
        CommandError: with git's words.
    """
    return datetime.fromtimestamp(int(git("rev-list", "-1", "--format=%ct", commit, root=root).splitlines()[-1]), UTC)


def tags(*which: str, root: Path = ROOT) -> set[str]:
    """Return the names of all tags, or of those that options of ``git for-each-ref`` leave.

    Raises:
        CommandError: with git's words.
    """
    return set(git("for-each-ref", "--format=%(refname:lstrip=2)", *which, "refs/tags", root=root).splitlines())


def _run(root: Path, *arguments: str, given: str = "") -> bytes:
    """Run git. What is asked of it here are commands for programs: what a person has set does not change them."""
    # GIT_DIR and its like would have git look elsewhere: a hook has them. A replacement (git replace) is this clone's.
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")} | _AS_COMMITTED
    command = ["git", "-C", str(root), *arguments]
    try:
        done = subprocess.run(command, env=surroundings, input=given.encode(), capture_output=True, check=False)  # noqa: S603
    except OSError as error:
        raise CommandError(f"git cannot be run ({error.strerror}); a release is made of a commit") from None
    if done.returncode:
        raise CommandError(f"git says: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout
