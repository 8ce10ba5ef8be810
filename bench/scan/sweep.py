"""Sweep a bucket with many stale locks from end to end: S3 over HTTP, Slack and the lock book without any pace."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import msgspec

from bench.scan.ours import client
from bench.scan.tools import server
from chalicelib.aws.locks.s3 import S3LockStore
from chalicelib.core.locks.place import Kind
from chalicelib.core.locks.target import Target
from chalicelib.core.nights.sweep_order import SweepOrder
from chalicelib.jobs.runs.run import Threads, run_of
from chalicelib.jobs.sweep import sweep
from chalicelib.wiring_rules import SIDE_BY_SIDE
from tests.builders import some_rules
from tests.fakes.world import FakeWorld

_NOW = datetime(2026, 11, 20, tzinfo=UTC)
_RUN_SECONDS = 840.0


@dataclass(frozen=True)
class Swept:
    """What a sweep took."""

    locks: int
    seconds: float
    calls: dict[str, int]


class Counting:
    """A neighbour whose calls are counted. Fakes are not for threads, so one call at a time is let in."""

    def __init__(self, neighbour: Any, name: str, calls: Counter[str], alone: "threading.RLock | None") -> None:
        self._neighbour, self._name, self._calls, self._alone = neighbour, name, calls, alone

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._neighbour, name)
        if not callable(found):
            return found
        return self._counted(name, found)

    def _counted(self, name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            self._calls[f"{self._name}.{name}"] += 1
            if self._alone is None:
                return method(*arguments, **named)
            with self._alone:
                return method(*arguments, **named)

        return call


def swept(thousands: int) -> Swept:
    """Sweep a bucket of so many thousand keys, of which two in a thousand are stale locks."""
    with server("--bucket", f"states={thousands}:tree") as url:
        s3, world, calls, alone = client(url, 64), FakeWorld(_NOW), Counter[str](), threading.RLock()
        ports = world.ports
        names = ("book", "channels", "digests", "joints", "groups", "messenger", "directory", "journal", "orders")
        counted: Any = {name: Counting(getattr(ports, name), name, calls, alone) for name in names}
        counted["store"] = Counting(S3LockStore(*[lambda *_: s3] * 3), "store", calls, None)
        target = Target(Kind.S3, "states")
        rules = msgspec.structs.replace(some_rules(), targets=(target,))
        began = time.perf_counter()
        run = run_of(Threads(SIDE_BY_SIDE), _RUN_SECONDS)
        sweep(SweepOrder(target), replace(ports, **counted), rules, _NOW, run)
        return Swept(2 * thousands, time.perf_counter() - began, dict(calls))
