"""Orders: what one function leaves for another."""

from datetime import timedelta
from typing import Protocol

from chalicelib.core.audit.event import LockEvent
from chalicelib.core.clicks.click import Click, Unheard
from chalicelib.core.clicks.order import AutoRelease, EndUndo
from chalicelib.core.locks.target import Target

AT_ONCE = timedelta(0)
LONGEST_DELAY = timedelta(minutes=15)
"""SQS holds a message back for 900 seconds at most (SendMessage, DelaySeconds)."""


class OrderError(Exception):
    """An order could not be left for another function."""


class Orders(Protocol):
    """Leave orders for other functions; none is delivered sooner than ``after`` says. Raises OrderError."""

    def sweep(self, target: Target) -> None:
        """Have ``sweep_target`` sweep a target."""

    def carry_out(self, click: Click, after: timedelta = AT_ONCE) -> None:
        """Have a click carried out, by ``release_lock`` where its verb releases, else by ``answer_click``."""

    def turn_away(self, unheard: Unheard) -> None:
        """Have ``answer_click`` tell a person that nothing is done with their click."""

    def release_by_itself(self, order: AutoRelease) -> None:
        """Have ``release_lock`` release a lock that nobody clicked."""

    def end_undo(self, order: EndUndo, after: timedelta) -> None:
        """Have ``answer_click`` take the button away that puts a released lock back."""

    def settle(self, release: LockEvent, after: timedelta) -> None:
        """Have ``record_lock_event`` journal a release with its hold."""
