"""Git repositories for tests, and clones of them."""

import os
import subprocess
from pathlib import Path

_WHO = {"GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.invalid", "GIT_CONFIG_NOSYSTEM": "1"}
_WHEN = {"GIT_AUTHOR_DATE": "2026-01-02T03:04:05Z", "GIT_COMMITTER_DATE": "2026-01-02T03:04:05Z"}
_QUIET = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@example.invalid"}


def git(folder: Path, *arguments: str) -> str:
    """Run git as nobody in particular, at a certain time, and return what it says."""
    surroundings = os.environ | _WHO | _WHEN | _QUIET
    command = ["git", "-C", str(folder), *arguments]
    done = subprocess.run(command, env=surroundings, capture_output=True, text=True, check=True)  # noqa: S603
    return done.stdout.strip()


def commit(folder: Path) -> str:
    """Commit all that is in a folder, which becomes a repository if it is none; return the commit."""
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", "A")
    return git(folder, "rev-parse", "HEAD")
