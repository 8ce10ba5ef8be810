"""Answer ``tflocks connect``: let buckets tell the reaper of their locks."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import click

from tflocks.commands.connect.question import Act, Options, question

_SHARED = (
    click.argument("buckets", metavar="[BUCKET[/PREFIX]]...", nargs=-1),
    click.option("--all", "everything", is_flag=True, help="Every bucket of the reaper's targets in your account."),
    click.option("--dry-run", is_flag=True, help="Show what would change and change nothing."),
    click.option("--json", "as_json", is_flag=True, help="One JSON document."),
    click.option("--stage", default="prod", show_default=True, help="The reaper's stage."),
    click.option("--stack", metavar="NAME", help="The reaper's stack.  [default: tflock-reaper-STAGE]"),
    click.option("--queue", metavar="ARN", help="The reaper's queue, if you may not look at its stack."),
    click.option("--region", help="The region of the reaper."),
    click.option("--profile", help="A profile of your AWS configuration, in the buckets' account."),
    click.option("--reaper-profile", metavar="PROFILE", help="A profile in the reaper's account, if it is another."),
)


def shared(function: Callable[..., None]) -> Callable[..., None]:
    """Add the arguments and options that ``connect`` and ``disconnect`` have in common."""
    for added in reversed(_SHARED):
        function = added(function)
    return function


@click.command(name="connect", context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--prefix", "prefixes", metavar="PREFIX", multiple=True, help="Only keys that begin so; may be repeated.")
@click.option("--topic", "topics", metavar="ARN", multiple=True, help="Buckets of the topic's region tell the topic.")
@click.option("--hcl", is_flag=True, help="Print the buckets' notifications with ours as Terraform's HCL; no change.")
@shared
def command(**given: Any) -> None:
    """Add the reaper's notification for *.tflock to what buckets tell already. All else in them stays as it is.

    It is done with your own AWS rights (s3:GetBucketNotification, s3:PutBucketNotification). Without --prefix, a
    bucket is connected for the prefixes that the reaper's target has.

    Exit status: 0; 1 if a bucket could not be connected; 2 for a wrong command line; 3 if a dry run would change one.
    """
    answer(Options(**given), Act.CONNECT)


def answer(options: Options, act: Act) -> None:
    """Do what the command line asks, show it, and end the program."""
    asked = question(options, act)
    # These import boto3, which takes longer than all else; help and a wrong command line do not need it.
    from tflocks.commands.connect.carrying_out import Profiles, carry_out  # noqa: PLC0415
    from tflocks.commands.connect.showing import exit_status, show  # noqa: PLC0415

    report = carry_out(asked, Profiles(options.profile, options.reaper_profile, options.region))
    show(asked, report, datetime.now(UTC), sys.stdout)
    sys.exit(exit_status(report))
