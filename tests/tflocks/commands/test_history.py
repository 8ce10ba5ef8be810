import os
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from tflocks.commands.history.picture_file import PictureFile
from tflocks.main import main

ROOT = Path(__file__).parent.parent.parent.parent
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
    ("arguments", "said"),
    [
        ((), "name either a STATE"),
        (("acme/x", "--bucket", "acme"), "name either a STATE"),
        (("a\x1b[2Jb/x",), "not the name of a bucket"),
        (("--top", "acme/x"), "--top takes a number of states"),
        (("--top", "0"), "--top takes a number of states"),
        (("--bucket", "A B"), "not the name of a bucket"),
        (("acme",), "For a whole bucket: --bucket NAME"),
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


def test_a_picture_s_file_is_looked_at_before_aws_is_asked(tmp_path: Path) -> None:
    (tmp_path / "x.html").mkdir()
    done = run("acme/x", "--plot", str(tmp_path / "x.html"))
    assert (done.exit_code, "x.html' is a folder" in done.stderr.replace("\n", "")) == (2, True)


def test_a_picture_s_folder_has_to_be_one_s_own(tmp_path: Path, nobody: None) -> None:
    tmp_path.chmod(0o555)
    done = run("acme/x", "--plot", str(tmp_path / "x.html"))
    assert (done.exit_code, "may not be written by you" in done.stderr) == (2, True)


def test_a_png_takes_matplotlib_and_html_does_not(tmp_path: Path) -> None:
    @click.command()
    @click.option("--plot", type=PictureFile(installed=lambda _library: False))
    def plot(plot: Path) -> None:
        click.echo(f"drawn into {plot.name}")

    done = CliRunner().invoke(plot, ["--plot", str(tmp_path / "x.png")])
    (extra,) = PROJECT["optional-dependencies"]["plot"]
    assert (done.exit_code, done.stderr.endswith(f": {sys.executable} -m pip install {extra}\n")) == (2, True)
    assert CliRunner().invoke(plot, ["--plot", str(tmp_path / "x.html")]).output == "drawn into x.html\n"
    for name in ("x.png", "x.html"):
        assert run("acme/x", "--plot", str(tmp_path / name)).exit_code == 1  # nobody is signed in


def test_without_an_account_it_is_said_how_to_get_at_one() -> None:
    assert "aws sso login" in run("acme/x", "--region", "eu-central-1").stderr
    no_profile = run("acme/x", "--profile", "no\x1bbody")
    assert (no_profile.exit_code, "aws configure list-profiles" in no_profile.stderr) == (1, True)
    assert "no\\u001bbody" in no_profile.stderr
    keys = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
    assert "give --region, or set AWS_REGION" in run("acme/x", **keys).stderr
    no_region = run("acme/x", "--region", "eu west", **keys)
    assert (no_region.exit_code, "give another --region" in no_region.stderr) == (1, True)
