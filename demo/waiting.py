"""Wait for a condition, with a limit."""

import time
from collections.abc import Callable
from typing import TypeVar

from demo import stopping

Found = TypeVar("Found")


def wait_for(condition: str, look: Callable[[], Found | None], seconds: float = 60, every: float = 0.1) -> Found:
    """Look until there is something, and return it; raise TimeoutError, which names the condition, if nothing comes.

    In a program that listens to signals, Stopped ends the wait.
    """
    deadline = time.monotonic() + seconds
    while not (found := look()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds:.0f} s in vain until {condition}")
        stopping.check()
        time.sleep(every)
    return found
