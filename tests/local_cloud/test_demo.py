"""The demo as a person runs it."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chalicelib.core.version import Version
from demo.terraform import LONG, find_terraform
from demo.waiting import wait_for
from deploy.package.target import of_functions_here
from deploy.release.contents import fill
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


@contextmanager
def start(folder: Path, **environment: str) -> Iterator["subprocess.Popen[str]"]:
    """The demo; a test that fails does not wait for its end."""
    with subprocess.Popen(
        [sys.executable, "-u", "-m", "demo"],
        cwd=ROOT,
        env={**os.environ, **environment, "TMPDIR": str(folder), "BROWSER": "true"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as demo:
        try:
            yield demo
        finally:
            demo.terminate()


def test_the_demo_plays_through_by_itself_on_a_release_and_leaves_no_process(folder: Path) -> None:
    """The release is deployed by the commands of docs/installing.md, with nothing of this checkout but the AWS CLI."""
    needs.browser()
    pictures, release = folder / "pictures", folder / "dist"
    pictures.mkdir()
    release.mkdir()
    fill(release, Version("7.8.9", "7" * 40), datetime(2026, 11, 21, tzinfo=UTC), of_functions_here())
    with start(folder, ONCE="1", PICTURES=str(pictures), RELEASE=str(release)) as demo:
        said, _ = demo.communicate(timeout=240)
    assert demo.returncode == 0, said
    assert "taking release 7.8.9 with nothing but the AWS CLI" in said
    assert "is asked: Release this lock?" in said
    assert "is asked: Put the lock back?" in said
    assert "every step was seen" in said
    assert {picture.name for picture in pictures.iterdir()} == PICTURES
    assert processes_of(folder) == []
    assert list(folder.glob("tflock-reaper-demo-*")) == []


def until(demo: "subprocess.Popen[str]", said: str) -> None:
    assert demo.stdout
    for line in demo.stdout:
        if said in line:
            return
    pytest.fail(f"it never said {said!r}")


@pytest.mark.parametrize(("number", "end"), [(signal.SIGINT, os.killpg), (signal.SIGTERM, os.kill)])
def test_the_demo_waits_for_a_person_and_ends_cleanly(
    folder: Path, number: signal.Signals, end: Callable[[int, int], None]
) -> None:
    with start(folder, ONCE="") as demo:
        assert demo.stdout
        until(demo, "choose at the left who clicks")
        until(demo, "the run on payments/terraform.tfstate stays alive for as long as you look")
        if find_terraform():
            assert [program for program in processes_of(folder) if f"-var=seconds={LONG}" in program]
        end(demo.pid, number)
        said = demo.stdout.read()
        assert demo.wait(30) == 0, said
    assert said.index("ending: ") < said.index("nothing is left running")
    wait_for("its processes have ended", lambda: not processes_of(folder), 5)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("number", "end", "once", "status"),
    [
        (signal.SIGTERM, os.kill, "", 0),  # of the demo alone, as by a service manager
        (signal.SIGHUP, os.killpg, "", 0),  # of all that the terminal started, as when it is closed
        (signal.SIGTERM, os.kill, "1", 128 + signal.SIGTERM),
    ],
)
def test_the_demo_ends_as_cleanly_while_it_starts(
    folder: Path, number: signal.Signals, end: Callable[[int, int], None], once: str, status: int
) -> None:
    with start(folder, ONCE=once) as demo:
        until(demo, "packaging the application")
        wait_for(
            "a program of the deployment runs",
            lambda: [one for one in processes_of(folder) if "/bin/aws\0" in one],
            every=0.05,
        )
        end(demo.pid, number)
        said, _ = demo.communicate(timeout=30)
    assert (demo.returncode, "nothing is left running" in said) == (status, True), said
    wait_for("its processes have ended", lambda: not processes_of(folder), 5)
    assert list(folder.iterdir()) == []
