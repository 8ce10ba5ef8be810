"""Write to an operator's terminal."""

import io
from typing import TextIO

import click
from rich.console import Console

from chalicelib.core.visible import visible


def tell(*notes: str) -> None:
    """Write notes for the reader to standard error, which is not piped on to another program."""
    for note in notes:
        click.echo(visible(note), err=True)


def console(stream: TextIO) -> Console:
    """Return a console on a stream; it writes characters that the stream's encoding lacks as numbers."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")
    return Console(file=stream, highlight=False)
