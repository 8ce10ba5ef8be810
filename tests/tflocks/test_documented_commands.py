"""The commands of ``tflocks`` that the documents show: they exist, with these options."""

import re
import shlex
from importlib import import_module

import click
import pytest

from tests.test_prose import DOCUMENTS, ROOT
from tflocks.commands import COMMANDS
from tflocks.commands.doctor.canary.command import canary as canary_command

_BLOCK = re.compile(r"^ *```\w*\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
_LINE = re.compile(r"^ *(?:\$ )?(?:\.venv/bin/)?(tflocks [a-z].*)$", re.MULTILINE)
_INLINE = re.compile(r"`(?:\.venv/bin/)?(tflocks [a-z][^`|]*)`")
_LOG_LINE = "tflocks may not know the newest rules"


def shown(text: str) -> list[list[str]]:
    """Return the words of each command that a document shows."""
    blocks = "\n".join(_BLOCK.findall(text)).replace("\\\n", " ")
    lines = [*_LINE.findall(blocks), *_INLINE.findall(" ".join(text.split()))]
    return [_words(line) for line in lines if line != _LOG_LINE]


def _words(line: str) -> list[str]:
    return shlex.split(re.split(r" [|<>] | \|\| | && ", line)[0], comments=True)


def odd(words: list[str]) -> str:
    """Return what of a command there is not, or ""."""
    name = words[1]
    if name not in COMMANDS:
        return f"no command {name}"
    command = _command(name, canary="--canary" in words)
    known = {option for one in command.params for option in (*one.opts, *one.secondary_opts)} | {"--help", "--canary"}
    return next(
        (f"{name} has no {word}" for word in words if word.startswith("--") and word.split("=")[0] not in known), ""
    )


def _command(name: str, *, canary: bool) -> click.Command:
    if canary:
        return canary_command
    found: click.Command = import_module(f"tflocks.commands.{name.replace('-', '_')}.command").command
    return found


COMMANDS_SHOWN = [(path.relative_to(ROOT).as_posix(), words) for path in DOCUMENTS for words in shown(path.read_text())]


def test_every_command_that_a_document_shows_exists_with_its_options() -> None:
    assert [f"{where}: {wrong}" for where, words in COMMANDS_SHOWN if (wrong := odd(words))] == []


def test_there_are_many_of_them() -> None:
    assert len(COMMANDS_SHOWN) > 50


@pytest.mark.parametrize("line", ["tflocks unlock x", "tflocks list --every", "tflocks release x --id=3 --sure"])
def test_a_command_that_there_is_not_is_found(line: str) -> None:
    assert odd(line.split())
