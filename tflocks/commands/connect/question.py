"""Turn the command line of ``tflocks connect`` or ``disconnect`` into a checked question."""

import re
from enum import StrEnum

import click
import msgspec

from chalicelib.core.visible import visible
from tflocks.arguments.container import bucket_target
from tflocks.arguments.state_path import StatePathError

_QUEUE = re.compile(r"arn:[a-z-]+:sqs:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,80}", re.ASCII)
# S3 sends to no FIFO topic and no FIFO queue; their names end in ".fifo".
_TOPIC = re.compile(r"arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}", re.ASCII)


class Act(StrEnum):
    """What is done to each bucket."""

    CONNECT = "connect"
    DISCONNECT = "disconnect"
    SHOW_HCL = "hcl"


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """The command line as click read it."""

    buckets: tuple[str, ...]
    everything: bool
    stage: str
    stack: str | None
    queue: str | None
    region: str | None
    profile: str | None
    reaper_profile: str | None
    dry_run: bool
    as_json: bool
    prefixes: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    hcl: bool = False


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """Which buckets are meant, and what is to be done to them."""

    act: Act
    buckets: dict[str, tuple[str, ...]]
    """Each bucket with the prefixes that the command line gives; without any, those of the reaper's target."""
    everything: bool
    topics: dict[str, str]
    """A topic's ARN for each region that has one."""
    queue: str
    """The ARN of the reaper's queue; "": the stack tells it."""
    stack: str
    dry_run: bool
    as_json: bool


def question(options: Options, act: Act) -> Question:
    """Return what a command line asks.

    Raises:
        click.UsageError: it names no bucket, or something that is no bucket, queue or topic.
    """
    _check(options)
    return Question(
        act=Act.SHOW_HCL if options.hcl else act,
        buckets=_buckets(options),
        everything=options.everything,
        topics=_topics(options.topics),
        queue=options.queue or "",
        stack=options.stack or f"tflock-reaper-{options.stage}",
        dry_run=options.dry_run,
        as_json=options.as_json,
    )


def _check(options: Options) -> None:
    if options.everything == bool(options.buckets):
        raise click.UsageError("either the buckets that you name, or --all for every bucket of the reaper's targets")
    if options.everything and options.queue:
        raise click.UsageError("--all asks the reaper for its targets, so it takes its --stage or --stack, not --queue")
    if options.hcl and (options.as_json or options.dry_run):
        raise click.UsageError("--hcl changes nothing and prints HCL: leave out --json and --dry-run")
    if options.queue is not None and not _QUEUE.fullmatch(options.queue):
        raise click.UsageError("--queue: expected the ARN of a queue, the stack's output LockEventsQueueArn")
    if "" in options.prefixes:  # a script whose variable is empty must not connect a whole bucket
        raise click.UsageError("--prefix: an empty prefix is the whole bucket; for that, leave it out")


def _buckets(options: Options) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    try:
        for target in map(bucket_target, options.buckets):
            found[target.container] = (*found.get(target.container, ()), *target.prefixes)
    except StatePathError as error:
        raise click.UsageError(visible(str(error))) from error
    return {name: (*prefixes, *options.prefixes) for name, prefixes in found.items()}


def _topics(arns: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for arn in arns:
        if not _TOPIC.fullmatch(arn):
            raise click.UsageError(visible(f"--topic: {arn!r} is not the ARN of a standard SNS topic"))
        if found.setdefault(arn.split(":")[3], arn) != arn:
            raise click.UsageError(visible(f"--topic: two of one region, {arn.split(':')[3]}: name one"))
    return found
