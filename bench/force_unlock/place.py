"""The state that a leftover is in the way of: leave the lock there, look at it, take it away."""

from pathlib import Path

from bench.force_unlock.leftovers import Leftover, written
from demo.deployed import DeployedReaper
from demo.lock_table import Item
from demo.terraform import TerraformState


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
        self._module.must("apply", "-auto-approve")
        if workspace:
            self._module = self._module.run_by(environment | {"TF_WORKSPACE": workspace})

    @property
    def state_path(self) -> str:
        """Return ``<bucket>/<state key>``."""
        return f"{self.bucket}/{self.key}"

    def leave(self) -> None:
        """Leave the lock there; raise RuntimeError if it is not in the way of a plan."""
        body = written(self.state_path)
        if self.leftover.in_s3:
            self._reaper.put_lock(self.bucket, self.key, self.leftover.in_s3(body))
        if self.leftover.in_table:
            self._reaper.table.put(self.state_path, self.leftover.in_table(body))
        if self.plans():
            raise RuntimeError(f"{self.leftover.what}: should be in the way of a plan")

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
        """Return the digest item of the state."""
        return self._reaper.table.digest(self.state_path)

    def clear(self) -> None:
        """Take away what is left of the lock."""
        self._reaper.delete_lock(self.bucket, self.key)
        self._reaper.table.delete(self.state_path)
