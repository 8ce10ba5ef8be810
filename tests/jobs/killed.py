"""A process that is killed after any of its calls to the world."""

from collections.abc import Callable
from dataclasses import fields
from typing import Any

from chalicelib.ports.world import World
from tests.fakes.world import FakeWorld


class KilledError(BaseException):
    """No job catches it, as none can catch a SIGKILL."""


class _Mortal:
    """A neighbour whose calls are counted; the last one that is allowed is done, and its answer never arrives."""

    def __init__(self, neighbour: object, calls: list[str], last: int) -> None:
        self._neighbour, self._calls, self._last = neighbour, calls, last

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._neighbour, name)
        if not callable(method):
            return method

        def call(*arguments: Any, **named: Any) -> Any:
            answer = method(*arguments, **named)
            self._calls.append(name)
            if len(self._calls) == self._last:
                raise KilledError(name)
            return answer

        return call


def killed_after(world: FakeWorld, last: int, job: Callable[[World], object]) -> str:
    """Run a job until its ``last``-th call; the name of that call, "" when it ended before."""
    calls: list[str] = []
    ports: dict[str, Any] = {
        field.name: _Mortal(getattr(world.ports, field.name), calls, last) for field in fields(World)
    }
    ports["clock"] = world.ports.clock
    try:
        job(World(**ports))
    except KilledError as killed:
        return str(killed)
    return ""
