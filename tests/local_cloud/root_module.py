"""A root module of the real Terraform, with the real AWS provider of a mirror, on the local cloud."""

import json
import subprocess
from pathlib import Path
from typing import Any

from demo.local_cloud import LocalCloud
from tests import needs

PROVIDER = """
provider "aws" {
  s3_use_path_style           = true
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}
"""
NO_CHANGE, CHANGES = 0, 2
"""Exit statuses of ``terraform plan -detailed-exitcode``."""


class RootModule:
    """Its files are ``provider.tf`` and what is written. Skips without Terraform or the provider."""

    def __init__(self, folder: Path, cloud: LocalCloud) -> None:
        self._folder, self._program, self._mirror, self._cloud = folder, needs.terraform(), needs.aws_provider(), cloud
        folder.mkdir()
        (folder / "provider.tf").write_text(PROVIDER)

    def write(self, resources: str, name: str = "main.tf") -> None:
        (self._folder / name).write_text(resources)

    def init(self) -> None:
        self.must("init", f"-plugin-dir={self._mirror}")

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        environment = self._cloud.environment | {"TF_CLI_CONFIG_FILE": "/dev/null", "CHECKPOINT_DISABLE": "1"}
        command = [self._program, arguments[0], *(["-no-color"] if arguments[0] != "output" else []), *arguments[1:]]
        return subprocess.run(  # noqa: S603
            command, cwd=self._folder, env=environment, capture_output=True, text=True, timeout=180, check=False
        )

    def must(self, *arguments: str) -> str:
        done = self.run(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def planned(self, plan: str) -> dict[str, Any]:
        """What a saved plan changes: each resource's address, with its actions, before and after."""
        changes = json.loads(self.must("show", "-json", plan))["resource_changes"]
        return {
            one["address"]: one["change"] for one in changes if one["change"]["actions"] not in (["no-op"], ["read"])
        }
