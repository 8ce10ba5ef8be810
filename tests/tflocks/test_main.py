import pkgutil
import re
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import click
from click.testing import CliRunner

import tflocks.commands
from chalicelib.checked_rules import FORMAT
from chalicelib.version import this_version
from tflocks.commands import COMMANDS
from tflocks.main import CommandsByName, main

ROOT = Path(__file__).parent.parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def test_every_folder_of_commands_is_a_command_that_help_names() -> None:
    folders = {name: name.replace("-", "_") for name in COMMANDS}
    assert {module.name for module in pkgutil.iter_modules(tflocks.commands.__path__)} == set(folders.values())
    shown = " ".join(CliRunner().invoke(main, ["--help"]).output.split())
    for name, summary in COMMANDS.items():
        assert import_module(f"tflocks.commands.{folders[name]}.command").command.name == name
        assert re.search(f"{name} {re.escape(summary)}", shown)


def test_an_error_does_nothing_to_a_terminal_whoever_s_words_are_in_it() -> None:
    @click.command()
    def failing() -> None:
        raise click.ClickException("AWS said \x1b[2J\u202e")

    group = CommandsByName("tflocks", summaries={"failing": "Fails."}, load=lambda _name: failing)
    done = CliRunner().invoke(group, ["failing"])
    assert (done.exit_code, done.stderr) == (1, "Error: AWS said \\u001b[2J\\u202e\n")


def test_the_version_is_shown_with_the_commit_and_the_format_of_the_rules() -> None:
    shown = CliRunner().invoke(main, ["--version"]).output
    assert shown == f"tflocks {this_version().number}, commit {this_version().commit}, rules of format {FORMAT}\n"


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
