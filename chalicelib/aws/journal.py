"""Write the journal: JSON lines on standard output, which Lambda puts into the log group."""

import json
from typing import TextIO

import msgspec

from chalicelib.aws.metrics import EmfMetrics
from chalicelib.core.audit.line import JournalLine
from chalicelib.core.audit.measure import measured


class LogJournal:
    """``ports.world.Journal`` as lines of ASCII. Line breaks of any kind inside a line are escaped.

    After each line, its measurements go to the metrics.
    """

    def __init__(self, stream: TextIO, metrics: EmfMetrics) -> None:
        self._stream = stream
        self._metrics = metrics

    def write(self, line: JournalLine) -> None:
        """Write one line with one call."""
        self._stream.write(json.dumps(msgspec.to_builtins(line), separators=(",", ":")) + "\n")
        self._stream.flush()
        self._metrics.add(*measured(line))
