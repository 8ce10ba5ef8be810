"""What has to be so before a release is made: a version, a commit, and a machine that makes the same bytes.

Whoever rebuilds a version, or tries one out, needs no tag. The commit that bears the tag of the version is the release
itself, so all that it says of its version has to agree.
"""

import re
import tomllib
from pathlib import Path

from deploy import runtime
from deploy.commands import ROOT, CommandError
from deploy.release import packing
from deploy.release.source import git, tags

_NUMBER = r"(?:0|[1-9]\d*)"
_VERSION = re.compile(rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}(?:-rc\.{_NUMBER})?")
"""Versions that semver.org and PEP 440 both take."""
_MOST_NAMED = 10
_HERE = ("--points-at", "HEAD")


def problems(version: str, root: Path = ROOT) -> list[str]:
    """Return all that is in the way of a release of this version."""
    return [*_of_version(version), *_of_commit(version, root), *_of_machine()]


def remarks(version: str, root: Path = ROOT) -> list[str]:
    """Return what somebody who means to publish this version has to do before."""
    if _tag(version) in tags(*_HERE, root=root):
        return []
    left = [*_contradictions(version, root), f"git tag --sign {_tag(version)}"]
    return [f"only for trying out, because this commit has no tag {_tag(version)}; to publish it: {'; '.join(left)}"]


def _tag(version: str) -> str:
    return f"v{version}"


def _of_version(version: str) -> list[str]:
    if not version:
        return ["name the version: make release VERSION=1.0.0"]
    if not _VERSION.fullmatch(version):
        return [f"VERSION={version} is no version; it is three numbers, as 1.0.0, or a candidate, as 1.0.0-rc.1"]
    return []


def _of_commit(version: str, root: Path) -> list[str]:
    try:
        changed = git("status", "--porcelain", root=root).splitlines()
        commit, here = git("rev-parse", "--verify", "HEAD", root=root), tags(*_HERE, root=root)
        is_there = _tag(version) in tags(root=root)
        tagged = git("rev-list", "-1", f"refs/tags/{_tag(version)}", "--", root=root) if is_there else commit
    except CommandError as error:
        return [f"a release is made of a commit, in a git clone: {error}"]
    found = [f"these files differ from the commit; commit or remove them: {_named(changed)}"] if changed else []
    if tagged != commit:
        found.append(
            f"the tag {_tag(version)} is on commit {tagged[:12]}, and this is {commit[:12]}; check that one out"
        )
    if _tag(version) in here:
        found += [
            f"the commit with the tag {_tag(version)} contradicts it: {one}" for one in _contradictions(version, root)
        ]
    elif others := [tag for tag in sorted(here) if _VERSION.fullmatch(tag.removeprefix("v"))]:
        found.append(f"this commit is released as {', '.join(others)}; another version is another commit")
    return found


def _named(changed: list[str]) -> str:
    rest = len(changed) - _MOST_NAMED
    return ", ".join(line[2:].strip() for line in changed[:_MOST_NAMED]) + (f" and {rest} more" if rest > 0 else "")


def _contradictions(version: str, root: Path) -> list[str]:
    """Return what else in the commit has to name the version before it is published."""
    said = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    has_heading = re.search(
        rf"^## {re.escape(version)}(?:\s|$)", (root / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    other = [] if said == version else [f"pyproject.toml says {said}"]
    return other + ([] if has_heading else [f"CHANGELOG.md has no heading `## {version}`"])


def _of_machine() -> list[str]:
    found = (packing.problem(), compiler_problem(runtime.find(runtime.COMPILER)))
    return [one for one in found if one]


def compiler_problem(python: Path | None) -> str | None:
    """Return what to do where there is no Python that compiles releases, or None."""
    if python:
        return None
    return (
        f"a release is compiled by Python {runtime.COMPILER}, because another one makes other bytecode; here "
        f"is none: `uv python install {runtime.COMPILER}` or `pyenv install {runtime.COMPILER}`"
    )
