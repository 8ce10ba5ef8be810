"""The journal: one JSON line an event on standard output, which Lambda puts into the log group."""

import json
from typing import TextIO

import msgspec

from chalicelib.aws.metrics import EmfMetrics
from chalicelib.core.audit.line import LockEvent
from chalicelib.core.audit.measure import measured


class LogJournal:
    """``ports.Journal`` as lines of ASCII: whatever a reader takes for a line break is escaped in them.

    What a line says in numbers goes to the metrics, after the line.
    """

    def __init__(self, stream: TextIO, metrics: EmfMetrics) -> None:
        self._stream = stream
        self._metrics = metrics

    def write(self, event: LockEvent) -> None:
        """Write one line, in one piece."""
        self._stream.write(json.dumps(msgspec.to_builtins(event), separators=(",", ":")) + "\n")
        self._stream.flush()
        self._metrics.add(*measured(event))
