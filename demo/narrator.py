"""Tell the story on the terminal: numbered steps with their seconds, and the journal's lines as they come."""

import contextlib
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

from demo.deployed import DeployedReaper

_SHOWN = (
    "target",
    "locks",
    "alerts",
    "told_by",
    "state_path",
    "operation",
    "who",
    "lock_id",
    "held_seconds",
    "slack_user",
    "level",
    "until",
    "outcome",
    "channel",
    "detail",
    "flaw",
)
_DIM, _BOLD, _PLAIN = "\033[2m", "\033[1m", "\033[0m"


class Narrator:
    """The teller of the story; it is safe to use from two threads."""

    def __init__(self) -> None:
        self._start = time.monotonic()
        self._writing = threading.Lock()
        self._colours = sys.stdout.isatty()
        self._last_watch = ""

    def step(self, text: str) -> None:
        """Print one step of the story."""
        self._write(f"{time.monotonic() - self._start:6.1f} s  ", text, _BOLD)

    def aside(self, text: str) -> None:
        """Print something to know about the step before."""
        self._write("          ", text, "")

    def journal_line(self, line: dict[str, Any]) -> None:
        """Print one line of the journal, in short, but not a watch that found the same as the last one."""
        told = " ".join(f"{name}={line[name]}" for name in _SHOWN if line.get(name) not in (None, ""))
        if line["event"] == "watch_finished":
            if told == self._last_watch:
                return
            self._last_watch = told
        self._write("          CloudWatch  ", f"{line['event']:<18} {told}", _DIM)

    def _write(self, before: str, text: str, style: str) -> None:
        styled = f"{style}{text}{_PLAIN}" if self._colours and style else text
        with self._writing:
            try:
                print(before + styled, flush=True)
            except OSError:  # the terminal was closed: nobody hears the rest, and clearing up goes on
                _say_no_more()


def _say_no_more() -> None:
    """Discard standard output, with what is still in its buffer (docs.python.org: "Note on SIGPIPE")."""
    with Path(os.devnull).open("w") as nowhere, contextlib.suppress(OSError):
        os.dup2(nowhere.fileno(), sys.stdout.fileno())


class JournalTail:
    """A thread that follows the journal; it prints each line and remembers it."""

    def __init__(self, reaper: DeployedReaper, narrator: Narrator) -> None:
        self._lines: list[dict[str, Any]] = []
        self._reaper = reaper
        self._narrator = narrator
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True)

    def start(self) -> None:
        """Begin to follow."""
        self._thread.start()

    def stop(self) -> None:
        """Read what is left and end."""
        self._ended.set()
        if self._thread.ident:
            self._thread.join()

    def take(self, event: str, **fields: object) -> dict[str, Any] | None:
        """Take a line of that event with those fields that was not taken before; return None if there is none yet."""
        for line in self._lines:
            if line["event"] == event and fields.items() <= line.items():
                self._lines.remove(line)
                return line
        return None

    def _follow(self) -> None:
        while not self._ended.wait(0.5):
            self._read()

    def _read(self) -> None:
        for line in self._reaper.journal_lines():
            self._lines.append(line)
            self._narrator.journal_line(line)
