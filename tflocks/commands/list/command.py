"""Answer ``tflocks list``: every lock that is held now."""

import sys
from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

from tflocks.arguments.since import Since
from tflocks.commands.list.question import LookError, Options, Question, question
from tflocks.commands.list.showing import exit_status, show
from tflocks.output.terminal import tell

if TYPE_CHECKING:
    from tflocks.commands.list.finding import Found
    from tflocks.live.looking import Seen


@click.command(name="list", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("buckets", metavar="[BUCKET[/PREFIX]]...", nargs=-1)
@click.option("--table", "tables", metavar="NAME", multiple=True, help="A lock table; may be given more than once.")
@click.option("--all", "everything", is_flag=True, help="Every bucket and lock table that you may look at.")
@click.option(
    "--account", "accounts", metavar="TEXT", multiple=True, help="Only accounts whose ID or name has it, or matches it."
)
@click.option("--fail-over", type=Since(), help="Exit with 1 if a lock is older: 45m, 2h, 1d.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.option("--csv", "as_csv", is_flag=True, help="CSV that is safe to open in a spreadsheet.")
@click.option("--stage", default="prod", show_default=True, help="The reaper's stage.")
@click.option("--stack", metavar="NAME", help="The reaper's stack.  [default: tflock-reaper-STAGE]")
@click.option("--region", help="The region of the reaper and of tables.")
@click.option("--profile", help="A profile of your AWS configuration.")
def command(**given: Any) -> None:
    """Every lock that is held now, in S3 and in lock tables, read at this moment.

    Without a BUCKET, a --table or --all: in all targets of the reaper that is deployed here. No reaper is needed to
    look into buckets and tables that you name.

    Exit status: 0; 1 if --fail-over found an older lock; 2 if something could not be looked at.
    """
    options = Options(**given)
    asked = question(options)
    found = _find(asked, options)
    tell(*found.notes, *found.problems)
    show(asked, found, sys.stdout)
    sys.exit(exit_status(asked, found))


def _find(asked: Question, options: Options) -> "Found":
    # These import boto3, which takes longer than all else; help and a wrong command line do not need it.
    from tflocks.commands.list.finding import find_locks  # noqa: PLC0415
    from tflocks.live.aws import Aws  # noqa: PLC0415
    from tflocks.sources.clients import session_of  # noqa: PLC0415

    try:
        aws = Aws(session_of(options.profile, options.region))
    except click.ClickException as error:
        raise LookError(error.format_message()) from error
    console = Console(stderr=True)
    with console.status("looking for buckets and tables") if console.is_terminal else nullcontext() as status:
        return find_locks(asked, aws, datetime.now(UTC), _progress(status))


def _progress(status: Any) -> "Callable[[Seen, int], None]":
    """Return what shows the progress to a person who watches."""

    def told(seen: "Seen", targets: int) -> None:
        if status:
            done = f"{seen.targets_done} of {targets} places done, {seen.looked_at:,} objects and items listed"
            status.update(f"{done}, {len(seen.locks):,} locks found")

    return told
