"""Answer ``tflocks disconnect``: take the reaper's notifications out of buckets."""

from typing import Any

import click

from tflocks.commands.connect.command import answer, shared
from tflocks.commands.connect.question import Act, Options


@click.command(name="disconnect", context_settings={"help_option_names": ["-h", "--help"]})
@shared
def command(**given: Any) -> None:
    """Take the reaper's notifications out of buckets. Those of others stay, and so does EventBridge.

    The nightly sweep still finds their locks, until you take the buckets out of reaper.toml.

    Exit status: 0; 1 if a bucket could not be disconnected; 2 for a wrong command line; 3 if a dry run would change
    one.
    """
    answer(Options(**given), Act.DISCONNECT)
