"""Orders that one function leaves for another."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from chalicelib.core.audit.event import LockEvent
from chalicelib.core.clicks.click import Click, Unheard
from chalicelib.core.clicks.order import AutoRelease, EndUndo
from chalicelib.core.joint.click import JointClick, ShowJoint
from chalicelib.core.nights.sweep_order import SweepOrder

AT_ONCE = timedelta(0)
LONGEST_DELAY = timedelta(minutes=15)
"""SQS holds a message back for 900 seconds at most (SendMessage, DelaySeconds)."""


class OrderError(Exception):
    """An order could not be left for another function."""


class Orders(Protocol):
    """The queues for orders. No order is delivered before ``after`` has passed. Every method may raise OrderError."""

    def sweep(self, order: SweepOrder, after: timedelta = AT_ONCE) -> None:
        """Have ``sweep_target`` sweep a target, or what is left of it."""

    def carry_out(self, click: Click | JointClick, after: timedelta = AT_ONCE) -> None:
        """Have a click carried out: by ``release_lock`` if its verb releases, else by ``answer_click``."""

    def carry_out_all(self, clicks: Sequence[Click]) -> None:
        """Have many clicks of one verb carried out at once, by the same function as ``carry_out`` does.

        After an OrderError some of them may have been left.
        """

    def show_joint(self, order: ShowJoint, after: timedelta = AT_ONCE) -> None:
        """Have ``answer_click`` edit the message of a joint alert."""

    def turn_away(self, unheard: Unheard) -> None:
        """Have ``answer_click`` tell a person that their click cannot be carried out."""

    def release_by_itself(self, order: AutoRelease) -> None:
        """Have ``release_lock`` release a lock without a click."""

    def end_undo(self, order: EndUndo, after: timedelta) -> None:
        """Have ``answer_click`` remove the button *Put the lock back* from a released lock's message."""

    def record(self, event: LockEvent) -> None:
        """Have ``record_lock_event`` record an event that it is not told of by S3."""

    def settle(self, event: LockEvent, after: timedelta) -> None:
        """Have ``record_lock_event`` journal an event when all earlier ones have been told."""
