"""What `make release` leaves in `dist/`, and what it says. The commits here bring a build of their own, a quick one."""

import stat
from pathlib import Path

import pytest

from deploy.commands import CommandError
from deploy.release.__main__ import main, release
from tests.deploy.release.a_clone import commit

BUILD = """
import os, sys, pathlib
from datetime import datetime
number, commit, time, folder = sys.argv[1:]
datetime.fromisoformat(time)
pathlib.Path(folder, f"{number}-{os.environ['TZ']}-{pathlib.Path('kept').read_text()}").write_text(commit)
"""
FAILING = "import pathlib, sys; pathlib.Path(sys.argv[4], 'half').write_text(''); sys.exit('no wheel of it')"


def a_commit(clone: Path, build: str = BUILD) -> str:
    folder = clone / "deploy" / "release"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "building.py").write_text(build)
    (clone / "kept").write_text("kept")
    (clone / ".gitignore").write_text("dist/\nbuild/\n")
    return commit(clone)


def test_the_code_of_the_commit_builds_the_release_from_the_files_of_the_commit(tmp_path: Path) -> None:
    head = a_commit(tmp_path)
    (tmp_path / "kept").write_text("changed")
    assert release("1.0.0", tmp_path) == ["1.0.0-UTC-kept"]
    assert (tmp_path / "dist" / "1.0.0-UTC-kept").read_text() == head


def test_a_release_takes_the_whole_place_of_another_version(tmp_path: Path) -> None:
    a_commit(tmp_path)
    release("1.0.0", tmp_path)
    assert release("2.0.0", tmp_path) == ["2.0.0-UTC-kept"]


def test_a_release_that_fails_says_why_and_leaves_what_was_there(tmp_path: Path) -> None:
    a_commit(tmp_path)
    release("1.0.0", tmp_path)
    a_commit(tmp_path, FAILING)
    with pytest.raises(CommandError, match="no wheel of it"):
        release("2.0.0", tmp_path)
    assert [path.name for path in (tmp_path / "dist").iterdir()] == ["1.0.0-UTC-kept"]
    assert [*(tmp_path / "build").iterdir()] == []


def test_what_the_disk_does_not_take_is_told_in_words(tmp_path: Path) -> None:
    a_commit(tmp_path)
    (tmp_path / "build").write_text("in the way")
    with pytest.raises(CommandError, match=r"1\.0\.0 was not released, and dist/ is as it was: .*build"):
        release("1.0.0", tmp_path)


def test_other_people_of_the_machine_may_read_a_release(tmp_path: Path) -> None:
    a_commit(tmp_path)
    release("1.0.0", tmp_path)
    assert stat.S_IMODE((tmp_path / "dist").stat().st_mode) & 0o055 == 0o055


def test_what_cannot_be_released_is_told_all_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["one"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("cannot release:\n  - VERSION=one is no version")
