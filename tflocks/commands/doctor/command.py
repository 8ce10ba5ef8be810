"""Answer ``tflocks doctor``: is this set-up healthy, and what is to be mended?"""

import sys
import time
from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click
import msgspec
from rich.console import Console

from tflocks.arguments.configuration import Configuration
from tflocks.commands.doctor.canary.command import FLAG, OrCanary
from tflocks.commands.doctor.question import NothingToLookAtError, Options, Question, question
from tflocks.commands.doctor.showing import exit_status, show

if TYPE_CHECKING:
    from tflocks.output.doctor.report import Report


@click.command(name="doctor", cls=OrCanary, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    FLAG, is_flag=True, expose_value=False, help="Test the reaper with a lock of its own. Its options: --canary --help"
)
@click.argument("names", metavar="[BUCKET[/PREFIX]]...", nargs=-1)
@click.option("--table", "tables", metavar="NAME", multiple=True, help="A lock table; may be given more than once.")
@click.option("--all", "everything", is_flag=True, help="Every bucket and lock table that you may look at.")
@click.option("--only", metavar="CHECK", multiple=True, help="Only this check or area; may be given more than once.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.option(
    "--fix-as", type=click.Choice(["cli", "hcl"]), help="Print only the fixes: for a shell, or for Terraform."
)
@click.option(
    "--config", type=Configuration(), metavar="FILE", help="Your reaper.toml, to compare with the rules that run."
)
@click.option("--stage", default="prod", show_default=True, help="The reaper's stage.")
@click.option("--stack", metavar="NAME", help="The reaper's stack.  [default: tflock-reaper-STAGE]")
@click.option("--region", help="The region of the reaper and of tables.")
@click.option("--profile", help="A profile of your AWS configuration, in the buckets' account.")
@click.option("--reaper-profile", metavar="PROFILE", help="A profile in the reaper's account, if it is another.")
def command(**given: Any) -> None:
    """Look whether buckets, lock tables and the reaper are well. It only reads, with your own AWS rights.

    Without a BUCKET, a --table or --all: the reaper that is deployed here, and all of its targets. No reaper is needed
    to look at buckets and tables that you name.

    Exit status: 0 if all is green or yellow; 1 if something is red; 2 for a wrong command line, or where there is
    nothing to look at; 3 if nothing is red, but something could not be looked at (grey).
    """
    options = Options(**given)
    asked = question(options)
    began = time.monotonic()
    report = msgspec.structs.replace(_look(asked, options), seconds=time.monotonic() - began)
    show(asked, report, datetime.now(UTC), sys.stdout)
    sys.exit(exit_status(report))


def _look(asked: Question, options: Options) -> "Report":
    # These import boto3, which takes longer than all else; help and a wrong command line do not need it.
    from tflocks.commands.doctor.looking import Credentials, look  # noqa: PLC0415
    from tflocks.live.aws import Aws  # noqa: PLC0415
    from tflocks.sources.clients import session_of  # noqa: PLC0415

    try:
        aws = Aws(session_of(options.profile, options.region))
        reapers = Aws(session_of(options.reaper_profile, options.region)) if options.reaper_profile else aws
    except click.ClickException as error:
        raise NothingToLookAtError(error.format_message()) from error
    console = Console(stderr=True)
    with console.status("looking for what there is") if console.is_terminal else nullcontext() as status:
        return look(asked, Credentials(aws, reapers), datetime.now(UTC), _progress(status))


def _progress(status: Any) -> Callable[[int, int], None]:
    """Return what shows the progress to a person who watches."""

    def told(done: int, of: int) -> None:
        if status:
            status.update(f"{done} of {of} looked at")

    return told
