"""The reaper's memory of its nights."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from chalicelib.core.nights.night import Night, Ordered, Result


class NightBook(Protocol):
    """The nights of the last weeks, each with its targets and their results. Every method may raise BookError."""

    def begin(self, began: datetime, ordered: Sequence[Ordered]) -> None:
        """Remember a night and the targets that are to be swept in it. Doing it again changes no result."""

    def result(self, began: datetime, home: str) -> Result | None:
        """Return what is known of one target in a night; None: nothing yet."""

    def note(self, began: datetime, result: Result) -> None:
        """Store the result of a target, unless a later order of it has told by now."""

    def untold(self) -> list[datetime]:
        """Return when each night began that has not ended by ``end``, the oldest first."""

    def read(self, began: datetime) -> Night:
        """Return a night with its targets and the results so far."""

    def journal(self, began: datetime) -> bool:
        """Take the right to journal a night's summary; return whether it was taken. It is taken only once."""

    def end(self, began: datetime) -> None:
        """Note that people were told of a night, or need not be."""
