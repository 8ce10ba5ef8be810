"""``tflocks``: the commands. Each is imported only when it is asked for, so that ``tflocks --help`` is quick."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import click

from tflocks.output.visible import visible

_COMMANDS = {"history": "Who held a state, who let it go, and for how long."}


@contextmanager
def _errors_as_text() -> Iterator[None]:
    """What AWS, a file or a command line said is in the errors of all commands, and may act on a terminal."""
    try:
        yield
    except click.exceptions.NoArgsIsHelpError:
        raise  # its message is our own help
    except click.UsageError as error:
        raise click.UsageError(visible(error.format_message()), error.ctx) from error
    except click.ClickException as error:
        raise click.ClickException(visible(error.format_message())) from error


class _LateGroup(click.Group):
    """Knows its commands by name; click's documentation calls this lazily loading subcommands."""

    def make_context(self, *given: Any, **more: Any) -> click.Context:
        with _errors_as_text():
            return super().make_context(*given, **more)

    def invoke(self, ctx: click.Context) -> Any:
        with _errors_as_text():
            return super().invoke(ctx)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = import_module(f"tflocks.commands.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(cls=_LateGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="tflock-reaper", prog_name="tflocks")
def main() -> None:
    """The locks of Terraform and OpenTofu states, for those who operate them."""
