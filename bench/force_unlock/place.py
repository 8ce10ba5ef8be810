"""The state that a leftover is in the way of: leave the lock there, look at it, take it away."""

import hashlib
import json
from pathlib import Path

from bench.force_unlock.leftovers import Leftover, written
from demo.deployed import DeployedReaper
from demo.lock_table import Item
from demo.terraform import TerraformState

_STATE = json.dumps(
    {"version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": "0", "outputs": {}, "resources": []}
).encode()


class LockedState:
    """One state of the real Terraform, with what is left behind on it."""

    def __init__(self, program: str, folder: Path, reaper: DeployedReaper, leftover: Leftover, bucket: str) -> None:
        self.leftover = leftover
        self._reaper = reaper
        self.bucket = bucket
        key, workspace = leftover.key, leftover.workspace
        self.key = f"env:/{workspace}/{key}" if workspace else key
        environment = reaper.cloud.environment
        self._module = TerraformState(program, folder / key, bucket=bucket, key=key, environment=environment)
        self._module.lock_in(leftover.locking)
        self._module.must("init")
        self._write_state(key)
        self.digest_before = self.digest()
        if workspace:
            self._module = self._module.run_by(environment | {"TF_WORKSPACE": workspace})

    @property
    def table(self) -> str:
        """Return the name of the lock table."""
        return self._reaper.table.name

    @property
    def state_path(self) -> str:
        """Return ``<bucket>/<state key>``."""
        return f"{self.bucket}/{self.key}"

    def leave(self) -> None:
        """Leave the lock there."""
        body = written(self.state_path)
        if self.leftover.in_s3:
            self._reaper.put_lock(self.bucket, self.key, self.leftover.in_s3(body))
        if self.leftover.in_table:
            self._reaper.table.put(self.state_path, self.leftover.in_table(body))

    def _write_state(self, key: str) -> None:
        """Write an empty state, and its digest if the state is locked in the table, as an apply does."""
        self._reaper.cloud.client("s3").put_object(Bucket=self.bucket, Key=key, Body=_STATE)
        if self.leftover.locking.in_table:
            digest = hashlib.md5(_STATE).hexdigest()  # noqa: S324  what Terraform takes
            self._reaper.table.put(f"{self.bucket}/{key}-md5", {"Digest": {"S": digest}})

    def version(self) -> str:
        """Return the version of Terraform or OpenTofu."""
        return str(json.loads(self._module.must("version", "-json"))["terraform_version"])

    def plans(self) -> bool:
        """Return whether ``terraform plan`` works."""
        return self._module.run("plan").returncode == 0

    def force_unlock(self) -> tuple[int, str]:
        """Run ``terraform force-unlock``; return its exit status and what it said."""
        done = self._module.run("force-unlock", "-force", self.leftover.id)
        return done.returncode, done.stderr

    def left(self) -> tuple[str, ...]:
        """Return where something is left of the lock."""
        in_s3 = self._reaper.lock_body(self.bucket, self.key) is not None
        in_table = self._reaper.table.lock(self.state_path) is not None
        return tuple(place for place, there in (("S3", in_s3), ("table", in_table)) if there)

    def digest(self) -> Item | None:
        """Return the digest item of the state of the default workspace."""
        return self._reaper.table.lock(f"{self.bucket}/{self.leftover.key}-md5")

    def clear(self) -> None:
        """Take away what is left of the lock."""
        self._reaper.delete_lock(self.bucket, self.key)
        self._reaper.table.delete(self.state_path)
