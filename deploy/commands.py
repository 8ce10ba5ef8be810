"""Run the programs of the virtual environment, such as ``chalice`` and ``aws``."""

import contextlib
import functools
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
"""The repository."""
_SECONDS_TO_END = 3.0


class CommandError(RuntimeError):
    """A program ended with an error; the text is what the program said."""


def program(name: str) -> Path:
    """Return the path of a program beside this Python, so that no other version of it runs."""
    return Path(sys.executable).with_name(name)


def run(
    name: str | Path,
    *arguments: str,
    folder: Path = ROOT,
    environment: Mapping[str, str] | None = None,
    has_children: bool = False,
) -> str:
    """Run a program to its end and return what it printed. A name is that of a program beside this Python.

    ``has_children``: the program starts other programs, and all of them end when this one is interrupted. Such a
    program cannot ask at the terminal, as the AWS CLI does for an MFA code.

    Raises:
        CommandError: with the program's own words.
    """
    with subprocess.Popen(  # noqa: S603 - no shell, and the program is one of ours
        [name if isinstance(name, Path) else program(name), *arguments],
        cwd=folder,
        env=dict(environment) if environment is not None else None,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=has_children,
    ) as running:
        try:
            output, errors = running.communicate()
        except BaseException:
            _end(running, has_children=has_children)
            raise
    if running.returncode:
        said = (errors.strip() or output.strip())[-4000:]
        raise CommandError(f"{name} {' '.join(arguments[:2])} failed ({running.returncode}):\n{said}")
    return output


def _end(running: "subprocess.Popen[str]", *, has_children: bool) -> None:
    """End a program as Ctrl-C does, so that it can clean up; kill it after a few seconds."""
    send = functools.partial(os.killpg, running.pid) if has_children else running.send_signal
    with contextlib.suppress(ProcessLookupError):
        send(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            running.wait(_SECONDS_TO_END)
        send(signal.SIGKILL)
