"""``tflocks history``: the holds of a state, of a bucket, or the states that are locked the longest."""

from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any

import click
from rich.console import Console

from tflocks.commands.arguments import TOP, Asked, Picture, Since, form, place
from tflocks.holds.found import Found, Window
from tflocks.output.shown import draw, show, tell


@click.command(name="history", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("what", metavar="[STATE|N]", required=False)
@click.option("--top", is_flag=True, help=f"The N states (default {TOP}) that were locked the longest.")
@click.option("--bucket", metavar="NAME", help="All states of one bucket, from the journal.")
@click.option("--since", type=Since(), default="30d", show_default=True, help="How far back: 12h, 30d, 26w.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.option("--csv", "as_csv", is_flag=True, help="CSV that is safe to open in a spreadsheet.")
@click.option("--plot", type=Picture(), help="Draw a timeline into a .png or .html file.")
@click.option("--stage", default="prod", show_default=True, help="The reaper's stage.")
@click.option("--log-group", metavar="NAME", help="The journal's log group.  [default: /tflock-reaper/STAGE]")
@click.option("--region", help="The reaper's region.")
@click.option("--profile", help="A profile of your AWS configuration.")
def command(
    what: str | None,
    *,
    top: bool,
    bucket: str | None,
    since: timedelta,
    stage: str,
    log_group: str | None,
    **others: Any,
) -> None:
    """Who held a state, who let it go, and for how long: newest first.

    STATE is <bucket>/<state key>, also with s3:// before it or .tflock behind it. There are two sources, named in each
    row: the reaper's journal, and the versions of the lock object in a versioned bucket.
    """
    now = datetime.now(UTC)
    asked = Asked(
        window=Window(now - since, now),
        log_group=log_group or f"/tflock-reaper/{stage}",
        form=form(as_json=others.pop("as_json"), as_csv=others.pop("as_csv")),
        **place(what, bucket, top=top),
        **others,
    )
    with _busy():
        found = _find(asked)
    tell(*found.notes, *found.gaps)
    if asked.plot:
        draw(asked, asked.plot, found)
    if asked.form or not asked.plot:
        show(asked, found)


def _find(asked: Asked) -> Found:
    # Only now: boto3 takes longer to import than all else, and help and a wrong command line need none of it.
    from tflocks.sources import both as sources  # noqa: PLC0415
    from tflocks.sources.clients import Clients  # noqa: PLC0415

    clients = Clients(asked.profile, asked.region)
    if asked.key:
        return sources.of_state(clients, asked.log_group, asked.bucket, asked.key, asked.window)
    return sources.of_bucket(clients, asked.log_group, asked.bucket, asked.window)


def _busy() -> AbstractContextManager[object]:
    """A sign of life, for a person only."""
    console = Console(stderr=True)
    return console.status("reading the journal and the versions of the lock") if console.is_terminal else nullcontext()
