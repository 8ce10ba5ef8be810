"""Answer ``tflocks history``: the holds of a state or a bucket, or the states that are locked the longest."""

import sys
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from typing import Any

import click
from rich.console import Console

from tflocks.arguments.since import Since
from tflocks.commands.history.picture_file import PictureFile
from tflocks.commands.history.question import TOP, Options, question
from tflocks.commands.history.showing import draw, show
from tflocks.holds.history import History
from tflocks.holds.scope import Scope
from tflocks.output.terminal import tell


@click.command(name="history", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("what", metavar="[STATE|N]", required=False)
@click.option("--top", is_flag=True, help=f"The N states (default {TOP}) that were locked the longest.")
@click.option("--bucket", metavar="NAME", help="All states of one bucket, from the journal.")
@click.option("--since", type=Since(), default="30d", show_default=True, help="How far back: 12h, 30d, 26w.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.option("--csv", "as_csv", is_flag=True, help="CSV that is safe to open in a spreadsheet.")
@click.option("--plot", type=PictureFile(), help="Draw a timeline into a .png or .html file.")
@click.option("--stage", default="prod", show_default=True, help="The reaper's stage.")
@click.option("--log-group", metavar="NAME", help="The journal's log group.  [default: /tflock-reaper/STAGE]")
@click.option("--region", help="The reaper's region.")
@click.option("--profile", help="A profile of your AWS configuration.")
def command(**given: Any) -> None:
    """Who held a state, who let it go, and for how long: newest first.

    STATE is <bucket>/<state key>, also with s3:// before it or .tflock behind it. There are two sources, named in each
    row: the reaper's journal, and the versions of the lock object in a versioned bucket.
    """
    options = Options(**given)
    asked = question(options, datetime.now(UTC))
    with _busy():
        history = _find(asked.scope, options)
    tell(*history.notes, *history.gaps)
    if asked.plot:
        draw(asked, asked.plot, history)
    if asked.form or not asked.plot:
        show(asked, history, sys.stdout)


def _find(scope: Scope, options: Options) -> History:
    # These import boto3, which takes longer than all else; help and a wrong command line do not need it.
    from tflocks.commands.history.finding import find_history  # noqa: PLC0415
    from tflocks.sources.bucket import BucketSource  # noqa: PLC0415
    from tflocks.sources.clients import Clients  # noqa: PLC0415
    from tflocks.sources.journal import JournalSource  # noqa: PLC0415

    clients = Clients(options.profile, options.region)
    journal = JournalSource(clients.logs, options.log_group or f"/tflock-reaper/{options.stage}")
    return find_history(scope, journal, BucketSource(clients.s3))


def _busy() -> AbstractContextManager[object]:
    """Show a sign of life, if a person is watching."""
    console = Console(stderr=True)
    return console.status("reading the journal and the versions of the lock") if console.is_terminal else nullcontext()
