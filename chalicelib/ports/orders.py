"""Orders: what one function leaves for another."""

from typing import Protocol


class QueueError(Exception):
    """An order could not be left for another function."""


class Queue(Protocol):
    """Where an order is left for another function. Raises QueueError."""

    def send(self, message: bytes, delay_seconds: int = 0) -> None:
        """Leave one message, to be delivered no sooner than that (at most 900 seconds)."""
