"""The journal: one JSON line an event on standard output, which Lambda puts into the log group."""

import json
from typing import TextIO

import msgspec

from chalicelib.core.event import LockEvent


class LogJournal:
    """``ports.Journal`` as lines of ASCII: whatever a reader takes for a line break is escaped in them."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, event: LockEvent) -> None:
        """Write one line, in one piece."""
        self._stream.write(json.dumps(msgspec.to_builtins(event), separators=(",", ":")) + "\n")
        self._stream.flush()
