"""Run a function as Lambda runs it, and bill it.

What only AWS's machines could tell is assumed: see ``LATENCY`` and ``_MB_OF_A_CPU``. Cold starts are left out, because
a function that is called often enough to cost anything is warm.
"""

import io
import time
import uuid
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass
from typing import Any

from bench import prices
from bench.counted import CountedCalls

MEMORY_MB = 512
"""The memory of all functions, as .chalice/config.json has it."""
LATENCY = {"s3": 0.020, "dynamodb": 0.005, "sqs": 0.008}
"""Seconds that a call within a region takes; assumed."""
_MB_OF_A_CPU = 1769
"""The memory of one CPU; with less, the same work takes longer
(docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html)."""
_ID = uuid.UUID(int=0)
# Lambda writes these lines around each invocation.
_PLATFORM_LINES = [
    f"START RequestId: {_ID} Version: $LATEST\n",
    f"END RequestId: {_ID}\n",
    f"REPORT RequestId: {_ID}\tDuration: 123.45 ms\tBilled Duration: 124 ms\tMemory Size: {MEMORY_MB} MB\t"
    "Max Memory Used: 101 MB\t\n",
]
_LINE_OVERHEAD = 26
"""Bytes that CloudWatch counts beside each line (API reference, PutLogEvents)."""


@dataclass(frozen=True)
class Bill:
    """What a number of cycles used."""

    name: str
    cycles: int
    messages: int
    invocations: int
    used: Mapping[prices.Price, float]
    calls: Mapping[str, int]
    cpu_seconds: float
    untold: int
    """Acquires and releases that the journal did not tell exactly once, with their holds."""
    held: int
    """Released locks that are still listed as held."""

    def per_million(self, price: prices.Price) -> float:
        """Return how many of these a million cycles use."""
        return self.used.get(price, 0) * prices.MILLION / self.cycles

    def dollars(self, price: prices.Price) -> float:
        """Return what these cost, for a million cycles."""
        return price.for_number(self.per_million(price))

    @property
    def total(self) -> float:
        """Return what a million cycles cost."""
        return sum(map(self.dollars, prices.ALL))

    @property
    def fill(self) -> float:
        """Return the messages per invocation."""
        return self.messages / self.invocations

    def gb_seconds(self, latency: float = 1, memory_mb: int = MEMORY_MB) -> float:
        """Return the GB seconds: CPU time as measured here, on the function's share of a CPU, plus each call's wait."""
        waited = latency * sum(LATENCY[name.split()[0]] * number for name, number in self.calls.items())
        return (self.cpu_seconds * _MB_OF_A_CPU / memory_mb + waited) * memory_mb / 1024

    def total_with(self, latency: float = 1, memory_mb: int = MEMORY_MB) -> float:
        """Return the total under other assumptions."""
        other = self.gb_seconds(latency, memory_mb) * prices.MILLION / self.cycles
        return self.total - self.dollars(prices.LAMBDA_SECOND) + prices.LAMBDA_SECOND.for_number(other)


class _Context:
    """The part of Lambda's context that powertools asks for."""

    def get_remaining_time_in_millis(self) -> int:
        return 60_000


class Meter:
    """Runs the functions of one design."""

    def __init__(self, calls: CountedCalls, log: io.StringIO) -> None:
        """Take ``log`` as standard output for the whole process: a function remembers the first one that it met."""
        self._calls = calls
        self._log = log
        self._log_began = log.tell()
        self._invocations = 0
        self._messages = 0
        self._cpu_seconds = 0.0

    def invoke(self, function: Callable[[Any, Any], Any], event: Any) -> Any:
        """Invoke a function once."""
        self._invocations += 1
        self._messages += len(event["Records"])
        self._calls.counting = True
        moto, began = self._calls.moto_seconds, time.process_time()
        try:
            with redirect_stdout(self._log):
                return function(event, _Context())
        finally:
            self._cpu_seconds += time.process_time() - began - (self._calls.moto_seconds - moto)
            self._calls.counting = False

    def bill(self, name: str, cycles: int, byte_months: float, untold: int, held: int) -> Bill:
        """Return what all invocations have used, and what they leave to be stored."""
        used, calls = self._calls.take()
        lines = self.lines() + _PLATFORM_LINES * self._invocations
        used[prices.LAMBDA_REQUEST] = self._invocations
        used[prices.LOGGED_BYTE] = sum(len(line.encode()) + _LINE_OVERHEAD for line in lines)
        used[prices.STORED_BYTE] = byte_months
        bill = Bill(name, cycles, self._messages, self._invocations, used, calls, self._cpu_seconds, untold, held)
        used[prices.LAMBDA_SECOND] = bill.gb_seconds()
        return bill

    def lines(self) -> list[str]:
        """Return the lines that the functions have logged."""
        self._log.seek(self._log_began)
        return self._log.read().splitlines(keepends=True)
