"""A release is made of the files of a commit, as they are in the commit."""

import datetime
from pathlib import Path

import pytest

from deploy.commands import CommandError
from deploy.release.source import commit_time, export
from tests.deploy.release.a_clone import commit, git


def test_only_the_files_of_the_commit_get_into_a_release(tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    clone.mkdir()
    (clone / ".gitignore").write_text("ignored\n")
    (clone / "kept").write_text("kept\n")
    head = commit(clone)
    for name in ("ignored", "new", "kept"):
        (clone / name).write_text("of this machine")
    export(head, tmp_path / "tree", clone)
    assert {path.name for path in (tmp_path / "tree").iterdir()} == {".gitignore", "kept"}
    assert (tmp_path / "tree" / "kept").read_text() == "kept\n"


@pytest.mark.parametrize("setting", [("core.autocrlf", "true"), ("core.eol", "crlf"), ("tar.umask", "0077")])
def test_what_a_person_has_set_changes_neither_line_endings_nor_rights(
    tmp_path: Path, setting: tuple[str, str]
) -> None:
    clone = tmp_path / "clone"
    clone.mkdir()
    (clone / ".gitattributes").write_text("* text=auto eol=lf\n")
    (clone / "text").write_text("a\nb\n")
    head = commit(clone)
    git(clone, "config", *setting)
    export(head, tmp_path / "tree", clone)
    exported = tmp_path / "tree" / "text"
    assert (exported.read_bytes(), exported.stat().st_mode & 0o444) == (b"a\nb\n", 0o444)


def test_the_time_of_a_release_is_that_of_its_commit(tmp_path: Path) -> None:
    assert commit_time(commit(tmp_path), tmp_path) == datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.UTC)


def test_a_commit_that_is_not_there_is_told_in_git_s_words(tmp_path: Path) -> None:
    commit(tmp_path)
    with pytest.raises(CommandError, match=r"git says: .*not a tree"):
        export("0" * 40, tmp_path / "tree", tmp_path)
