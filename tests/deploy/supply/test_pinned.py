"""Test that every package is pinned to one version and to the hashes of its files."""

import hashlib
import re
import tomllib
import zipfile
from pathlib import Path

import pytest

from deploy.commands import ROOT, CommandError
from deploy.package import dependencies
from deploy.package.target import Target
from deploy.supply import pinned
from deploy.supply.pinned import DEPLOY, DEV, FILES, MAINTAIN, SHIPPED, NotPinnedError, Pinned, normal, read

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def versions(file: Path) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for one in read(file):
        found.setdefault(one.name, set()).add(one.version)
    return found


def asked_for(file: Path) -> set[str]:
    """The names in a file of what we ask for, with those of the files that it includes."""
    names: set[str] = set()
    for line in file.read_text().splitlines():
        if line.startswith("-r "):
            names |= asked_for(file.with_name(line[3:]))
        elif line and not line.startswith("#"):
            names.add(normal(re.split(r"[\[=<>!~; ]", line)[0]))
    return names


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_each_requirement_is_one_version_and_the_hashes_of_its_files(file: Path) -> None:
    assert [one.name for one in read(file) if not one.hashes] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_pinned_file_has_all_that_is_asked_for(file: Path) -> None:
    assert asked_for(file.with_suffix(".in")) <= versions(file).keys()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_pinned_file_names_no_place_to_install_from(file: Path) -> None:
    """Who installs names it, by pip's own settings: many have a mirror of their own."""
    options = [line for line in map(str.strip, file.read_text().splitlines()) if line.startswith("-")]
    assert [line for line in options if not line.startswith("--hash=")] == []
    assert "//" not in file.read_text()


@pytest.mark.parametrize(("small", "large"), [(SHIPPED, DEPLOY), (DEPLOY, DEV)], ids=lambda file: file.name)
def test_what_ships_is_deployed_with_and_tested_in_the_same_version_of_the_same_files(small: Path, large: Path) -> None:
    assert set(read(small)) <= set(read(large))


def test_deploying_installs_nothing_of_the_tests_and_the_demo() -> None:
    left_out = {"playwright", "ministack", "moto", "pytest", "mypy", "matplotlib", "numpy", "aws-sam-translator"}
    assert left_out.isdisjoint(versions(DEPLOY))
    assert left_out <= versions(DEV).keys()


def test_the_versions_that_the_command_line_asks_for_are_the_pinned_ones() -> None:
    asked = [pin.split("==") for pin in PROJECT["dependencies"]]
    have = versions(DEPLOY)
    assert {name: {version} for name, version in asked} == {name: have[normal(name)] for name, _version in asked}
    [plot] = PROJECT["optional-dependencies"]["plot"]
    assert {plot.split("==")[1]} == versions(DEV)["matplotlib"]


def test_the_wheel_is_built_here_by_the_version_that_builds_it_anywhere() -> None:
    [builder] = tomllib.loads((ROOT / "pyproject.toml").read_text())["build-system"]["requires"]
    assert builder.split("==")[1] in versions(DEPLOY)["setuptools"]


def test_what_maintainers_run_is_pinned_too() -> None:
    assert "uv" in versions(MAINTAIN)


def test_a_marker_a_version_and_hashes_are_read_from_the_lines_as_they_are_written(tmp_path: Path) -> None:
    file = tmp_path / "requirements.txt"
    one, other = "a" * 64, "b" * 64
    file.write_text(
        "# written by a tool\n"
        f"Some_Pkg==1.2 ; python_version < '3.12' \\\n    --hash=sha256:{one} \\\n    --hash=sha256:{other}\n"
        "    # via -r requirements.in\nsix==1.0\n"
    )
    assert read(file) == [
        Pinned("some-pkg", "1.2", "python_version < '3.12'", frozenset({one, other})),
        Pinned("six", "1.0", "", frozenset()),
    ]


@pytest.mark.parametrize("line", ["-e .", "six", "six>=1", "-r other.txt", "six @ file:///six.whl"])
def test_a_line_that_names_no_one_version_is_told(tmp_path: Path, line: str) -> None:
    (tmp_path / "requirements.txt").write_text(f"{line}\n")
    with pytest.raises(NotPinnedError, match=re.escape(line)):
        read(tmp_path / "requirements.txt")


def wheel(folder: Path) -> Path:
    """A wheel of a package that nobody has."""
    path = folder / "made_up_here-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("made_up_here.py", "")
        made.writestr(
            "made_up_here-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: made-up-here\nVersion: 1.0\n"
        )
        made.writestr(
            "made_up_here-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        made.writestr("made_up_here-1.0.dist-info/RECORD", "")
    return path


def fetched(folder: Path, line: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    (folder / "requirements.txt").write_text(line)
    return dependencies.fetch(Target("3.13"), folder / "requirements.txt")


def test_a_file_with_the_pinned_hash_is_packaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    right = hashlib.sha256(wheel(tmp_path).read_bytes()).hexdigest()
    files = fetched(tmp_path, f"made-up-here==1.0 --hash=sha256:{right}\n", monkeypatch)
    assert "made_up_here.py" in files


def test_a_file_with_another_hash_ends_the_build_and_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel(tmp_path)
    with pytest.raises(CommandError, match=r"(?s)DO NOT MATCH THE HASHES.*made-up-here==1\.0.*Expected sha256 0{64}"):
        fetched(tmp_path, f"made-up-here==1.0 --hash=sha256:{'0' * 64}\n", monkeypatch)


def test_a_package_without_a_hash_ends_the_build_and_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel(tmp_path)
    with pytest.raises(CommandError, match=r"(?s)Hashes are required.*made-up-here==1\.0"):
        fetched(tmp_path, "made-up-here==1.0\n", monkeypatch)


def test_no_name_is_pinned_twice_for_one_place() -> None:
    twice = [
        name
        for file in FILES
        for name, found in versions(file).items()
        if len(found) > 1 and not has_markers(file, name)
    ]
    assert twice == []


def has_markers(file: Path, name: str) -> bool:
    return all(one.marker for one in pinned.read(file) if one.name == name)
