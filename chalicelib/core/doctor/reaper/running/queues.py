"""Judge the queues: what was given up on, what waits too long, and whether a function takes from each."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from shlex import join

import msgspec

from chalicelib.core.doctor.finding import Finding, Fix, green, red
from chalicelib.core.doctor.parts import Parts, plain
from chalicelib.core.duration import in_words

DEAD, WAITING, MAPPINGS = "reaper.dead-letters", "reaper.queues", "reaper.mappings"
_AT_ONCE = "5"
"""Most batches of a queue at once (``.chalice/resources.yaml``), but for sweeps, which have a parameter."""
_STARTING = {"Enabled", "Enabling", "Creating", "Updating"}


class Kind(msgspec.Struct, frozen=True):
    """A queue of the reaper, as its stack names it."""

    output: str
    """The stack's output with its URL."""
    function: str
    """The logical ID of the function that takes from it."""
    holds: str
    """What is in it, in the plural."""
    patience: timedelta
    """How long something may wait in it: after this, its alarm rings."""
    lost: str
    """What a dead letter means."""


KINDS = (
    Kind(
        "ReleaseQueueUrl",
        "ReleaseLock",
        "clicks on Release",
        timedelta(minutes=10),
        "a click on Release was never answered",
    ),
    Kind(
        "ClickQueueUrl", "AnswerClick", "clicks other than Release", timedelta(minutes=30), "a click was never answered"
    ),
    Kind("LockEventsQueueUrl", "RecordLockEvent", "lock events", timedelta(hours=2), "the journal lacks lock events"),
    Kind("SweepQueueUrl", "SweepTarget", "sweeps", timedelta(hours=2), "targets were not swept"),
)
DEAD_OUTPUTS = {
    "ReleaseQueueUrl": "ReleaseDeadLetterQueueUrl",
    "ClickQueueUrl": "ClickDeadLetterQueueUrl",
    "LockEventsQueueUrl": "LockEventDeadLetterQueueUrl",
    "SweepQueueUrl": "SweepDeadLetterQueueUrl",
}
"""For the output of each queue, the output of the queue of its dead letters."""
STREAMS = Kind("", "TableChanged", "table changes", timedelta(hours=2), "the journal lacks changes of lock tables")
"""What the streams of lock tables tell. Lambda itself leaves their dead letters, so they cannot be tried again."""


def streams_url(parts: Parts) -> str:
    """Return the URL of the queue of the streams' dead letters, which is no output of the stack."""
    return f"{parts.outputs['SweepQueueUrl'].rpartition('/')[0]}/tflock-streams-dead-{parts.stage}"


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """What is in a queue now."""

    kind: Kind
    arn: str
    url: str
    count: int
    """Its messages, those that a function has just now too."""
    oldest: timedelta | None = None
    """The age of the oldest; None: CloudWatch does not say."""


class Mapping(msgspec.Struct, frozen=True, kw_only=True):
    """A mapping by which Lambda hands the messages of a queue to a function."""

    uuid: str
    queue: str
    """The ARN of the queue."""
    state: str
    result: str = ""
    """What came of its last processing, as Lambda says it."""


def judge_dead_letters(subject: str, queues: Sequence[Waiting], log_group: str) -> list[Finding]:
    """Return a finding for each queue of dead letters that is not empty, or one for all."""
    found = [_dead(subject, one, log_group) for one in queues if one.count]
    return found or [green(DEAD, subject, "all queues of dead letters are empty: nothing was given up on")]


def _dead(subject: str, queue: Waiting, log_group: str) -> Finding:
    age = f", the oldest {in_words(queue.oldest)} old" if queue.oldest else ""
    name = queue.arn.rpartition(":")[2]
    seen = f"{queue.kind.lost}: {queue.count} in the queue {name}{age}"
    fix = _fix_of_streams(queue) if queue.kind is STREAMS else _fix_of_dead(queue, log_group)
    return red(DEAD, subject, seen, fix, data={"queue": name})


def _fix_of_dead(queue: Waiting, log_group: str) -> Fix:
    do = (
        f"Find the cause in the log group {log_group} (the first command shows its errors) and mend it. Then have all "
        "of them tried again, by the second command, as one of the stack's OperatorArns. A click that is tried again "
        "releases only the lock that it showed."
    )
    look = ["aws", "logs", "tail", log_group, "--since", "1d", "--filter-pattern", "ERROR"]
    again = ["aws", "sqs", "start-message-move-task", "--source-arn", queue.arn]
    return Fix(do=do, cli=f"{join(look)}\n{join(again)}")


def _fix_of_streams(queue: Waiting) -> Fix:
    do = (
        "See in its log why table_changed failed. The watch finds all locks that are held in the tables by "
        "itself: only the journal lacks what happened. The commands show the letters, which name the stream, "
        "then empty the queue."
    )
    look = ["aws", "sqs", "receive-message", "--queue-url", queue.url, "--max-number-of-messages", "10"]
    return Fix(do=do, cli="\n".join([join(look), join(["aws", "sqs", "purge-queue", "--queue-url", queue.url])]))


def judge_waiting(subject: str, queues: Sequence[Waiting]) -> list[Finding]:
    """Return a finding for each queue in which something waits too long, or one for all."""
    found = [_late(subject, one) for one in queues if one.oldest and one.oldest > one.kind.patience]
    said = ", ".join(f"{one.kind.holds} {one.count}" for one in queues)
    return found or [green(WAITING, subject, f"nothing waits too long ({said})")]


def _late(subject: str, queue: Waiting) -> Finding:
    name = queue.arn.rpartition(":")[2]
    oldest = in_words(queue.oldest or timedelta())
    seen = f"{queue.count} {queue.kind.holds} wait in the queue {name}, the oldest for {oldest}"
    do = (
        f"See why {plain(queue.kind.function)} does not take them: look at the checks of its mapping, of its "
        "function and of its rights in this report. If these are green, read its errors in the reaper's log group. The "
        "command shows the queue."
    )
    look = ["aws", "sqs", "get-queue-attributes", "--queue-url", queue.url, "--attribute-names", "All"]
    return red(WAITING, subject, seen, Fix(do=do, cli=join(look)), data={"queue": name})


def judge_mappings(subject: str, queues: Iterable[tuple[Kind, str, Sequence[Mapping]]], parts: Parts) -> list[Finding]:
    """Return a finding for each queue (its kind, its ARN, its function's mappings) from which no function takes."""
    found = [
        finding
        for kind, arn, mappings in queues
        if (finding := _mapped(subject, kind, [one for one in mappings if one.queue == arn], (arn, parts)))
    ]
    return found or [green(MAPPINGS, subject, f"a function takes from each of the {len(KINDS)} queues")]


def _mapped(subject: str, kind: Kind, ours: Sequence[Mapping], at: tuple[str, Parts]) -> Finding | None:
    arn, parts = at
    if any(one.state in _STARTING for one in ours):
        return None
    if not ours:
        seen = f"nobody takes {kind.holds}: {plain(kind.function)} has no mapping from the queue {arn}"
        return red(MAPPINGS, subject, seen, _fix_of_missing(kind, arn, parts))
    first = ours[0]
    seen = f"nobody takes {kind.holds}: the mapping from their queue to {plain(kind.function)} is {first.state}"
    words = ["aws", "lambda", "update-event-source-mapping", "--uuid", first.uuid, "--enabled"]
    do = f"Switch the mapping on again. The {kind.holds} that wait in the queue are then taken."
    return red(MAPPINGS, subject, seen, Fix(do=do, cli=join(words)))


def _fix_of_missing(kind: Kind, arn: str, parts: Parts) -> Fix:
    given = parts.parameters
    window = ["--maximum-batching-window-in-seconds", given.get("EventBatchingSeconds", "10")]
    batched = ["--batch-size", "25", *window, "--function-response-types", "ReportBatchItemFailures"]
    more = batched if kind.function == "RecordLockEvent" else ["--batch-size", "1"]
    most = given.get("SweepsAtOnce", "20") if kind.function == "SweepTarget" else _AT_ONCE
    function = parts.functions.get(kind.function, kind.function)
    words = ["aws", "lambda", "create-event-source-mapping", "--function-name", function, "--event-source-arn", arn]
    limit = ["--scaling-config", f"MaximumConcurrency={most}"]
    do = f"Make the mapping again, as the stack does, so that {plain(kind.function)} takes from the queue."
    return Fix(do=do, cli=join([*words, *more, *limit]))
