"""End a command with many mistakes, a line each."""

from collections.abc import Iterable

import click

from chalicelib.core.visible import visible


class MistakesError(click.ClickException):
    """All that is wrong with something, one under the other; a mistake with a line break in it stays one line."""

    def __init__(self, of: str, mistakes: Iterable[str]) -> None:
        lines = [f"  - {visible(mistake)}" for mistake in mistakes]
        super().__init__("\n".join([visible(of), *lines]))


class WrongFileError(MistakesError):
    """All that is wrong with a file which an option names, and so with the command line."""

    exit_code = click.UsageError.exit_code
