"""``tflocks history`` as it is installed, asked about the deployed reaper's states."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from demo.deployed import STAGE, DeployedReaper

TFLOCKS = Path(sys.executable).with_name("tflocks")


def tflocks(reaper: DeployedReaper, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """What an operator's terminal or script gets of ``tflocks history``."""
    return run_tflocks(reaper, "history", *arguments)


def run_tflocks(reaper: DeployedReaper, command: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """What an operator's terminal or script gets of a command."""
    given = [TFLOCKS, command, "--stage", STAGE, *arguments]
    return subprocess.run(  # noqa: S603  our own program
        given,
        env=reaper.cloud.environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def holds(reaper: DeployedReaper, *arguments: str) -> list[dict[str, Any]]:
    """The holds of the ``--json`` document, newest first."""
    done = tflocks(reaper, *arguments, "--json")
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)["holds"]
    return found
