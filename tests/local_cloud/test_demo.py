"""The demo as a person runs it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from demo.waiting import wait_for
from tests import needs

ROOT = Path(__file__).parent.parent.parent


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


def start(tmp_path: Path, **environment: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-u", "-m", "demo"],
        cwd=ROOT,
        env={**os.environ, **environment, "TMPDIR": str(tmp_path), "BROWSER": "true"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def test_the_demo_plays_through_by_itself_and_leaves_no_process(tmp_path: Path) -> None:
    needs.browser()
    with start(tmp_path, ONCE="1") as demo:
        said, _ = demo.communicate(timeout=120)
    assert demo.returncode == 0, said
    assert "clicks Release and is asked" in said
    assert "every step was seen" in said
    assert processes_of(tmp_path) == []
    assert list(tmp_path.glob("tflock-reaper-demo-*")) == []


def test_the_demo_waits_for_a_person_and_ends_cleanly_on_ctrl_c(tmp_path: Path) -> None:
    with start(tmp_path, ONCE="") as demo:
        assert demo.stdout
        for line in demo.stdout:
            if "open it, click Release" in line:
                break
        os.killpg(demo.pid, signal.SIGINT)
        said = demo.stdout.read()
        assert demo.wait(30) == 0, said
    assert "nothing is left running" in said
    wait_for("its processes have ended", lambda: not processes_of(tmp_path), 5)
