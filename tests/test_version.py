"""Which version the reaper says it is: what a build wrote, else what the checkout is, and never a guess."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from chalicelib import checkout, version
from chalicelib.core.version import UNKNOWN, Version

ROOT = Path(__file__).parent.parent
PROJECT = '[project]\nname = "tflock-reaper"\nversion = "1.2.3"\n'
BUILT = Version("7.8.9", "0" * 40)


def git(folder: Path, *arguments: str) -> str:
    who = ("-c", "user.name=A", "-c", "user.email=a@example.invalid", "-c", "commit.gpgsign=false")
    command = ["git", *who, "-C", str(folder), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603


@pytest.fixture
def a_checkout(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "A")
    return tmp_path


def test_a_checkout_has_the_version_of_its_project_and_the_commit_of_git(a_checkout: Path) -> None:
    assert checkout.version(a_checkout) == Version("1.2.3", git(a_checkout, "rev-parse", "HEAD"))


@pytest.mark.parametrize("changed", ["pyproject.toml", "new.py"])
def test_a_checkout_that_differs_from_its_commit_says_so(a_checkout: Path, changed: str) -> None:
    with (a_checkout / changed).open("a") as file:
        file.write("# changed\n")
    assert checkout.version(a_checkout).commit == git(a_checkout, "rev-parse", "HEAD") + "+dirty"


def test_code_that_lies_in_somebody_else_s_repository_does_not_say_its_commit(a_checkout: Path) -> None:
    inside = a_checkout / "vendored"
    inside.mkdir()
    shutil.copy(a_checkout / "pyproject.toml", inside)
    assert checkout.version(inside) == Version("1.2.3", UNKNOWN)


def test_git_is_asked_about_the_checkout_whatever_a_hook_has_told_it(
    a_checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    assert len(checkout.version(a_checkout).commit) == 40


def test_without_git_or_a_commit_the_commit_is_unknown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    assert checkout.version(tmp_path) == Version("1.2.3", UNKNOWN)
    git(tmp_path, "init", "--quiet")
    assert checkout.version(tmp_path) == Version("1.2.3", UNKNOWN)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert checkout.version(tmp_path) == Version("1.2.3", UNKNOWN)


@pytest.mark.parametrize("beside", ['[project]\nname = "other"\nversion = "5"\n', "[tool.other]\n", "not toml", None])
def test_installed_code_has_what_pip_noted_whatever_lies_beside_it(tmp_path: Path, beside: str | None) -> None:
    if beside:
        (tmp_path / "pyproject.toml").write_text(beside)
    found = checkout.version(tmp_path)
    assert (found.number not in {"5", UNKNOWN}, found.commit) == (True, UNKNOWN)


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A folder with the application and what a build writes into it."""
    shutil.copytree(ROOT / "chalicelib", tmp_path / "chalicelib", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "app.py", tmp_path)
    (tmp_path / "chalicelib" / version.NAME).write_bytes(version.encode(BUILT))
    return tmp_path


@pytest.mark.thorough
def test_the_first_line_of_a_process_says_version_and_commit(built: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import sys; sys.path.insert(0, '.'); import app"],
        cwd=built,
        capture_output=True,
        text=True,
        check=True,
    )
    line = json.loads(done.stdout.splitlines()[0])
    assert {name: line[name] for name in ("level", "message", "version", "commit")} == {
        "level": "INFO",
        "message": "started",
        "version": BUILT.number,
        "commit": BUILT.commit,
    }
