"""Leave orders for other functions in SQS queues."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from enum import StrEnum
from math import ceil
from typing import TYPE_CHECKING, TypeVar

from chalicelib.aws.errors_in_words import in_words
from chalicelib.aws.genuine import genuine
from chalicelib.aws.orders.batch import MOST, as_sqs_takes, leave_batch
from chalicelib.aws.orders.clicks import write_auto_release, write_click, write_end_undo, write_unheard
from chalicelib.aws.orders.events import write_recording, write_settling
from chalicelib.aws.orders.joint import write_joint_click, write_show_joint
from chalicelib.aws.orders.sweeps import write_sweep
from chalicelib.core.audit.event import LockEvent
from chalicelib.core.clicks.click import Click, Unheard
from chalicelib.core.clicks.order import AutoRelease, EndUndo
from chalicelib.core.joint.click import JointClick, ShowJoint
from chalicelib.core.nights.sweep_order import SweepOrder
from chalicelib.ports.orders import AT_ONCE, OrderError

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient

T = TypeVar("T")
_MOST_BYTES = 256 * 1024
"""Every queue takes a message of this size, unless somebody set a lower ``MaximumMessageSize``."""


class Queue(StrEnum):
    """The queues, each read by one function."""

    SWEEPS = "sweeps"
    """``sweep_target``'s."""
    RELEASES = "releases"
    """``release_lock``'s, the only function that may delete."""
    CLICKS = "clicks"
    """``answer_click``'s."""
    EVENTS = "events"
    """``record_lock_event``'s."""


class SqsOrders:
    """``ports.orders.Orders`` over SQS queues. A function knows only the URLs of queues that it may send to."""

    def __init__(self, client: "SQSClient", url_of: Callable[[Queue], str]) -> None:
        self._client = client
        self._url_of = url_of

    def sweep(self, order: SweepOrder, after: timedelta = AT_ONCE) -> None:
        """Have ``sweep_target`` sweep a target, or what is left of it."""
        self._leave(Queue.SWEEPS, write_sweep, order, after)

    def carry_out(self, click: Click | JointClick, after: timedelta = AT_ONCE) -> None:
        """Have a click carried out by the function that may."""
        queue = _queue_of(click)
        if isinstance(click, JointClick):
            self._leave(queue, write_joint_click, click, after)
        else:
            self._leave(queue, write_click, click, after)

    def carry_out_all(self, clicks: Sequence[Click]) -> None:
        """Have many clicks carried out by the functions that may, ten orders in a request."""
        for begin in range(0, len(clicks), MOST):
            some = clicks[begin : begin + MOST]
            leave_batch(self._client, self._url_of(_queue_of(some[0])), [*map(write_click, some)])

    def show_joint(self, order: ShowJoint, after: timedelta = AT_ONCE) -> None:
        """Have ``answer_click`` edit the message of a joint alert."""
        self._leave(Queue.CLICKS, write_show_joint, order, after)

    def turn_away(self, unheard: Unheard) -> None:
        """Have ``answer_click`` tell a person that their click cannot be carried out."""
        self._leave(Queue.CLICKS, write_unheard, unheard)

    def release_by_itself(self, order: AutoRelease) -> None:
        """Have ``release_lock`` release a lock without a click."""
        self._leave(Queue.RELEASES, write_auto_release, order)

    def end_undo(self, order: EndUndo, after: timedelta) -> None:
        """Have ``answer_click`` remove the button *Put the lock back* from a released lock's message."""
        self._leave(Queue.CLICKS, write_end_undo, order, after)

    def record(self, event: LockEvent) -> None:
        """Have ``record_lock_event`` record an event that it is not told of by S3."""
        self._leave(Queue.EVENTS, write_recording, event)

    def settle(self, event: LockEvent, after: timedelta) -> None:
        """Have ``record_lock_event`` journal an event when all earlier ones have been told."""
        self._leave(Queue.EVENTS, write_settling, event, after)

    def _leave(self, queue: Queue, write: Callable[[T], bytes], order: T, after: timedelta = AT_ONCE) -> None:
        url, text = self._url_of(queue), as_sqs_takes(write(order))
        seconds = ceil(after.total_seconds())
        if (size := len(text.encode())) > _MOST_BYTES:
            raise OrderError(f"the order has {size} bytes, and a message of SQS may have {_MOST_BYTES}")
        try:
            genuine(self._client.send_message(QueueUrl=url, MessageBody=text, DelaySeconds=seconds))
        except Exception as error:  # botocore raises many kinds of errors for an answer that is not SQS's
            raise OrderError(f"the order could not be left in its queue: {in_words('SQS', error)}") from error


def _queue_of(click: Click | JointClick) -> Queue:
    return Queue.RELEASES if click.verb.releases else Queue.CLICKS
