"""How long a click takes.

Measured on the local cloud, with warm functions: the time until Slack has its 200 (it waits three seconds), and until
the lock is gone. The peer is what a person does today, with the repository checked out, initialised and the lock's ID
at hand: `terraform force-unlock`.
"""

import tempfile
import time
from pathlib import Path

from bench.measured import report, timed
from chalicelib.slack.words.parts.buttons import RELEASE_ACTION
from demo.deployed import ALICE, Decided, DeployedReaper
from demo.terraform import TerraformState, find_terraform
from demo.waiting import wait_for
from tests.builders import sample

_BUCKET = "acme-tfstate"
_LOCK_ID = "78653438-8ad9-5195-0db7-201620792a67"


def main(rounds: int) -> None:
    """Measure both and print medians and 95th percentiles in milliseconds."""
    with tempfile.TemporaryDirectory() as name, DeployedReaper(Path(name), Decided((_BUCKET,))) as reaper:
        reaper.deploy()
        reaper.create_state_bucket(_BUCKET)
        answered, released = zip(*[_click(reaper, number) for number in range(rounds + 1)][1:], strict=True)
        report("click to Slack's 200", answered)
        report("click to lock gone", released)
        if program := find_terraform():
            environment = reaper.cloud.environment
            state = TerraformState(
                program, Path(name) / "tf", bucket=_BUCKET, key="peer.tfstate", environment=environment
            )
            state.must("init")
            report("terraform force-unlock", [_force_unlock(reaper, state) for _ in range(rounds)])


def _click(reaper: DeployedReaper, number: int) -> tuple[float, float]:
    key = f"click-{number}.tfstate"
    reaper.put_lock(_BUCKET, key, sample("s3-apply-default"))
    alert = reaper.alert_of(_BUCKET, key)
    start = time.perf_counter()
    reaper.slack.click(ALICE.id, alert.channel, alert.ts, RELEASE_ACTION)
    answered = time.perf_counter() - start
    wait_for("the lock is gone", lambda: reaper.lock_body(_BUCKET, key) is None, every=0.005)
    return answered, time.perf_counter() - start


def _force_unlock(reaper: DeployedReaper, state: TerraformState) -> float:
    reaper.put_lock(_BUCKET, state.key, sample("s3-apply-default"))
    return timed(lambda: state.must("force-unlock", "-force", _LOCK_ID))
