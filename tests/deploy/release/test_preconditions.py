"""What is in the way of a release, and what people are told of it."""

from pathlib import Path

import pytest

from deploy import runtime
from deploy.release import packing
from deploy.release.preconditions import compiler_problem, problems, remarks
from tests.deploy.release.a_clone import commit, git

PROJECT = '[project]\nversion = "{}"\n'


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    say(tmp_path, "1.0.0", "## 1.0.0 - 2026-01-02\n")
    commit(tmp_path)
    return tmp_path


def say(folder: Path, version: str, changelog: str) -> None:
    (folder / "pyproject.toml").write_text(PROJECT.format(version))
    (folder / "CHANGELOG.md").write_text(f"# Changelog\n\n{changelog}")


def of_commit(version: str, root: Path) -> list[str]:
    """Without what this machine lacks."""
    return [one for one in problems(version, root) if "machine" not in one and "zlib" not in one]


@pytest.mark.parametrize("version", ["1.0.0", "0.1.0", "10.20.30", "1.0.0-rc.1"])
def test_a_clean_commit_without_a_tag_can_be_built_as_any_version(clone: Path, version: str) -> None:
    assert of_commit(version, clone) == []


@pytest.mark.parametrize(
    "version", ["v1.0.0", "1.0", "1", "01.0.0", "1.0.0rc1", "1.0.0-rc.01", "1.0.0\n", "a", "1.0.0+x"]
)
def test_what_is_no_version_is_refused_with_an_example(clone: Path, version: str) -> None:
    [said] = of_commit(version, clone)
    assert "three numbers, as 1.0.0" in said


def test_a_version_has_to_be_named(clone: Path) -> None:
    assert of_commit("", clone) == ["name the version: make release VERSION=1.0.0"]


def test_files_that_are_not_in_the_commit_are_named(clone: Path) -> None:
    (clone / "CHANGELOG.md").write_text("changed")
    (clone / "new.py").write_text("")
    [said] = of_commit("1.0.0", clone)
    assert said.endswith("commit or remove them: CHANGELOG.md, new.py")


def test_many_files_that_are_not_in_the_commit_are_counted(clone: Path) -> None:
    for number in range(13):
        (clone / f"{number}.py").write_text("")
    [said] = of_commit("1.0.0", clone)
    assert said.endswith(" and 3 more")


def test_a_folder_that_is_no_clone_cannot_be_released(tmp_path: Path) -> None:
    [said] = of_commit("1.0.0", tmp_path)
    assert said.startswith("a release is made of a commit, in a git clone: ")


def test_a_clone_without_a_commit_cannot_be_released(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    [said] = of_commit("1.0.0", tmp_path)
    assert said.startswith("a release is made of a commit, in a git clone: ")


def test_a_version_whose_tag_is_on_another_commit_is_refused(clone: Path) -> None:
    git(clone, "tag", "v1.0.0")
    tagged = git(clone, "rev-parse", "HEAD")
    commit(clone)
    [said] = of_commit("1.0.0", clone)
    assert (f"v1.0.0 is on commit {tagged[:12]}" in said, "check that one out" in said) == (True, True)


@pytest.mark.parametrize("message", [(), ("--annotate", "--message", "A")])
def test_the_commit_with_the_tag_is_released(clone: Path, message: tuple[str, ...]) -> None:
    git(clone, "tag", *message, "v1.0.0")
    assert (of_commit("1.0.0", clone), remarks("1.0.0", clone)) == ([], [])


def test_a_commit_that_is_released_already_is_not_released_as_another_version(clone: Path) -> None:
    git(clone, "tag", "v1.0.0")
    git(clone, "tag", "vintage")
    [said] = of_commit("1.1.0", clone)
    assert said == "this commit is released as v1.0.0; another version is another commit"


@pytest.mark.parametrize("setting", [("column.ui", "always"), ("color.ui", "always"), ("tag.sort", "-version:refname")])
def test_how_a_person_has_git_show_tags_hides_none(clone: Path, setting: tuple[str, str]) -> None:
    for name in ("a", "v0.9.0", "z"):
        git(clone, "tag", name)
    git(clone, "config", *setting)
    assert of_commit("1.0.0", clone) == ["this commit is released as v0.9.0; another version is another commit"]


def test_a_branch_of_the_name_of_a_tag_is_not_taken_for_it(clone: Path) -> None:
    git(clone, "tag", "v1.0.0")
    tagged = git(clone, "rev-parse", "HEAD")
    commit(clone)
    git(clone, "branch", "v1.0.0")
    [said] = of_commit("1.0.0", clone)
    assert f"v1.0.0 is on commit {tagged[:12]}" in said


def test_a_file_of_the_name_of_a_tag_is_not_taken_for_it(clone: Path) -> None:
    (clone / "v1.0.0").write_text("")
    commit(clone)
    git(clone, "tag", "v1.0.0")
    assert of_commit("1.0.0", clone) == []


@pytest.mark.parametrize(
    ("version", "changelog", "lacks"),
    [
        ("0.9.0", "## 1.0.0\n", ["pyproject.toml says 0.9.0"]),
        ("1.0.0", "## Unreleased\n\n## 1.0.0-rc.1\n", ["CHANGELOG.md has no heading `## 1.0.0`"]),
        ("1.0.0", "## 1.0.01\n", ["CHANGELOG.md has no heading `## 1.0.0`"]),
        ("1", "", ["pyproject.toml says 1", "CHANGELOG.md has no heading `## 1.0.0`"]),
    ],
)
def test_a_commit_that_contradicts_its_tag_is_refused_and_without_a_tag_it_is_told(
    clone: Path, version: str, changelog: str, lacks: list[str]
) -> None:
    say(clone, version, changelog)
    commit(clone)
    assert (of_commit("1.0.0", clone), len(remarks("1.0.0", clone))) == ([], 1)
    assert all(one in remarks("1.0.0", clone)[0] for one in lacks)
    git(clone, "tag", "v1.0.0")
    assert of_commit("1.0.0", clone) == [f"the commit with the tag v1.0.0 contradicts it: {one}" for one in lacks]


def test_a_machine_without_the_python_that_compiles_is_told_how_to_get_it() -> None:
    assert f"`uv python install {runtime.COMPILER}`" in (compiler_problem(None) or "")
    assert compiler_problem(Path("python")) is None


def test_a_machine_that_packs_otherwise_is_told_which_library_to_use() -> None:
    said = packing.problem("0" * 64)
    assert said is not None
    assert "use a Python that is linked with zlib" in said


def test_a_machine_that_packs_as_all_do_is_right() -> None:
    assert packing.problem(packing.EXPECTED) is None
