"""Measure and print how long something takes."""

import statistics
import time
from collections.abc import Callable, Sequence


def timed(run: Callable[[], object]) -> float:
    """Return the seconds that an action takes."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def report(what: str, seconds: Sequence[float]) -> None:
    """Print the median and the 95th percentile in milliseconds."""
    ordered = sorted(seconds)
    p95 = ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))]
    median = 1000 * statistics.median(ordered)
    print(f"{what:<44} median {median:6.0f} ms   p95 {1000 * p95:6.0f} ms   of {len(ordered)}")
