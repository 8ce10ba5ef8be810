"""A release, built twice as different people would: the same bytes, and in them what an installation needs."""

import hashlib
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import msgspec
import pytest

from chalicelib.core.version import Version
from deploy.package import archive
from tests import needs
from tests.deploy.release.a_clone import commit, git
from tests.deploy.release.test_sbom import schema_problems
from tests.deploy.stack_files import template

ROOT = Path(__file__).parents[3]
NUMBER = "1.0.0"
START = f"tflock-reaper-{NUMBER}-"
pytestmark = pytest.mark.local_cloud  # not for the cloud but for its time, and because pip fetches packages
ONE_PERSON = {"TZ": "Asia/Kolkata", "LANG": "C", "PYTHONHASHSEED": "1", "COLUMNS": "40"}
ANOTHER = {
    "TZ": "America/Lima",
    "LC_ALL": "C.UTF-8",
    "PYTHONHASHSEED": "2",
    "PYTHONOPTIMIZE": "2",
    "PIP_NO_BINARY": ":all:",
}


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One commit with all files as they are here, committed or not."""
    needs.compiler_of_releases()
    folder = tmp_path_factory.mktemp("repository")
    for name in git(ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0"):
        if (path := ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(path.read_bytes())
    commit(folder)
    return folder


@pytest.fixture(scope="module")
def clones(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two clones at different paths, with files of different ages and rights, and different line endings if git can."""
    places = [tmp_path_factory.mktemp("a"), tmp_path_factory.mktemp("another") / "deep" / "and with blanks"]
    for place, endings in zip(places, ("false", "true"), strict=True):
        git(ROOT, "clone", "--quiet", "--config", f"core.autocrlf={endings}", str(repository), str(place))
        (place / ".venv").symlink_to(Path(sys.prefix))
    for path in (places[1] / "chalicelib").rglob("*.py"):
        path.chmod(0o600)
        os.utime(path, (1_000_000_000, 1_000_000_000))
    (places[1] / "chalicelib" / "__pycache__").mkdir()
    (places[1] / "chalicelib" / "__pycache__" / "stray.pyc").write_bytes(b"of another machine")
    return places


@pytest.fixture(scope="module")
def releases(clones: list[Path]) -> list[Path]:
    """Both built at once: there are two cores."""
    people = zip(clones, (ONE_PERSON, ANOTHER), (0o077, 0o002), strict=True)
    building = [_building(clone, surroundings, umask) for clone, surroundings, umask in people]
    try:
        said = [one.communicate(timeout=300) for one in building]
    finally:
        for one in building:
            one.kill()
    assert [one.returncode for one in building] == [0, 0], said
    return [clone / "dist" for clone in clones]


def _building(clone: Path, surroundings: dict[str, str], umask: int) -> "subprocess.Popen[str]":
    return subprocess.Popen(  # noqa: S603  our own program
        [clone / ".venv" / "bin" / "python", "-m", "deploy.release", NUMBER],
        cwd=clone,
        env=os.environ | {"GIT_CONFIG_GLOBAL": os.devnull} | surroundings,
        umask=umask,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


@pytest.fixture(scope="module")
def dist(releases: list[Path]) -> Path:
    return releases[0]


def test_two_people_at_two_places_build_the_same_bytes(releases: list[Path]) -> None:
    one, another = ({path.name: path.read_bytes() for path in sorted(dist.iterdir())} for dist in releases)
    assert [name for name in one.keys() | another.keys() if one.get(name) != another.get(name)] == []


def test_the_checksums_are_those_of_all_other_files(dist: Path) -> None:
    lines = (line.split("  ") for line in (dist / "SHA256SUMS").read_text().splitlines())
    told = {name: digest for digest, name in lines}
    files = {path.name: path.read_bytes() for path in dist.iterdir() if path.name != "SHA256SUMS"}
    assert told == {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}


def test_every_file_is_named_by_its_version(dist: Path) -> None:
    names = {path.name for path in dist.iterdir()} - {"SHA256SUMS", f"tflock_reaper-{NUMBER}-py3-none-any.whl"}
    assert not [name for name in names if not name.startswith(START)]
    templates = {path.name for path in (*(ROOT / "deploy").glob("*.yaml"), ROOT / ".chalice" / "queries.yaml")}
    beside = {"sbom.cdx.json", "third-party-licences.txt", "slack-manifest.yaml"}
    assert {name.removeprefix(START) for name in names} >= {
        "code.zip",
        "template.yaml",
        "terraform.zip",
        *beside,
        *templates,
    }


def test_code_template_and_wheel_say_the_version_and_the_commit(dist: Path, repository: Path) -> None:
    this = Version(NUMBER, git(repository, "rev-parse", "HEAD"))
    for packed in (dist / f"{START}code.zip", next(dist.glob("*.whl"))):
        assert msgspec.json.decode(archive.read(packed)["chalicelib/version.json"], type=Version) == this
    outputs = template((dist / f"{START}template.yaml").read_text())["Outputs"]
    assert (outputs["Version"]["Value"], outputs["Commit"]["Value"]) == (this.number, this.commit)


def test_the_command_line_of_the_wheel_says_the_version_and_the_commit(
    dist: Path, repository: Path, tmp_path: Path
) -> None:
    zipfile.ZipFile(next(dist.glob("*.whl"))).extractall(tmp_path)
    shown = subprocess.run(
        [sys.executable, "-c", "from tflocks.main import main; main(['--version'])"],
        cwd=tmp_path,
        text=True,
        capture_output=True,
        check=True,
    ).stdout
    assert shown.startswith(f"tflocks {NUMBER}, commit {git(repository, 'rev-parse', 'HEAD')}, ")


def test_compiled_code_is_for_the_machine_and_the_python_of_the_functions(dist: Path) -> None:
    names = archive.read(dist / f"{START}code.zip").keys()
    compiled = {name for name in names if name.endswith(".so")}
    assert compiled
    assert not [name for name in compiled if not name.endswith("cpython-313-x86_64-linux-gnu.so")]
    assert not [name for name in names if name.startswith("bin/") or name.endswith((".dll", ".dylib"))]
    tags = {found[1] for name in names if (found := re.search(r"\.(cpython-\d+)\.pyc$", name))}
    assert tags == {"cpython-313"}


def test_whoever_runs_the_code_may_read_all_of_it_and_no_time_is_in_it(dist: Path) -> None:
    for path in dist.glob("*.zip"):
        entries = zipfile.ZipFile(path).infolist()
        assert {(entry.external_attr >> 16, entry.date_time[0]) for entry in entries} == {(0o100644, 1980)}


def test_each_package_in_the_code_has_its_licence_with_it(dist: Path) -> None:
    names = archive.read(dist / f"{START}code.zip").keys()
    packages = {name.partition("/")[0] for name in names if ".dist-info/" in name}
    licensed = {name.partition("/")[0] for name in names if re.search(r"\.dist-info/.*LICEN[CS]E", name)}
    assert "chalice" in {name.partition("-")[0] for name in packages}
    assert packages - licensed == set()
    text = (dist / f"{START}third-party-licences.txt").read_text()
    assert len(re.findall(r"^[\w-]+ [\w.]+: .+\n=+$", text, re.MULTILINE)) == len(packages)


def test_what_the_code_is_made_of_is_told_as_the_published_schema_says(dist: Path) -> None:
    document = json.loads((dist / f"{START}sbom.cdx.json").read_text())
    assert schema_problems(document) == []
    assert {"boto3", "botocore", "chalice", "msgspec", "slack_sdk"} <= {one["name"] for one in document["components"]}
    assert not [one["name"] for one in document["components"] if not one.get("licenses")]


def test_the_terraform_module_has_what_it_makes_its_stacks_of(dist: Path) -> None:
    module = archive.read(dist / f"{START}terraform.zip")
    for name in ("code.zip", "template.yaml", "check-rules.yaml", "slack-manifest.yaml"):
        assert module[f"artifacts/{name}"] == (dist / f"{START}{name}").read_bytes()
    own = {name for name in module if not name.startswith("artifacts/")} - {"LICENSE"}
    assert own == set(
        git(ROOT, "ls-files", "--cached", "--others", "--exclude-standard", "terraform")
        .replace("terraform/", "")
        .split()
    )
