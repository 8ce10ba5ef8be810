"""What the target rules need of the world: whoever looks into accounts, and the memory of what was found."""

from collections.abc import Callable
from typing import Protocol

from chalicelib.core.locks.discovery import Discovery
from chalicelib.core.targets.finding import Finding
from chalicelib.core.targets.remembered import Remembered


class TargetFinder(Protocol):
    """Looks into accounts for buckets and lock tables. It raises nothing: what it could not see is in the finding."""

    def find(self, rule: Discovery, has_time: Callable[[], bool]) -> Finding:
        """Return what a rule finds now. Once the time is over, the accounts that are left count as unseen."""


class TargetBook(Protocol):
    """The memory of what the target rules found. Every method may raise BookError."""

    def remembered(self) -> Remembered | None:
        """Return what was remembered last, whole; None: no rule has looked yet."""

    def replace(self, remembered: Remembered) -> None:
        """Replace all that is remembered, in one step: nobody reads a part of it."""
