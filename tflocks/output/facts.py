"""Lay out facts about one lock, one a line. Foreign text is made visible."""

from typing import TextIO

import click

from chalicelib.core.visible import visible

_WIDTH = 10


def show_facts(facts: list[tuple[str, str]], stream: TextIO) -> None:
    """Write names and values."""
    for name, value in facts:
        click.echo(f"{name:<{_WIDTH}} {visible(value)}", file=stream)
