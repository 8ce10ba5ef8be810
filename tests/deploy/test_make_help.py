"""`make help`: whoever has just cloned the repository sees every command that has a line of help."""

import re
import subprocess

from deploy.commands import ROOT


def test_each_target_with_a_line_of_help_is_listed() -> None:
    told = re.findall(r"^([^:\s#]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE)
    said = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout  # noqa: S607
    assert re.findall(r"^make (\S+)", said, re.MULTILINE) == told
