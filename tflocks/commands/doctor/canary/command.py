"""Answer ``tflocks doctor --canary``: does the reaper really work here?"""

import sys
from pathlib import Path
from typing import Any

import click

from tflocks.commands.doctor.canary.question import Options, question

FLAG = "--canary"


class OrCanary(click.Command):
    """A command that is the canary's when ``--canary`` is among its arguments: that has options of its own."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Read the command line."""
        before = args[: args.index("--")] if "--" in args else args
        if FLAG not in before:
            return super().make_context(info_name, args, parent, **extra)
        own = [one for number, one in enumerate(args) if one != FLAG or number >= len(before)]
        return canary.make_context(info_name, own, parent, **extra)


@click.command(
    name="doctor",
    options_metavar=f"{FLAG} [OPTIONS]",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.option("--bucket", metavar="BUCKET", help="The bucket to put locks into.  [default: the first target]")
@click.option("--table", metavar="NAME", help="The lock table to put items into, if it is to be tested too.")
@click.option(
    "--channel",
    metavar="ID",
    help="Where the alerts are posted; one that reaper.toml names.  [default: that of [slack]]",
)
@click.option(
    "--wait-for-click",
    metavar="TIME",
    default="2m",
    show_default=True,
    help="How long to wait for a click on Release; 0: not.",
)
@click.option(
    "--report", type=click.Path(path_type=Path), help="Write a report without names into a new file; *.json: as JSON."
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--stage", default="prod", show_default=True, help="The reaper's stage.")
@click.option("--stack", metavar="NAME", help="The reaper's stack.  [default: tflock-reaper-STAGE]")
@click.option("--region", help="The region of the reaper.")
@click.option("--profile", help="A profile of your AWS configuration, in the reaper's account.")
def canary(**given: Any) -> None:
    """With --canary: put locks of its own, see that the reaper alerts and releases them, take everything away.

    It asks first, and says what it will write and where. Every lock says that it is a canary; no state and no lock of
    a run is touched. It takes about ten minutes, with your own AWS rights.

    Exit status: 0 if the reaper does all that it should, 2 for a wrong command line, 1 for everything else.
    """
    options = Options(**given)
    asked = question(options, terminal=sys.stdin.isatty())
    # This imports boto3, which takes longer than all else; help and a wrong command line do not need it.
    from tflocks.commands.doctor.canary.carrying_out import carry_out  # noqa: PLC0415

    sys.exit(carry_out(asked, options.profile, options.region))
