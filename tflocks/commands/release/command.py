"""Answer ``tflocks release``: release the lock of one state, with the operator's own AWS rights."""

import sys
from pathlib import Path
from typing import Any

import click

from tflocks.commands.release.question import Options, question


@click.command(name="release", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("state", metavar="STATE")
@click.option("--id", "lock_id", metavar="LOCK_ID", help="Only the lock with this ID, and without asking.")
@click.option("--half", type=click.Choice(["s3", "dynamodb"]), help="Of two holders, the one whose lock is there.")
@click.option("--table", "tables", metavar="NAME", multiple=True, help="A lock table; may be given more than once.")
@click.option("--yes", is_flag=True, help="Release what is there without asking.")
@click.option("--dry-run", is_flag=True, help="Show the lock and release nothing.")
@click.option("--alone", is_flag=True, help="Without the second person that the route wants.")
@click.option("--keep", type=click.Path(path_type=Path), help="Write what is released into a new file first.")
@click.option("--stage", default="prod", show_default=True, help="The reaper's stage.")
@click.option("--stack", metavar="NAME", help="The reaper's stack.  [default: tflock-reaper-STAGE]")
@click.option("--region", help="The region of the reaper and of tables.")
@click.option("--profile", help="A profile of your AWS configuration.")
def command(**given: Any) -> None:
    """Release the lock of a state: the one that is shown, and no other.

    STATE is <bucket>/<state key>, also with s3:// before it or .tflock behind it. Both halves of a lock in S3 and in a
    table are released, the table's first. It is done with your own AWS rights; a deployed reaper knows of it.

    Exit status: 0 if it was released, 2 for a wrong command line, 1 for everything else.
    """
    options = Options(**given)
    asked = question(options, terminal=sys.stdin.isatty())
    # This imports boto3, which takes longer than all else; help and a wrong command line do not need it.
    from tflocks.commands.release.carrying_out import carry_out  # noqa: PLC0415

    sys.exit(carry_out(asked, options.profile, options.region))
