import os
import re
import subprocess
import time
from pathlib import Path

import pytest

from demo.terraform import LONG, TerraformState

HOUR = 3600


NOWHERE = {"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_REGION": "us-east-1"}


def lasting(folder: Path, *, seconds: int, starter: int) -> "subprocess.Popen[bytes]":
    """What an apply runs while it holds its lock."""
    TerraformState("terraform", folder, bucket="b", key="k", environment=NOWHERE)
    found = re.search(r'command = "(.*)"', (folder / "main.tf").read_text())
    assert found
    command = found[1].replace("${var.seconds}", str(seconds)).replace("${var.starter}", str(starter))
    return subprocess.Popen(  # noqa: S603
        ["/bin/sh", "-c", command], cwd=folder, stderr=subprocess.DEVNULL
    )


def gone() -> int:
    with subprocess.Popen(["/bin/true"]) as ended:
        ended.wait()
    return ended.pid


def test_a_run_lasts_for_as_long_as_somebody_may_read() -> None:
    assert LONG > 8 * HOUR


def test_a_run_ends_when_it_is_told_to(tmp_path: Path) -> None:
    with lasting(tmp_path / "module", seconds=LONG, starter=os.getpid()) as run:
        with pytest.raises(subprocess.TimeoutExpired):
            run.wait(0.3)
        (tmp_path / "module" / "finish").touch()
        assert run.wait(5) == 0


@pytest.mark.parametrize(("seconds", "lives"), [(0, True), (LONG, False)])
def test_a_run_ends_by_itself_after_its_time_or_its_starter(tmp_path: Path, seconds: int, lives: bool) -> None:
    began = time.monotonic()
    with lasting(tmp_path / "module", seconds=seconds, starter=os.getpid() if lives else gone()) as run:
        assert run.wait(5) == 0
    assert time.monotonic() - began < 5
