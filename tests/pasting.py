"""Paste the commands of a fix, as a person does into a shell: ``aws`` and ``tflocks``, both in this process."""

import io
import os
import shlex
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from typing import Any

from awscli.clidriver import create_clidriver  # type: ignore[import-untyped]
from click.testing import CliRunner

from tflocks.main import main


def paste(commands: str) -> None:
    """Run commands, one after the other; the first that fails is an AssertionError with what it said."""
    for words in commands_in(commands):
        status, said = _aws(words[1:]) if words[0] == "aws" else _tflocks(words)
        assert status == 0, f"{shlex.join(words)}\n{said}"


def commands_in(text: str) -> Iterator[list[str]]:
    """The words of each command. A quote that is open at the end of a line, or a backslash there, goes on in the next.

    What is more than a command with its arguments (a pipe, a variable) is refused: nobody here would run it as a shell.
    """
    pending = ""
    for line in text.splitlines():
        pending += line
        try:
            words = shlex.split(pending, comments=True)
        except ValueError:  # an open quote, or a backslash at the end
            pending = pending[:-1] if pending.endswith("\\") else f"{pending}\n"
            continue
        pending = ""
        if words:
            assert words[0] in {"aws", "tflocks"}, f"no command of ours: {line}"
            yield words
    assert not pending, f"a quote stays open: {pending}"


def _aws(arguments: list[str]) -> tuple[int, str]:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, "utf-8")
    # "aws sqs" ignores AWS_ENDPOINT_URL.
    endpoint = os.environ.get("AWS_ENDPOINT_URL")
    given = [*(["--endpoint-url", endpoint] if endpoint else []), *arguments]
    with redirect_stdout(out), redirect_stderr(out):
        status = _driver(os.environ["AWS_ACCESS_KEY_ID"]).main(given)
    out.flush()
    return int(status), raw.getvalue().decode(errors="replace")


@cache
def _driver(_credentials: str) -> Any:
    return create_clidriver()


def _tflocks(words: list[str]) -> tuple[int, str]:
    done = CliRunner().invoke(main, words[1:])
    return done.exit_code, done.output
