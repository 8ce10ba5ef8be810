"""The journal: one JSON line an event on standard output, which Lambda puts into the log group."""

from typing import TextIO

import msgspec

from chalicelib.core.event import LockEvent


class LogJournal:
    """``ports.Journal`` as lines. JSON escapes line breaks, so no lock field can forge a line."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, event: LockEvent) -> None:
        """Write one line, in one piece."""
        self._stream.write(msgspec.json.encode(event).decode() + "\n")
        self._stream.flush()
