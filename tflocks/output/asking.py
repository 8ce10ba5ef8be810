"""Ask an operator at a terminal."""

from typing import TextIO

import click


def confirmed(question: str, terminal: TextIO) -> bool:
    """Ask a question on standard error; return whether the answer is yes. The end of input is a no."""
    click.echo(f"{question} [y/N] ", nl=False, err=True)
    return terminal.readline().strip().lower() in {"y", "yes"}
