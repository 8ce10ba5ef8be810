"""The story: one run of two is killed, its lock found, told in Slack, released by a click; CloudWatch has it all."""

from collections.abc import Callable
from pathlib import Path

from demo.deployed import ALICE, CHANNEL, DeployedReaper
from demo.narrator import JournalTail, Narrator
from demo.terraform import TerraformState
from demo.waiting import wait_for

BUCKET = "acme-tfstate"
HEALTHY = "payments/terraform.tfstate"
KILLED = "prod/network/terraform.tfstate"
THRESHOLD = "5s"
SAMPLES = Path(__file__).parent.parent / "tests" / "samples"

Click = Callable[[str], None]
"""Has somebody click Release on the alert about a state path, and returns when they have."""


def prepare(reaper: DeployedReaper, narrator: Narrator) -> None:
    """A deployed reaper and a state bucket wired to it."""
    narrator.step(f"local cloud (MiniStack) and Slack stand-in are up: {reaper.cloud.url}, {reaper.slack.url}")
    narrator.step("packaging the application and deploying it by CloudFormation")
    reaper.deploy()
    narrator.step(f"deployed; creating the versioned state bucket {BUCKET} and wiring it to the queue of lock events")
    reaper.create_state_bucket(BUCKET)


class RealRuns:
    """The two states in the hands of the real Terraform."""

    def __init__(self, program: str, reaper: DeployedReaper, folder: Path, narrator: Narrator) -> None:
        self._reaper = reaper
        self._narrator = narrator
        self._healthy, self._killed = (
            TerraformState(program, folder / name, bucket=BUCKET, key=key, environment=reaper.cloud.environment)
            for name, key in (("payments", HEALTHY), ("network", KILLED))
        )

    def run(self) -> None:
        """One run that ends well, one that is killed in the middle of its apply."""
        self._narrator.step(f"terraform apply on {HEALTHY}: takes its lock and lets it go")
        self._healthy.must("init")
        self._healthy.must("apply", "-auto-approve")
        self._narrator.step(f"terraform apply on {KILLED}, killed with SIGKILL in the middle")
        self._killed.must("init")
        self._killed.start_apply(600)
        wait_for("the lock is there", lambda: self._reaper.lock_body(BUCKET, KILLED), every=0.05)
        self._killed.kill()
        blocked = self._killed.run("plan")
        if blocked.returncode == 0 or "Error acquiring the state lock" not in blocked.stderr:
            raise RuntimeError(f"the killed run should have left its lock behind:\n{blocked.stdout}{blocked.stderr}")
        self._narrator.aside('the next plan fails: "Error acquiring the state lock"')

    def works_again(self) -> None:
        """The state that was blocked can be planned again."""
        self._killed.must("plan")
        self._narrator.step(f"terraform plan on {KILLED} works again")

    def close(self) -> None:
        """Leave no run behind."""
        self._killed.kill()


class SampleLocks:
    """Without Terraform: its genuine lock bodies, taken the way it takes them."""

    def __init__(self, reaper: DeployedReaper, narrator: Narrator) -> None:
        self._reaper = reaper
        self._narrator = narrator

    def run(self) -> None:
        """One lock taken and released, one taken and left behind."""
        self._narrator.step("no terraform or tofu on the PATH: taking genuine lock bodies of Terraform 1.11.4 instead")
        self._reaper.put_lock(BUCKET, HEALTHY, (SAMPLES / "s3-plan-default.tflock.json").read_bytes())
        self._reaper.cloud.client("s3").delete_object(Bucket=BUCKET, Key=f"{HEALTHY}.tflock")
        self._reaper.put_lock(BUCKET, KILLED, (SAMPLES / "s3-apply-default.tflock.json").read_bytes())

    def works_again(self) -> None:
        """The lock can be taken again."""
        self._reaper.put_lock(BUCKET, KILLED, (SAMPLES / "s3-plan-default.tflock.json").read_bytes())
        self._narrator.step(f"the lock of {KILLED} can be taken again")

    def close(self) -> None:
        """Nothing runs."""


def play(
    reaper: DeployedReaper, runs: RealRuns | SampleLocks, journal: JournalTail, narrator: Narrator, click: Click
) -> None:
    """From the killed run to the working plan; TimeoutError names the step that was not seen."""
    path = f"{BUCKET}/{KILLED}"
    runs.run()
    wait_for("the journal has the acquire", lambda: journal.has("lock_acquired", state_path=path))
    narrator.step(f"the nightly sweep, as soon as the lock is over its threshold, here {THRESHOLD}")
    reaper.alert_of(BUCKET, KILLED)
    narrator.step(f"Slack shows it: {reaper.slack.url}/#{CHANNEL.id}")
    click(path)
    reaper.alert(f"Released by <@{ALICE.id}>")
    narrator.step("the message says who released it")
    lines = {
        "release_requested": {"state_path": path, "slack_user": ALICE.id},
        "release_answered": {"state_path": path, "outcome": "released"},
        "lock_released": {"state_path": path, "slack_user": ALICE.id},
    }
    for event, fields in lines.items():
        wait_for(f"the journal has {event}", lambda: journal.has(event, **fields))  # noqa: B023  asked before the next
    runs.works_again()
