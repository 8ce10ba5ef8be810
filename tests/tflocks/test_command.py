import ast
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from tflocks.commands.arguments import form
from tflocks.commands.state_path import StatePathError, split
from tflocks.main import main
from tflocks.sources.clients import Clients

ROOT = Path(__file__).parent.parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def run(*arguments: str, **environment: str) -> Result:
    nobody = {"AWS_PROFILE": None, "AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": "/dev/null"}
    nobody |= {
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_ACCESS_KEY_ID": None,
        "AWS_DEFAULT_REGION": None,
        "AWS_REGION": None,
    }
    return CliRunner().invoke(main, ["history", *arguments], env=nobody | environment)


@pytest.fixture
def nobody() -> Iterator[None]:
    """Somebody without root's rights, who may write everywhere."""
    root = os.getuid() == 0
    if root:
        os.setreuid(65534, 0)
    yield
    if root:
        os.setreuid(0, 0)


@pytest.mark.parametrize(
    "text",
    ["acme-tfstate/prod/x.tfstate", "s3://acme-tfstate/prod/x.tfstate", "S3://acme-tfstate/prod/x.tfstate.tflock"],
)
def test_a_state_is_understood_as_people_write_it(text: str) -> None:
    assert split(text) == ("acme-tfstate", "prod/x.tfstate")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("acme-tfstate", "--bucket acme-tfstate"),
        ("acme-tfstate/.tflock", "no state key"),
        ("https://acme-tfstate.s3.amazonaws.com/x", "https:// is not S3"),
        ("arn:aws:s3:::acme/x", "not the name of a bucket"),
        ("UPPER/x", "not the name of a bucket"),
        ("acme/" + "é" * 600, "1024 bytes"),
        ("", "not the name of a bucket"),
    ],
)
def test_what_names_no_state_is_told_what_is_expected(text: str, said: str) -> None:
    with pytest.raises(StatePathError, match=said):
        split(text)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "name either a STATE"),
        (("acme/x", "--bucket", "acme"), "name either a STATE"),
        (("a\x1b[2Jb/x",), "not the name of a bucket"),
        (("--top", "acme/x"), "--top takes a number of states"),
        (("--top", "0"), "--top takes a number of states"),
        (("--bucket", "A B"), "not the name of a bucket"),
        (("acme/x", "--since", "soon"), "not a duration like 45m, 2h or 1d"),
        (("acme/x", "--plot", "x.gif"), ".png, .html"),
        (("acme/x", "--plot", "/no/such/x.png"), "there is no folder '/no/such'"),
        (("acme/x", "--plot", "x" * 300 + ".png"), "File name too long"),
        (("acme/\udcff",), "the key is not UTF-8"),
        (("--top", "9" * 5000), "--top takes a number of states"),
        (("--top", "-1", "--bucket", "acme"), "No such option"),
        (("--top", "\u0663"), "--top takes a number of states"),
        (("acme/x", "--since", "9" * 5000 + "d"), "not a duration"),
        (("acme/x", "--since", "\x1b[2J\udcff"), "not a duration"),
        (("acme/x", "b", "\x1b[2J\u202e\ufe0f"), "unexpected extra arguments (b \\u001b[2J\\u202e\\ufe0f)"),
        (("acme/x", "--\x1b[2J"), "No such option"),
    ],
)
def test_a_wrong_command_line_is_a_usage_error(arguments: tuple[str, ...], said: str) -> None:
    done = run(*arguments)
    assert done.exit_code == 2
    assert said in done.stderr.replace("\n", " ")
    assert done.stderr.replace("\n", "").isprintable()
    assert done.stdout == ""


def test_only_what_stands_before_all_is_a_scheme() -> None:
    assert split("acme-tfstate/a://b") == ("acme-tfstate", "a://b")
    assert split("s3://acme-tfstate/https://x") == ("acme-tfstate", "https://x")


def test_a_picture_s_file_is_looked_at_before_aws_is_asked(tmp_path: Path) -> None:
    (tmp_path / "x.html").mkdir()
    done = run("acme/x", "--plot", str(tmp_path / "x.html"))
    assert (done.exit_code, "x.html' is a folder" in done.stderr.replace("\n", "")) == (2, True)


def test_a_picture_s_folder_has_to_be_one_s_own(tmp_path: Path, nobody: None) -> None:
    tmp_path.chmod(0o555)
    done = run("acme/x", "--plot", str(tmp_path / "x.html"))
    assert (done.exit_code, "may not be written by you" in done.stderr) == (2, True)


def test_a_png_takes_matplotlib_and_html_does_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    done = run("acme/x", "--plot", str(tmp_path / "x.png"))
    (extra,) = PROJECT["optional-dependencies"]["plot"]
    assert (done.exit_code, done.stderr.endswith(f": {sys.executable} -m pip install {extra}\n")) == (2, True)
    assert run("acme/x", "--plot", str(tmp_path / "x.html")).exit_code == 1  # nobody is signed in


def test_standard_output_has_one_form() -> None:
    assert [form(as_json=one, as_csv=other) for one, other in ((True, False), (False, True), (False, False))] == [
        "json",
        "csv",
        "",
    ]
    with pytest.raises(click.UsageError, match="either --json or --csv"):
        form(as_json=True, as_csv=True)


@pytest.mark.parametrize(
    ("option", "environment", "region"),
    [
        ("eu-north-1", {"AWS_REGION": "eu-west-1"}, "eu-north-1"),
        (None, {"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-2"}, "eu-west-1"),
        (None, {"AWS_REGION": "", "AWS_DEFAULT_REGION": "eu-west-2"}, "eu-west-2"),
    ],
)
def test_the_region_is_the_option_s_or_that_of_the_environment_as_in_the_aws_cli(
    option: str | None, environment: dict[str, str], region: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (environment | {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}).items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    clients = Clients(None, option)
    assert (clients.logs.meta.region_name, clients.s3.meta.region_name) == (region, region)


def test_an_error_does_nothing_to_a_terminal_whoever_s_words_are_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    @click.command()
    def failing() -> None:
        raise click.ClickException("AWS said \x1b[2J\u202e")

    monkeypatch.setattr(main, "get_command", lambda ctx, name: failing)
    done = CliRunner().invoke(main, ["failing"])
    assert (done.exit_code, done.stderr) == (1, "Error: AWS said \\u001b[2J\\u202e\n")


def test_without_an_account_it_is_said_how_to_get_at_one() -> None:
    assert "aws sso login" in run("acme/x", "--region", "eu-central-1").stderr
    no_profile = run("acme/x", "--profile", "no\x1bbody")
    assert (no_profile.exit_code, "aws configure list-profiles" in no_profile.stderr) == (1, True)
    assert "no\\u001bbody" in no_profile.stderr
    keys = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
    assert "give --region, or set AWS_REGION" in run("acme/x", **keys).stderr
    no_region = run("acme/x", "--region", "eu west", **keys)
    assert (no_region.exit_code, "give another --region" in no_region.stderr) == (1, True)


def test_help_imports_neither_boto3_nor_matplotlib() -> None:
    look = "import sys; from click.testing import CliRunner; from tflocks.main import main; "
    look += "print(CliRunner().invoke(main, sys.argv[1:]).output, *sys.modules)"
    for arguments in (["--help"], ["history", "--help"]):
        done = subprocess.run(  # noqa: S603  our own program
            [sys.executable, "-c", look, *arguments], capture_output=True, text=True, check=True, cwd=ROOT
        )
        assert "history" in done.stdout
        assert not {"boto3", "botocore", "matplotlib"} & set(done.stdout.split())


def test_an_unknown_command_is_a_usage_error() -> None:
    assert CliRunner().invoke(main, ["histroy"]).exit_code == 2


def test_the_version_is_the_project_s() -> None:
    assert PROJECT["version"] in CliRunner().invoke(main, ["--version"]).output


def test_what_the_command_line_installs_is_pinned_as_what_ships_in_the_lambda() -> None:
    shipped = {
        line.split("==")[0]: line for line in (ROOT / "requirements.txt").read_text().splitlines() if "==" in line
    }
    pins = {pin.split("==")[0]: pin for pin in PROJECT["dependencies"]}
    assert all("==" in pin for pin in (*pins.values(), *PROJECT["optional-dependencies"]["plot"]))
    assert {name: pin for name, pin in pins.items() if name in shipped} == {
        name: shipped[name] for name in ("boto3", "msgspec")
    }


def test_the_command_line_sees_only_the_core_and_the_adapters_of_aws() -> None:
    seen = {name for path in (ROOT / "tflocks").rglob("*.py") for name in _ours(path, "chalicelib")}
    assert {".".join(name.split(".")[:2]) for name in seen} == {"chalicelib.core", "chalicelib.aws", "chalicelib.ports"}


def test_nothing_that_ships_in_the_lambda_knows_the_command_line() -> None:
    modules = [ROOT / "app.py", *(ROOT / "chalicelib").rglob("*.py")]
    assert not [path for path in modules if _ours(path, "tflocks")]


def _ours(path: Path, package: str) -> set[str]:
    nodes = list(ast.walk(ast.parse(path.read_text())))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    froms = {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)}
    return {name for name in plain | froms if name.partition(".")[0] == package}
