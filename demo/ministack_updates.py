"""Teach MiniStack to let a function's runs end when its code or configuration is updated, as Lambda does.

MiniStack kills the processes of a function that is updated, in the middle of their runs. In AWS the runs go on with the
code that they began with: https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html
"""

import threading
import time
from typing import Any

from ministack.core import lambda_runtime  # type: ignore[import-untyped]
from ministack.services import lambda_svc  # type: ignore[import-untyped]

_LONGEST_RUN = 900.0
_PAUSE = 0.05
_invalidate = lambda_runtime.invalidate_worker


def teach() -> None:
    """Let the runs of updated functions end, for this process."""
    lambda_runtime.invalidate_worker = lambda_svc.invalidate_worker = _invalidate_the_idle


def _invalidate_the_idle(name: str, *others: Any, **named: Any) -> None:
    busy = _taken_out(name)
    _invalidate(name, *others, **named)
    for worker in busy:
        threading.Thread(target=_end_after_its_run, args=(worker,), daemon=True).start()


def _taken_out(name: str) -> list[Any]:
    """Take the processes that run now out of the pool of a function, so that no new event comes to them."""
    busy: list[Any] = []
    with lambda_runtime._lock:  # noqa: SLF001
        for key, workers in lambda_runtime._workers.items():  # noqa: SLF001
            if name in key.split(":"):
                busy += [worker for worker in workers if worker.in_use]
                workers[:] = [worker for worker in workers if not worker.in_use]
    return busy


def _end_after_its_run(worker: Any) -> None:
    deadline = time.monotonic() + _LONGEST_RUN
    while worker.in_use and time.monotonic() < deadline:
        time.sleep(_PAUSE)
    worker.kill()
