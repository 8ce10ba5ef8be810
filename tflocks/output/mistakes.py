"""End a command with many mistakes, a line each."""

from collections.abc import Iterable

import click

from chalicelib.core.visible import visible

WRONG_COMMAND_LINE = click.UsageError.exit_code


class MistakesError(click.ClickException):
    """All that is wrong with something, one under the other; a mistake with a line break in it stays one line."""

    def __init__(self, of: str, mistakes: Iterable[str], exit_code: int = click.ClickException.exit_code) -> None:
        lines = [f"  - {visible(mistake)}" for mistake in mistakes]
        super().__init__("\n".join([visible(of), *lines]))
        self.exit_code = exit_code
