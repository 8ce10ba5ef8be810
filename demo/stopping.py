"""End on Ctrl-C, SIGTERM or a closed terminal, but only where nothing can be left behind.

An exception out of a signal handler can come right after the start of a process, before anybody knows of it, or in the
middle of clearing up. So the handler only notes the signal. ``check`` raises at points where somebody will end all that
runs; in ``at_once`` the exception may come anywhere.
"""

import contextlib
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_EVERY = 0.1  # seconds; sleep goes on after a signal


class Stopped(BaseException):
    """Somebody wants the program to end."""


@dataclass
class _Noted:
    signal: int = 0
    at_once: bool = False


_noted = _Noted()


def listen() -> None:
    """Note the signals from now on. A SIGHUP that is ignored already (``nohup``) stays so."""
    for number in _SIGNALS:
        if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _note)


def asked() -> int:
    """Return the number of the first signal; 0 if there was none."""
    return _noted.signal


def check() -> None:
    """Raise Stopped if there was a signal."""
    if _noted.signal:
        raise Stopped


@contextlib.contextmanager
def at_once() -> Iterator[None]:
    """Let a signal raise Stopped wherever it comes; use it only around code that may break off at any point."""
    _noted.at_once = True
    try:
        check()
        yield
    finally:
        _noted.at_once = False


def sleep(seconds: float) -> None:
    """Wait for a number of seconds; a signal ends the wait with Stopped."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        check()
        time.sleep(min(_EVERY, seconds))
    check()


def _note(number: int, _frame: FrameType | None) -> None:
    if not _noted.signal:  # the first signal counts: a closed terminal and `make` both send one
        _noted.signal = number
        if _noted.at_once:
            raise Stopped


def forget() -> None:
    """Forget all signals."""
    _noted.signal = 0
    _noted.at_once = False
