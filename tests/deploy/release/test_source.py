"""A release is made of the files of a commit, as they are in the commit."""

import datetime
from pathlib import Path

import pytest

from deploy.commands import CommandError
from deploy.release.source import commit_time, export
from tests.deploy.release.a_clone import commit, git


def test_only_the_files_of_the_commit_get_into_a_release(tmp_path: Path) -> None:
    clone = a_clone(tmp_path)
    (clone / ".gitignore").write_text("ignored\n")
    (clone / "kept").write_text("kept\n")
    head = commit(clone)
    for name in ("ignored", "new", "kept"):
        (clone / name).write_text("of this machine")
    export(head, tmp_path / "tree", clone)
    assert {path.name for path in (tmp_path / "tree").iterdir()} == {
        ".gitattributes",
        ".gitignore",
        "kept",
        "text",
    }
    assert (tmp_path / "tree" / "kept").read_text() == "kept\n"


SETTINGS = [("core.autocrlf", "true"), ("core.eol", "crlf"), ("tar.umask", "0077"), ("log.showSignature", "true")]


@pytest.mark.parametrize("setting", SETTINGS)
def test_what_a_person_has_set_changes_neither_line_endings_nor_rights(
    tmp_path: Path, setting: tuple[str, str]
) -> None:
    clone = a_clone(tmp_path)
    head = commit(clone)
    git(clone, "config", *setting)
    export(head, tmp_path / "tree", clone)
    exported = tmp_path / "tree" / "text"
    assert (exported.read_bytes(), exported.stat().st_mode & 0o444) == (b"a\nb\n", 0o444)


@pytest.mark.parametrize("attribute", ["text eol=crlf", "export-ignore", "export-subst", "ident", "filter=mine"])
def test_attributes_that_only_this_clone_has_change_no_file(tmp_path: Path, attribute: str) -> None:
    clone = a_clone(tmp_path, "$Format:%H$\n$Id$\n")
    head = commit(clone)
    git(clone, "config", "filter.mine.smudge", "tr a-z A-Z")
    (clone / ".git" / "info").mkdir(exist_ok=True)
    (clone / ".git" / "info" / "attributes").write_text(f"text {attribute}\n")
    export(head, tmp_path / "tree", clone)
    assert (tmp_path / "tree" / "text").read_text() == "$Format:%H$\n$Id$\n"


def test_a_commit_that_this_clone_has_replaced_is_released_as_it_was_made(tmp_path: Path) -> None:
    clone = a_clone(tmp_path, "of the commit\n")
    head = commit(clone)
    (clone / "text").write_text("of the replacement\n")
    git(clone, "replace", head, commit(clone))
    export(head, tmp_path / "tree", clone)
    assert (tmp_path / "tree" / "text").read_text() == "of the commit\n"


def test_any_bytes_under_any_name_are_exported_as_they_are(tmp_path: Path) -> None:
    clone = a_clone(tmp_path)
    odd = {"a b": b"\0\xff\r\n", '\u00fc\t"': b"", "deep/er/x": b"no line feed", "n": b"\n\n"}
    for name, content in odd.items():
        (clone / name).parent.mkdir(parents=True, exist_ok=True)
        (clone / name).write_bytes(content)
    export(commit(clone), tmp_path / "tree", clone)
    assert {name: (tmp_path / "tree" / name).read_bytes() for name in odd} == odd


def test_a_program_stays_one_and_a_link_is_refused_by_its_name(tmp_path: Path) -> None:
    clone = a_clone(tmp_path)
    (clone / "text").chmod(0o755)
    export(commit(clone), tmp_path / "tree", clone)
    assert (tmp_path / "tree" / "text").stat().st_mode & 0o111 == 0o111
    (clone / "link").symlink_to("/etc/passwd")
    with pytest.raises(CommandError, match="links or submodules: link"):
        export(commit(clone), tmp_path / "other", clone)


def a_clone(folder: Path, text: str = "a\nb\n") -> Path:
    clone = folder / "clone"
    clone.mkdir()
    (clone / ".gitattributes").write_text("* -text\n")
    (clone / "text").write_text(text)
    return clone


def test_the_time_of_a_release_is_that_of_its_commit(tmp_path: Path) -> None:
    assert commit_time(commit(tmp_path), tmp_path) == datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.UTC)


def test_a_commit_that_is_not_there_is_told_in_git_s_words(tmp_path: Path) -> None:
    commit(tmp_path)
    with pytest.raises(CommandError, match=r"git says: .*(not a tree|bad object)"):
        export("0" * 40, tmp_path / "tree", tmp_path)
