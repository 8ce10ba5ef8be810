"""How every source is asked for holds, and what it gives."""

from typing import Protocol

import msgspec

from tflocks.holds.hold import Hold
from tflocks.holds.scope import Scope


class Findings(msgspec.Struct, frozen=True, kw_only=True):
    """What one source found."""

    holds: list[Hold] = []
    notes: tuple[str, ...] = ()
    """What the reader should know about how they were found."""
    problem: str = ""
    """Why the source could not be read; it then gives no holds."""
    no_bucket: bool = False
    """The problem is that there is no such bucket."""
    blind: str = ""
    """Why it proves nothing that the source found no hold."""


class HoldSource(Protocol):
    """One place that knows of holds."""

    def find(self, scope: Scope) -> Findings:
        """Return the holds within a scope. A source that cannot be read says so in ``problem`` and raises nothing."""
