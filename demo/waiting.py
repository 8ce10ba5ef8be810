"""Wait for a condition, with a limit."""

import time
from collections.abc import Callable, Iterator
from typing import TypeVar

from demo import stopping

Found = TypeVar("Found")
_FIRST, _SLOWER, _LONGEST = 0.05, 1.25, 0.4


def wait_for(condition: str, look: Callable[[], Found | None], seconds: float = 60, every: float = 0) -> Found:
    """Look until there is something, and return it; raise TimeoutError, which names the condition, if nothing comes.

    A look costs what is waited for some of its time, so without ``every`` the pauses grow. In a program that listens to
    signals, Stopped ends the wait.
    """
    deadline = time.monotonic() + seconds
    pauses = _pauses(every)
    while not (found := look()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds:.0f} s in vain until {condition}")
        stopping.check()
        time.sleep(next(pauses))
    return found


def _pauses(every: float) -> Iterator[float]:
    pause = every or _FIRST
    while True:
        yield pause
        pause = every or min(pause * _SLOWER, _LONGEST)
