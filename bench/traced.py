"""Where control goes while a piece of code runs: the modules that it enters, and the calls into the world.

A *step* is a call of a function that is in another module of the application (``app`` and ``chalicelib``) than the
function called before it. Each thread takes its own steps. Coming back from a call is no step, nor is reading a
property, which a reader takes for a value. Lambdas, comprehensions and generator expressions take no step, because it
depends on Python's version whether they are calls at all.

A *return* is a step into a module that was entered before: it was left, and control is there again.

A *call into the world* is a call from ``app`` or ``chalicelib.jobs`` to a method of a class in ``chalicelib.aws`` or
``chalicelib.slack``: what only translates there is functions.
"""

import sys
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import CodeType, FrameType
from typing import Any

_OURS = ("app", "chalicelib")
_CALLERS = ("app", "chalicelib.jobs")
_WORLD = ("chalicelib.aws", "chalicelib.slack")


@dataclass
class Walk:
    """The steps of one piece of code, by the thread, and its calls into the world."""

    steps: defaultdict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    calls: Counter[str] = field(default_factory=Counter)

    @property
    def modules(self) -> int:
        """Return how many modules were entered."""
        return len(set().union(*self.steps.values()))

    @property
    def returned_to(self) -> Counter[str]:
        """Return how many steps went into each module that had been entered before."""
        return sum((Counter(steps) - Counter(set(steps)) for steps in self.steps.values()), Counter())

    @property
    def returns(self) -> int:
        """Return how many steps went into a module that had been entered before."""
        return self.returned_to.total()

    def step(self, module: str) -> None:
        """Add a step, unless this thread is in that module already."""
        steps = self.steps[threading.get_ident()]
        if not steps or steps[-1] != module:
            steps.append(module)


class Tracer:
    """Hears of every call that Python makes: in this thread while it traces, in threads that begin after ``listen``."""

    def __init__(self) -> None:
        self._walk: Walk | None = None
        self._properties: set[CodeType] = set()

    def listen(self) -> None:
        """Hear the threads that begin from now on. All modules of the application must have been imported."""
        self._properties = set(_properties())
        threading.setprofile(self._hear)

    @contextmanager
    def trace(self) -> Iterator[Walk]:
        """Give the walk of what runs in the block."""
        walk = self._walk = Walk()
        sys.setprofile(self._hear)
        try:
            yield walk
        finally:
            sys.setprofile(None)
            self._walk = None

    def _hear(self, frame: FrameType, event: str, _argument: Any) -> None:
        name = frame.f_code.co_name
        if self._walk is None or event != "call" or name.startswith("<") or frame.f_code in self._properties:
            return
        module = _module(frame)
        if not _is_in(module, _OURS):
            return
        self._walk.step(module)
        caller = _module(frame.f_back) if frame.f_back else ""
        if "." in frame.f_code.co_qualname and _is_in(module, _WORLD) and _is_in(caller, _CALLERS):
            self._walk.calls[f"{module.rpartition('.')[2]}.{name}"] += 1


def _properties() -> Iterator[CodeType]:
    """Give the code of every property of the application's classes."""
    modules = [module for name, module in sys.modules.items() if _is_in(name, _OURS)]
    for one in [one for module in modules for one in vars(module).values() if isinstance(one, type)]:
        yield from (found.fget.__code__ for found in vars(one).values() if isinstance(found, property) and found.fget)


def _module(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", ""))


def _is_in(module: str, rooms: tuple[str, ...]) -> bool:
    return any(module == room or module.startswith(f"{room}.") for room in rooms)
