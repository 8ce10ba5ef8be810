"""Run the runs of the story: one ends well, one is killed and leaves its lock behind, one is only slow.

The slow one locks its state in S3. The others lock theirs in S3 and in a lock table too, as a team does that is on the
way from the table to S3.
"""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

from botocore.exceptions import ClientError

from demo.deployed import DeployedReaper
from demo.narrator import Narrator
from demo.terraform import LOCK_TABLE, LONG, Locking, TerraformState
from demo.waiting import wait_for

BUCKET = "acme-tfstate"
SLOW = "payments/terraform.tfstate"
KILLED = "prod/network/terraform.tfstate"
_KILLED_PATH = f"{BUCKET}/{KILLED}"
SAMPLES = Path(__file__).parent.parent / "tests" / "samples"

_WELL_SECONDS = 3
_BLOCKED = "Error acquiring the state lock"
_LOCK_ID = re.compile(r"\bID: {2,}(\S+)")  # with one space it would be the line of a request to S3


class RealRuns:
    """The two states in the hands of the real Terraform."""

    plan = f"terraform plan on {KILLED}"

    def __init__(self, program: str, reaper: DeployedReaper, folder: Path, narrator: Narrator) -> None:
        self._reaper = reaper
        self._narrator = narrator
        self._slow, self._killed = (
            TerraformState(program, folder / name, bucket=BUCKET, key=key, environment=reaper.cloud.environment)
            for name, key in (("payments", SLOW), ("network", KILLED))
        )

    def end_well(self) -> None:
        """Run once: take the lock and let it go."""
        self._narrator.step(
            f"terraform apply on {KILLED}: takes its lock, in S3 and in the table {LOCK_TABLE}, and lets it go"
        )
        self._killed.lock_in(Locking.BOTH)
        self._killed.must("init")
        self._killed.start_apply(_WELL_SECONDS)
        self._killed.wait()

    def die(self) -> None:
        """Start one run that lasts a while, and one that is killed in the middle of its apply."""
        self._narrator.step(f"terraform apply on {SLOW}: alive, and slow; on {KILLED}: killed with SIGKILL half-way")
        self._slow.must("init")
        self._slow.start_apply(LONG)
        self._killed.start_apply(LONG)
        for key in (SLOW, KILLED):
            wait_for(f"{key} is locked", lambda: self._reaper.lock_body(BUCKET, key), every=0.05)  # noqa: B023
        wait_for("the table has its half", lambda: self._reaper.table.lock(_KILLED_PATH), every=0.05)
        self._killed.kill()

    def blocked_by(self) -> str:
        """Return the ID of the lock that a plan of the killed run's state fails on; "" if the plan works."""
        plan = self._killed.run("plan")
        if plan.returncode == 0:
            return ""
        found = _LOCK_ID.search(plan.stderr)
        if _BLOCKED not in plan.stderr or not found:
            raise RuntimeError(f"terraform plan failed for another reason:\n{plan.stdout}{plan.stderr}")
        return found[1]

    def end_slow_run(self) -> None:
        """Let the slow run end as it should."""
        self._slow.finish()

    def close(self) -> None:
        """Leave no run behind."""
        self._slow.kill()
        self._killed.kill()


class SampleLocks:
    """Runs without Terraform: its genuine lock bodies, taken and let go as Terraform does."""

    plan = f"taking a plan's lock on {KILLED}"

    def __init__(self, reaper: DeployedReaper, narrator: Narrator) -> None:
        self._reaper = reaper
        self._narrator = narrator

    def end_well(self) -> None:
        """Take a lock in both places and let it go."""
        self._narrator.step("no terraform or tofu on the PATH: taking genuine lock bodies of Terraform 1.11.4 instead")
        self._take("refresh")
        self._let_go()

    def die(self) -> None:
        """Take two locks, one of them in both places."""
        self._narrator.step(f"the locks of {SLOW} and {KILLED} are taken, and nobody lets the latter go")
        self._reaper.put_lock(BUCKET, SLOW, _sample("apply", SLOW))
        self._take("apply")

    def blocked_by(self) -> str:
        """Return the ID of the lock in the way; "" if a lock could be taken, which is then let go."""
        try:
            self._take("plan")
        except ClientError:
            return str(json.loads(self._reaper.lock_body(BUCKET, KILLED) or b"{}").get("ID", ""))
        self._let_go()
        return ""

    def end_slow_run(self) -> None:
        """Let the slow run's lock go."""
        self._reaper.delete_lock(BUCKET, SLOW)

    def _take(self, operation: str) -> None:
        body = _sample(operation, KILLED)
        self._reaper.put_lock(BUCKET, KILLED, body)
        self._reaper.table.put(_KILLED_PATH, {"Info": {"S": body.decode()}})

    def _let_go(self) -> None:
        self._reaper.delete_lock(BUCKET, KILLED)
        self._reaper.table.delete(_KILLED_PATH)

    def close(self) -> None:
        """Do nothing: nothing runs."""


def _sample(operation: str, key: str) -> bytes:
    """Return a genuine body as Terraform would write it at this key now; another key or time would show a copy."""
    body = json.loads((SAMPLES / f"s3-{operation}-default.tflock.json").read_bytes())
    created = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    return json.dumps(body | {"Created": created, "Path": f"{BUCKET}/{key}"}).encode()
