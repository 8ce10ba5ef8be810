"""The demo as a person runs it."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.waiting import wait_for
from tests import needs

ROOT = Path(__file__).parent.parent.parent
PICTURES = {"alert.png", "escalation.png", "tflocks.png", "undo.png"}


@pytest.fixture
def folder() -> Iterator[Path]:
    """Not pytest's own: Chromium has a socket in it, whose path may have no more than 107 characters."""
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def processes_of(folder: Path) -> list[str]:
    """Command lines of the processes that know this folder by their TMPDIR."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"TMPDIR={folder}".encode() in (process / "environ").read_bytes():
                found.append((process / "cmdline").read_text())
        except OSError:
            continue
    return found


def start(folder: Path, **environment: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-u", "-m", "demo"],
        cwd=ROOT,
        env={**os.environ, **environment, "TMPDIR": str(folder), "BROWSER": "true"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def test_the_demo_plays_through_by_itself_and_leaves_no_process(folder: Path) -> None:
    needs.browser()
    pictures = folder / "pictures"
    pictures.mkdir()
    with start(folder, ONCE="1", PICTURES=str(pictures)) as demo:
        said, _ = demo.communicate(timeout=240)
    assert demo.returncode == 0, said
    assert "is asked: Release this lock?" in said
    assert "is asked: Put the lock back?" in said
    assert "every step was seen" in said
    assert {picture.name for picture in pictures.iterdir()} == PICTURES
    assert processes_of(folder) == []
    assert list(folder.glob("tflock-reaper-demo-*")) == []


def test_the_demo_waits_for_a_person_and_ends_cleanly_on_ctrl_c(folder: Path) -> None:
    with start(folder, ONCE="") as demo:
        assert demo.stdout
        for line in demo.stdout:
            if "open it, click what you like" in line:
                break
        os.killpg(demo.pid, signal.SIGINT)
        said = demo.stdout.read()
        assert demo.wait(30) == 0, said
    assert "nothing is left running" in said
    wait_for("its processes have ended", lambda: not processes_of(folder), 5)
