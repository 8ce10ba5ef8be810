"""Judge whether the reaper's queue of lock events is there and read; pure."""

from collections.abc import Sequence

from chalicelib.core.doctor.finding import Finding, Fix, green, red
from chalicelib.core.doctor.parts import Parts
from chalicelib.core.doctor.pasted.shell import aws, compact
from chalicelib.core.doctor.wiring.case import Queue, QueueKey
from chalicelib.core.doctor.wiring.checks import QUEUE
from chalicelib.core.doctor.wiring.reading.mapping import Mapping, enabled, in_words, last_errors
from chalicelib.core.doctor.wiring.senders import stacks_policy

NAMED_BY = "QueueKmsKeyArn"
"""The stack's parameter for the key of its queues."""
FUNCTION = "RecordLockEvent"
OF_SQS = "alias/aws/sqs"
"""The key that AWS manages for SQS. Its policy lets in no service, and nobody can change it."""


def judge_queue(parts: Parts, there: Queue, mappings: Sequence[Mapping]) -> Finding:
    """Return whether the queue is there, can be sent to, and is read by Lambda."""
    subject = f"reaper {parts.stack}"
    on = [one for one in mappings if one.is_on]
    if not there.exists:
        return red(QUEUE.id, subject, f"the queue {parts.event_queue} does not exist", _made_again(parts))
    if trouble := _of_its_key(parts, there):
        return red(QUEUE.id, subject, *trouble)
    if not mappings:
        return red(QUEUE.id, subject, "no mapping of Lambda reads the queue", _mapped(parts))
    if not on:
        seen = f"Lambda's mapping of the queue is {in_words(mappings[0])}"
        return red(QUEUE.id, subject, seen, enabled(parts, mappings[0]))
    if broken := [one for one in on if one.is_broken]:
        return red(QUEUE.id, subject, f"Lambda reads the queue in vain: {broken[0].result}", last_errors(parts))
    return green(QUEUE.id, subject, "the queue is there, and Lambda reads it")


def _of_its_key(parts: Parts, there: Queue) -> tuple[str, Fix] | None:
    """Return why nothing can be sent because of the queue's key, and what to do; None: nothing of that kind."""
    if there.own_key and there.own_key.state != "Enabled":
        seen = f"the queue's key {there.own_key.arn} is {there.own_key.state}: nothing can be sent or read"
        return seen, _enabled_again(parts, there.own_key)
    if there.key.endswith(OF_SQS):
        seen = f"the queue is encrypted with {there.key}, by which neither S3 nor SNS nor EventBridge can send"
        return seen, _own_key(parts)
    return None


def _made_again(parts: Parts) -> Fix:
    """Return how the queue is made as the stack makes it (``LockEventQueue`` in ``.chalice/resources.yaml``)."""
    dead = f"{parts.event_queue.rpartition(':')[0]}:tflock-events-dead-{parts.stage}"
    attributes = {
        "VisibilityTimeout": "780",
        **{name: value for name, value in _encryption(parts).items() if value},
        "RedrivePolicy": compact({"deadLetterTargetArn": dead, "maxReceiveCount": 5}),
        "Policy": compact(stacks_policy(parts)),
    }
    name = parts.event_queue.rpartition(":")[2]
    return Fix(
        do="Make the queue again as the stack has it (SQS takes its name again after 60 seconds). Lambda's mapping "
        "finds it by its name.",
        cli=aws("sqs", "create-queue", region=parts.region, queue_name=name, attributes=attributes),
    )


def _enabled_again(parts: Parts, key: QueueKey) -> Fix:
    if key.state == "gone":
        do = (
            f'`make deploy` with PARAMETERS="{NAMED_BY}=..." and a key that is there; what waits in the queues is lost.'
        )
        return Fix(do=do)
    cancel = aws("kms", "cancel-key-deletion", region=parts.region, key_id=key.arn)
    enable = aws("kms", "enable-key", region=parts.region, key_id=key.arn)
    return Fix(do="Enable the key.", cli=f"{cancel}\n{enable}" if key.state == "PendingDeletion" else enable)


def _encryption(parts: Parts) -> dict[str, str]:
    """Return the attributes by which the queue is encrypted as the stack says."""
    key = parts.parameters.get(NAMED_BY, "")
    return {"KmsMasterKeyId": key, "SqsManagedSseEnabled": "false" if key else "true"}


def _own_key(parts: Parts) -> Fix:
    return Fix(
        do="Have SQS encrypt the queue as the stack does.",
        cli=aws(
            "sqs",
            "set-queue-attributes",
            region=parts.region,
            queue_url=parts.outputs["LockEventsQueueUrl"],
            attributes=_encryption(parts),
        ),
    )


def _mapped(parts: Parts) -> Fix:
    return Fix(
        do=f"Have Lambda call {parts.functions[FUNCTION]} with what is in the queue, as the stack does.",
        cli=aws(
            "lambda",
            "create-event-source-mapping",
            region=parts.region,
            function_name=parts.functions[FUNCTION],
            event_source_arn=parts.event_queue,
            batch_size="25",
            maximum_batching_window_in_seconds=parts.parameters.get("EventBatchingSeconds", "10"),
            scaling_config={"MaximumConcurrency": 5},
            function_response_types="ReportBatchItemFailures",
        ),
    )
