"""Ask Terraform what a module's locals are. That needs no provider, if nothing but the locals is there."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from tests import needs


def run(folder: Path, *arguments: str, asked: str = "") -> "subprocess.CompletedProcess[str]":
    """Run Terraform without anybody's settings."""
    own = {"TF_CLI_CONFIG_FILE": os.devnull, "CHECKPOINT_DISABLE": "1"}
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith(("TF_", "AWS_"))} | own
    return subprocess.run(  # noqa: S603
        [needs.terraform(), *arguments],
        cwd=folder,
        env=surroundings,
        input=asked,
        capture_output=True,
        text=True,
        check=False,
    )


class Module:
    """Some files of a module, in a folder of their own."""

    def __init__(self, folder: Path, module: Path, *files: str) -> None:
        self._folder = folder
        for name in files:
            (folder / name).write_text((module / name).read_text())

    def asked(self, expression: str, **variables: Any) -> Any:
        """The value of an expression; the error's text, if there is one."""
        (self._folder / "terraform.tfvars.json").write_text(json.dumps(variables))
        done = run(self._folder, "console", "-no-color", asked=f"jsonencode({expression})\n")
        said = " ".join(done.stderr.replace("│", " ").split())
        return said if done.returncode or "Error:" in said else json.loads(json.loads(done.stdout))
