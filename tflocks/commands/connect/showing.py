"""Show what became of buckets: for people, as JSON, as HCL; and the exit status that scripts go by."""

import json
from collections import Counter
from datetime import datetime
from typing import TextIO

import click

from chalicelib.core.notifications.difference import KEPT
from chalicelib.core.visible import visible
from tflocks.commands.connect.carrying_out import Done, Report, Result
from tflocks.commands.connect.question import Act, Question
from tflocks.output.terminal import tell
from tflocks.words import counted

SCHEMA = 1
_FAILED, _WOULD_CHANGE = 1, 3


def exit_status(report: Report) -> int:
    """Return 1 if a bucket failed, else 3 if a dry run would change one, else 0."""
    results = {one.result for one in report.done}
    if Result.FAILED in results:
        return _FAILED
    return _WOULD_CHANGE if results & {Result.WOULD_CONNECT, Result.WOULD_DISCONNECT} else 0


def show(asked: Question, report: Report, now: datetime, stream: TextIO) -> None:
    """Write what became of each bucket to a stream, and what went wrong to standard error."""
    tell(*report.notes)
    if asked.as_json:
        click.echo(document(report, now), file=stream)
    for one in report.done:
        if not asked.as_json:
            _print(asked, one, stream)
        _warn(asked, one)
    for topic in _new_topics(report.done):
        tell(
            f"{topic} has to have the reaper's queue as a subscriber. Once, with the reaper's own credentials:",
            f"  aws sns subscribe --region {topic.split(':')[3]} --topic-arn {topic} --protocol sqs \\",
            f"    --notification-endpoint {report.queue}",
        )
    _summarise(report.done)


def _summarise(done: list[Done]) -> None:
    if len(done) > 1:
        counts = Counter(one.result.value for one in done)
        told = ", ".join(f"{number} {result}" for result, number in sorted(counts.items()))
        tell(f"{counted(len(done), 'bucket')}: {told}")


def _new_topics(done: list[Done]) -> list[str]:
    changed = (one for one in done if one.result in {Result.CONNECTED, Result.WOULD_CONNECT})
    return sorted({arn for one in changed for arn in one.destinations if ":sns:" in arn})


def document(report: Report, now: datetime) -> str:
    """Return one JSON document in ASCII, which a terminal shows without acting on it."""
    told = {
        "schema": SCHEMA,
        "generated_at": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        "account": report.account,
        "notes": report.notes,
        "buckets": [_row(one) for one in report.done],
    }
    # JSON leaves DEL as it is, although it is a control character too.
    return json.dumps(told, indent=2).replace("\x7f", "\\u007f")


def _row(one: Done) -> dict[str, object]:
    return {
        "bucket": one.bucket,
        "result": one.result.value,
        "region": one.region or None,
        "destinations": one.destinations,
        "changes": [line._asdict() for line in one.lines if line.mark != KEPT],
        "managed_by_terraform": one.managed_by or None,
        "problem": one.problem or None,
    }


def _print(asked: Question, one: Done, stream: TextIO) -> None:
    if one.result is Result.FAILED:
        return
    if asked.act is Act.SHOW_HCL:
        # Foreign text stands between quotes there, where HCL reads such a number as the character.
        click.echo("\n".join(map(visible, one.hcl.splitlines())), file=stream)
        return
    to = f" (-> {', '.join(one.destinations)})" if one.destinations else ""
    click.echo(visible(f"{one.bucket}: {one.result.value}{to}"), file=stream)
    if asked.dry_run:
        for line in one.lines:
            click.echo(visible(f"  {line.words}"), file=stream)


def _warn(asked: Question, one: Done) -> None:
    if one.problem:
        tell(f"{one.bucket}: {one.problem}")
    if one.managed_by and asked.act is Act.CONNECT:
        tell(
            f"{one.bucket}: its notifications look managed by Terraform ({one.managed_by}), whose next apply takes "
            "away what it does not know. Put this into the bucket's aws_s3_bucket_notification, after all other "
            "blocks of its kind:",
            *one.hcl.splitlines(),
        )
    elif one.managed_by and asked.act is Act.DISCONNECT:
        tell(f"{one.bucket}: its notifications look managed by Terraform ({one.managed_by}): take ours out there too")
