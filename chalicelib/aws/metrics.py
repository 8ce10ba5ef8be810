"""Write metrics as lines on standard output (EMF). CloudWatch reads them there: no call, no right and no time."""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import wraps
from typing import ParamSpec, TypeVar

from aws_lambda_powertools.metrics import EphemeralMetrics

from chalicelib.core.audit.measure import Measurement

NAMESPACE = "TflockReaper"
_logger = logging.getLogger(__name__)
P = ParamSpec("P")
T = TypeVar("T")


class EmfMetrics:
    """Collects what one invocation measures and writes it at its end, one line for each set of dimensions.

    A failure here costs no lock its journal line, its alert or its release.
    """

    def __init__(self, stage: str) -> None:
        self._stage = stage
        self._collected: list[Measurement] = []

    def add(self, *measurements: Measurement) -> None:
        """Remember these until the invocation ends."""
        self._collected.extend(measurements)

    def flush(self) -> None:
        """Write what was collected, and forget it."""
        collected, self._collected = self._collected, []
        try:
            for dimensions, together in _by_dimensions(collected).items():
                self._write(dict(dimensions), together)
        except Exception:
            _logger.exception("metrics were not written; the journal has all that they would have said")

    def _write(self, dimensions: dict[str, str], measurements: Iterable[Measurement]) -> None:
        # One for each set of dimensions: powertools' other ways write every metric under every set, which costs more.
        # service="": otherwise powertools adds a dimension of that name, which would always be the same.
        line = EphemeralMetrics(
            namespace=NAMESPACE, service="", default_dimensions={"Stage": self._stage, **dimensions}
        )
        for one in measurements:
            line.add_metric(one.name, one.unit.value, one.value)
        if line.metric_set:  # empty after the hundredth value, when powertools has written a line itself
            line.flush_metrics()


def flushed(metrics: Callable[[], EmfMetrics]) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Return a decorator that writes the metrics when a function ends, also by an exception."""

    def of(entry_point: Callable[P, T]) -> Callable[P, T]:
        @wraps(entry_point)
        def run(*arguments: P.args, **named: P.kwargs) -> T:
            try:
                return entry_point(*arguments, **named)
            finally:
                metrics().flush()

        return run

    return of


def _by_dimensions(measurements: list[Measurement]) -> dict[tuple[tuple[str, str], ...], list[Measurement]]:
    grouped = defaultdict(list)
    for one in measurements:
        grouped[one.dimensions].append(one)
    return grouped
