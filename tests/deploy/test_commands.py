import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy.commands import CommandError, run

# A program that starts another one and waits for it, as Chalice does with pip.
PARENT = """
import pathlib, subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
pathlib.Path("child").write_text(str(child.pid))
child.wait()
"""


class BrokenOffError(BaseException):
    pass


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False


@contextmanager
def broken_off_when(file: Path) -> Iterator[None]:
    """Raise as a signal handler does, as soon as a file is there."""

    def handler(_number: int, _frame: object) -> None:
        if file.exists() and file.read_text():
            signal.setitimer(signal.ITIMER_REAL, 0)
            raise BrokenOffError

    before = signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_a_program_that_is_broken_off_takes_with_it_what_it_has_started(tmp_path: Path) -> None:
    with pytest.raises(BrokenOffError), broken_off_when(tmp_path / "child"):
        run("python", "-c", PARENT, folder=tmp_path, has_children=True)
    child = int((tmp_path / "child").read_text())
    until = time.monotonic() + 5
    while is_alive(child) and time.monotonic() < until:
        time.sleep(0.01)
    assert not is_alive(child)


def test_a_program_that_asks_at_the_terminal_keeps_it(tmp_path: Path) -> None:
    own = run("python", "-c", "import os; print(os.getsid(0))", folder=tmp_path)
    assert int(own) == os.getsid(0)


def test_a_program_that_fails_is_told_in_its_own_words(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"python -c .* failed \(3\):\nno such thing"):
        run("python", "-c", "import sys; print('no such thing', file=sys.stderr); sys.exit(3)", folder=tmp_path)
