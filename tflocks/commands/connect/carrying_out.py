"""Connect or disconnect buckets, side by side; one that fails stops no other."""

from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum
from functools import partial

import msgspec

from chalicelib.core.notifications.difference import Line, difference
from chalicelib.core.notifications.hcl import our_blocks, resource, terraforms
from chalicelib.core.notifications.merging import Notifications, Wanted, destinations, disconnected, same
from tflocks.commands.connect.question import Act, Question
from tflocks.commands.connect.reach import Reach, reach
from tflocks.live.aws import AT_ONCE, Aws
from tflocks.live.connecting import Bucket, ConnectError, merged
from tflocks.sources.clients import session_of


class Result(StrEnum):
    """What became of a bucket."""

    CONNECTED = "connected"
    DISCONNECTED = "disconnected"
    WOULD_CONNECT = "would be connected"
    WOULD_DISCONNECT = "would be disconnected"
    WAS_CONNECTED = "was connected already"
    WAS_NOT_CONNECTED = "was not connected"
    SHOWN = "shown"
    FAILED = "failed"


_RESULTS = {
    (Act.CONNECT, True, False): Result.CONNECTED,
    (Act.CONNECT, True, True): Result.WOULD_CONNECT,
    (Act.CONNECT, False, False): Result.WAS_CONNECTED,
    (Act.CONNECT, False, True): Result.WAS_CONNECTED,
    (Act.DISCONNECT, True, False): Result.DISCONNECTED,
    (Act.DISCONNECT, True, True): Result.WOULD_DISCONNECT,
    (Act.DISCONNECT, False, False): Result.WAS_NOT_CONNECTED,
    (Act.DISCONNECT, False, True): Result.WAS_NOT_CONNECTED,
} | {(Act.SHOW_HCL, changes, False): Result.SHOWN for changes in (True, False)}
"""By what was asked, whether that changes anything, and whether it was a dry run."""


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """One bucket, and what became of it."""

    bucket: str
    result: Result
    region: str = ""
    destinations: tuple[str, ...] = ()
    """The ARNs that our notifications go to, or went to."""
    lines: tuple[Line, ...] = ()
    """What the bucket tells, and what is changed of it."""
    hcl: str = ""
    """The bucket's whole resource for Terraform, where it was asked for; else our blocks, where they are needed."""
    managed_by: str = ""
    """An Id by which the bucket's notifications look managed by Terraform."""
    problem: str = ""


class Report(msgspec.Struct, frozen=True):
    """All buckets, and what was not known."""

    done: list[Done]
    notes: tuple[str, ...]
    account: str
    queue: str = ""


class Profiles(msgspec.Struct, frozen=True):
    """Whose credentials are used, and in which region the reaper is."""

    buckets: str | None
    reaper: str | None
    region: str | None


def carry_out(asked: Question, profiles: Profiles) -> Report:
    """Do what is asked to each bucket, and return what became of it.

    Raises:
        click.ClickException: nothing could be done.
    """
    aws = Aws(session_of(profiles.buckets, profiles.region))
    reapers = Aws(session_of(profiles.reaper, profiles.region)) if profiles.reaper else aws
    known = reach(asked, aws, reapers)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        done = list(pool.map(partial(_one, asked, known, aws), known.buckets))
    return Report(done, known.notes, known.account, known.queue)


def _one(asked: Question, known: Reach, aws: Aws, name: str) -> Done:
    try:
        known.check_account(name)
        return _changed(asked, known, Bucket(aws.s3(name), name, known.account))
    except ConnectError as error:
        return Done(bucket=name, result=Result.FAILED, problem=str(error))


def _changed(asked: Question, known: Reach, bucket: Bucket) -> Done:
    region = bucket.region()
    before = bucket.read()
    after = _without(before, known) if asked.act is Act.DISCONNECT else _with(before, known, bucket.name, region)
    changes = not same(before, after)
    managed_by = terraforms(before) if changes else ""
    if changes and not asked.dry_run and asked.act is not Act.SHOW_HCL:
        bucket.write(after)
    return Done(
        bucket=bucket.name,
        result=_RESULTS[asked.act, changes, asked.dry_run],
        region=region,
        destinations=tuple(sorted(destinations(after) or destinations(before))),
        lines=tuple(difference(before, after)),
        hcl=resource(bucket.name, after) if asked.act is Act.SHOW_HCL else our_blocks(after) if managed_by else "",
        managed_by=managed_by,
    )


def _with(before: Notifications, known: Reach, bucket: str, region: str) -> Notifications:
    return merged(before, Wanted(known.destination(region), known.buckets[bucket]))


def _without(before: Notifications, known: Reach) -> Notifications:
    """Return the notifications without ours. Another stage's are not this one's to take away; a topic has no stage."""
    queues = {arn for arn in destinations(before) if ":sqs:" in arn}
    if others := queues - {known.queue} if known.queue else set():
        raise ConnectError(f"it tells another reaper, by {', '.join(sorted(others))}: name its --stage")
    return disconnected(before)
