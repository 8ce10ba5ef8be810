"""Start the command that ``tflocks`` is asked for."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import click

from chalicelib.core.visible import visible
from tflocks.commands import COMMANDS
from tflocks.output.mistakes import MistakesError

_VERSION = "Show the version and exit."


@contextmanager
def _errors_visible() -> Iterator[None]:
    """Make errors of all commands harmless: AWS, a file or a command line may have put anything into their text."""
    try:
        yield
    except (click.exceptions.NoArgsIsHelpError, MistakesError):
        raise  # the message of the first is our own help, and the second makes each of its lines harmless
    except click.UsageError as error:
        raise click.UsageError(visible(error.format_message()), error.ctx) from error
    except click.ClickException as error:
        raise type(error)(visible(error.format_message())) from error  # its class has the exit status


def _import(name: str) -> click.Command:
    command: click.Command = import_module(f"tflocks.commands.{name.replace('-', '_')}.command").command
    return command


def _show_version(ctx: click.Context, _option: click.Parameter, asked: bool) -> None:  # noqa: FBT001  click's signature
    """Show which version this is. Which format its rules have decides whether a deployed reaper takes them."""
    if asked and not ctx.resilient_parsing:
        from chalicelib.checked_rules import FORMAT  # noqa: PLC0415  `--help` is quicker without these
        from chalicelib.version import this_version  # noqa: PLC0415

        click.echo(f"tflocks {this_version().text}, rules of format {FORMAT}")
        ctx.exit()


class CommandsByName(click.Group):
    """A group that imports a command only when it is asked for, so that ``tflocks --help`` is quick.

    ``summaries`` has a line of help for each command's name; ``load`` gives the command. Click's documentation calls
    this lazily loading subcommands.
    """

    def __init__(
        self,
        *args: Any,
        summaries: Mapping[str, str] = COMMANDS,
        load: Callable[[str], click.Command] = _import,
        **others: Any,
    ) -> None:
        super().__init__(*args, **others)
        self._summaries = summaries
        self._load = load

    def make_context(self, *given: Any, **more: Any) -> click.Context:
        """Read the command line."""
        with _errors_visible():
            return super().make_context(*given, **more)

    def invoke(self, ctx: click.Context) -> Any:
        """Carry the command out."""
        with _errors_visible():
            return super().invoke(ctx)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        """Return the names of all commands."""
        return list(self._summaries)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Return the command of a name, or None."""
        return self._load(cmd_name) if cmd_name in self._summaries else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the commands into the help."""
        with formatter.section("Commands"):
            formatter.write_dl(list(self._summaries.items()))


@click.group(
    cls=CommandsByName,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="The locks of Terraform and OpenTofu states, for those who operate them.",
)
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_show_version, help=_VERSION)
def main() -> None:
    """Read the options before a command's name."""
