"""Who counts the lock debris of a bucket."""

from collections.abc import Iterator
from typing import Protocol

from chalicelib.core.locks.target import Target
from chalicelib.core.nights.debris import Debris


class DebrisCounter(Protocol):
    """The versions of locks, where they may be listed."""

    def count(self, target: Target) -> Iterator[Debris]:
        """Yield the debris of a target as counted so far, after each listing page. May raise StoreError at any step."""
