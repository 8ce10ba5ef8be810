"""Wait for what the reaper does, with a limit."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


class StepFailedError(Exception):
    """A step failed; the message says what was seen, ``do`` what to do and ``part`` what is at fault.

    Without these two the table of steps says it.
    """

    def __init__(self, seen: str, do: str = "", part: str = "") -> None:
        super().__init__(seen)
        self.do = do
        self.part = part


@dataclass(frozen=True)
class Waiting:
    """A clock, and a way to let time pass."""

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    every: float = 1.0
    share: float = 1.0
    """The part of each limit that is waited; tests have no time for all of it."""

    def until(self, wanted: str, look: Callable[[], T | None], limit: float) -> T:
        """Look until there is something, and return it.

        Raises:
            StepFailedError: nothing came within the limit.
        """
        end = self.clock() + limit * self.share
        while (found := look()) is None:
            if self.clock() >= end:
                raise StepFailedError(f"{wanted}: not within {limit * self.share:.0f} s")
            self.sleep(self.every)
        return found
